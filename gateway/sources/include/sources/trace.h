// "Where does this come from?" Answered by staging the extract again and running the templates over
// one row, step by step. Costs nothing until asked.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "mapping/trace.h"
#include "sources/system_mapping.h"
#include "sources/translate.h"
#include "text/issue.h"

namespace linkway::sources {

/// What to explain: one resource by its id, or all that is made of one row.
struct TraceRequest {
    std::string resource_type;  ///< empty for every type
    std::string id;             ///< of the resource; or
    std::string table;          ///< name in the data package, and
    std::string key;            ///< key columns joined by "|", as reports show them
};

/// A row of the extract.
struct SourceRow {
    std::string file;  ///< as in Provenance
    std::uint64_t row = 0;
    std::uint64_t line = 0;
    std::string table;
    std::string key;
};

/// A cell that a step read.
struct SourceCell {
    SourceRow row;
    std::string column;
    std::string raw;    ///< as the file has it, quotes off; empty when it holds nothing
    bool kept = false;  ///< raw is what the staging store has: dates and ids in their usual form
};

/// An event that an episode was replayed from, in order.
struct SourceEvent {
    SourceRow row;
    std::string kind;
    std::string date;
};

/// One expression or a part of one: mapping::TracedPart with the input's places.
struct SourcePart {
    std::string expression;
    std::vector<std::string> values;  ///< of a row its table and number
    std::string failed;
    std::vector<SourceCell> cells;
    std::vector<SourceEvent> events;  ///< when it asks something of the episode
    std::string rule;                 ///< when it asks something of the event: which of event.yaml
    std::vector<SourcePart> rule_parts;  ///< ... and how that came out
};

struct SourceStep {
    mapping::TracedStep step;  ///< without its parts
    std::vector<SourcePart> parts;
};

/// How one template ran over one row.
struct ResourceTrace {
    std::string resource_type;
    std::string id;
    std::string template_file;
    SourceRow row;
    std::string fate;  ///< of the row, when it is not translated: "rejected: ...", else empty
    std::vector<SourceStep> steps;
    std::vector<mapping::PassedOver> passed_over;
    std::string resource;  ///< JSON as it comes out today; empty when it failed
    std::string failed;    ///< why, when nothing came out
};

/// Traces what `request` asks for; templates whose condition leaves the row out are not among the
/// result. An issue when the input can't be staged, or holds no such row. With a staging store its
/// rows are told of as they stand there now, the input is not read, and nothing is changed.
text::Result<std::vector<ResourceTrace>> trace(const SystemMapping& mapping,
                                               const TranslateOptions& options,
                                               const TraceRequest& request);

/// What an engine's trace says, each part by `place`; the caller adds what was traced.
ResourceTrace resource_trace(mapping::Trace trace,
                             const std::function<SourcePart(mapping::TracedPart)>& place);

/// A part of an expression over an input that is no table.
SourcePart without_rows(mapping::TracedPart part);

/// Positions in `trace.steps` that tell of `field` ("status", "Task.code.coding[0].code", without
/// an index every item) and what is below it, and of what they depend on, in order. Where steps for
/// it were passed over: what kept them from running. Without a field all; empty when the template
/// has no such field.
std::vector<std::size_t> steps_for(const ResourceTrace& trace, const std::string& field);

/// The fields a template writes or might have written, for suggestions.
std::vector<std::string> fields(const ResourceTrace& trace);

/// For people: a paragraph a step. For programs: one JSON object.
std::string to_text(const ResourceTrace& trace, const std::string& field);
std::string to_json(const ResourceTrace& trace, const std::string& field);

}  // namespace linkway::sources
