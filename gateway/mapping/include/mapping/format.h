// The canonical layout of what stands in mappings/: templates and event rules (YAML), data packages
// and code files (JSON). mappings/README.md shows it.
#pragma once

#include <string>
#include <string_view>

#include "text/issue.h"
#include "text/node.h"

namespace linkway::mapping {

/// `content` in canonical layout: JSON when the file's name ends in .json, else YAML. What it says
/// is never changed: the result reads as an equal tree, with every comment in its place, and
/// formatting it again changes nothing. An issue when it can't be read.
text::Result<std::string> format(std::string_view content, const std::string& file);

/// A tree as JSON with an indent of two blanks and a line end; numbers keep their text.
std::string pretty_json(const text::Node& node);

/// The same, but what its source has on one line stays on one line.
std::string tidy_json(const text::Node& node);

}  // namespace linkway::mapping
