// The XHTML of narratives. Private to profiles.
#pragma once

#include <string_view>

namespace linkway::profiles {

/// What is wrong with a narrative's div, or nothing: a div in XHTML's namespace, well-formed, of
/// the elements and attributes that R4 allows, with content. Source: FHIR R4, Narrative, and the
/// chapters of HTML 4.0 it names (7 to 11 without 9.4, and 15).
std::string_view narrative_mistake(std::string_view div);

}  // namespace linkway::profiles
