#include "sources/system_mapping.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "event_reader.h"
#include "mapping/code_functions.h"
#include "mapping/resource_mapping.h"
#include "row_functions.h"

namespace linkway::sources {

namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream content;
    content << in.rdbuf();
    return std::move(content).str();
}

std::string joined(const std::string& table, const std::string& column) {
    return table + "." + column;
}

fhirpath::StaticType record(const fhirpath::RecordType& type) {
    return {fhirpath::StaticType::Of::record, fhirpath::ValueKind::record, nullptr, &type, false};
}

}  // namespace

std::unique_ptr<SystemMapping> SystemMapping::load(const std::string& folder,
                                                   text::Issues& issues) {
    std::unique_ptr<SystemMapping> result(new SystemMapping);
    SystemMapping& mapping = *result;
    const text::Issues code_issues =
        mapping.terminology_.load((fs::path(folder).parent_path() / "codes").string());
    issues.insert(issues.end(), code_issues.begin(), code_issues.end());
    mapping.referral_rules_ = referrals::load_rules(
        (fs::path(folder).parent_path() / "referrals").string(), mapping.terminology_, issues);
    mapping.package_ = read_data_package(folder, issues);
    mapping.graph_ = std::make_unique<TableGraph>(mapping.package_);
    mapping.navigations_.resize(mapping.package_.tables.size());
    mapping.needed_.resize(mapping.package_.tables.size());
    if (mapping.package_.tables.empty()) {
        return result;
    }
    mapping.read_templates(folder, issues);
    mapping.read_events((fs::path(folder) / "event.yaml").string(), issues);
    if (mapping.types_) {
        mapping.compile(issues);
        mapping.note_structure();
    }
    return result;
}

fhirpath::Environment SystemMapping::environment(const fhirpath::RecordType* row,
                                                 bool with_event) const {
    fhirpath::Environment result;
    result.strict = true;
    result.variables.push_back({"row", record(*row)});
    result.variables.push_back({"source", record(types_->source)});
    if (with_event) {
        result.variables.push_back({"event", record(types_->event)});
        result.variables.push_back({"episode", record(types_->episode)});
    }
    result.functions = mapping::code_functions(terminology_);
    for (auto& function : row_functions(
             [this](std::string_view type, int table) { return template_for(type, table); })) {
        result.functions.push_back(std::move(function));
    }
    return result;
}

std::vector<Root> SystemMapping::roots(int table) const {
    std::vector<Root> result = {{"row", &graph_->type(table)}};
    if (types_) {
        result.push_back({"event", &types_->event});
        result.push_back({"episode", &types_->episode});
    }
    return result;
}

void SystemMapping::read_events(const std::string& path, text::Issues& issues) {
    if (!fs::is_regular_file(path)) {
        issues.push_back({text::Severity::error,
                          "not-found",
                          "the mapping has no event rules",
                          {path, 0, 0, {}},
                          "write event.yaml: which rows are social prescribing events"});
        return;
    }
    const std::string content = read_file(path);
    EventReader(*this, content, path, issues).read();
}

void SystemMapping::read_templates(const std::string& folder, text::Issues& issues) {
    std::vector<std::string> files;
    for (const auto& entry : fs::directory_iterator(folder)) {
        const fs::path name = entry.path().filename();
        if ((name.extension() == ".yaml" && name != "event.yaml") ||
            (name.extension() == ".json" && name != "datapackage.json")) {
            files.push_back(entry.path().string());
        }
    }
    std::sort(files.begin(), files.end());
    for (const std::string& file : files) {
        if (auto parsed = mapping::parse_template(read_file(file), file, issues)) {
            sources_.push_back(std::move(*parsed));
        }
    }
}

void SystemMapping::compile(text::Issues& issues) {
    for (mapping::Template& source : sources_) {
        if (!source.input.empty()) {  // not driven by rows: only checked here
            mapping::ResourceMapping::compile(source, terminology_, issues);
            continue;
        }
        const bool on_event = source.each == "event";
        const int table = on_event ? events_.table : package_.find(source.each);
        if (table < 0) {
            std::vector<std::string> names = {"event"};
            for (const Table& each : package_.tables) {
                names.push_back(each.name);
            }
            issues.push_back({text::Severity::error, "not-found",
                              "the data package has no table \"" + source.each + "\"",
                              source.input_at, text::did_you_mean(source.each, names)});
            continue;
        }
        declared_.emplace_back(source.resource_type, table);
        auto plan =
            mapping::Plan::compile(source, environment(&graph_->type(table), on_event), issues);
        if (plan) {
            templates_.push_back({std::move(source), std::move(*plan), table, on_event});
        }
    }
    sources_.clear();
    for (const MappedTemplate& each : templates_) {
        needed_[static_cast<std::size_t>(each.table)] = true;
        for (const mapping::Use& use : each.plan.uses()) {
            // The template's own variables first, innermost before: they hide others of that name.
            std::vector<Root> known;
            for (std::size_t i = use.locals.size(); i-- > 0;) {
                known.push_back({use.locals[i].name, use.locals[i].type.record});
            }
            const std::vector<Root> given = roots(each.table);
            known.insert(known.end(), given.begin(), given.end());
            note(*use.expression, known, use.target, use.at, issues);
        }
    }
}

