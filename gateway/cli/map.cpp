#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <optional>

#include "command.h"
#include "mapping/resource_mapping.h"
#include "mapping/view.h"
#include "record/record.h"
#include "referrals/measures.h"
#include "sources/system_mapping.h"

namespace linkway::cli {

namespace {

namespace fs = std::filesystem;

std::string folder_of(const Arguments& arguments) {
    std::string folder = arguments.operands[0];
    while (folder.size() > 1 && folder.back() == '/') {
        folder.pop_back();
    }
    return folder;
}

/// In the order of the files. True when there is no error among them.
bool report(text::Issues& issues) {
    std::stable_sort(issues.begin(), issues.end(), [](const text::Issue& a, const text::Issue& b) {
        return std::tie(a.location.file, a.location.line, a.location.column) <
               std::tie(b.location.file, b.location.line, b.location.column);
    });
    print(issues);
    if (text::has_errors(issues)) {
        std::cerr << issues.size() << (issues.size() == 1 ? " mistake\n" : " mistakes\n");
        return false;
    }
    return true;
}

bool check_system(const std::string& folder) {
    text::Issues issues;
    const auto mapping = sources::SystemMapping::load(folder, issues);
    if (!text::has_errors(issues)) {
        const text::Issues uncovered = mapping->uncovered();
        issues.insert(issues.end(), uncovered.begin(), uncovered.end());
    }
    if (!report(issues)) {
        return false;
    }
    std::cout << folder << ": " << mapping->templates().size() << " templates over "
              << mapping->package().tables.size() << " tables, no mistakes\n";
    return true;
}

/// Mistakes of one file of a mapping, and of what the mapping's tables are read from.
void check_within(const std::string& file, text::Issues& issues) {
    const fs::path folder = fs::path(file).parent_path();
    text::Issues all;
    sources::SystemMapping::load(folder.empty() ? "." : folder.string(), all);
    std::copy_if(all.begin(), all.end(), std::back_inserter(issues), [&](const text::Issue& issue) {
        const fs::path name = fs::path(issue.location.file).filename();
        return name == fs::path(file).filename() || name == "datapackage.json";
    });
}

/// A ViewDefinition; nothing when the file is none.
std::optional<bool> check_view(const std::string& file, const std::string& content) {
    const auto parsed =
        file.ends_with(".json") ? text::parse_json(content, file) : text::parse_yaml(content, file);
    if (!parsed || parsed->root().string_or("resourceType", "") != "ViewDefinition") {
        return std::nullopt;
    }
    text::Issues issues;
    const auto view = mapping::View::compile(content, file, issues);
    if (!report(issues)) {
        return false;
    }
    std::cout << file << ": " << view->columns().size() << " columns of " << view->resource()
              << ", no mistakes\n";
    return true;
}

/// The rules of referrals and the measures.
bool check_referrals(const fs::path& folder) {
    terminology::Terminology codes;
    text::Issues issues = codes.load(codes_folder({}, (folder / "transitions.yaml").string()));
    const auto rules = referrals::load_rules(folder.string(), codes, issues);
    const auto measures = referrals::load_measures(folder.string(), issues);
    if (!report(issues)) {
        return false;
    }
    std::cout << folder.string() << ": " << rules->statuses().size() << " states, "
              << rules->roles().size() << " roles, " << measures->all().size()
              << " measures, no mistakes\n";
    return true;
}

/// A template, view, or event rules; what is driven by rows is checked with the mapping it stands
/// in.
bool check_template(const std::string& file) {
    text::Issues issues;
    const auto content = read_file(file);
    if (!content) {
        std::cerr << "linkway: " << file << " can't be read\n";
        return false;
    }
    if (const auto view = check_view(file, *content)) {
        return *view;
    }
    if (fs::path(file).filename() == "transitions.yaml" ||
        fs::path(file).filename() == "measures.yaml") {
        return check_referrals(fs::path(file).parent_path());
    }
    if (fs::path(file).filename() == "event.yaml") {
        check_within(file, issues);
        if (report(issues)) {
            std::cout << file << ": no mistakes\n";
        }
        return !text::has_errors(issues);
    }
    const auto source = mapping::parse_template(*content, file, issues);
    if (source && !source->input.empty()) {
        terminology::Terminology terminology;
        issues = terminology.load(codes_folder({}, file));
        mapping::ResourceMapping::compile(*source, terminology, issues);
    } else if (source) {
        check_within(file, issues);
    }
    if (!report(issues)) {
        return false;
    }
    std::cout << file << ": " << (source->input.empty() ? "rows of " + source->each : source->input)
              << " to " << source->resource_type << ", no mistakes\n";
    return true;
}

/// What entries for the record are made with, for each target.
bool check_record(const std::string& folder) {
    bool good = true;
    for (const std::string& target : record::targets(folder)) {
        text::Issues issues;
        const auto mapping = record::load(folder, target, issues);
        if (report(issues)) {
            std::cout << folder << ": " << mapping->entries.size() << " views to " << target
                      << ", no mistakes\n";
        } else {
            good = false;
        }
    }
    return good;
}

/// A system's mapping, or whatever mappings and templates stand below.
bool check_folder(const fs::path& folder, std::size_t& found) {
    if (fs::is_regular_file(folder / "datapackage.json")) {
        ++found;
        return check_system(folder.string());
    }
    if (fs::is_regular_file(folder / "transitions.yaml")) {
        ++found;
        return check_referrals(folder);
    }
    if (fs::is_directory(folder / "views" / "entry")) {
        ++found;
        return check_record(folder.string());
    }
    std::vector<fs::path> paths;
    for (const auto& entry : fs::directory_iterator(folder)) {
        paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    bool good = true;
    for (const fs::path& path : paths) {
        if (fs::is_directory(path)) {
            good = check_folder(path, found) && good;
        } else if (path.extension() == ".yaml") {
            ++found;
            good = check_template(path.string()) && good;
        }
    }
    return good;
}

int check(const Arguments& arguments) {
    const std::string path = folder_of(arguments);
    if (fs::is_regular_file(path)) {
        return check_template(path) ? done : failed;
    }
    if (!fs::is_directory(path)) {
        std::cerr << "linkway: there is no " << path << '\n';
        return failed;
    }
    std::size_t found = 0;
    const bool good = check_folder(path, found);
    if (found == 0) {
        std::cerr << "linkway: no mapping and no template in " << path << '\n';
        return failed;
    }
    return good ? done : failed;
}

/// "ServiceRequest.authoredOn, Task.authoredOn": each target once.
std::string targets(const sources::SystemMapping& mapping, int table, int column) {
    std::string result;
    std::map<std::string, bool> seen;
    for (const sources::ColumnUse& use : mapping.uses()) {
        if (use.table == table && use.column == column && seen.emplace(use.target, true).second) {
            result += (result.empty() ? "" : ", ") + use.target;
        }
    }
    return result;
}

int coverage(const Arguments& arguments) {
    text::Issues issues;
    const auto mapping = sources::SystemMapping::load(folder_of(arguments), issues);
    print(issues);
    if (text::has_errors(issues)) {
        return failed;
    }
    std::size_t used = 0;
    std::size_t left_out = 0;
    std::size_t missing = 0;
    const auto& tables = mapping->package().tables;
    for (std::size_t t = 0; t < tables.size(); ++t) {
        std::cout << tables[t].name << '\n';
        if (!tables[t].unused.empty()) {
            std::cout << "  the whole table is left out: " << tables[t].unused << '\n';
        }
        for (std::size_t c = 0; c < tables[t].columns.size(); ++c) {
            const sources::Column& column = tables[t].columns[c];
            std::string where = targets(*mapping, static_cast<int>(t), static_cast<int>(c));
            if (!where.empty()) {
                ++used;
                where = "-> " + where;
            } else if (!column.omitted.empty() || !tables[t].unused.empty()) {
                ++left_out;
                where = "left out: " + (column.omitted.empty() ? "see the table" : column.omitted);
            } else {
                ++missing;
                where = "NOWHERE, and the data package does not say why";
            }
            std::cout << "  " << column.name
                      << std::string(column.name.size() < 40 ? 40 - column.name.size() : 1, ' ')
                      << where << '\n';
        }
    }
    std::cout << '\n'
              << used << " columns used, " << left_out << " left out with a reason, " << missing
              << " unaccounted for\n";
    print(mapping->uncovered());
    return missing == 0 ? done : failed;
}

}  // namespace

Command map_check_command() {
    Command command;
    command.name = "map check";
    command.usage = "PATH";
    command.summary = "find every mistake in a mapping before it runs";
    command.description =
        "Reads PATH (a folder such as mappings/emis: datapackage.json, event.yaml, templates; "
        "codes from ../codes; or a\n"
        "folder of such folders, or one template or view) and prints every mistake as "
        "file:line:column "
        "with a suggestion: an unknown column or element, "
        "a wrong type, a missing\n"
        "required element, a code outside a required binding, a column that goes nowhere. Exit "
        "code 1 when there is one.";
    command.examples = {"linkway map check mappings/emis",
                        "linkway map check mappings/emis/patient.yaml",
                        "linkway map check mappings/views/tasks.yaml"};
    command.min_operands = command.max_operands = 1;
    command.run = check;
    return command;
}

Command map_coverage_command() {
    Command command;
    command.name = "map coverage";
    command.usage = "MAPPING";
    command.summary = "say of every column where it goes, or why it is left out";
    command.description =
        "Prints each table and column of MAPPING with the FHIR elements it feeds, or the reason in "
        "the data package for\n"
        "leaving it out. Exit code 1 when a column has neither.";
    command.examples = {"linkway map coverage mappings/emis"};
    command.min_operands = command.max_operands = 1;
    command.run = coverage;
    return command;
}

}  // namespace linkway::cli
