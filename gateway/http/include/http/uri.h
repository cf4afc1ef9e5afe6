// The parts of a request target (RFC 3986) and of form bodies (application/x-www-form-urlencoded).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "text/issue.h"

namespace linkway::http {

/// Most parameters that parse_parameters() takes.
inline constexpr std::size_t parameter_limit = 1000;

struct Parameter {
    std::string name;
    std::string value;

    friend bool operator==(const Parameter&, const Parameter&) = default;
};

/// Bytes of %XX escapes put in their place. Issues: an escape that is none, NUL, or a result that
/// is not UTF-8.
text::Result<std::string> percent_decode(std::string_view raw);

/// "/Patient/a%20b" is {"Patient", "a b"}; one '/' at the end is let pass. Issues: those of
/// percent_decode, an empty segment, and "." or "..", written plainly or escaped.
text::Result<std::vector<std::string>> path_segments(std::string_view raw_path);

/// Names and values of a query or of a form body in their order, '+' and escapes decoded. Issues:
/// those of percent_decode, and more than parameter_limit parameters.
text::Result<std::vector<Parameter>> parse_parameters(std::string_view raw);

/// Everything but unreserved characters as %XX: fit for a segment of a path and for a name or value
/// of a query.
std::string percent_encode(std::string_view value);

}  // namespace linkway::http
