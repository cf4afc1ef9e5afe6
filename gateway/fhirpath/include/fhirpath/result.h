// Results as people and programs read them.
#pragma once

#include <string>

#include "fhirpath/value.h"

namespace linkway::fhirpath {

/// "FHIR.code", "FHIR.HumanName", "System.Integer": the namespace and name that type() gives.
std::string type_name(const Value& value);

/// Appends the value as JSON: FHIR elements as FHIR writes them (null for a primitive that has only
/// extensions), numbers as numbers, dates and times as in FHIR without @ and T, a System.Quantity
/// as {"value": 4, "unit": "mg"}, records as objects.
void append_json(std::string& out, const Value& value);

/// Appends {"type": "FHIR.code", "value": "final"}.
void append_typed_json(std::string& out, const Value& value);

/// Appends the value on one line: text as it is but for control characters, which are escaped as in
/// JSON; quantities as 4 'mg'; what has parts as JSON.
void append_text(std::string& out, const Value& value);

}  // namespace linkway::fhirpath
