// From the journal of changes to what must be told to whom.
#pragma once

#include <functional>
#include <string>

#include "delivery/subscription.h"
#include "store/store.h"

namespace linkway::delivery {

inline constexpr std::string_view rest_hook = "rest-hook";
inline constexpr std::string_view record = "record";

/// Agents of changes that nobody is told of as activity: extracts, and Linkway's own.
inline constexpr std::string_view intake_agent = "intake";
inline constexpr std::string_view own_agent = "delivery";

struct Routing {
    /// The system of a practice's record; empty when entries for it are not wanted.
    std::function<std::string(std::string_view ods)> system_of;
    bool allow_http = false;  ///< as of read_subscription
};

/// Reads the journal from where it was left and enters what follows into the outbox, each once: for
/// every active Subscription whose criteria a changed resource now meets, within the reach of who
/// made it; a handshake for those requested; for the record of the patient's practice whatever was
/// done by others than it. True when there may be more to read.
text::Result<bool> route(store::Store& store, const Routing& routing, store::Instant now);

/// Whether anything of a channel is due: a look that costs no transaction.
bool is_due(store::Store& store, std::string_view channel, store::Instant now);

}  // namespace linkway::delivery
