// What is sent to those who subscribed. Private to delivery.
#pragma once

#include <string>

#include "delivery/subscription.h"

namespace linkway::delivery {

/// One event, as it is told on every attempt alike.
struct Event {
    std::int64_t number = 0;
    store::Version focus;
};

/// A notification Bundle of the backport. `id` names it; `event` is null for a handshake.
std::string notification(const Subscription& subscription, const HookRules& rules,
                         std::string_view id, store::Instant made, std::int64_t events,
                         const Event* event);

/// The Subscription's JSON with another status; `error` empty takes Subscription.error away.
std::string with_status(const text::Node& resource, Subscription::Status status,
                        std::string_view error);

}  // namespace linkway::delivery
