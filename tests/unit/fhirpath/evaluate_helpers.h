// A little harness: one patient in JSON, one row, and results as text.
#pragma once

#include <memory_resource>
#include <string>
#include <vector>

#include "fhirpath/expression.h"
#include "text/node.h"

namespace linkway::fhirpath::testing {

/// A made-up patient with choices, extensions on primitives, contained resources and repeats.
const text::Document& patient();

/// %row of the tests: see the .cpp for its fields.
const Record& row();
const RecordType& row_type();

/// %row (a record), %patient (FHIR Patient), %any (the same, of unknown type), %text ("abc"), %list
/// ('a', 'b', 'c'), %nothing (a string that is missing).
Environment environment(bool strict = true);

/// Items joined by "; ", texts as they are, dates as dates, records by type; or "!message" when it
/// fails, "?line:column: message" for the first mistake that compile() finds.
std::string run(std::string_view expression, bool strict = true);

/// As run(), each item written by that function.
std::string run_written(std::string_view expression,
                        void (*append)(std::string& out, const Value& value));

/// As run(), with a limit on steps.
std::string run_within(std::string_view expression, std::uint32_t steps);

/// All issues of compile(), one a line.
std::string mistakes(std::string_view expression, bool strict = true);

/// Static type as text.
std::string type_of(std::string_view expression);

std::string show(const Value& value);

}  // namespace linkway::fhirpath::testing
