#include "sources/trace.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "staged_input.h"
#include "translator.h"

namespace linkway::sources {

namespace {

using text::Issue;
using text::Result;
using text::Severity;
using text::Status;

/// Every cell of a trace, those inside event rules too.
void each_cell(SourcePart& part, const std::function<void(SourceCell&)>& visit) {
    for (SourceCell& cell : part.cells) {
        visit(cell);
    }
    for (SourcePart& inner : part.rule_parts) {
        each_cell(inner, visit);
    }
}

/// Cells as the files have them. Staged rows hold what was made of them, so the files are asked
/// again, for all rows of a file at once.
class RawCells {
  public:
    RawCells(const Inventory& inventory, const DataPackage& package, const InputOptions& options)
        : inventory_(inventory), package_(package), options_(options) {}

    void want(SourceCell& cell) { wanted_[cell.row.file][cell.row.row].push_back(&cell); }

    Status read() {
        for (const TableFile& file : inventory_.files) {
            const auto rows = wanted_.find(file.file.display);
            if (rows == wanted_.end()) {
                continue;
            }
            if (Status failed = read(file, rows->second)) {
                return failed;
            }
        }
        return std::nullopt;
    }

  private:
    using Rows = std::map<std::uint64_t, std::vector<SourceCell*>>;

    Status read(const TableFile& file, const Rows& rows) {
        const Table& table = package_.tables[static_cast<std::size_t>(file.table)];
        ScanRequest request;
        request.file = &file.file;
        request.options = &options_;
        request.dialect = package_.dialect;
        const KeySet keys = keys_of(rows);
        const int key = table.key.empty() ? -1 : table.key.front();
        const int position = key < 0 ? -1 : file.columns[static_cast<std::size_t>(key)];
        const bool in_file =
            position >= 0 && static_cast<std::size_t>(position) < file.header.columns.size();
        if (in_file && table.columns[static_cast<std::size_t>(key)].type == ColumnType::guid) {
            request.any_of.push_back({static_cast<std::uint32_t>(position), &keys, true, nullptr});
        }
        auto scanned = scan_table(
            request, file.header,
            [&](const ScannedRow& row) {
                if (const auto wanted = rows.find(row.number); wanted != rows.end()) {
                    for (SourceCell* cell : wanted->second) {
                        cell->raw = cell_of(file, table, row, cell->column);
                    }
                }
            },
            [](const BadRecord&) {});
        return scanned ? Status() : Status(std::move(scanned).issue());
    }

    /// The first of the key's columns, for a scan that only hands over rows that have one of them.
    static KeySet keys_of(const Rows& rows) {
        KeySet keys;
        for (const auto& [number, cells] : rows) {
            keys.insert(std::string_view(cells.front()->row.key)
                            .substr(0, cells.front()->row.key.find('|')));
        }
        return keys;
    }

    static std::string cell_of(const TableFile& file, const Table& table, const ScannedRow& row,
                               const std::string& column) {
        const int position = file.columns[static_cast<std::size_t>(table.find(column))];
        if (position < 0) {
            return {};
        }
        const auto at = static_cast<std::size_t>(position);
        return at < row.cells.size() ? std::string(row.cells[at])
                                     : file.from_name[at - row.cells.size()];
    }

