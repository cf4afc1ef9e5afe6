// What every step of a run did: which expression gave which values, what was written, and why the
// step ran at all. For people who ask where a field comes from; runs at leisure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "mapping/plan.h"

namespace linkway::mapping {

/// One item of a result.
struct TracedValue {
    std::string text;  ///< as a template would write it; the type's name for a record
    const fhirpath::Record* record = nullptr;  ///< of a record: which; belongs to the input
};

/// A field that an expression read.
struct TracedRead {
    const fhirpath::Record* record = nullptr;  ///< belongs to the input
    std::size_t field = 0;                     ///< index in its type
};

/// An expression, or one of those it is made of.
struct TracedPart {
    std::string expression;  ///< canonical text
    std::vector<TracedValue> values;
    std::vector<TracedRead> reads;  ///< when it is a member of records
    std::string failed;             ///< why it gave nothing, when that is an error
};

/// What the parts of an expression gave, innermost first and the whole last; literals and mere
/// variables are left out. In where(), select(), all() and exists() the criteria are shown for the
/// first few items of their focus, with $this put in words: %row.codes[1].trim().
std::vector<TracedPart> trace(const fhirpath::Expr& expression,
                              const fhirpath::Environment& environment, fhirpath::Runtime& runtime);

/// One step of a run, or one constant of the template.
struct TracedStep {
    std::size_t step = 0;   ///< number in the plan; several constants may share one
    std::string text;       ///< "write Task.status <- %episode.taskStatus"
    std::string field;      ///< what it is about, with indices: "Task.output[1].type.text"; of
                            ///< assignments "%name"
    std::string written;    ///< JSON; empty when nothing was written
    bool replaced = false;  ///< a later step of a merge gave the same member
    bool chose = false;     ///< it decided which steps ran: a condition or a loop
    bool holds = false;     ///< of a condition: it was true
    std::vector<TracedPart> parts;
    std::vector<std::size_t> because;  ///< earlier ones (by index in the trace) that it depends on:
                                       ///< conditions, loops, variables
    text::Location at;                 ///< in the template
};

/// A step that a condition or an empty loop passed over.
struct PassedOver {
    std::string path;         ///< FHIR path, without indices
    std::size_t because = 0;  ///< index in the trace
    text::Location at;
};

struct Trace {
    std::string resource;  ///< as run() writes it; empty when the run failed
    std::vector<TracedStep> steps;
    std::vector<PassedOver> passed_over;
    text::Status failed;  ///< why there is no resource
};

/// Runs a plan as Runner::run does and tells of each step. `runtime` as there.
Trace trace(const Plan& plan, fhirpath::Runtime& runtime);

}  // namespace linkway::mapping
