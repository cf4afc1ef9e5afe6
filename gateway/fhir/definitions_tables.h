// What stands behind Definitions: the tables, read. Private to fhir.
#pragma once

#include <deque>
#include <memory_resource>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "fhir/definitions.h"
#include "name_index.h"

namespace linkway::fhir {

/// Everything views the text compiled into the program; nothing moves once built, for spans and
/// pointers lead everywhere.
struct Definitions::Tables {
    Tables();

    struct ValueSet {
        bool open = false;  ///< its codes are not enumerated
        std::vector<std::string_view> codes;
        std::vector<std::string_view> systems;
        std::unordered_set<std::string_view> lookup;
    };

    std::vector<TypeDefinition> types;
    std::vector<const TypeDefinition*>
        list;  ///< of all types; an element of one type has a span of one of these
    std::unordered_map<std::string_view, std::size_t> by_name;
    std::unordered_map<std::string_view, ValueSet> value_sets;
    std::unordered_map<std::string_view, std::vector<SearchParameter>>
        searches;  ///< by type, the inherited ones among them, by code

  private:
    void read_types();
    void read_elements();
    void read_codes();
    void read_invariants();
    void read_searches();
    void inherit(std::size_t type);
    std::span<const TypeDefinition* const> type_list(std::string_view names);
    std::span<const std::string_view> target_list(std::string_view names);

    std::vector<std::vector<ElementDefinition>> elements_;  // by place of the owner
    std::vector<bool> inherited_;  // whether elements_ there begins with those of the base
    std::pmr::monotonic_buffer_resource spellings_;  // of choices: valueString
    std::deque<NameIndex> indexes_;
    std::deque<std::vector<const TypeDefinition*>> choices_;
    std::deque<std::vector<std::string_view>> targets_;
    std::vector<Invariant> invariants_;  // by type, in the order of the types
    std::unordered_map<std::string_view, std::span<const TypeDefinition* const>> known_choices_;
    std::unordered_map<std::string_view, std::span<const std::string_view>> known_targets_;
};

}  // namespace linkway::fhir
