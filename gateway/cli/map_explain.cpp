#include <algorithm>
#include <iostream>
#include <set>

#include "command.h"
#include "mapping/explain.h"
#include "sources/system_mapping.h"

namespace linkway::cli {

namespace {

using sources::EventRules;
using sources::SystemMapping;

const sources::Table& table_of(const SystemMapping& mapping, int table) {
    return mapping.package().tables[static_cast<std::size_t>(table)];
}

/// How the event table is read: what the scan asks of each row before anything is kept.
void print_events(const SystemMapping& mapping) {
    const EventRules& rules = mapping.events();
    const sources::Table& table = table_of(mapping, rules.table);
    std::cout << "Events: rows of " << table.name << '\n';
    if (rules.lookup >= 0) {
        const sources::Navigation& way =
            mapping.graph().navigations(rules.table)[static_cast<std::size_t>(rules.lookup)];
        const auto [here, there] = way.columns.front();
        const sources::Table& codes = table_of(mapping, way.table);
        std::cout << "  first " << codes.name << " is searched for rows with "
                  << fhirpath::print(rules.lookup_kind->ast()) << "\n  then " << table.name
                  << " is scanned for rows whose "
                  << table.columns[static_cast<std::size_t>(here)].name << " is a "
                  << codes.columns[static_cast<std::size_t>(there)].name << " found there\n";
    } else if (!rules.kind_columns.empty()) {
        std::cout << "  the scan asks once for each content of";
        for (const int column : rules.kind_columns) {
            std::cout << ' ' << table.columns[static_cast<std::size_t>(column)].name;
        }
        std::cout << ":\n    " << fhirpath::print(rules.kind->ast()) << '\n';
    } else {
        std::cout << "  every row is kept and asked: " << fhirpath::print(rules.kind->ast())
                  << '\n';
    }
    for (const sources::Exclusion& each : rules.exclusions) {
        std::cout << "  left out (" << each.reason << "): " << fhirpath::print(each.condition.ast())
                  << '\n';
    }
    for (const sources::Check& each : rules.checks) {
        std::cout << "  checked (" << each.name << "): " << fhirpath::print(each.condition.ast())
                  << '\n';
    }
    for (const sources::Gate& each : rules.gates) {
        std::cout << "  a practice's batch is held (" << each.reason << ") when a row of "
                  << table_of(mapping, each.table).name << " has "
                  << fhirpath::print(each.closed.ast()) << '\n';
    }
}

/// Each table: whether it is read, which of its columns, and where its rows lead.
void print_tables(const SystemMapping& mapping) {
    std::cout << "\nTables\n";
    const auto& tables = mapping.package().tables;
    for (std::size_t t = 0; t < tables.size(); ++t) {
        const int table = static_cast<int>(t);
        if (!mapping.is_needed(table)) {
            std::cout << "  " << tables[t].name << ": rows are counted only\n";
            continue;
        }
        std::set<std::string> columns;
        for (const sources::ColumnUse& use : mapping.uses()) {
            if (use.table == table) {
                columns.insert(tables[t].columns[static_cast<std::size_t>(use.column)].name);
            }
        }
        std::cout << "  " << tables[t].name << ": rows that matter are kept; " << columns.size()
                  << " of " << tables[t].columns.size() << " columns read:";
        for (const std::string& column : columns) {
            std::cout << ' ' << column;
        }
        std::cout << '\n';
        for (const int each : mapping.navigations()[t]) {
            const sources::Navigation& way =
                mapping.graph().navigations(table)[static_cast<std::size_t>(each)];
            std::cout << "    " << way.name << " -> " << table_of(mapping, way.table).name << '\n';
        }
    }
}

void print_template(const sources::MappedTemplate& each, const SystemMapping& mapping) {
    std::cout << '\n'
              << each.source.file << ": " << each.source.resource_type << " from each "
              << (each.on_event ? "event" : table_of(mapping, each.table).name)
              << (each.source.referenced_only ? " that something refers to" : "") << '\n';
    for (const std::string& url : mapping::lookups(each.plan)) {
        std::cout << "  codes resolved at start: " << url << '\n';
    }
    for (const mapping::ExplainedStep& step : mapping::explain(each.plan)) {
        std::cout << "  " << step.text << "  (line " << step.at.line << ")\n";
    }
}

int run(const Arguments& arguments) {
    text::Issues issues;
    const auto mapping = SystemMapping::load(arguments.operands[0], issues);
    print(issues);
    const bool broken = std::any_of(issues.begin(), issues.end(), [](const text::Issue& issue) {
        return issue.severity >= text::Severity::error;
    });
    if (broken) {
        return failed;
    }
    const std::string wanted = arguments.operands.size() > 1 ? arguments.operands[1] : "";
    std::vector<std::string> names;
    bool found = false;
    if (wanted.empty()) {
        print_events(*mapping);
        print_tables(*mapping);
    }
    for (const sources::MappedTemplate& each : mapping->templates()) {
        names.push_back(each.source.resource_type);
        if (wanted.empty() || wanted == each.source.resource_type) {
            found = true;
            print_template(each, *mapping);
        }
    }
    if (!found) {
        std::cerr << "linkway: no template of " << arguments.operands[0] << " makes " << wanted
                  << "; " << text::did_you_mean(wanted, names) << '\n';
        return failed;
    }
    return done;
}

}  // namespace

Command map_explain_command() {
    Command command;
    command.name = "map explain";
    command.usage = "MAPPING [TYPE]";
    command.summary = "say how a mapping will run";
    command.description =
        "Prints the plan of MAPPING (a folder such as mappings/emis): what the scan asks of each "
        "row of the event table, which tables\n"
        "and columns are read and where their rows lead, and each template's steps in order with "
        "their lines. With TYPE (a FHIR\n"
        "resource type) only the templates that make it.";
    command.examples = {"linkway map explain mappings/emis",
                        "linkway map explain mappings/emis Task"};
    command.min_operands = 1;
    command.max_operands = 2;
    command.run = run;
    return command;
}

}  // namespace linkway::cli
