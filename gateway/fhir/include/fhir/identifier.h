// Identifiers, by the system that gave them.
#pragma once

#include <string_view>

#include "text/node.h"

namespace linkway::fhir {

inline constexpr std::string_view ods_system = "https://fhir.nhs.uk/Id/ods-organization-code";

/// The value of an Identifier of that system; empty for any other.
std::string_view value_of(const text::Node& identifier, std::string_view system);

/// The value of the resource's first identifier of that system; empty when it has none. Lives as
/// long as the resource.
std::string_view identifier_of(const text::Node& resource, std::string_view system);

}  // namespace linkway::fhir
