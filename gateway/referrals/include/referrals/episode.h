// The coded entries of one patient's record as episodes: which referral each belongs to, and the
// state that they leave each referral in. What an entry does stands in the rules.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "referrals/rules.h"

namespace linkway::referrals {

/// One coded entry.
struct Entry {
    EntryKind kind = EntryKind::referred;
    std::string_view
        date;  ///< FHIR date, perhaps only a year or month; empty when the record has none
    std::string_view
        key;  ///< stable and unique: breaks ties so that any order of arrival gives one result
    bool link_worker = false;  ///< its author is a social prescribing link worker by role
};

/// Where a referral stands after every entry known was replayed.
struct Progress {
    std::string_view task_status;     ///< R4 TaskStatus
    std::string_view request_status;  ///< R4 RequestStatus
    std::size_t episode = 0;          ///< index of the referral that opened the episode
    std::vector<std::size_t> events;  ///< those that belong to it, in order
    std::optional<std::size_t>
        decision;  ///< the event that set the status; none for a referral that stands as recorded
    std::optional<std::size_t> link_worker;  ///< the last event by a link worker
};

struct Episodes {
    std::vector<std::optional<Progress>> referrals;  ///< per entry: set for those that open a Task
    std::vector<std::optional<std::size_t>>
        belongs_to;  ///< per other entry: the referral it belongs to, if any
};

/// Replays the entries of one patient at one practice. The order of the span does not matter; texts
/// in the result live as long as the rules.
///
/// A referral opens an episode, or joins one that is still open (the code is used for first and
/// later contacts alike). An entry that moves a Task moves those of the open episode; one that
/// moves it to a terminal state ends the episode. Entries without a date, or dated before the
/// referral, are left unattached: what cannot be placed in time moves nothing.
Episodes replay_entries(std::span<const Entry> entries, const Rules& rules);

}  // namespace linkway::referrals
