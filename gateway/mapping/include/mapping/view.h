// FHIR resources as rows: ViewDefinitions of SQL on FHIR v2, checked and compiled.
//
// What is understood: resource, constant, select, column (name, path, type, collection), nested
// select, forEach, forEachOrNull, unionAll and where; getResourceKey() and getReferenceKey(); the
// descriptive members (url, name, title, status, description, ...) are let be.
#pragma once

#include <functional>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhirpath/expression.h"
#include "fhirpath/value.h"
#include "text/issue.h"
#include "text/node.h"

namespace linkway::mapping {

struct ViewColumn {
    std::string name;
    std::string type;  ///< FHIR primitive or type as the view states it; empty when it does not
    bool collection = false;  ///< a cell holds a list
};

/// A ViewDefinition, ready to run. Immutable; several threads may run it at once, each with its own
/// ViewRunner.
class View {
  public:
    View(View&&) noexcept;
    View& operator=(View&&) noexcept;
    ~View();

    /// Checks everything before anything runs: members, names, FHIRPath against the R4 definitions,
    /// columns of a unionAll that differ, a column twice, constants. All mistakes are appended;
    /// nothing is returned when there was an error. `content` is YAML, or JSON when `file` ends in
    /// ".json".
    static std::optional<View> compile(std::string_view content, const std::string& file,
                                       text::Issues& issues);

    const std::string& resource() const;
    const std::vector<ViewColumn>& columns() const;

    struct Program;
    const Program& program() const { return *program_; }

  private:
    explicit View(std::unique_ptr<Program> program);
    std::unique_ptr<Program> program_;
};

/// Runs views over resources, one at a time; keeps its buffers. Not thread-safe: one per thread.
class ViewRunner {
  public:
    /// A row's cells in the order of View::columns(): nothing, one value, or (collection) several.
    /// They live until the call returns.
    using RowSink = std::function<void(std::span<const fhirpath::Collection>)>;

    ViewRunner();
    ~ViewRunner();
    ViewRunner(const ViewRunner&) = delete;
    ViewRunner& operator=(const ViewRunner&) = delete;

    /// The rows of one resource: none when it is of another type or `where` leaves it out. On an
    /// issue (a cell with several values that is no collection, a limit) rows may have been handed
    /// over already; the caller drops those. resolve() asks `resolver`; without one it finds
    /// nothing.
    text::Status run(const View& view, const text::Node& resource, const RowSink& row,
                     const fhirpath::Resolver* resolver = nullptr);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Appends the cell as JSON: null, a value, or an array for a collection.
void append_json_cell(std::string& out, const ViewColumn& column, const fhirpath::Collection& cell);

/// Appends the cell as plain text: nothing for null, values as FHIR spells them, lists and
/// structures as JSON.
void append_text_cell(std::string& out, const ViewColumn& column, const fhirpath::Collection& cell);

/// Appends the cell as a CSV field (RFC 4180): nothing for null, text bare or in quotes, lists and
/// structures as JSON in quotes.
void append_csv_cell(std::string& out, const ViewColumn& column, const fhirpath::Collection& cell);
void append_csv_field(std::string& out, std::string_view text);

}  // namespace linkway::mapping
