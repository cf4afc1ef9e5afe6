// The base R4 definitions (4.0.1) as compact tables: which elements a type has, their types,
// cardinality, required codes and invariants; and what resources can be searched by.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace linkway::fhir {

struct TypeDefinition;
class NameIndex;  // private to fhir

/// One element of a type, e.g. Patient.name or Timing.repeat.
struct ElementDefinition {
    std::string_view name;  ///< as in JSON, except for choices: "value" of value[x]
    bool choice = false;    ///< value[x]: in JSON the name is followed by the capitalised type
    bool many = false;      ///< maximum cardinality above one: an array in JSON
    bool required = false;  ///< minimum cardinality above zero
    bool modifier = false;  ///< isModifier
    bool summary = false;   ///< isSummary
    std::span<const TypeDefinition* const>
        types;  ///< one, or each of a choice; backbone elements have a type of their own
    std::span<const std::string_view> reference_targets;  ///< resource type names allowed for
                                                          ///< Reference or canonical; empty for any
    std::string_view required_value_set;  ///< canonical of a required binding, version removed;
                                          ///< empty when there is none
};

enum class TypeKind : std::uint8_t { primitive, complex, backbone, resource };

/// What the value of a primitive is for FHIRPath; none for a type that has no value of its own.
/// Source: the type of the element `value` in each primitive's StructureDefinition.
enum class SystemType : std::uint8_t {
    none,
    boolean,
    integer,
    decimal,
    string,
    date,
    date_time,
    time
};

/// What a member of a JSON object stands for.
struct Child {
    std::string_view name;  ///< "valueString", "birthDate"
    const ElementDefinition* element = nullptr;
    const TypeDefinition* type = nullptr;  ///< of a choice that which the name says
};

/// What must hold of each value of a type, beside its structure. Source: ElementDefinition's
/// constraint.
struct Invariant {
    enum class Weight : std::uint8_t { error, warning, best_practice };
    std::string_view key;  ///< "per-1"
    Weight weight = Weight::error;
    std::string_view expression;  ///< FHIRPath from a value of the type; false when it is broken
};

struct TypeDefinition {
    std::string_view name;  ///< "string", "HumanName", "Patient", "Patient.contact"
    TypeKind kind = TypeKind::complex;
    const TypeDefinition* base =
        nullptr;  ///< e.g. DomainResource of Patient, string of code; nullptr at the root
    /// Inherited and own, in the order of the specification. The value of a primitive is not among
    /// them: JSON has no such member.
    std::span<const ElementDefinition> elements;
    std::span<const Invariant> invariants;  ///< own ones; those of the base hold too
    std::uint32_t place = 0;                ///< in Definitions::types()
    bool is_abstract = false;
    SystemType value = SystemType::none;
    const NameIndex* names = nullptr;  ///< private to fhir: what the look-ups below go through

    /// What a JSON member name stands for, or nullptr. For a choice, "valueString" gives value[x]
    /// and string. A leading underscore is not accepted here; "value" alone is no JSON name.
    const Child* child(std::string_view json_name) const;

    /// The element alone.
    const ElementDefinition* element(std::string_view json_name) const;

    /// Of a choice element and a JSON name such as "valueString": the type chosen, nullptr when
    /// there is none such; else the only type.
    const TypeDefinition* element_type(const ElementDefinition& element,
                                       std::string_view json_name) const;

    /// The element of that name as FHIRPath and the specification say it: "value" gives value[x],
    /// "valueString" gives nullptr.
    const ElementDefinition* path_element(std::string_view path_name) const;

    /// True when this is `ancestor` or derives from it.
    bool is_a(std::string_view ancestor) const;
    bool is_a(const TypeDefinition& ancestor) const;
};

enum class SearchType : std::uint8_t {
    token,
    reference,
    string,
    date,
    uri,
    quantity,
    number,
    composite,
    special
};

/// What resources of a type can be searched by, e.g. ServiceRequest by "authored".
struct SearchParameter {
    std::string_view code;  ///< "authored", "_lastUpdated"
    SearchType type = SearchType::token;
    std::span<const std::string_view> targets;  ///< of a reference: the types it may lead to; a
                                                ///< reference to another is not meant (Task's
                                                ///< "patient" is Task.for when that is a Patient).
                                                ///< Empty for any
    std::string_view expression;  ///< FHIRPath from the resource to the values; empty for _text,
                                  ///< _content and _query, which are not about elements
};

/// The tables compiled into the program. Built once on first use, never changed; safe from any
/// thread.
class Definitions {
  public:
    static const Definitions& r4();

    /// The type of that name, or nullptr.
    const TypeDefinition* type(std::string_view name) const;
    std::span<const TypeDefinition* const> types() const;

    /// Whether `code` belongs to a value set of a required binding. nullopt when the value set's
    /// codes are not enumerated here (e.g. all MIME types).
    std::optional<bool> has_code(std::string_view value_set, std::string_view code) const;
    std::vector<std::string_view> codes(std::string_view value_set) const;

    /// The code systems that the codes of such a value set come from.
    std::vector<std::string_view> code_systems(std::string_view value_set) const;

    /// What resources of that type can be searched by, those of every resource (_id) among them, by
    /// code in ascending order; empty when the name is no resource type.
    std::span<const SearchParameter> search_parameters(std::string_view resource_type) const;

    /// The one of that code, or nullptr.
    const SearchParameter* search_parameter(std::string_view resource_type,
                                            std::string_view code) const;

    Definitions(const Definitions&) = delete;
    Definitions& operator=(const Definitions&) = delete;

  private:
    Definitions();
    ~Definitions();
    struct Tables;
    std::unique_ptr<Tables> tables_;
};

/// Whether `text` is the lexical form of an R4 primitive type ("date", "dateTime", "instant",
/// "time", "code", "id", "uri", "integer", "positiveInt", "decimal", "boolean", "base64Binary",
/// "oid", "uuid", "markdown", "string", ...), calendar included: 2023-02-30 is none. Numbers must
/// also be JSON numbers, so "+5", which R4 allows in XML, is refused; text of blanks only is
/// refused everywhere. False for a name that is no primitive type. `text` must be UTF-8. Source:
/// FHIR R4, Data Types, Primitive Types.
bool is_valid_primitive(std::string_view type, std::string_view text);

/// The test behind is_valid_primitive for one type, for those who ask it of millions of values;
/// nullptr when there is no such primitive type.
using PrimitiveTest = bool (*)(std::string_view text);
PrimitiveTest primitive_test(std::string_view type);

}  // namespace linkway::fhir
