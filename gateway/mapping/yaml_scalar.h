// How a piece of text is written in YAML. Private to mapping.
#pragma once

#include <string>
#include <string_view>

namespace linkway::mapping {

/// `text` without quotes where it would be read back as the same text, by our rules and by readers
/// that take yes, 12:30 or 2024-01-01 for something else; else in double quotes, or in single ones
/// where double would need escapes. `in_flow`: inside { } or [ ].
std::string yaml_scalar(std::string_view text, bool in_flow);

}  // namespace linkway::mapping
