// Text within an HTML page.
#pragma once

#include <string>
#include <string_view>

namespace linkway::text {

/// Appends text and nothing else, whatever stands in it, also between the quotes of an attribute:
/// control characters become U+FFFD, carriage returns go.
void append_html(std::string& out, std::string_view text);

}  // namespace linkway::text
