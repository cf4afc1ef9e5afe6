#include "invariants.h"

#include <algorithm>
#include <array>

#include "fhirpath/references.h"

namespace linkway::profiles {

namespace {

using fhir::TypeDefinition;

bool has_none(const TypeDefinition& type) {
    for (const TypeDefinition* each = &type; each != nullptr; each = each->base) {
        if (std::any_of(each->invariants.begin(), each->invariants.end(),
                        [](const fhir::Invariant& invariant) {
                            return !Invariants::is_structural(invariant.key);
                        })) {
            return false;
        }
    }
    return true;
}

}  // namespace

bool Invariants::is_structural(std::string_view key) {
    constexpr std::array<std::string_view, 9> keys = {"ele-1", "ext-1", "ref-1", "dom-2", "dom-3",
                                                      "dom-4", "dom-5", "txt-1", "txt-2"};
    return std::find(keys.begin(), keys.end(), key) != keys.end();
}

Invariants::Invariants(const fhir::Definitions& definitions)
    : types_(std::make_unique<std::atomic<const Compiled*>[]>(definitions.types().size())) {
    environment_.strict = false;
    environment_.variables = {{"resource", {}}};
    environment_.functions = fhirpath::fhir_functions();
    const Compiled* none = made_.emplace_back(std::make_unique<Compiled>()).get();
    for (const TypeDefinition* type : definitions.types()) {
        if (has_none(*type)) {
            types_[type->place].store(none, std::memory_order_relaxed);
        }
    }
}

Invariants::~Invariants() = default;

std::span<const CompiledInvariant> Invariants::compile(const TypeDefinition& type) const {
    const std::lock_guard lock(mutex_);
    if (const Compiled* known = types_[type.place].load(std::memory_order_relaxed)) {
        return *known;  // by another thread, meanwhile
    }
    auto compiled = std::make_unique<Compiled>();
    fhirpath::Environment environment = environment_;
    environment.context = &type;
    for (const TypeDefinition* each = &type; each != nullptr; each = each->base) {
        for (const fhir::Invariant& invariant : each->invariants) {
            text::Issues issues;
            auto parsed = fhirpath::parse(invariant.expression);
            if (is_structural(invariant.key) || !parsed) {
                continue;
            }
            auto made = fhirpath::compile(std::move(*parsed), environment, {}, issues);
            if (made) {  // all do, says a test
                compiled->push_back({&invariant, std::move(*made)});
            }
        }
    }
    const Compiled* result = made_.emplace_back(std::move(compiled)).get();
    types_[type.place].store(result, std::memory_order_release);
    return *result;
}

}  // namespace linkway::profiles
