// The definitions, laid out for the walk over a resource. Private to profiles.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string_view>
#include <vector>

#include "fhir/definitions.h"
#include "text/node.h"

namespace linkway::profiles {

/// The codes of a required binding.
struct CodeList {
    std::string_view value_set;
    std::vector<std::string_view> codes;    ///< sorted
    std::vector<std::string_view> systems;  ///< that they come from

    bool has_code(std::string_view code) const;
    bool has_system(std::string_view system) const;
};

/// What a type asks for beside its elements.
enum class Role : std::uint8_t {
    plain,
    resource,
    extension,
    reference,
    coding,
    codeable_concept,
    address,  ///< uri, url and canonical: may name a contained resource
    xhtml
};

struct TypePlan {
    const fhir::TypeDefinition* type = nullptr;
    fhir::PrimitiveTest test = nullptr;  ///< of a primitive
    text::NodeKind json = text::NodeKind::object;
    Role role = Role::plain;
    std::uint64_t required = 0;  ///< bit by place among type->elements
    std::uint64_t id_bit = 0;    ///< of an Element: an id alone is nothing (ele-1)
    std::uint64_t extension_bit = 0;
    std::uint64_t value_bit = 0;             ///< of value[x]
    const CodeList* const* codes = nullptr;  ///< by place among type->elements; null for none

    std::size_t place_of(const fhir::ElementDefinition& element) const {
        return static_cast<std::size_t>(&element - type->elements.data());
    }
};

/// Immutable; safe from any thread.
class Plans {
  public:
    /// More elements than a type of R4 has; `required` and the walk have a bit for each.
    static constexpr std::size_t most_elements = 64;

    explicit Plans(const fhir::Definitions& definitions);

    const TypePlan& of(const fhir::TypeDefinition& type) const { return plans_[type.place]; }

    /// The resource type of that name, or nullptr; abstract ones are none.
    const TypePlan* resource(std::string_view name) const;

    const TypePlan& element() const { return of(*element_); }
    const fhir::Definitions& definitions() const { return definitions_; }

  private:
    void fill(TypePlan& plan, const fhir::TypeDefinition& type);
    const CodeList* codes_of(std::string_view value_set);

    const fhir::Definitions& definitions_;
    const fhir::TypeDefinition* element_;  // Element: what a sibling "_name" holds
    std::vector<TypePlan> plans_;          // by TypeDefinition::place
    std::deque<CodeList> lists_;
    std::deque<std::vector<const CodeList*>> codes_;
};

}  // namespace linkway::profiles
