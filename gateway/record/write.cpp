// Entries as a table or as documents, and the account of what became of every resource.
#include <algorithm>
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

Status write_table(const Target& target, const std::vector<MadeEntry>& entries,
                   sources::OutputFolder& folder) {
    std::string text;
    const auto row = [&](const auto& content) {
        for (std::size_t i = 0; i < target.columns.size(); ++i) {
            text += i == 0 ? "" : ",";
            append_field(text, content(target.columns[i]));
        }
        text += "\r\n";
    };
    row([](const Column& column) { return column.name; });
    for (const MadeEntry& each : entries) {
        row([&](const Column& column) { return written(column, each.cells); });
    }
    return folder.write("entries.csv", text);
}

/// "3 November 2025: Life satisfaction: 4. What was said (Ben Sample, Link Worker)".
std::string line_of(const Entry& entry) {
    const auto moment = text::parse_uk_moment(cell(entry, "date"));
    std::string line = "- ";
    if (moment) {
        const text::Precision known = moment->date.precision;
        text::append_as(line, moment->date, {},
                        known == text::Precision::year    ? "yyyy"
                        : known == text::Precision::month ? "MMM yyyy"
                                                          : "dd MMM yyyy");
        line += ": ";
    }
    line += cell(entry, "term");
    if (!cell(entry, "value").empty()) {
        line += ": " + cell(entry, "value");
        line += cell(entry, "unit").empty() ? "" : " " + cell(entry, "unit");
    }
    for (const char* column : {"consultation", "narrative"}) {
        if (!cell(entry, column).empty()) {
            line += ". " + cell(entry, column);
        }
    }
    const std::string& role = cell(entry, "author.role");
    line +=
        " (" +
        (cell(entry, "author.name").empty() ? "author not stated" : cell(entry, "author.name")) +
        ", " + (role.empty() ? "role not stated" : role) + ")";
    // A line break of the text goes on under its line, so that no text can look like a heading.
    for (std::size_t at = line.find('\r'); at != std::string::npos; at = line.find('\r', at)) {
        line.replace(at, line.compare(at, 2, "\r\n") == 0 ? 2 : 1, "\n");
    }
    for (std::size_t at = line.find('\n'); at != std::string::npos; at = line.find('\n', at + 1)) {
        line.insert(at + 1, "  ");
    }
    return line + "\n";
}

/// Of each code (or term) the first and the last, one measure after the other.
std::vector<const Entry*> first_and_last(const std::vector<const Entry*>& entries) {
    std::vector<std::pair<const Entry*, const Entry*>> measures;
    for (const Entry* each : entries) {
        const auto known = std::find_if(measures.begin(), measures.end(), [&](const auto& measure) {
            return cell(*measure.first, "code") == cell(*each, "code") &&
                   cell(*measure.first, "term") == cell(*each, "term");
        });
        if (known == measures.end()) {
            measures.emplace_back(each, nullptr);
        } else {
            known->second = each;
        }
    }
    std::vector<const Entry*> result;
    for (const auto& [first, last] : measures) {
        result.push_back(first);
        if (last != nullptr) {
            result.push_back(last);
        }
    }
    return result;
}

/// Whether the section may lack something of the episode that `any` is an entry of.
bool lacks_any(const Section& section, const Entry& any, const std::vector<Withheld>& withheld) {
    const auto may_be = [](const std::string& known, const std::string& wanted) {
        return known.empty() || known == wanted;
    };
    return std::any_of(withheld.begin(), withheld.end(), [&](const Withheld& each) {
        const bool of_kind =
            each.kind.empty() ||
            std::find(section.kinds.begin(), section.kinds.end(), each.kind) != section.kinds.end();
        return of_kind && may_be(each.patient, cell(any, "patient")) &&
               may_be(each.episode, cell(any, "episode"));
    });
}

std::string document(const Target& target, const std::vector<const Entry*>& entries,
                     const std::vector<Withheld>& withheld) {
    const Entry& any = *entries.front();
    const auto known = [&](std::string_view column) {
        const std::string& value = cell(any, column);
        return value.empty() ? "not known" : value;
    };
    std::string text = target.title + "\nName: " + known("patient.name") + "\n";
    text += "Born: " + known("patient.birth_date") + "\n";
    text += "NHS number: " + known("patient.nhs_number") + "\n";
    text += "To: " + known("patient.practice") + ", ODS code " + known("patient.ods_code") + "\n";
    for (const Section& section : target.sections) {
        std::vector<const Entry*> chosen;
        std::copy_if(
            entries.begin(), entries.end(), std::back_inserter(chosen), [&](const Entry* each) {
                return cell(*each, "action") != "remove" &&
                       std::find(section.kinds.begin(), section.kinds.end(), cell(*each, "kind")) !=
                           section.kinds.end();
            });
        if (section.first_and_last) {
            chosen = first_and_last(chosen);
        }
        if (chosen.empty() && section.none.empty()) {
            continue;
        }
        text += "\n" + section.title + "\n";
        const bool lacking = !section.withheld.empty() && lacks_any(section, any, withheld);
        if (lacking || chosen.empty()) {
            text += (lacking ? section.withheld : section.none) + "\n";
        }
        for (const Entry* each : chosen) {
            text += line_of(*each);
        }
    }
    return text;
}

/// A file for each referral, named by its episode: names say nothing of the patient.
Status write_documents(const Target& target, const Entries& entries,
                       sources::OutputFolder& folder) {
    std::map<std::pair<std::string, std::string>, std::vector<const Entry*>> episodes;
    for (const MadeEntry& each : entries.made) {
        episodes[{cell(each.cells, "episode"), cell(each.cells, "patient")}].push_back(&each.cells);
    }
    std::set<std::string> names;
    for (const auto& [episode, of] : episodes) {
        std::string name;
        for (const char c : episode.first) {
            const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                               (c >= 'A' && c <= 'Z') || c == '-' ||
                               (c == '.' && !name.empty());  // else the file would be a hidden one
            name += plain ? c : '_';
        }
        if (name.size() > longest_name) {
            name = fhir::derived_id({"episode", episode.first});
        }
        while (!names.insert(name).second) {
            name += "_";  // the episodes of two patients, or two that differ by such a character
        }
        if (Status failed = folder.write(name + ".txt", document(target, of, entries.withheld))) {
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
