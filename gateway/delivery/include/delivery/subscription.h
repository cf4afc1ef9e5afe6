// Who wants to hear of what: R4 Subscriptions, channel rest-hook.
//
// What is sent (R4, Subscription, and the Subscriptions R5 backport where it is asked for):
//
//   no payload                POST of nothing: "look"
//   payload                   PUT [endpoint]/Task/1 of the resource, as R4 has it
//   payload and the extension backport-payload-content
//                             POST of a notification Bundle: empty, id-only or full-resource
//
// A new Subscription is "requested": it gets a handshake, and is active once that was answered with
// 2xx, else in error. Only its owner can ask for another handshake, by writing "requested" again.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/search_request.h"
#include "store/store.h"

namespace linkway::delivery {

enum class Content : std::uint8_t { nothing, resource, bundle_empty, bundle_ids, bundle_full };

struct Subscription {
    std::string id;
    std::string status;  ///< requested, active, error, off
    std::string endpoint;
    std::vector<std::string> headers;  ///< "Name: value"
    Content content = Content::nothing;
    store::Search criteria;
    store::Reach reach;  ///< of who made it
};

/// Group of the store's notes that say for whom a Subscription was made: name its id, content
/// {"everything":false,"ods":["8HK34"]}.
inline constexpr std::string_view subscriber_group = "subscriber";
std::string to_json(const store::Reach& reach);

/// Reads a Subscription. Issue (code "business-rule" or "value"): another channel than rest-hook,
/// an endpoint that is not https (plain http: on loopback where that is allowed), criteria that are
/// no search, a status that is not its owner's to set.
text::Result<Subscription> read_subscription(const text::Node& resource, bool allow_http);

/// What is told about a resource's version, or in a handshake (`subject` without a type).
struct Notification {
    std::string method;  ///< "POST" or "PUT"
    std::string url;
    std::string body;  ///< empty for none
};
Notification notification(const Subscription& subscription, const store::Delivery& delivery,
                          const std::string& resource, std::string_view base);

}  // namespace linkway::delivery
