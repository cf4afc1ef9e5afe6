// Dates of HTTP headers (RFC 9110, section 5.6.7).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace linkway::http {

/// "Sun, 06 Nov 1994 08:49:37 GMT" of seconds since 1970.
std::string format_date(std::int64_t seconds);

/// Seconds since 1970, or nothing: a date that is not in the one form that is still sent (or names
/// a wrong weekday) counts as absent, as the conditional headers ask.
std::optional<std::int64_t> parse_date(std::string_view text);

}  // namespace linkway::http
