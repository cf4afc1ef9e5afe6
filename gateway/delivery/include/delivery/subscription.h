// A Subscription as the one who tells it understands it.
//
//   criteria   a search, "Task?owner=Organization/x&status=requested", or the topic below with
//              such searches as extensions backport-filter-criteria
//   payload    none: a POST of nothing, "look"
//              a PUT [endpoint]/Task/1 of the resource that fits after a change, as R4 has it
//              with the extension backport-payload-content a POST of a notification Bundle
//
// One is written as "requested". It gets a handshake, and is active once that was answered with
// 2xx, else in error; only its owner can ask for another, by writing "requested" again.
// Sources: FHIR R4, Subscription; Subscriptions R5 Backport 1.1.0.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/store.h"
#include "text/issue.h"
#include "text/node.h"

namespace linkway::delivery {

/// The one topic there is: a resource that fits was created or changed.
inline constexpr std::string_view change_topic =
    "https://linkway.uk/fhir/SubscriptionTopic/resource-change";

/// What Subscriptions may ask for here.
struct HookRules {
    std::string base;         ///< address of the FHIR API as clients know it
    bool allow_http = false;  ///< plain HTTP, to loopback addresses only
};

struct Subscription {
    enum class Status : std::uint8_t { requested, active, error, off };
    enum class Payload : std::uint8_t {
        nothing,        ///< R4: a POST without a body
        resource,       ///< R4: the resource
        empty,          ///< backport: a Bundle that counts
        id_only,        ///< and says which resource
        full_resource,  ///< and holds it
    };
    std::string id;
    Status status = Status::off;
    std::optional<store::Instant> end;
    std::string topic;                   ///< canonical, as `criteria` has it; empty for a search
    std::vector<store::Search> filters;  ///< all those of a resource's type must fit
    std::string endpoint;
    std::vector<std::string> headers;  ///< "Authorization: Bearer ..."
    std::string content_type;          ///< empty when there is no payload
    Payload payload = Payload::nothing;

    /// Whether the payload is a notification Bundle.
    bool is_bundle() const { return payload != Payload::nothing && payload != Payload::resource; }
    bool has_ended(store::Instant now) const {
        return status == Status::off || (end && *end <= now);
    }
};
std::string_view to_code(Subscription::Status status);

/// Reads a Subscription and says whatever keeps it from being served: another channel than
/// rest-hook, an endpoint that is not https, criteria that are no search, extensions that would not
/// be honoured, ... Nothing is returned when there was an error.
std::optional<Subscription> read_subscription(const text::Node& resource, const HookRules& rules,
                                              text::Issues& issues);

/// What the API asks before it stores one that a client wrote: as above, and that its status is
/// "requested" or "off", for only a handshake makes it active.
text::Issues check_subscription(const text::Node& resource, const HookRules& rules);

/// Whether the resource, as it is now, fits and is within reach.
bool fits(store::Reader& reader, const Subscription& subscription, const store::Reach& reach,
          const store::Key& key);

/// Remembers whose a Subscription is: it hears of what they may see, and without this of nothing.
/// The API calls it in the transaction of every write of a Subscription by a client.
void note_subscriber(store::Writer& writer, std::string_view id, const store::Reach& reach);
/// The reach of each, by id.
std::map<std::string, store::Reach, std::less<>> subscribers(store::Reader& reader);

/// How far a Subscription has been told.
struct Told {
    std::int64_t events = 0;  ///< since it was first active, whatever became of them
    std::int64_t after = 0;   ///< number of the journal's last change before that
};
/// By id; absent before a Subscription was first active.
std::map<std::string, Told, std::less<>> told_so_far(store::Reader& reader);
void note_told(store::Writer& writer, std::string_view id, const Told& told);

/// The Parameters that `$status` gives and that every notification begins with: the profile
/// backport-subscription-status-r4, of type "query-status".
std::string status_of(const Subscription& subscription, std::int64_t events,
                      const HookRules& rules);

}  // namespace linkway::delivery
