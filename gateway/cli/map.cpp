#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>

#include "command.h"
#include "sources/system_mapping.h"

namespace linkway::cli {

namespace {

namespace fs = std::filesystem;

bool has_errors(const text::Issues& issues) {
    return std::any_of(issues.begin(), issues.end(), [](const text::Issue& issue) {
        return issue.severity >= text::Severity::error;
    });
}

std::string folder_of(const Arguments& arguments) {
    std::string folder = arguments.operands[0];
    while (folder.size() > 1 && folder.back() == '/') {
        folder.pop_back();
    }
    return folder;
}

int check(const Arguments& arguments) {
    const std::string folder = folder_of(arguments);
    if (!fs::is_directory(folder)) {
        std::cerr << "linkway: " << folder << " is no folder\n";
        return failed;
    }
    text::Issues issues;
    const auto mapping = sources::SystemMapping::load(folder, issues);
    if (!has_errors(issues)) {
        const text::Issues uncovered = mapping->uncovered();
        issues.insert(issues.end(), uncovered.begin(), uncovered.end());
    }
    std::stable_sort(issues.begin(), issues.end(), [](const text::Issue& a, const text::Issue& b) {
        return std::tie(a.location.file, a.location.line, a.location.column) <
               std::tie(b.location.file, b.location.line, b.location.column);
    });
    print(issues);
    if (has_errors(issues)) {
        std::cerr << issues.size() << (issues.size() == 1 ? " mistake\n" : " mistakes\n");
        return failed;
    }
    std::cout << folder << ": " << mapping->templates().size() << " templates over "
              << mapping->package().tables.size() << " tables, no mistakes\n";
    return done;
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
    if (has_errors(issues)) {
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
    command.usage = "MAPPING";
    command.summary = "find every mistake in a mapping before it runs";
    command.description =
        "Reads MAPPING (a folder such as mappings/emis: datapackage.json, event.yaml, templates; "
        "codes from ../codes) and\n"
        "prints every mistake as file:line:column with a suggestion: an unknown column or element, "
        "a wrong type, a missing\n"
        "required element, a code outside a required binding, a column that goes nowhere. Exit "
        "code 1 when there is one.";
    command.examples = {"linkway map check mappings/emis"};
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
