// Time, as it is passed in: nothing in this folder looks at a clock.
#pragma once

#include <cstdint>
#include <string>

namespace linkway::access {

/// Milliseconds since 1970-01-01T00:00:00Z.
using Instant = std::int64_t;

inline constexpr Instant second = 1000;

/// "2026-11-23T17:05:28.123Z".
std::string to_fhir_instant(Instant at);

}  // namespace linkway::access
