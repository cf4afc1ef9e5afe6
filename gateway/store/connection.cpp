#include "connection.h"

#include <algorithm>

namespace linkway::store {

sqlite::Statement& Connection::prepared(Statements& among, std::string_view sql) {
    auto found = among.find(sql);
    if (found == among.end()) {
        std::string text(sql);
        auto made = std::make_unique<sqlite::Statement>(*database_, text);
        found = among.emplace(std::move(text), std::move(made)).first;
    }
    return *found->second;
}

sqlite::Statement& Connection::search_statement(std::string_view sql) {
    constexpr std::size_t most = 100;
    if (search_statements_.size() >= most &&
        search_statements_.find(sql) == search_statements_.end()) {
        search_statements_.clear();
    }
    return prepared(search_statements_, sql);
}

Name Connection::name(std::string_view text) {
    const auto known = names_.find(text);
    if (known != names_.end()) {
        return known->second;
    }
    auto& find = statement("SELECT id FROM name WHERE text = ?").with(text);
    if (!find.next()) {
        return 0;
    }
    const Name id = find.integer(0);
    find.reset();
    names_.emplace(std::string(text), id);
    return id;
}

Name Connection::name_for(std::string_view text) {
    if (const Name known = name(text); known != 0) {
        return known;
    }
    auto& add = statement("INSERT INTO name (text) VALUES (?) RETURNING id").with(text);
    if (!add.next()) {
        return 0;
    }
    const Name id = add.integer(0);
    add.reset();
    names_.emplace(std::string(text), id);
    ++names_given_;
    return id;
}

std::string Connection::text_of(Name name) {
    const auto known = texts_.find(name);
    if (known != texts_.end()) {
        return known->second;
    }
    auto& find = statement("SELECT text FROM name WHERE id = ?").with(name);
    std::string text;
    if (find.next()) {
        text = find.text(0);
        find.reset();
        texts_.emplace(name, text);
    }
    return text;
}

void Connection::forget_names() {
    names_.clear();
    texts_.clear();
}

bool find_row(Connection& connection, const Key& key, Row& row) {
    const Name type = connection.name(key.type);
    if (type == 0) {
        return false;
    }
    auto& find = connection
                     .statement(
                         "SELECT number, version, updated, deleted, practice, json"
                         " FROM resource WHERE type = ? AND id = ?")
                     .with(type, std::string_view(key.id));
    if (!find.next()) {
        return false;
    }
    row.number = find.integer(0);
    row.version = find.integer(1);
    row.updated = find.integer(2);
    row.deleted = find.integer(3) != 0;
    row.practice = find.integer(4);
    row.json = find.text(5);
    find.reset();
    return true;
}

std::vector<Name> numbers_of(Connection& connection, const Reach& reach) {
    std::vector<Name> numbers;
    if (!reach.everything) {
        for (const std::string& ods : reach.ods) {
            if (const Name number = connection.name(ods); number != 0) {
                numbers.push_back(number);
            }
        }
    }
    return numbers;
}

bool within(Connection& connection, const Reach& reach, const std::vector<Name>& ods,
            std::int64_t number, Name practice) {
    if (reach.everything || practice == everyone ||
        std::find(ods.begin(), ods.end(), practice) != ods.end()) {
        return true;
    }
    auto& find = connection.statement("SELECT 1 FROM seen_by WHERE ods = ? AND resource = ?");
    return std::any_of(ods.begin(), ods.end(), [&](Name one) {
        const bool found = find.with(one, number).next();
        find.reset();
        return found;
    });
}

std::string reach_condition(const Reach& reach, const std::vector<Name>& ods) {
    if (reach.everything) {
        return {};
    }
    // Numbers of ours, so nothing that a caller could have written.
    std::string list;
    for (const Name one : ods) {
        list += (list.empty() ? "" : ",") + std::to_string(one);
    }
    return " AND (r.practice IN (" + std::to_string(everyone) + (list.empty() ? "" : ",") + list +
           ") OR EXISTS (SELECT 1 FROM seen_by s WHERE s.ods IN (" + list +
           ") AND s.resource = r.number))";
}

std::string with_meta(const Key& key, std::string_view json, std::int64_t version,
                      Instant updated) {
    // {"resourceType":"T","id":"I","meta":{ : 34 characters besides the type and the id.
    constexpr std::size_t besides =
        std::string_view(R"({"resourceType":"","id":"","meta":{)").size();
    const std::size_t at = besides + key.type.size() + key.id.size();
    std::string out;
    out.reserve(json.size() + 80);
    out += json.substr(0, at);
    out += "\"versionId\":\"";
    out += std::to_string(version);
    out += "\",\"lastUpdated\":\"";
    out += to_instant(updated);
    out += '"';
    if (json[at] != '}') {
        out += ',';
    }
    out += json.substr(at);
    return out;
}

}  // namespace linkway::store
