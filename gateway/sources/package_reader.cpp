#include "package_reader.h"

#include <Poco/Exception.h>
#include <Poco/RegularExpression.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "version_range.h"

namespace linkway::sources {

using text::Node;
using text::NodeKind;

namespace {

/// Capture groups of a pattern: opening brackets that are neither escaped, in a class, nor followed
/// by "?".
std::size_t count_groups(std::string_view pattern) {
    std::size_t count = 0;
    bool in_class = false;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == '\\') {
            ++i;
        } else if (in_class) {
            in_class = pattern[i] != ']';
        } else if (pattern[i] == '[') {
            in_class = true;
        } else if (pattern[i] == '(' && (i + 1 == pattern.size() || pattern[i + 1] != '?')) {
            ++count;
        }
    }
    return count;
}

/// The name of a member as a node, which it is not by itself.
Node name_of(const text::Member& member) {
    Node name;
    name.kind = NodeKind::string;
    name.text = member.name;
    name.line = member.line;
    name.column = member.column;
    return name;
}

std::vector<std::string> table_names(const DataPackage& package) {
    std::vector<std::string> names;
    for (const Table& table : package.tables) {
        names.push_back(table.name);
    }
    return names;
}

}  // namespace

DataPackage PackageReader::read() {
    const Node& root = document_.root();
    if (!root.is_object()) {
        fail(root, "a data package is a JSON object");
        return {};
    }
    known(root,
          {"profile", "name", "id", "title", "description", "version", "homepage", "created",
           "licenses", "sources", "contributors", "keywords", "image", "dialect", "linkway",
           "resources"},
          false);
    package_.version = words(root, "version", true);
    read_linkway(root);
    read_dialect(root);
    const Node* resources = member(root, "resources", NodeKind::array);
    if (resources == nullptr || resources->items.empty()) {
        fail(root, "\"resources\" is missing or empty: one entry a table is expected");
        return std::move(package_);
    }
    package_.tables.reserve(resources->items.size());
    for (const Node& resource : resources->items) {
        read_table(resource);
    }
    if (const Node* linkway = root.find("linkway")) {
        read_manifest(*linkway);
    }
    for (std::size_t i = 0; i < schemas_.size(); ++i) {
        read_precisions(*schemas_[i], package_.tables[i]);
        read_foreign_keys(*schemas_[i], i);
    }
    check_navigations();
    return std::move(package_);
}

void PackageReader::read_linkway(const Node& root) {
    const Node* linkway = member(root, "linkway", NodeKind::object);
    if (linkway == nullptr) {
        fail(root, "\"linkway\" is missing: it names the system, its layouts and its file names");
        return;
    }
    known(*linkway,
          {"system", "title", "versions", "fileName", "timestampFormat", "encoding", "manifest"},
          true);
    if (const Node* encoding = member(*linkway, "encoding", NodeKind::string)) {
        package_.dialect.windows_1252 = encoding->text == "windows-1252";
        if (encoding->text != "windows-1252" && encoding->text != "utf-8") {
            fail(*encoding, "\"encoding\" is utf-8 or windows-1252");
        }
    }
    package_.system = words(*linkway, "system", true);
    package_.title = words(*linkway, "title", true);
    for (const Node* version : strings(*linkway, "versions")) {
        const std::string text(version->text);
        if (text.empty() || text.find('-') != std::string::npos) {
            fail(*version,
                 "a layout's name is not empty and has no dash, which marks ranges of layouts");
        } else if (std::find(package_.versions.begin(), package_.versions.end(), text) !=
                   package_.versions.end()) {
            fail(*version, "the layout \"" + text + "\" stands twice");
        } else {
            package_.versions.push_back(text);
        }
    }
    package_.file_name.timestamp_format = words(*linkway, "timestampFormat");
    if (const Node* rule = member(*linkway, "fileName", NodeKind::object)) {
        read_file_name(*rule);
    } else {
        fail(*linkway, "\"fileName\" is missing: the pattern of the files' names is expected");
    }
}

