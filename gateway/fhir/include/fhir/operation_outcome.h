// Issues as FHIR says them.
#pragma once

#include <span>
#include <string>

#include "text/issue.h"

namespace linkway::fhir {

/// Appends one OperationOutcome as compact JSON. File, line, column and field go into `diagnostics`
/// ("file:line:column field: message") and into `expression` when the field is a FHIR path;
/// suggestion into `details.text`.
void append_operation_outcome(std::string& out, std::span<const text::Issue> issues);

}  // namespace linkway::fhir
