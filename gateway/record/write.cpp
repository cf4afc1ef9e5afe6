// Entries as a table or as documents, and the account of what became of every resource.
#include <set>

#include "entries.h"
#include "fhir/identity.h"
#include "sources/output.h"
#include "text/json_writer.h"
#include "text/temporal.h"

namespace linkway::record {

namespace {

using text::Status;

constexpr std::size_t longest_name = 200;  ///< of a file: systems take 255 bytes, ".txt" among them

/// A cell as the target writes it: dates in its pattern on UK clocks, a time only where one is
/// known, 00:00:00 where the pattern asks for one that is not.
std::string written(const Column& column, const Entry& entry) {
    const std::string& value = cell(entry, column.from);
    if (column.pattern.empty()) {
        return value;
    }
    const auto moment = text::parse_uk_moment(value);
    if (!moment || (column.is_time && !moment->time)) {
        return {};
    }
    std::string out;
    text::append_as(out, moment->date, moment->time.value_or(text::TimeOfDay{}), column.pattern);
    return out;
}

/// Every field in quotes, quotes doubled, as all three systems read it.
void append_field(std::string& out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        out += c;
        if (c == '"') {
            out += c;
        }
    }
    out += '"';
}

Status write_table(const Target& target, const std::vector<MadeEntry>& made,
                   sources::OutputFolder& folder) {
    std::vector<Entry> entries;
    for (const MadeEntry& each : made) {
        entries.push_back(each.cells);
    }
    return folder.write("entries.csv", to_csv(target, entries));
}

/// A file for each referral, named by its episode: names say nothing of the patient.
Status write_documents(const Target& target, const Entries& entries,
                       sources::OutputFolder& folder) {
    std::set<std::string> names;
    for (const Message& message : make_messages(target, entries)) {
        std::string name;
        for (const char c : message.episode) {
            const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                               (c >= 'A' && c <= 'Z') || c == '-' ||
                               (c == '.' && !name.empty());  // else the file would be a hidden one
            name += plain ? c : '_';
        }
        if (name.size() > longest_name) {
            name = fhir::derived_id({"episode", message.episode});
        }
        while (!names.insert(name).second) {
            name += "_";  // the episodes of two patients, or two that differ by such a character
        }
        if (Status failed = folder.write(name + ".txt", to_text(message))) {
            return failed;
        }
    }
    return {};
}

std::string outcomes(const text::Issues& issues, bool errors) {
    std::string out;
    for (const text::Issue& issue : issues) {
        if (text::has_errors({issue}) != errors) {
            continue;
        }
        text::JsonWriter json(out);
        json.begin_object();
        json.member("resourceType", "OperationOutcome");
        json.name("issue");
        json.begin_array();
        json.begin_object();
        json.member("severity", text::to_code(issue.severity));
        json.member("code", issue.code);
        json.member("diagnostics", text::to_string(issue));
        json.end_object();
        json.end_array();
        json.end_object();
        out += '\n';
    }
    return out;
}

}  // namespace

std::string to_csv(const Target& target, const std::vector<Entry>& entries) {
    std::string text;
    const auto row = [&](const auto& content) {
        for (std::size_t i = 0; i < target.columns.size(); ++i) {
            text += i == 0 ? "" : ",";
            append_field(text, content(target.columns[i]));
        }
        text += "\r\n";
    };
    row([](const Column& column) { return column.name; });
    for (const Entry& each : entries) {
        row([&](const Column& column) { return written(column, each); });
    }
    return text;
}

text::Result<Report> write(const RecordMapping& mapping, const Resources& resources,
                           const std::string& output, bool overwrite) {
    auto folder = sources::OutputFolder::create(output, overwrite);
    if (!folder) {
        return std::move(folder).issue();
    }
    Report report;
    report.target = mapping.target.name;
    report.issues = resources.issues();
    const auto entries = make_entries(mapping, resources, report);
    Status failed = mapping.target.is_document()
                        ? write_documents(mapping.target, entries, **folder)
                        : write_table(mapping.target, entries.made, **folder);
    for (const auto& [name, content] :
         {std::pair("rejected.ndjson", outcomes(report.issues, true)),
          std::pair("warnings.ndjson", outcomes(report.issues, false)),
          std::pair("reconciliation.json", to_json(report))}) {
        failed = failed ? std::move(failed) : (*folder)->write(name, content);
    }
    failed = failed ? std::move(failed) : (*folder)->commit();
    if (failed) {
        return std::move(*failed);
    }
    return report;
}

}  // namespace linkway::record
