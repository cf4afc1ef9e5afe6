// When something happened, as far as it is known, and which came first. Private to this folder.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace linkway::referrals {

/// A FHIR date or dateTime on UK clocks.
struct Moment {
    std::int64_t day = 0;   ///< days since 1970-01-01 of the day in the UK; the first of a period
    bool whole_day = true;  ///< false when only the month or year is known
    std::optional<std::int64_t> clock;  ///< microseconds since 1970-01-01T00:00Z, when known
};
std::optional<Moment> moment_of(std::string_view fhir);

/// Something that has a place in time.
struct Placed {
    std::optional<Moment> moment;
    std::uint32_t rank = 0;  ///< place among those of one day of which the time is not known
    std::string_view id;     ///< stable and unique
    std::size_t index = 0;   ///< the caller's
};

/// The indices in the order in which things happened; the same whatever order they are given in.
/// Those that cannot be placed come first. What is known by month or year stands at its beginning.
/// What is known by the day comes after all of lower rank that have a time on that day.
std::vector<std::size_t> in_order(std::vector<Placed> things);

}  // namespace linkway::referrals
