// Type names of expressions and types of items.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "program.h"

namespace linkway::fhirpath {

/// Reads "Patient", "FHIR.Patient", "System.Integer" or "Integer". Nothing when there is no such
/// type.
std::optional<TypeQuery> type_query(std::string_view type_name);

/// `is`: of that type or of one derived from it.
bool matches_type(const Value& value, const TypeQuery& query);

/// `as` and ofType(): as `is`, but a primitive must be of exactly that type (a code is no string
/// here). The official R4 suite asks for this; N1 does not tell the two apart.
bool converts_to_type(const Value& value, const TypeQuery& query);
/// The same of every item of that type.
bool converts_to_type(const fhir::TypeDefinition& type, const TypeQuery& query);

/// The static type of items that match.
StaticType static_type(const TypeQuery& query);

/// "Integer", "DateTime", ...; of a System type.
std::string_view system_name(ValueKind kind);

/// The System kind that operators see: of a System type itself, of a FHIR primitive, of a Quantity.
/// Nothing when it is not known or is none.
std::optional<ValueKind> system_kind(const StaticType& type);

/// All names that type_query knows, for suggestions: those first whose first letter is small or
/// capital like that of `wanted`, because case tells boolean from Boolean.
std::vector<std::string> type_names(std::string_view wanted);

/// The item's type as an object with the fields `namespace` and `name`.
Value type_info(const Value& value, std::pmr::memory_resource& arena);

}  // namespace linkway::fhirpath
