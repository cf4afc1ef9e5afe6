// From an item to its children.
#pragma once

#include <memory_resource>
#include <string_view>

#include "fhirpath/value.h"

namespace linkway::fhirpath {

/// Appends the children of that FHIRPath name ("value" for valueQuantity). `element` is the
/// definition in `item.type` when the caller knows it, else null.
void append_children(const Value& item, std::string_view name,
                     const fhir::ElementDefinition* element, Collection& out,
                     std::pmr::memory_resource& arena);

/// Appends all children, in document order.
void append_all_children(const Value& item, Collection& out, std::pmr::memory_resource& arena);

/// Appends one JSON value (each item of an array), read as that type; null for an unknown type.
/// `extra` is the sibling "_name" or null.
void append_json_value(const text::Node* node, const text::Node* extra,
                       const fhir::TypeDefinition* type, Collection& out,
                       std::pmr::memory_resource& arena);

/// The element of that FHIRPath name: "value", where JSON says valueQuantity; or null.
const fhir::ElementDefinition* find_element(const fhir::TypeDefinition& type,
                                            std::string_view name);

/// The System type that a FHIR primitive's value has; ValueKind::node for what is no primitive.
ValueKind primitive_kind(const fhir::TypeDefinition& type);

/// A FHIR Quantity (or Age, Duration, ...) as a System quantity; anything else unchanged.
Value to_system(const Value& value);

/// True when the item is a FHIR Quantity or derives from it.
bool is_quantity_node(const Value& value);

}  // namespace linkway::fhirpath
