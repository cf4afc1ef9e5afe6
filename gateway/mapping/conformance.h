// Whether an element copied from the input, or made by an assignment, may stand in the output.
// Private to mapping.
#pragma once

#include <optional>
#include <string>

#include "fhir/definitions.h"
#include "text/node.h"

namespace linkway::mapping {

enum class Members : std::uint8_t { all, some };  ///< `some`: required ones may be elsewhere

/// What of `node` the R4 definition of `type` does not allow (unknown elements, lists against
/// single values, lexical forms, required elements and bindings), as a sentence that names `path`
/// and never a value; nothing when all is well.
std::optional<std::string> nonconformance(const text::Node& node, const fhir::TypeDefinition& type,
                                          const std::string& path, Members members = Members::all);

}  // namespace linkway::mapping
