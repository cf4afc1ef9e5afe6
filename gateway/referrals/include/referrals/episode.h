// A social prescribing episode as a replay: the coded events of one patient in the order they
// happened, and the state of each referral that follows from them. Rules: social-prescribing
// facts 4.4. Silence completes nothing; what cannot be placed in time moves nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace linkway::referrals {

enum class EventKind : std::uint8_t { offered, referred, declined, signposted, seen, closed };

/// The kind of an entry that stands close to social prescribing and is none of its events.
inline constexpr std::string_view near_social_prescribing = "near-social-prescribing";

/// The code of the event code system (mappings/codes), e.g. "referred"; nothing for any other text.
std::optional<EventKind> event_kind(std::string_view code);
std::string_view to_code(EventKind kind);

/// One coded entry.
struct Event {
    EventKind kind = EventKind::referred;
    std::string_view
        date;  ///< FHIR date, perhaps only a year or month; empty when the record has none
    std::string_view
        key;  ///< stable and unique: breaks ties so that any order of arrival gives one result
    bool link_worker = false;  ///< its author is a social prescribing link worker by role
};

/// Where a referral stands after everything known about it was replayed.
struct Progress {
    std::string_view task_status = "requested";  ///< R4 TaskStatus
    std::string_view request_status = "active";  ///< R4 RequestStatus
    std::size_t episode = 0;                     ///< index of the referral that opened the episode
    std::vector<std::size_t> events;             ///< those that belong to it, in order
    std::optional<std::size_t>
        decision;  ///< the event that set the status; none for a referral that stands as recorded
    std::optional<std::size_t> link_worker;  ///< the last event by a link worker
};

struct Replay {
    std::vector<std::optional<Progress>> referrals;  ///< per event: set for those of kind referred
    std::vector<std::optional<std::size_t>>
        belongs_to;  ///< per other event: the referral it belongs to, if any
};

/// Replays the events of one patient at one practice. The order of the span does not matter.
///
/// A referral opens an episode, or joins one that is still open (the code is used for first and
/// later contacts alike). Seen moves it to in-progress; declined ends it, as rejected before any
/// contact and as cancelled after; closed completes it. Offers and signposts move nothing. Events
/// without a date, or dated before the referral, are left unattached.
Replay replay(std::span<const Event> events);

}  // namespace linkway::referrals
