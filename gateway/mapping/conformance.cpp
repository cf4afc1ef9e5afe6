#include "conformance.h"

#include <algorithm>

namespace linkway::mapping {

namespace {

using fhir::Definitions;
using fhir::ElementDefinition;
using fhir::TypeDefinition;
using fhir::TypeKind;
using text::Node;
using text::NodeKind;
using Mistake = std::optional<std::string>;

bool is_number(std::string_view type) {
    return type == "decimal" || type == "integer" || type == "positiveInt" || type == "unsignedInt";
}

Mistake check_primitive(const Node& node, const TypeDefinition& type,
                        const ElementDefinition& element, const std::string& path) {
    const NodeKind kind = type.name == "boolean" ? NodeKind::boolean
                          : is_number(type.name) ? NodeKind::number
                                                 : NodeKind::string;
    if (node.kind != kind || !fhir::is_valid_primitive(type.name, node.text)) {
        return path + ": the value is no valid " + std::string(type.name);
    }
    if (type.name == "code" && !element.required_value_set.empty() &&
        Definitions::r4().has_code(element.required_value_set, node.text) == false) {
        return path + ": the code is not in the required value set " +
               std::string(element.required_value_set);
    }
    return {};
}

/// A value of an element; null only keeps a primitive's place in a list.
Mistake check_one(const Node& node, const TypeDefinition& type, const ElementDefinition& element,
                  const std::string& path) {
    if (type.kind != TypeKind::primitive) {
        return nonconformance(node, type, path);
    }
    if (node.kind == NodeKind::null && element.many) {
        return {};
    }
    return check_primitive(node, type, element, path);
}

/// Ids and extensions of primitives: one object, or a list of them.
Mistake check_companion(const Node& node, const ElementDefinition& element,
                        const std::string& path) {
    const TypeDefinition& type = *Definitions::r4().type("Element");
    if (!element.many) {
        return nonconformance(node, type, path);
    }
    for (const Node& item : node.items) {
        if (item.kind == NodeKind::null) {
            continue;
        }
        if (Mistake mistake = nonconformance(item, type, path)) {
            return mistake;
        }
    }
    return {};
}

Mistake check_member(const text::Member& member, const TypeDefinition& type,
                     const std::string& path) {
    const bool companion = member.name.starts_with('_');
    const std::string_view name = companion ? member.name.substr(1) : member.name;
    const ElementDefinition* element = type.element(name);
    if (element == nullptr) {
        return path + " has an element that " + std::string(type.name) + " does not know";
    }
    const std::string inside = path + "." + std::string(name);
    const TypeDefinition& value_type = *type.element_type(*element, name);
    if (companion) {
        return check_companion(member.value, *element, inside);
    }
    if (element->many != member.value.is_array()) {
        return inside + (element->many ? " must be a list" : " must not be a list");
    }
    if (!element->many) {
        return check_one(member.value, value_type, *element, inside);
    }
    for (const Node& item : member.value.items) {
        if (Mistake mistake = check_one(item, value_type, *element, inside)) {
            return mistake;
        }
    }
    return {};
}

}  // namespace

std::optional<std::string> nonconformance(const Node& node, const TypeDefinition& declared,
                                          const std::string& path, Members members) {
    if (!node.is_object()) {
        return path + ": an object is expected here";
    }
    const TypeDefinition* type = &declared;
    const bool is_resource = declared.kind == TypeKind::resource;
    if (is_resource) {
        const TypeDefinition* named =
            Definitions::r4().type(node.string_or("resourceType", declared.name));
        if (named == nullptr || named->is_abstract || !named->is_a(declared.name)) {
            return path + " must be a " + std::string(declared.name);
        }
        type = named;
    }
    for (const text::Member& member : node.members) {
        if (is_resource && member.name == "resourceType") {
            continue;
        }
        if (Mistake mistake = check_member(member, *type, path)) {
            return mistake;
        }
    }
    for (const ElementDefinition& element : type->elements) {
        const bool given =
            !element.required || members == Members::some ||
            std::any_of(node.members.begin(), node.members.end(), [&](const text::Member& member) {
                return type->element(member.name.starts_with('_') ? member.name.substr(1)
                                                                  : member.name) == &element;
            });
        if (!given) {
            return path + "." + std::string(element.name) + " is required and missing";
        }
    }
    return {};
}

}  // namespace linkway::mapping
