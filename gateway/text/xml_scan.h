// What must hold of XML beyond what pugixml asks of it. Private to this folder.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "text/issue.h"

namespace linkway::text {

/// Reads the text once and refuses, with place and reason, what pugixml lets through or only calls
/// an error: a document type, entities of one's own, control characters, tags that do not match,
/// text outside of the root element, attributes that stand twice, elements nested beyond the
/// limit. Nothing is kept.
Status check_xml(std::string_view text, const std::string& file, std::uint32_t depth_limit);

}  // namespace linkway::text