void PackageReader::read_file_name(const Node& rule) {
    static const std::vector<std::string> meanings = {"sequenceFrom", "sequenceTo", "table",
                                                      "timestamp",    "feed",       "bulk"};
    known(rule, {"pattern", "groups", "delta"}, true);
    FileNameRule& file_name = package_.file_name;
    file_name.pattern = words(rule, "pattern", true);
    file_name.delta = words(rule, "delta");
    bool has_table = false;
    for (const Node* group : strings(rule, "groups")) {
        const std::string name(group->text);
        if (std::find(meanings.begin(), meanings.end(), name) == meanings.end()) {
            const auto meant = text::nearest(name, meanings);
            fail(*group, "unknown meaning \"" + name + "\" of a group",
                 meant ? "did you mean \"" + *meant + "\"?"
                       : "known are sequenceFrom, sequenceTo, table, timestamp, feed, bulk");
        }
        has_table = has_table || name == "table";
        file_name.groups.push_back(name);
    }
    const Node* pattern = rule.find("pattern");
    if (pattern == nullptr) {
        return;
    }
    try {
        const Poco::RegularExpression compiled(file_name.pattern);
        if (const std::size_t found = count_groups(file_name.pattern);
            found != file_name.groups.size()) {
            fail(*pattern, "the pattern has " + std::to_string(found) +
                               " capture groups, but \"groups\" names " +
                               std::to_string(file_name.groups.size()));
        }
    } catch (const Poco::Exception& e) {
        fail(*pattern, "not a regular expression: " + e.message());
    }
    if (!has_table) {
        fail(rule, "no group of the file name is the \"table\"");
    }
}

/// The table that says what else a batch holds, and from when to when.
void PackageReader::read_manifest(const Node& linkway) {
    const Node* node = member(linkway, "manifest", NodeKind::object);
    if (node == nullptr) {
        return;
    }
    known(*node, {"resource", "table", "delta", "from", "to", "format"}, true);
    Manifest manifest;
    const std::string name = words(*node, "resource", true);
    manifest.table = package_.find(name);
    if (manifest.table < 0) {
        fail(*node, "there is no table \"" + name + "\"",
             text::did_you_mean(name, table_names(package_)));
        return;
    }
    const Table& table = package_.tables[static_cast<std::size_t>(manifest.table)];
    const auto column = [&](std::string_view meaning) {
        const std::string column_name = words(*node, meaning, true);
        const int found = table.find(column_name);
        if (found < 0 && !column_name.empty()) {
            fail(*node->find(meaning), name + " has no column \"" + column_name + "\"");
        }
        return found;
    };
    manifest.name = column("table");
    manifest.delta = column("delta");
    manifest.from = column("from");
    manifest.to = column("to");
    manifest.format = words(*node, "format", true);
    package_.manifest = manifest;
}

void PackageReader::read_dialect(const Node& root) {
    const Node* dialect = member(root, "dialect", NodeKind::object);
    if (dialect == nullptr) {
        return;
    }
    known(*dialect,
          {"delimiter", "quoteChar", "doubleQuote", "header", "lineTerminator", "skipInitialSpace",
           "nullSequence", "escapeChar", "commentChar", "caseSensitiveHeader", "csvddfVersion"},
          false);
    const auto one = [&](std::string_view name, char& into) {
        const Node* node = member(*dialect, name, NodeKind::string);
        if (node == nullptr) {
            return;
        }
        if (node->text.size() != 1) {
            fail(*node, "\"" + std::string(name) + "\" is one ASCII character");
            return;
        }
        into = node->text.front();
    };
    one("delimiter", package_.dialect.delimiter);
    one("quoteChar", package_.dialect.quote);
    if (dialect->find("header") != nullptr) {
        package_.dialect.header = flag(*dialect, "header");
    }
}

void PackageReader::read_table(const Node& resource) {
    if (!resource.is_object()) {
        fail(resource, "a table is a JSON object");
        return;
    }
    known(resource,
          {"name", "title", "description", "path", "profile", "format", "mediatype", "encoding",
           "dialect", "bytes", "hash", "licenses", "sources", "schema", "linkway"},
          false);
    Table table;
    table.name = words(resource, "name", true);
    table.title = words(resource, "title");
    table.location = document_.at(resource);
    table.location.field = table.name;
    if (const int other = package_.find(table.name); other >= 0) {
        fail(*resource.find("name"), "the table " + table.name + " stands twice");
        return;
    }
    const Node* schema = member(resource, "schema", NodeKind::object);
    const Node* fields = schema != nullptr ? member(*schema, "fields", NodeKind::array) : nullptr;
    if (fields == nullptr || fields->items.empty()) {
        fail(resource, table.name + " has no \"schema\" with \"fields\"");
        return;
    }
    known(*schema, {"fields", "primaryKey", "foreignKeys", "missingValues", "linkway"}, false);
    for (const Node& field : fields->items) {
        read_column(field, table);
    }
    check_names(table);
    read_key(*schema, table);
    read_table_linkway(resource, table);
    package_.tables.push_back(std::move(table));
    schemas_.push_back(schema);
}

