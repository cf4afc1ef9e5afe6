// Columns of a data package: their types, formats and names; and what all of PackageReader needs to
// look at JSON.
#include <algorithm>
#include <map>

#include "package_reader.h"
#include "text/temporal.h"
#include "version_range.h"

namespace linkway::sources {

using text::Node;
using text::NodeKind;

namespace {

std::string lower(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return result;
}

std::string to_words(NodeKind kind) {
    static constexpr std::string_view names[] = {"null",     "true or false", "a number",
                                                 "a string", "a list",        "an object"};
    return std::string(names[static_cast<std::size_t>(kind)]);
}

}  // namespace

void PackageReader::read_column(const Node& field, Table& table) {
    if (!field.is_object()) {
        fail(field, "a column is a JSON object with a \"name\" and a \"type\"");
        return;
    }
    known(field,
          {"name", "title", "description", "type", "format", "example", "constraints", "rdfType",
           "missingValues", "linkway"},
          false);
    Column result;
    result.name = words(field, "name", true);
    if (result.name.empty()) {
        return;
    }
    result.title = words(field, "title");
    result.location = document_.at(field);
    result.location.field = table.name + "." + result.name;
    read_type(field, result);
    if (const Node* constraints = member(field, "constraints", NodeKind::object)) {
        result.required = flag(*constraints, "required");
    }
    for (const Node* missing : strings(field, "missingValues")) {
        result.missing.emplace_back(missing->text);
    }
    read_column_linkway(field, result);
    table.columns.push_back(std::move(result));
}

void PackageReader::read_column_linkway(const Node& field, Column& column) {
    const Node* linkway = member(field, "linkway", NodeKind::object);
    if (linkway == nullptr) {
        return;
    }
    known(*linkway,
          {"aliases", "versions", "omitted", "optional", "precision", "fileName", "list",
           "prefixes", "until", "case", "noTime"},
          true);
    for (const Node* alias : strings(*linkway, "aliases")) {
        column.aliases.emplace_back(alias->text);
    }
    column.versions = ranges(*linkway, "versions");
    column.optional = ranges(*linkway, "optional");
    column.omitted = words(*linkway, "omitted");
    if (const Node* omitted = linkway->find("omitted");
        omitted != nullptr && column.omitted.empty()) {
        fail(*omitted, "\"omitted\" gives the reason why " + column.name + " goes nowhere");
    }
    read_value_rules(*linkway, column);
}

/// How a cell's value is cut out of what stands in the cell, or where else it stands.
void PackageReader::read_value_rules(const Node& linkway, Column& column) {
    column.file_name = words(linkway, "fileName");
    const auto& groups = package_.file_name.groups;
    if (!column.file_name.empty() &&
        std::find(groups.begin(), groups.end(), column.file_name) == groups.end()) {
        fail(*linkway.find("fileName"), "no group of the file name is \"" + column.file_name + "\"",
             text::did_you_mean(column.file_name, groups));
    }
    if (const Node* list = member(linkway, "list", NodeKind::string)) {
        if (list->text.size() != 1) {
            fail(*list, "\"list\" is the one ASCII character between two values");
        } else {
            column.list = list->text.front();
        }
    }
    for (const Node* prefix : strings(linkway, "prefixes")) {
        column.prefixes.emplace_back(prefix->text);
    }
    column.until = words(linkway, "until");
    if (const Node* letters = member(linkway, "case", NodeKind::string)) {
        column.upper = letters->text == "upper";
        if (!column.upper || column.type != ColumnType::string) {
            fail(*letters, "\"case\" is \"upper\", and for strings");
        }
    }
    column.no_time = words(linkway, "noTime");
    if (!column.no_time.empty() && column.type != ColumnType::date_time) {
        fail(*linkway.find("noTime"),
             "\"noTime\" is for a datetime, and " + column.name + " is none");
    }
    const bool cut = !column.prefixes.empty() || !column.until.empty();
    if ((cut || column.list != 0 || !column.file_name.empty()) &&
        column.type != ColumnType::string) {
        fail(linkway, "\"fileName\", \"list\", \"prefixes\" and \"until\" are for strings, and " +
                          column.name + " is none");
    }
}

std::vector<std::string> PackageReader::ranges(const Node& owner, std::string_view name) {
    std::vector<std::string> result;
    for (const Node* range : strings(owner, name)) {
        if (!parse_version_range(range->text, package_.versions)) {
            fail(*range,
                 "\"" + std::string(range->text) +
                     "\" is no layout or range of layouts of this package",
                 "write \"5.0\", \"5.0-5.2\", \"8.0-\" or \"-5.2\" with layouts that \"versions\" "
                 "lists");
        }
        result.emplace_back(range->text);
    }
    return result;
}

void PackageReader::read_type(const Node& field, Column& column) {
    static const std::vector<std::string> types = {"string", "integer", "number",  "boolean",
                                                   "date",   "time",    "datetime"};
    static constexpr ColumnType kinds[] = {
        ColumnType::string, ColumnType::integer, ColumnType::number,   ColumnType::boolean,
        ColumnType::date,   ColumnType::time,    ColumnType::date_time};
    static constexpr std::string_view defaults[] = {
        "", "", "", "", "yyyy-MM-dd", "HH:mm:ss", "yyyy-MM-ddTHH:mm:ssZ"};
    const std::string name = words(field, "type", true);
    const auto found = std::find(types.begin(), types.end(), name);
    if (found == types.end()) {
        if (const Node* type = field.find("type"); type != nullptr && type->is_string()) {
            const auto meant = text::nearest(name, types);
            fail(*type, "unknown type \"" + name + "\" of " + column.name,
                 meant ? "did you mean \"" + *meant + "\"?"
                       : "known are string, integer, number, boolean, date, time and datetime");
        }
        return;
    }
    const auto index = static_cast<std::size_t>(found - types.begin());
    column.type = kinds[index];
    column.format = defaults[index];
    const Node* format = member(field, "format", NodeKind::string);
    if (format == nullptr || format->text == "default") {
        return;
    }
    if (!column.format.empty()) {
        column.format = text::pattern_of_directives(format->text);
        if (column.format.empty()) {
            fail(*format, "unknown pattern of " + column.name,
                 "patterns are made of %Y %m %d %b %H %M %S, such as \"%Y-%m-%d\"");
        }
    } else if (column.type == ColumnType::string && format->text == "uuid") {
        column.type = ColumnType::guid;
    } else {
        fail(*format, "unknown format \"" + std::string(format->text) + "\" of " + column.name,
             column.type == ColumnType::string ? "the only one known for a string is \"uuid\""
                                               : "leave it out");
    }
}

void PackageReader::check_names(const Table& table) {
    std::map<std::string, std::string> taken;  // lower case -> column
    for (const Column& column : table.columns) {
        std::vector<std::string> names = column.aliases;
        names.insert(names.begin(), column.name);
        for (const std::string& name : names) {
            const auto [at, is_new] = taken.emplace(lower(name), column.name);
            if (!is_new) {
                fail(column.location,
                     "the name \"" + name + "\" already stands for the column " + at->second,
                     "names and aliases are compared without regard to case");
            }
        }
    }
}

void PackageReader::fail(const Node& at, std::string message, std::string suggestion) {
    fail(document_.at(at), std::move(message), std::move(suggestion));
}

void PackageReader::fail(text::Location at, std::string message, std::string suggestion) {
    issues_.push_back({text::Severity::error, "structure", std::move(message), std::move(at),
                       std::move(suggestion)});
}

void PackageReader::known(const Node& object, const std::vector<std::string>& names, bool strict) {
    if (!object.is_object()) {
        return;
    }
    for (const text::Member& entry : object.members) {
        if (std::find(names.begin(), names.end(), entry.name) != names.end()) {
            continue;
        }
        // The standard allows entries of anyone's making, so only what looks like a slip is refused
        // there.
        const auto meant = text::nearest(entry.name, names);
        if (strict || meant) {
            fail(document_.at(entry), "unknown entry \"" + std::string(entry.name) + "\"",
                 meant ? "did you mean \"" + *meant + "\"?" : "");
        }
    }
}

const Node* PackageReader::member(const Node& owner, std::string_view name, NodeKind kind) {
    const Node* node = owner.find(name);
    if (node != nullptr && node->kind != kind) {
        fail(*node, "\"" + std::string(name) + "\" is " + to_words(kind));
        return nullptr;
    }
    return node;
}

std::string PackageReader::words(const Node& owner, std::string_view name, bool required) {
    const Node* node = member(owner, name, NodeKind::string);
    if (required && owner.find(name) == nullptr) {
        fail(owner, "\"" + std::string(name) + "\" is missing");
    } else if (required && node != nullptr && node->text.empty()) {
        fail(*node, "\"" + std::string(name) + "\" is empty");
    }
    return node != nullptr ? std::string(node->text) : std::string();
}

bool PackageReader::flag(const Node& owner, std::string_view name) {
    const Node* node = member(owner, name, NodeKind::boolean);
    return node != nullptr && node->text == "true";
}

std::vector<const Node*> PackageReader::strings(const Node& node) {
    std::vector<const Node*> result;
    if (node.is_string()) {
        result.push_back(&node);
        return result;
    }
    if (!node.is_array()) {
        fail(node, "a string or a list of strings is expected");
        return result;
    }
    for (const Node& item : node.items) {
        if (item.is_string()) {
            result.push_back(&item);
        } else {
            fail(item, "a string is expected");
        }
    }
    return result;
}

std::vector<const Node*> PackageReader::strings(const Node& owner, std::string_view name) {
    const Node* node = owner.find(name);
    return node != nullptr ? strings(*node) : std::vector<const Node*>();
}

int PackageReader::column(const Table& table, const Node& name) {
    if (!name.is_string()) {
        fail(name, "the name of a column is expected");
        return -1;
    }
    std::vector<std::string> names;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        if (table.columns[i].name == name.text) {
            return static_cast<int>(i);
        }
        names.push_back(table.columns[i].name);
    }
    const auto meant = text::nearest(name.text, names);
    fail(name, table.name + " has no column \"" + std::string(name.text) + "\"",
         meant ? "did you mean \"" + *meant + "\"?" : "");
    return -1;
}

std::vector<int> PackageReader::columns(const Table& table, const Node& names) {
    std::vector<int> result;
    for (const Node* name : strings(names)) {
        const int found = column(table, *name);
        if (found >= 0 && std::find(result.begin(), result.end(), found) != result.end()) {
            fail(*name, "the column " + std::string(name->text) + " stands twice");
        } else if (found >= 0) {
            result.push_back(found);
        }
    }
    return result;
}

int PackageReader::named_column(const Table& table, const Node& owner, std::string_view name) {
    const Node* node = owner.find(name);
    return node != nullptr ? column(table, *node) : -1;
}

}  // namespace linkway::sources