    const Inventory& inventory_;
    const DataPackage& package_;
    const InputOptions& options_;
    std::map<std::string, Rows> wanted_;
};

/// Why nothing is made of what was asked for.
Issue nothing_made(const SystemMapping& mapping, const Staging& staging,
                   const TraceRequest& request, const std::string& input) {
    Issue issue{Severity::error, "not-found", "", {input, 0, 0, {}}, ""};
    const std::string asked =
        request.id.empty() ? request.table + " row with key " + request.key : "id " + request.id;
    for (std::size_t t = 0; t < mapping.package().tables.size(); ++t) {
        const RowSet* set = staging.set(static_cast<int>(t));
        for (const Row& row : set == nullptr ? std::deque<Row>() : set->rows()) {
            const bool same = request.id.empty() ? set->definition().name == request.table &&
                                                       row.key() == request.key
                                                 : row.id == request.id;
            if (same && row.fate != Fate::superseded) {
                issue.message =
                    "nothing " +
                    (request.resource_type.empty() ? std::string("is")
                                                   : "of type " + request.resource_type + " is") +
                    " made of the " + asked + " (" + set->definition().name + " row " +
                    std::to_string(row.number) + ", " + std::string(to_string(row.fate)) +
                    (row.reason.empty() ? "" : ": " + std::string(row.reason)) + ")";
                issue.location.file = staging.origin(row).display;
                issue.location.line = row.line;
            }
        }
    }
    if (issue.message.empty()) {
        issue.message = "the " + asked +
                        " is not among the rows that matter: it is not in the input, or no social "
                        "prescribing event refers to it";
    }
    return issue;
}

/// From the staging store, of which nothing is committed: what was read is forgotten.
Result<std::vector<ResourceTrace>> trace_stored(const SystemMapping& mapping,
                                                const TranslateOptions& options,
                                                const TraceRequest& request) {
    auto state = State::open_existing(options.state, mapping);
    if (!state) {
        return std::move(state).issue();
    }
    Inventory none;
    StagingOptions of_store;
    of_store.state = state->get();
    Staging staging(mapping, none, of_store);
    if (const Status failed = staging.recall(request.resource_type, request.id)) {
        return *failed;
    }
    std::vector<ResourceTrace> traces = Translator(staging, options).trace(request);
    if (traces.empty()) {
        return nothing_made(mapping, staging, request, options.state);
    }
    return traces;
}

}  // namespace

ResourceTrace resource_trace(mapping::Trace trace,
                             const std::function<SourcePart(mapping::TracedPart)>& place) {
    ResourceTrace result;
    for (mapping::TracedStep& step : trace.steps) {
        SourceStep& made = result.steps.emplace_back();
        for (mapping::TracedPart& part : step.parts) {
            made.parts.push_back(place(std::move(part)));
        }
        step.parts.clear();
        made.step = std::move(step);
    }
    result.passed_over = std::move(trace.passed_over);
    result.resource = std::move(trace.resource);
    result.failed = trace.failed ? text::to_string(*trace.failed) : "";
    return result;
}

SourcePart without_rows(mapping::TracedPart part) {
    SourcePart result;
    result.expression = std::move(part.expression);
    result.failed = std::move(part.failed);
    for (mapping::TracedValue& value : part.values) {
        result.values.push_back(std::move(value.text));
    }
    return result;
}

Result<std::vector<ResourceTrace>> trace(const SystemMapping& mapping,
                                         const TranslateOptions& options,
                                         const TraceRequest& request) {
    if (!request.table.empty() && mapping.package().find(request.table) < 0) {
        std::vector<std::string> names;
        for (const Table& table : mapping.package().tables) {
            names.push_back(table.name);
        }
        return Issue{Severity::error,
                     "not-found",
                     "the data package has no table \"" + request.table + "\"",
                     {},
                     text::did_you_mean(request.table, names)};
    }
    if (!options.state.empty()) {
        return trace_stored(mapping, options, request);
    }
    auto inventory = read_inventory(mapping, options, nullptr);
    if (!inventory) {
        return std::move(inventory).issue();
    }
    auto staging = stage(mapping, *inventory, options, nullptr);
    if (!staging) {
        return std::move(staging).issue();
    }
    std::vector<ResourceTrace> traces = Translator(**staging, options).trace(request);
    if (traces.empty()) {
        return nothing_made(mapping, **staging, request, options.input);
    }
    RawCells raw(*inventory, mapping.package(), options.access);
    for (ResourceTrace& each : traces) {
        for (SourceStep& step : each.steps) {
            for (SourcePart& part : step.parts) {
                each_cell(part, [&](SourceCell& cell) { raw.want(cell); });
            }
        }
    }
    if (const Status failed = raw.read()) {
        return *failed;
    }
    return traces;
}

}  // namespace linkway::sources
