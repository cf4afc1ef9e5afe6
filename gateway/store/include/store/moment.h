// FHIR's dates as ranges of time, which is how searches compare them.
#pragma once

#include <limits>
#include <optional>
#include <string_view>

#include "store/resource.h"

namespace linkway::store {

/// From the first to the last millisecond that a date may mean.
struct Moments {
    Instant from = 0;
    Instant to = 0;
};

inline constexpr Instant beginning = std::numeric_limits<Instant>::min();
inline constexpr Instant end_of_time = std::numeric_limits<Instant>::max();

/// Of a FHIR date, dateTime or instant: "2026" is a year long, "2026-11-23T17:05:28Z" a second.
/// Without an offset it is UK civil time, as everything in the records is. Nothing for any other
/// text. Source: FHIR R4, Search, date.
std::optional<Moments> moments_of(std::string_view text);

}  // namespace linkway::store
