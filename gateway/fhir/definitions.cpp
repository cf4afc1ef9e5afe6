#include "fhir/definitions.h"

#include <algorithm>

#include "definitions_tables.h"
#include "name_index.h"

namespace linkway::fhir {

Definitions::Definitions() : tables_(std::make_unique<Tables>()) {}

Definitions::~Definitions() = default;

const Definitions& Definitions::r4() {
    static const Definitions definitions;
    return definitions;
}

const TypeDefinition* Definitions::type(std::string_view name) const {
    const auto found = tables_->by_name.find(name);
    return found == tables_->by_name.end() ? nullptr : tables_->list[found->second];
}

std::span<const TypeDefinition* const> Definitions::types() const {
    return tables_->list;
}

std::optional<bool> Definitions::has_code(std::string_view value_set, std::string_view code) const {
    const auto found = tables_->value_sets.find(value_set);
    if (found == tables_->value_sets.end() || found->second.open) {
        return {};
    }
    return found->second.lookup.count(code) != 0;
}

std::vector<std::string_view> Definitions::codes(std::string_view value_set) const {
    const auto found = tables_->value_sets.find(value_set);
    return found == tables_->value_sets.end() ? std::vector<std::string_view>{}
                                              : found->second.codes;
}

std::vector<std::string_view> Definitions::code_systems(std::string_view value_set) const {
    const auto found = tables_->value_sets.find(value_set);
    return found == tables_->value_sets.end() ? std::vector<std::string_view>{}
                                              : found->second.systems;
}

std::span<const SearchParameter> Definitions::search_parameters(
    std::string_view resource_type) const {
    const auto found = tables_->searches.find(resource_type);
    return found == tables_->searches.end() ? std::span<const SearchParameter>{} : found->second;
}

const SearchParameter* Definitions::search_parameter(std::string_view resource_type,
                                                     std::string_view code) const {
    const std::span<const SearchParameter> all = search_parameters(resource_type);
    const auto found = std::lower_bound(
        all.begin(), all.end(), code,
        [](const auto& each, std::string_view wanted) { return each.code < wanted; });
    return found != all.end() && found->code == code ? &*found : nullptr;
}

const Child* TypeDefinition::child(std::string_view json_name) const {
    const Child* found = names == nullptr ? nullptr : names->find(json_name);
    const bool bare = found != nullptr && found->element->choice && found->type == nullptr;
    return bare ? nullptr : found;
}

const ElementDefinition* TypeDefinition::element(std::string_view json_name) const {
    const Child* found = child(json_name);
    return found == nullptr ? nullptr : found->element;
}

const ElementDefinition* TypeDefinition::path_element(std::string_view path_name) const {
    const Child* found = names == nullptr ? nullptr : names->find(path_name);
    return found != nullptr && found->name.size() == found->element->name.size() ? found->element
                                                                                 : nullptr;
}

const TypeDefinition* TypeDefinition::element_type(const ElementDefinition& element,
                                                   std::string_view json_name) const {
    if (!element.choice) {
        return element.types.empty() ? nullptr : element.types.front();
    }
    const Child* found = child(json_name);
    return found != nullptr && found->element->name == element.name ? found->type : nullptr;
}

bool TypeDefinition::is_a(std::string_view ancestor) const {
    for (const TypeDefinition* type = this; type != nullptr; type = type->base) {
        if (type->name == ancestor) {
            return true;
        }
    }
    return false;
}

bool TypeDefinition::is_a(const TypeDefinition& ancestor) const {
    const TypeDefinition* type = this;
    while (type != nullptr && type != &ancestor) {
        type = type->base;
    }
    return type != nullptr;
}

}  // namespace linkway::fhir
