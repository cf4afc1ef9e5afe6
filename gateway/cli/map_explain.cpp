#include <filesystem>
#include <iostream>
#include <set>

#include "command.h"
#include "mapping/explain.h"
#include "mapping/resource_mapping.h"
#include "resource_input.h"
#include "sources/system_mapping.h"
#include "sources/trace.h"

namespace linkway::cli {

namespace {

namespace fs = std::filesystem;
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

void print_plan(const mapping::Plan& plan) {
    for (const std::string& url : mapping::lookups(plan)) {
        std::cout << "  codes resolved at start: " << url << '\n';
    }
    for (const mapping::ExplainedStep& step : mapping::explain(plan)) {
        std::cout << "  " << step.text << "  (line " << step.at.line << ")\n";
    }
}

void print_template(const sources::MappedTemplate& each, const SystemMapping& mapping) {
    std::cout << '\n'
              << each.source.file << ": " << each.source.resource_type << " from each "
              << (each.on_event ? "event" : table_of(mapping, each.table).name)
              << (each.source.referenced_only ? " that something refers to" : "") << '\n';
    print_plan(each.plan);
}

/// The whole plan, or the templates that make one type.
int explain(const SystemMapping& mapping, const std::string& wanted) {
    if (wanted.empty()) {
        print_events(mapping);
        print_tables(mapping);
    }
    std::vector<std::string> names;
    bool found = false;
    for (const sources::MappedTemplate& each : mapping.templates()) {
        names.push_back(each.source.resource_type);
        if (wanted.empty() || wanted == each.source.resource_type) {
            found = true;
            print_template(each, mapping);
        }
    }
    if (!found) {
        std::cerr << "linkway: no template of the mapping makes " << wanted << "; "
                  << text::did_you_mean(wanted, names) << '\n';
        return failed;
    }
    return done;
}

/// What each step did for one row of an extract.
int explain_row(const SystemMapping& mapping, const Arguments& arguments,
                const std::string& wanted) {
    const std::string row = arguments.get("row", "");
    const std::size_t colon = row.find(':');
    if (!arguments.has("input") || colon == std::string::npos) {
        std::cerr << "linkway: --input IN and --row TABLE:KEY go together, e.g. --row "
                  << table_of(mapping, mapping.events().table).name << ":KEY\n";
        return usage_error;
    }
    sources::TranslateOptions options;
    options.input = arguments.get("input", "");
    const auto traces =
        sources::trace(mapping, options, {wanted, {}, row.substr(0, colon), row.substr(colon + 1)});
    if (!traces) {
        print({traces.issue()});
        return failed;
    }
    for (const sources::ResourceTrace& each : *traces) {
        std::cout << (arguments.has("json") ? sources::to_json(each, "") + "\n"
                                            : sources::to_text(each, "") + "\n");
    }
    return done;
}

int run_mapping(const std::string& folder, const std::string& wanted, const Arguments& arguments) {
    text::Issues issues;
    const auto mapping = SystemMapping::load(folder, issues);
    print(issues);
    if (text::has_errors(issues)) {
        return failed;
    }
    return arguments.has("input") || arguments.has("row") ? explain_row(*mapping, arguments, wanted)
                                                          : explain(*mapping, wanted);
}

/// What each step did for one resource of an input: the one of that id, or the first.
int explain_resource(mapping::ResourceMapping& mapping, const std::string& file,
                     const Arguments& arguments) {
    const std::string wanted = arguments.get("row", "");
    const std::string input = arguments.get("input", "");
    bool found = false;
    const text::Status unread = read_resources(
        input, mapping.input() == "Bundle",
        [&](const text::Node& resource, const text::Location& at, std::string_view) {
            const std::string id(resource.string_or("id", ""));
            if (found || resource.string_or("resourceType", "") != mapping.input() ||
                !(wanted.empty() || wanted == id)) {
                return;
            }
            found = true;
            sources::ResourceTrace trace =
                sources::resource_trace(mapping.trace(resource), sources::without_rows);
            trace.resource_type = mapping.output();
            trace.template_file = file;
            trace.row = {at.file, 0, at.line, mapping.input() + "/" + id, {}};
            std::cout << (arguments.has("json") ? sources::to_json(trace, "") + "\n"
                                                : sources::to_text(trace, ""));
        },
        [](const text::Issue& issue) { print({issue}); });
    if (unread) {
        print({*unread});
        return failed;
    }
    if (!found) {
        std::cerr << "linkway: " << input << " holds no " << mapping.input()
                  << (wanted.empty() ? "" : " with id " + wanted) << '\n';
    }
    return found ? done : failed;
}

/// One template: over resources by itself, over rows within its mapping.
int run_template(const std::string& file, const Arguments& arguments) {
    text::Issues issues;
    const auto content = read_file(file);
    if (!content) {
        std::cerr << "linkway: " << file << " can't be read\n";
        return failed;
    }
    const auto source = mapping::parse_template(*content, file, issues);
    if (source && source->input.empty()) {
        const std::string folder = fs::path(file).parent_path().string();
        return run_mapping(folder.empty() ? "." : folder, source->resource_type, arguments);
    }
    terminology::Terminology terminology;
    for (text::Issue& issue : terminology.load(codes_folder(arguments, file))) {
        issues.push_back(std::move(issue));
    }
    auto compiled =
        source ? mapping::ResourceMapping::compile(*source, terminology, issues) : std::nullopt;
    print(issues);
    if (!compiled) {
        return failed;
    }
    if (arguments.has("input")) {
        return explain_resource(*compiled, file, arguments);
    }
    std::cout << file << ": " << compiled->output() << " from each " << compiled->input() << '\n';
    print_plan(compiled->plan());
    return done;
}

int run(const Arguments& arguments) {
    const std::string& operand = arguments.operands[0];
    const std::string wanted = arguments.operands.size() > 1 ? arguments.operands[1] : "";
    return fs::is_directory(operand) ? run_mapping(operand, wanted, arguments)
                                     : run_template(operand, arguments);
}

}  // namespace

Command map_explain_command() {
    Command command;
    command.name = "map explain";
    command.usage = "MAPPING|TEMPLATE [TYPE]";
    command.summary = "say how a mapping will run";
    command.description =
        "Prints the plan of MAPPING (a folder such as mappings/emis): what the scan asks of each "
        "row of the event table, which tables\n"
        "and columns are read and where their rows lead, and each template's steps in order with "
        "their lines. With TYPE (a FHIR\n"
        "resource type) only the templates that make it. Of a single TEMPLATE its own steps.\n"
        "With --input and --row, what each step did for that row of an extract: the values of each "
        "expression and its parts, and\n"
        "the cells they come from. KEY is as in rejected.ndjson. Of a template over resources "
        "(\"input: Type\") IN holds resources and\n"
        "--row is the id of one (default: the first). That answer holds patient data.";
    command.options = {
        {"input", "", "IN", "an extract, or resources, as for linkway map run"},
        {"row", "", "ROW", "the row of it to explain, TABLE:KEY; of resources an id"},
        {"json", "", "", "of a row: one JSON object a resource"},
        {"mappings", "", "DIR", "where codes/ is looked for, for a template over resources"},
    };
    command.examples = {"linkway map explain mappings/emis",
                        "linkway map explain mappings/emis Task",
                        "linkway map explain mappings/emis Task --input extract --row "
                        "CareRecord_Observation:1AB2..."};
    command.min_operands = 1;
    command.max_operands = 2;
    command.run = run;
    return command;
}

}  // namespace linkway::cli
