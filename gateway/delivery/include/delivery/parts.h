// What everything that goes out works with.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "delivery/subscription.h"
#include "record/record.h"
#include "store/store.h"

namespace linkway::delivery {

/// Channels, as store::Delivery names them.
inline constexpr const char* hook_channel = "rest-hook";   ///< to the id of a Subscription
inline constexpr const char* record_channel = "record";    ///< to "<system>/<ods>"
inline constexpr const char* message_channel = "message";  ///< to "messages/<ods>"

/// Milliseconds that an entry waits for others that may go into the same file.
inline constexpr store::Instant gathering_time = 500;

/// Name of the agent that changes what delivery itself changes: the status of Subscriptions.
inline constexpr const char* own_agent = "delivery";

/// What entries and messages are made with, by target: "emis", "text". Immutable.
using Mappings = std::map<std::string, record::RecordMapping, std::less<>>;

/// Reads every target of `folder` (mappings/record); nothing when there are errors among `issues`.
std::shared_ptr<const Mappings> load_mappings(const std::string& folder, text::Issues& issues);

/// Everything outlives those it is handed to and is safe from any thread.
struct Parts {
    store::Store* store = nullptr;
    std::function<store::Instant()> now;
    HookRules hooks;
    std::filesystem::path outbox;  ///< folder for entries and messages
    /// The system whose entries a practice files, by its ods code: "emis"; empty for none.
    std::function<std::string(std::string_view ods)> system_of;
    std::function<std::shared_ptr<const Mappings>()> mappings;  ///< those of today
    std::function<void(const text::Issue&)> note;  ///< what happened, for the log; may be empty
};

/// When to try again what failed.
struct Retry {
    store::Instant first = 2'000;        ///< milliseconds after the first attempt; then doubled
    store::Instant longest = 3'600'000;  ///< between two attempts, unless more was asked for
    unsigned attempts = 20;              ///< then it is dead; about half a day
};

/// Milliseconds from an attempt, counted from 1, to the next: between half and all of what Retry
/// says, by the delivery's key, so that what failed together does not come again together.
store::Instant delay(const Retry& retry, std::string_view key, unsigned attempt);

}  // namespace linkway::delivery
