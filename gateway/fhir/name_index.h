// From the names of a type's members to its elements. Private to fhir.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "fhir/definitions.h"

namespace linkway::fhir {

/// Open addressing over the JSON names of one type, each spelling of a choice among them, and the
/// bare names of choices as FHIRPath says them. Names are not stored: a slot points at the element
/// and the type whose names together spell it.
class NameIndex {
  public:
    struct Slot {
        std::uint32_t hash = 0;
        std::uint16_t element = 0;  ///< 1 + its place among the elements; 0 marks a free slot
        std::uint16_t type = 0;  ///< 1 + its place among the types of a choice; 0 for the bare name
    };

    explicit NameIndex(std::span<const ElementDefinition> elements);

    /// The slot of that name, or nullptr.
    const Slot* find(std::string_view name) const;

  private:
    void add(std::string_view name, std::size_t element, std::size_t type);
    bool spells(const Slot& slot, std::string_view name) const;

    std::span<const ElementDefinition> elements_;
    std::vector<Slot> slots_;  // a power of two of them, at most half in use
};

}  // namespace linkway::fhir