void PackageReader::read_table_linkway(const Node& resource, Table& table) {
    const Node* linkway = member(resource, "linkway", NodeKind::object);
    if (linkway == nullptr) {
        return;
    }
    known(*linkway,
          {"required", "organisation", "version", "deleted", "deletion", "unused", "order"}, true);
    table.required = flag(*linkway, "required");
    table.organisation_column = named_column(table, *linkway, "organisation");
    table.version_column = named_column(table, *linkway, "version");
    read_deleted(*linkway, table);
    read_orders(*linkway, table);
    if (const std::string deletion = words(*linkway, "deletion"); !deletion.empty()) {
        table.deletion_is_out_of_scope = deletion == "out-of-scope";
        if (!table.deletion_is_out_of_scope) {
            fail(*linkway->find("deletion"), "unknown \"deletion\"",
                 "the only one known is \"out-of-scope\"");
        }
    }
    table.unused = words(*linkway, "unused");
    if (const Node* unused = linkway->find("unused"); unused != nullptr && table.unused.empty()) {
        fail(*unused, "\"unused\" gives the reason why no row of " + table.name + " is read");
    }
}

/// "deleted": "Column" (boolean), or {"Column": "what it says of a row that is taken away"}.
void PackageReader::read_deleted(const Node& linkway, Table& table) {
    const Node* deleted = linkway.find("deleted");
    if (deleted == nullptr || !deleted->is_object()) {
        table.deleted_column = named_column(table, linkway, "deleted");
        return;
    }
    if (deleted->members.size() != 1 || !deleted->members.front().value.is_string()) {
        fail(*deleted,
             "\"deleted\" names one column and what it says, such as {\"ACTION\": \"D\"}");
        return;
    }
    const text::Member& pair = deleted->members.front();
    table.deleted_column = column(table, name_of(pair));
    table.deleted_value = pair.value.text;
}

/// "order": {"layout": ["Column", ...]}: every column that the layout has, each once.
void PackageReader::read_orders(const Node& linkway, Table& table) {
    const Node* orders = member(linkway, "order", NodeKind::object);
    if (orders == nullptr) {
        return;
    }
    for (const text::Member& order : orders->members) {
        const std::string version(order.name);
        if (std::find(package_.versions.begin(), package_.versions.end(), version) ==
            package_.versions.end()) {
            fail(name_of(order), "there is no layout \"" + version + "\"",
                 text::did_you_mean(version, package_.versions));
            continue;
        }
        const std::vector<int> listed = columns(table, order.value);
        const std::vector<int> expected = columns_in_order(package_, table, version);
        if (!std::is_permutation(listed.begin(), listed.end(), expected.begin(), expected.end())) {
            fail(order.value, "the order of " + version + " lists " +
                                  std::to_string(listed.size()) + " columns of " + table.name +
                                  ", and the layout has " + std::to_string(expected.size()) +
                                  ", not all of them the same");
        }
        table.orders[version] = listed;
    }
}

void PackageReader::read_key(const Node& schema, Table& table) {
    if (const Node* key = schema.find("primaryKey")) {
        table.key = columns(table, *key);
    }
}

void PackageReader::read_precisions(const Node& schema, Table& table) {
    const Node* fields = schema.find("fields");
    for (const Node& field : fields->items) {
        const Node* linkway = field.is_object() ? field.find("linkway") : nullptr;
        const Node* precision =
            linkway != nullptr && linkway->is_object() ? linkway->find("precision") : nullptr;
        const int at = table.find(field.is_object() ? field.string_or("name", "") : "");
        if (precision == nullptr || at < 0) {
            continue;
        }
        Column& here = table.columns[static_cast<std::size_t>(at)];
        if (here.type != ColumnType::date) {
            fail(*precision, "only a date can have a precision, and " + here.name + " is none");
            continue;
        }
        here.precision_column = column(table, *precision);
    }
}

void PackageReader::read_foreign_keys(const Node& schema, std::size_t index) {
    const Node* keys = schema.find("foreignKeys");
    if (keys == nullptr) {
        return;
    }
    if (!keys->is_array()) {
        fail(*keys, "\"foreignKeys\" is a list");
        return;
    }
    for (const Node& key : keys->items) {
        read_foreign_key(key, index);
    }
}

