#include "mapping/view.h"

#include <fstream>
#include <iostream>

#include "command.h"
#include "resource_input.h"

namespace linkway::cli {

namespace {

/// Text is written out in pieces of this size.
constexpr std::size_t chunk = std::size_t{1} << 16;

std::optional<mapping::View> load(const std::string& file) {
    const auto content = read_file(file);
    if (!content) {
        std::cerr << "linkway: " << file << " can't be read\n";
        return std::nullopt;
    }
    text::Issues issues;
    auto view = mapping::View::compile(*content, file, issues);
    print(issues);
    return view;
}

/// Rows as CSV or NDJSON.
class Table {
  public:
    Table(const mapping::View& view, bool csv, std::ostream& out)
        : view_(view), csv_(csv), out_(out) {
        for (std::size_t i = 0; csv_ && i < view_.columns().size(); ++i) {
            text_ += i == 0 ? "" : ",";
            mapping::append_csv_field(text_, view_.columns()[i].name);
        }
        text_ += csv_ ? "\r\n" : "";
    }

    void row(std::span<const fhirpath::Collection> cells) {
        const auto& columns = view_.columns();
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (csv_) {
                text_ += i == 0 ? "" : ",";
                mapping::append_csv_cell(text_, columns[i], cells[i]);
                continue;
            }
            text_ += i == 0 ? '{' : ',';
            text::append_json_string(text_, columns[i].name);
            text_ += ':';
            mapping::append_json_cell(text_, columns[i], cells[i]);
        }
        text_ += csv_ ? "\r\n" : "}\n";
    }

    /// What a resource gave before it failed goes back to here.
    std::size_t size() const { return text_.size(); }
    void cut(std::size_t size) { text_.resize(size); }

    bool flush(std::size_t least) {
        if (text_.size() >= least) {
            out_ << text_;
            text_.clear();
        }
        return static_cast<bool>(out_);
    }

  private:
    const mapping::View& view_;
    bool csv_;
    std::ostream& out_;
    std::string text_;
};

int run(const Arguments& arguments) {
    const std::string format = arguments.get("format", "csv");
    if (format != "csv" && format != "ndjson") {
        std::cerr << "linkway: --format is csv or ndjson\n";
        return usage_error;
    }
    const auto view = load(arguments.operands[0]);
    if (!view) {
        return failed;
    }
    std::ofstream file;
    const std::string output = arguments.get("output", "");
    if (!output.empty()) {
        file.open(output, std::ios::binary);
        if (!file) {
            std::cerr << "linkway: " << output << " can't be written\n";
            return failed;
        }
    }
    std::ostream& out = output.empty() ? std::cout : file;
    Table table(*view, format == "csv", out);
    mapping::ViewRunner runner;
    std::size_t broken = 0;
    const text::Status unread = read_resources(
        arguments.operands[1], view->resource() == "Bundle",
        [&](const text::Node& resource, const text::Location& at, std::string_view) {
            const std::size_t before = table.size();
            auto issue = runner.run(*view, resource, [&](auto cells) { table.row(cells); });
            if (issue) {
                table.cut(before);
                ++broken;
                issue->message += " (" + at.file + ":" + std::to_string(at.line) + ")";
                print({*issue});
            }
            table.flush(chunk);
        },
        [&](text::Issue issue) {
            ++broken;
            print({std::move(issue)});
        });
    if (unread) {
        print({*unread});
        return failed;
    }
    table.flush(0);
    out.flush();
    if (!out) {
        std::cerr << "linkway: " << (output.empty() ? "the output" : output)
                  << " could not be written to its end\n";
        return failed;
    }
    return broken == 0 ? done : incomplete;
}

}  // namespace

Command view_run_command() {
    Command command;
    command.name = "view run";
    command.usage = "VIEW INPUT";
    command.summary = "make a flat table of FHIR resources";
    command.description =
        "VIEW is a ViewDefinition of SQL on FHIR (JSON or YAML). INPUT is an NDJSON file, a "
        "resource, a Bundle, a folder of NDJSON\n"
        "files such as linkway translate writes, or - for standard input. CSV has a header and "
        "CRLF (RFC 4180); lists and\n"
        "structures in a cell are JSON. What is broken is reported with its line and the rest "
        "goes on (exit code 3).";
    command.options = {{"output", "o", "FILE", "where the table goes (default: standard output)"},
                       {"format", "", "FORMAT", "csv (default) or ndjson"}};
    command.examples = {"linkway view run mappings/views/referrals.yaml fhir -o referrals.csv",
                        "zcat Task.ndjson.gz | linkway view run mappings/views/tasks.yaml - "
                        "--format ndjson"};
    command.min_operands = command.max_operands = 2;
    command.run = run;
    return command;
}

}  // namespace linkway::cli
