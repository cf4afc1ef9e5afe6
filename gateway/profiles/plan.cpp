#include "plan.h"

#include <algorithm>

namespace linkway::profiles {

using fhir::SystemType;
using fhir::TypeDefinition;
using fhir::TypeKind;
using text::NodeKind;

namespace {

NodeKind json_of(const TypeDefinition& type) {
    switch (type.value) {
        case SystemType::none:
            return NodeKind::object;
        case SystemType::boolean:
            return NodeKind::boolean;
        case SystemType::integer:
        case SystemType::decimal:
            return NodeKind::number;
        default:
            return NodeKind::string;
    }
}

Role role_of(const TypeDefinition& type) {
    if (type.kind == TypeKind::resource) {
        return Role::resource;
    }
    constexpr std::pair<std::string_view, Role> roles[] = {
        {"Extension", Role::extension}, {"Reference", Role::reference},
        {"Coding", Role::coding},       {"CodeableConcept", Role::codeable_concept},
        {"uri", Role::address},         {"url", Role::address},
        {"canonical", Role::address},   {"xhtml", Role::xhtml}};
    for (const auto& [name, role] : roles) {
        if (type.name == name) {
            return role;
        }
    }
    return Role::plain;
}

}  // namespace

bool CodeList::has_code(std::string_view code) const {
    return std::binary_search(codes.begin(), codes.end(), code);
}

bool CodeList::has_system(std::string_view system) const {
    return std::find(systems.begin(), systems.end(), system) != systems.end();
}

Plans::Plans(const fhir::Definitions& definitions)
    : definitions_(definitions),
      element_(definitions.type("Element")),
      plans_(definitions.types().size()) {
    for (const TypeDefinition* type : definitions.types()) {
        fill(plans_[type->place], *type);
    }
}

void Plans::fill(TypePlan& plan, const TypeDefinition& type) {
    plan.type = &type;
    plan.test = type.kind == TypeKind::primitive ? fhir::primitive_test(type.name) : nullptr;
    plan.json = json_of(type);
    plan.role = role_of(type);
    std::vector<const CodeList*>& codes = codes_.emplace_back();
    for (std::size_t i = 0; i < type.elements.size(); ++i) {
        const fhir::ElementDefinition& element = type.elements[i];
        const std::uint64_t bit = std::uint64_t{1} << i;
        plan.required |= element.required ? bit : 0;
        plan.id_bit |= element.name == "id" && type.is_a(*element_) ? bit : 0;
        plan.extension_bit |= element.name == "extension" ? bit : 0;
        plan.value_bit |= element.name == "value" && element.choice ? bit : 0;
        codes.push_back(element.required_value_set.empty() ? nullptr
                                                           : codes_of(element.required_value_set));
    }
    plan.codes = codes.data();
}

/// Nothing for a value set whose codes are not known here.
const CodeList* Plans::codes_of(std::string_view value_set) {
    for (const CodeList& known : lists_) {
        if (known.value_set == value_set) {
            return known.codes.empty() ? nullptr : &known;
        }
    }
    CodeList& list = lists_.emplace_back();
    list.value_set = value_set;
    list.codes = definitions_.codes(value_set);
    list.systems = definitions_.code_systems(value_set);
    std::sort(list.codes.begin(), list.codes.end());
    return list.codes.empty() ? nullptr : &list;
}

const TypePlan* Plans::resource(std::string_view name) const {
    const TypeDefinition* type = definitions_.type(name);
    const bool concrete = type != nullptr && type->kind == TypeKind::resource && !type->is_abstract;
    return concrete ? &of(*type) : nullptr;
}

}  // namespace linkway::profiles
