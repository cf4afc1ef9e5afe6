// A YAML tree in canonical layout. Private to mapping.
#pragma once

#include <string>

#include "yaml_source.h"

namespace linkway::mapping {

/// `root` laid out: an indent of two, one blank line where there were some, comments where they
/// stood. `even_markers` puts one blank just inside template markers.
std::string yaml_layout(const text::Node& root, const YamlSource& source, bool even_markers);

}  // namespace linkway::mapping
