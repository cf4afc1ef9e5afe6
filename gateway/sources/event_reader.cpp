#include "event_reader.h"

#include <algorithm>

namespace linkway::sources {

using text::Node;

void EventReader::fail(text::Location at, std::string message, std::string suggestion) {
    issues_.push_back({text::Severity::error, "structure", std::move(message), std::move(at),
                       std::move(suggestion)});
}

void EventReader::known(const Node& object, const std::vector<std::string>& names) {
    for (const text::Member& member : object.members) {
        if (std::find(names.begin(), names.end(), member.name) == names.end()) {
            fail(document_->at(member),
                 "unknown entry \"" + std::string(member.name) + "\" in the event rules",
                 text::did_you_mean(member.name, names));
        }
    }
}

std::string EventReader::words(const Node& owner, std::string_view name, bool required) {
    const Node* node = owner.find(name);
    if (node != nullptr && node->is_string()) {
        return std::string(node->text);
    }
    if (required) {
        fail(document_->at(owner), "\"" + std::string(name) + "\" is missing");
    }
    return {};
}

std::optional<fhirpath::Expression> EventReader::expression(const Node& owner,
                                                            std::string_view name,
                                                            const std::string& target,
                                                            bool required, int table) {
    const Node* node = owner.find(name);
    if (node == nullptr || !node->is_string()) {
        if (required) {
            fail(document_->at(owner),
                 "\"" + std::string(name) + "\" is missing: a FHIRPath expression is expected");
        }
        return {};
    }
    const mapping::Code code = mapping::Places(content_, file_).code(*node, node->text, 0);
    auto ast = fhirpath::parse(code.text, code.at);
    if (!ast) {
        issues_.push_back(std::move(ast).issue());
        return {};
    }
    auto compiled = fhirpath::compile(std::move(ast).value(), environment_, code.at, issues_);
    if (compiled) {
        mapping_.note(compiled->ast(), mapping_.roots(table < 0 ? mapping_.events_.table : table),
                      target, code.at, issues_);
    }
    return compiled;
}

void EventReader::read() {
    auto parsed = text::parse_yaml(content_, file_);
    if (!parsed) {
        issues_.push_back(std::move(parsed).issue());
        return;
    }
    document_ = &*parsed;
    const Node& root = parsed->root();
    EventRules& rules = mapping_.events_;
    rules.file = file_;
    known(root, {"each", "kind", "subject", "date", "linkWorker", "inbound", "person",
                 "sameReferral", "exclude", "checks", "hold"});
    rules.table = table_named(root);
    if (rules.table < 0) {
        return;
    }
    mapping_.types_ = std::make_unique<EventTypes>(mapping_.graph_->type(rules.table));
    environment_ = mapping_.environment(&mapping_.graph_->type(rules.table), false);
    rules.kind = expression(root, "kind", "event kind", true);
    rules.subject = expression(root, "subject", "event subject", true);
    rules.date = expression(root, "date", "event date", true);
    rules.link_worker = expression(root, "linkWorker", "event link worker", false);
    rules.inbound = expression(root, "inbound", "event direction", false);
    if (const Node* person = root.find("person"); person != nullptr) {
        known(*person, {"nhsNumber", "birthDate"});
        rules.nhs_number = expression(*person, "nhsNumber", "same person in other feeds", true);
        rules.birth_date = expression(*person, "birthDate", "same person in other feeds", true);
    }
    rules.same_referral = expression(root, "sameReferral", "same referral in other feeds", false);
    if (const Node* list = root.find("exclude"); list != nullptr) {
        for (const Node& item : list->items) {
            known(item, {"if", "reason", "unless"});
            auto condition = expression(item, "if", "excluded rows", true);
            std::string reason = words(item, "reason", true);
            if (condition) {
                rules.exclusions.push_back(
                    {std::move(*condition), std::move(reason), words(item, "unless", false)});
            }
        }
    }
    if (const Node* list = root.find("checks"); list != nullptr) {
        for (const Node& item : list->items) {
            known(item, {"name", "that", "column", "message", "otherwise"});
            auto condition =
                expression(item, "that", "check " + std::string(item.string_or("name", "")), true);
            const std::string otherwise = words(item, "otherwise", true);
            if (otherwise != "warn" && otherwise != "quarantine" && otherwise != "reject") {
                fail(document_->at(item), "\"otherwise\" is warn, quarantine or reject");
            }
            if (condition) {
                rules.checks.push_back({words(item, "name", true), std::move(*condition),
                                        words(item, "column", true), words(item, "message", true),
                                        otherwise});
            }
        }
    }
    if (const Node* list = root.find("hold"); list != nullptr) {
        for (const Node& item : list->items) {
            gate(item);
        }
    }
    if (rules.subject && rules.subject->type().of == fhirpath::StaticType::Of::record) {
        rules.subject_table = mapping_.graph_->table_of(rules.subject->type().record);
    }
    if (rules.kind) {
        find_lookup();
        find_kind_columns();
    }
}

int EventReader::table_named(const Node& owner) {
    const std::string name = words(owner, "each", true);
    const int table = mapping_.package_.find(name);
    if (table < 0 && !name.empty()) {
        std::vector<std::string> names;
        for (const Table& each : mapping_.package_.tables) {
            names.push_back(each.name);
        }
        fail(document_->at(*owner.find("each")), "the data package has no table \"" + name + "\"",
             text::did_you_mean(name, names));
    }
    return table;
}

void EventReader::gate(const Node& item) {
    known(item, {"each", "if", "reason"});
    const int table = table_named(item);
    if (table < 0) {
        return;
    }
    const fhirpath::Environment outer = environment_;
    environment_ = mapping_.environment(&mapping_.graph_->type(table), false);
    auto closed = expression(item, "if", "state of the feed", true, table);
    environment_ = outer;
    if (closed) {
        mapping_.events_.gates.push_back({table, std::move(*closed), words(item, "reason", true)});
    }
}

/// When the kind hangs on one lookup row, compiles it over that row, so that a scan needs the
/// lookup's keys only.
void EventReader::find_lookup() {
    EventRules& rules = mapping_.events_;
    const std::string_view path = only_path(rules.kind->ast(), "row");
    const auto& navigations = mapping_.graph_->navigations(rules.table);
    for (std::size_t i = 0; i < navigations.size(); ++i) {
        if (navigations[i].name != path || navigations[i].columns.size() != 1) {
            continue;
        }
        fhirpath::Environment environment =
            mapping_.environment(&mapping_.graph_->type(navigations[i].table), false);
        environment.variables[row_slot].name = path;
        rules.lookup_kind = fhirpath::compile(shortened(rules.kind->ast(), "row", path),
                                              environment, {file_, 0, 0, {}}, issues_);
        rules.lookup = rules.lookup_kind ? static_cast<int>(i) : -1;
    }
}

/// When the kind hangs on cells of the row alone, notes which.
void EventReader::find_kind_columns() {
    EventRules& rules = mapping_.events_;
    std::vector<Root> roots = mapping_.roots(rules.table);
    roots.push_back({"source", &mapping_.types_->source});
    const Table& table = mapping_.package_.tables[static_cast<std::size_t>(rules.table)];
    std::vector<int> columns;
    for (const Read& read : reads(rules.kind->ast(), roots)) {
        if (read.type != &mapping_.graph_->type(rules.table) ||
            static_cast<std::size_t>(read.field) >= table.columns.size()) {
            return;
        }
        if (std::find(columns.begin(), columns.end(), read.field) == columns.end()) {
            columns.push_back(read.field);
        }
    }
    const auto in_file = [&](int column) {
        return table.columns[static_cast<std::size_t>(column)].file_name.empty();
    };
    if (std::all_of(columns.begin(), columns.end(), in_file)) {
        rules.kind_columns = std::move(columns);
    }
}

}  // namespace linkway::sources