void PackageReader::read_foreign_key(const Node& node, std::size_t index) {
    Table& table = package_.tables[index];
    const Node* here = node.is_object() ? node.find("fields") : nullptr;
    const Node* reference =
        node.is_object() ? member(node, "reference", NodeKind::object) : nullptr;
    const Node* there = reference != nullptr ? reference->find("fields") : nullptr;
    const Node* linkway = node.is_object() ? member(node, "linkway", NodeKind::object) : nullptr;
    if (here == nullptr || there == nullptr || linkway == nullptr) {
        fail(node,
             "a foreign key has \"fields\", \"reference\" with \"resource\" and \"fields\", and "
             "\"linkway\" with \"name\"");
        return;
    }
    known(node, {"fields", "reference", "linkway"}, true);
    known(*reference, {"resource", "fields"}, true);
    known(*linkway, {"name", "inverse", "many", "prefer"}, true);
    ForeignKey key;
    key.location = document_.at(node);
    key.name = words(*linkway, "name", true);
    key.inverse = words(*linkway, "inverse");
    key.many = flag(*linkway, "many");
    if (key.many && key.inverse.empty()) {
        fail(*linkway->find("many"), "\"many\" says of the \"inverse\" that it leads to many rows");
    }
    const std::string resource = words(*reference, "resource");
    key.table = resource.empty() ? table.name : resource;  // Table Schema: "" is the table itself
    const int target_index = package_.find(key.table);
    if (target_index < 0) {
        fail(*reference, "there is no table \"" + key.table + "\"",
             text::did_you_mean(key.table, table_names(package_)));
        return;
    }
    const Table& target = package_.tables[static_cast<std::size_t>(target_index)];
    key.table = target.name;
    const std::vector<int> from = columns(table, *here);
    const std::vector<int> to = columns(target, *there);
    if (from.size() != to.size() || from.empty()) {
        fail(node, "the foreign key \"" + key.name + "\" names " + std::to_string(from.size()) +
                       " known columns here and " + std::to_string(to.size()) + " there");
        return;
    }
    for (std::size_t i = 0; i < from.size(); ++i) {
        key.columns.emplace_back(from[i], to[i]);
    }
    const auto selects = [](const Column& each) {
        return each.list == 0 && each.file_name.empty();
    };
    if (!selects(table.columns[static_cast<std::size_t>(from.front())]) ||
        !selects(target.columns[static_cast<std::size_t>(to.front())])) {
        fail(node, "the first columns of the foreign key \"" + key.name +
                       "\" are those by which rows are searched: neither a list nor of the file's "
                       "name");
    }
    if (const Node* prefer = member(*linkway, "prefer", NodeKind::object)) {
        for (const text::Member& pair : prefer->members) {
            const int first = column(table, name_of(pair));
            const int second = column(target, pair.value);
            if (first >= 0 && second >= 0) {
                key.prefer.emplace_back(first, second);
            }
        }
    }
    table.foreign_keys.push_back(std::move(key));
}

/// Names of navigations must be unique among the columns and navigations of the table they start
/// from.
void PackageReader::check_navigations() {
    std::vector<std::vector<std::string>> taken(package_.tables.size());
    const auto claim = [&](std::size_t table, const std::string& name, const ForeignKey& key) {
        auto& names = taken[table];
        const Table& owner = package_.tables[table];
        if (owner.find(name) >= 0 || std::find(names.begin(), names.end(), name) != names.end()) {
            fail(key.location, "the navigation \"" + name +
                                   "\" has the name of a column or of another navigation of " +
                                   owner.name);
        }
        names.push_back(name);
    };
    for (std::size_t i = 0; i < package_.tables.size(); ++i) {
        for (const ForeignKey& key : package_.tables[i].foreign_keys) {
            claim(i, key.name, key);
            if (!key.inverse.empty()) {
                claim(static_cast<std::size_t>(package_.find(key.table)), key.inverse, key);
            }
        }
    }
}

DataPackage read_data_package(const std::string& folder, text::Issues& issues) {
    namespace fs = std::filesystem;
    const std::string path = (fs::path(folder) / "datapackage.json").string();
    std::error_code error;
    std::ifstream in(path, std::ios::binary);
    if (!fs::is_regular_file(path, error) || !in) {
        issues.push_back({text::Severity::error,
                          "not-found",
                          "there is no data package here that can be read",
                          {path, 0, 0, {}},
                          "name a folder such as mappings/emis"});
        return {};
    }
    const std::string content{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (in.bad()) {
        issues.push_back({text::Severity::error,
                          "exception",
                          "reading stopped before the end of the file",
                          {path, 0, 0, {}},
                          {}});
        return {};
    }
    const auto document = text::parse_json(content, path);
    if (!document) {
        issues.push_back(document.issue());
        return {};
    }
    return PackageReader(*document, issues).read();
}

}  // namespace linkway::sources
