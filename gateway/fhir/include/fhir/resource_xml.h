// FHIR's XML form, read into the tree that its JSON form would give.
#pragma once

#include <string>
#include <string_view>

#include "text/node.h"

namespace linkway::fhir {

/// Reads one R4 resource in XML. The tree is that of parse_json for the same resource in JSON (FHIR
/// R4, "JSON Representation of Resources"): resourceType, arrays for what may repeat, numbers and
/// booleans as such, id and extensions of primitives in `_name` with null where a repeat has none,
/// contained resources as objects, the narrative's xhtml as a string. Comments are dropped. Line
/// and column are those of the XML element.
///
/// Refused, with place: what parse_xml refuses; a root that is no R4 resource or not in the
/// namespace http://hl7.org/fhir; elements and attributes that R4 does not have (with the nearest
/// name); a second of what may stand once; text between elements; an empty element or value; a
/// number or boolean that is none. Other formats (dates, codes) are a validator's business.
text::Result<text::Document> parse_resource_xml(std::string_view text, std::string file,
                                                text::ParseLimits limits = {});

/// parse_resource_xml when the text starts like XML, else parse_json: for files of either form.
text::Result<text::Document> parse_resource(std::string_view text, std::string file,
                                            text::ParseLimits limits = {});

}  // namespace linkway::fhir
