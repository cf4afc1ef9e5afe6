// The invariants of the R4 definitions, compiled. Private to profiles.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include "fhir/definitions.h"
#include "fhirpath/expression.h"

namespace linkway::profiles {

/// An invariant that is ready to run on values of one type.
struct CompiledInvariant {
    const fhir::Invariant* source = nullptr;
    fhirpath::Expression expression;
};

/// Of all types. Those of a type are compiled when it is first asked for them; safe from any
/// thread.
class Invariants {
  public:
    explicit Invariants(const fhir::Definitions& definitions);
    Invariants(const Invariants&) = delete;
    Invariants& operator=(const Invariants&) = delete;
    ~Invariants();

    /// Own and inherited ones, but for those that the walk checks itself (see is_structural).
    std::span<const CompiledInvariant> of(const fhir::TypeDefinition& type) const {
        const Compiled* known = types_[type.place].load(std::memory_order_acquire);
        return known != nullptr ? std::span<const CompiledInvariant>(*known) : compile(type);
    }

    /// Whether the walk over a resource checks it: what holds for nearly every value (ele-1, ext-1,
    /// ref-1), what looks at the whole resource for each of its parts (dom-2 to dom-5), and what
    /// FHIRPath leaves to the validator (txt-1, txt-2).
    static bool is_structural(std::string_view key);

  private:
    using Compiled = std::vector<CompiledInvariant>;
    std::span<const CompiledInvariant> compile(const fhir::TypeDefinition& type) const;

    fhirpath::Environment environment_;  // with %resource
    mutable std::mutex mutex_;           // one type is compiled at a time
    mutable std::vector<std::unique_ptr<const Compiled>> made_;
    std::unique_ptr<std::atomic<const Compiled*>[]> types_;  // by TypeDefinition::place
};

}  // namespace linkway::profiles
