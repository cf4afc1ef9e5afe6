// From the names of a type's members to its elements. Private to fhir.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <span>
#include <string_view>
#include <vector>

#include "fhir/definitions.h"

namespace linkway::fhir {

/// Open addressing over the JSON names of one type, each spelling of a choice among them, and the
/// bare names of choices as FHIRPath says them.
class NameIndex {
  public:
    /// Spellings that are no element's own name are kept in `names`, which outlives the index.
    NameIndex(std::span<const ElementDefinition> elements, std::pmr::memory_resource& names);

    /// What that name stands for, or nullptr. Of the bare name of a choice the type is null.
    const Child* find(std::string_view name) const;

  private:
    struct Slot {
        std::uint32_t hash = 0;
        std::uint32_t child = 0;  // 1 + its place among the children; 0 marks a free slot
    };
    void add(const Child& child);

    std::vector<Child> children_;
    std::vector<Slot> slots_;  // a power of two of them, at most half in use
};

}  // namespace linkway::fhir