/// Books what an expression reads: columns for coverage, navigations for staging; and tries its
/// references.
void SystemMapping::note(const fhirpath::Expr& expression, const std::vector<Root>& roots,
                         const std::string& target, const text::Location& at,
                         text::Issues& issues) {
    for (const Read& read : reads(expression, roots)) {
        const int table = graph_->table_of(read.type);
        if (table < 0) {
            continue;
        }
        const std::size_t columns = package_.tables[static_cast<std::size_t>(table)].columns.size();
        needed_[static_cast<std::size_t>(table)] = true;
        if (static_cast<std::size_t>(read.field) < columns) {
            uses_.push_back({table, read.field, target, at});
            continue;
        }
        const int navigation = read.field - static_cast<int>(columns);
        auto& used = navigations_[static_cast<std::size_t>(table)];
        if (std::find(used.begin(), used.end(), navigation) == used.end()) {
            used.push_back(navigation);
        }
        const Navigation& way = graph_->navigations(table)[static_cast<std::size_t>(navigation)];
        needed_[static_cast<std::size_t>(way.table)] = true;
    }
    each_call(
        expression, roots, [&](const fhirpath::Expr& call, const fhirpath::RecordType* focus) {
            if (call.name != "reference" || call.operands.size() != 1 || focus == nullptr) {
                return;
            }
            const std::pair<std::string, int> asked{call.operands.front()->text,
                                                    graph_->table_of(focus)};
            if (std::find(declared_.begin(), declared_.end(), asked) == declared_.end()) {
                issues.push_back({text::Severity::error, "not-found",
                                  "no template makes a " + asked.first + " from rows of " +
                                      std::string(focus->name),
                                  at, "write one with \"each: " + std::string(focus->name) + "\""});
            }
        });
}

/// What the engine itself reads: keys, links, versions, deletions.
void SystemMapping::note_structure() {
    for (std::size_t t = 0; t < package_.tables.size(); ++t) {
        const Table& table = package_.tables[t];
        const int here = static_cast<int>(t);
        if (!needed_[t]) {
            continue;
        }
        const auto add = [&](int column, const std::string& target) {
            if (column >= 0) {
                uses_.push_back({here, column, target, table.location});
            }
        };
        for (const int column : table.key) {
            add(column, "key, derived id");
        }
        add(table.organisation_column, "organisation, derived id");
        add(table.version_column, "which version of a row is the latest");
        add(table.deleted_column, "deletion");
        for (std::size_t c = 0; c < table.columns.size(); ++c) {
            if (table.columns[c].precision_column >= 0) {
                add(table.columns[c].precision_column, "precision of " + table.columns[c].name);
            }
        }
        for (const int index : navigations_[t]) {
            const Navigation& way = graph_->navigations(here)[static_cast<std::size_t>(index)];
            for (const auto& [mine, theirs] : way.columns) {
                add(mine, "link to " + package_.tables[static_cast<std::size_t>(way.table)].name);
                uses_.push_back({way.table, theirs, "link from " + table.name, table.location});
            }
        }
    }
}

int SystemMapping::template_for(std::string_view resource_type, int table) const {
    for (std::size_t i = 0; i < templates_.size(); ++i) {
        if (templates_[i].table == table && templates_[i].source.resource_type == resource_type) {
            return static_cast<int>(i);
        }
    }
    return -1;
}

text::Issues SystemMapping::uncovered() const {
    text::Issues issues;
    for (std::size_t t = 0; t < package_.tables.size(); ++t) {
        const Table& table = package_.tables[t];
        if (!table.unused.empty()) {
            continue;
        }
        for (std::size_t c = 0; c < table.columns.size(); ++c) {
            const bool used = std::any_of(uses_.begin(), uses_.end(), [&](const ColumnUse& use) {
                return use.table == static_cast<int>(t) && use.column == static_cast<int>(c);
            });
            const Column& column = table.columns[c];
            if (!used && column.omitted.empty()) {
                issues.push_back({text::Severity::error, "not-found",
                                  joined(table.name, column.name) +
                                      " goes nowhere and the data package does not say why",
                                  column.location,
                                  "use it in a template or give \"omitted\" a reason"});
            } else if (used && !column.omitted.empty()) {
                issues.push_back({text::Severity::error, "conflict",
                                  joined(table.name, column.name) +
                                      " is used, but the data package says why it is not",
                                  column.location, "take \"omitted\" away"});
            }
        }
    }
    return issues;
}

}  // namespace linkway::sources
