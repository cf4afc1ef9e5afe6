// Ways into a resource. Private to this folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "text/node.h"

namespace linkway::pages {

/// The values at "a.b.c", lists taken item by item.
std::vector<const text::Node*> all_at(const text::Node& node, std::string_view path);
/// The first of them, or nullptr.
const text::Node* at(const text::Node& node, std::string_view path);
/// The text of the first of them; empty when there is none. Numbers as they are written.
std::string text_at(const text::Node& node, std::string_view path);
/// The texts of all of them, each once, with `between`.
std::string texts_at(const text::Node& node, std::string_view path, std::string_view between);

/// Whether a CodeableConcept there has the code.
bool has_code(const text::Node& node, std::string_view path, std::string_view code);
/// What a CodeableConcept is called: its text, else the display of a coding, else a code.
std::string concept_of(const text::Node& codeable_concept);
/// The same of the first at the path.
std::string concept_at(const text::Node& node, std::string_view path);

/// "Type/id" of a reference as it may be written: relative, absolute, with a version; empty for
/// one that is not to a resource of a server.
std::string plain_reference(std::string_view reference);

}  // namespace linkway::pages
