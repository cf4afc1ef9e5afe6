// Parts of a request's target, decoded strictly.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "text/issue.h"

namespace linkway::http {

/// "%41b" gives "Ab". Issue (code "value"): a percent sign without two hexadecimal digits, or a
/// NUL.
text::Result<std::string> percent_decoded(std::string_view text);

/// Names and values of a query or a form body, in their order; a plus sign is a blank.
text::Result<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view query);

}  // namespace linkway::http
