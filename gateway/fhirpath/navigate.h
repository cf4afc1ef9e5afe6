// From an item to its children.
#pragma once

#include <memory_resource>
#include <string_view>

#include "fhirpath/value.h"

namespace linkway::fhirpath {

/// Appends the children of that FHIRPath name ("value" for valueQuantity). `element` is the
/// definition in `item.type` when the caller knows it, else null.
void append_children(const Value& item, const text::Name& name,
                     const fhir::ElementDefinition* element, Collection& out,
                     std::pmr::memory_resource& arena);

/// Appends all children, in document order.
void append_all_children(const Value& item, Collection& out, std::pmr::memory_resource& arena);

/// Appends one JSON value (each item of an array), read as that type; null for an unknown type.
/// `extra` is the sibling "_name" or null.
void append_json_value(const text::Node* node, const text::Node* extra,
                       const fhir::TypeDefinition* type, Collection& out,
                       std::pmr::memory_resource& arena);

/// The same of what each_value() and each_child() give.
void append_one(const text::Node* node, const text::Node* extra, const fhir::TypeDefinition* type,
                Collection& out, std::pmr::memory_resource& arena);

/// A resource says itself what it is; the element that holds it only says "Resource".
const fhir::TypeDefinition* actual_type(const text::Node& node, const fhir::TypeDefinition* type);

/// Where an item keeps its members: a primitive has only those of its sibling "_name". Null when it
/// has none.
const text::Node* object_of(const Value& item);
const fhir::TypeDefinition* type_of_members(const Value& item);

/// Element, of which the members of a primitive's sibling "_name" are.
const fhir::TypeDefinition* element_type();

/// The type to which the members of an object of that type belong.
inline const fhir::TypeDefinition* members_of(const fhir::TypeDefinition* type) {
    const bool primitive = type != nullptr && type->kind == fhir::TypeKind::primitive;
    return primitive ? element_type() : type;
}

/// The sibling "_name" of a member, or null.
const text::Node* extra_of(const text::Node& object, std::string_view name);

inline bool is_hidden(std::string_view json_name) {
    return !json_name.empty() && json_name.front() == '_';
}

/// Calls `visit(node, extra)` for a JSON value, or for each item of an array with that of the
/// sibling array at its place. One of the two may be null: a primitive without a value is still
/// there when it has extensions or an id.
template <class Visit>
void each_value(const text::Node* node, const text::Node* extra, const Visit& visit) {
    const auto one = [&](const text::Node* value, const text::Node* siblings) {
        value = value != nullptr && value->kind == text::NodeKind::null ? nullptr : value;
        siblings = siblings != nullptr && siblings->is_object() ? siblings : nullptr;
        if (value != nullptr || siblings != nullptr) {
            visit(value, siblings);
        }
    };
    const bool many = node != nullptr ? node->is_array() : extra != nullptr && extra->is_array();
    if (!many) {
        one(node, extra);
        return;
    }
    const std::size_t values = node != nullptr ? node->items.size() : 0;
    const std::size_t extras = extra != nullptr ? extra->items.size() : 0;
    for (std::size_t i = 0; i < values || i < extras; ++i) {
        one(i < values ? &node->items[i] : nullptr, i < extras ? &extra->items[i] : nullptr);
    }
}

/// Calls `visit(node, extra, type)` for each child of an object, in document order.
template <class Visit>
void each_child(const text::Node& object, const fhir::TypeDefinition* type, const Visit& visit) {
    bool any_hidden = false;
    for (const text::Member& member : object.members) {
        any_hidden = any_hidden || is_hidden(member.name);
    }
    for (const text::Member& member : object.members) {
        const bool hidden = any_hidden && is_hidden(member.name);
        const std::string_view name = hidden ? member.name.substr(1) : member.name;
        if (name == "resourceType" || (hidden && object.find(name) != nullptr)) {
            continue;
        }
        const fhir::Child* child = type != nullptr ? type->child(name) : nullptr;
        const text::Node* extra = hidden       ? &member.value
                                  : any_hidden ? extra_of(object, name)
                                               : nullptr;
        each_value(hidden ? nullptr : &member.value, extra,
                   [&](const text::Node* value, const text::Node* siblings) {
                       visit(value, siblings, child != nullptr ? child->type : nullptr);
                   });
    }
}

/// The System type that a FHIR primitive's value has; ValueKind::node for what is no primitive.
ValueKind primitive_kind(const fhir::TypeDefinition& type);

/// A FHIR Quantity (or Age, Duration, ...) as a System quantity; anything else unchanged.
Value to_system(const Value& value);

/// True when the item is a FHIR Quantity or derives from it.
bool is_quantity_node(const Value& value);

}  // namespace linkway::fhirpath
