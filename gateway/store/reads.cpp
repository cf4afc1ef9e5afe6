#include "reads.h"

namespace linkway::store {

namespace {

Version version_of(const Key& key, const Row& row) {
    Version version{key, row.version, row.updated, row.deleted, {}};
    if (!row.deleted) {
        version.json = with_meta(key, row.json, row.version, row.updated);
    }
    return version;
}

}  // namespace

std::optional<Version> read(Connection& connection, const Key& key, const Reach& reach) {
    Row row;
    if (!find_row(connection, key, row) ||
        !within(connection, reach, numbers_of(connection, reach), row.number, row.practice)) {
        return std::nullopt;
    }
    return version_of(key, row);
}

std::optional<Version> read_version(Connection& connection, const Key& key, std::int64_t version,
                                    const Reach& reach) {
    Row row;
    if (!find_row(connection, key, row) ||
        !within(connection, reach, numbers_of(connection, reach), row.number, row.practice)) {
        return std::nullopt;
    }
    if (row.version == version) {
        return version_of(key, row);
    }
    auto& find = connection
                     .statement(
                         "SELECT version, updated, deleted, json FROM former_version"
                         " WHERE resource = ? AND version = ?")
                     .with(row.number, version);
    if (!find.next()) {
        return std::nullopt;
    }
    row.version = find.integer(0);
    row.updated = find.integer(1);
    row.deleted = find.integer(2) != 0;
    row.json = find.text(3);
    find.reset();
    return version_of(key, row);
}

std::vector<Change> history(Connection& connection, const HistoryQuery& query, const Reach& reach) {
    const std::vector<Name> ods = numbers_of(connection, reach);
    std::string sql =
        "SELECT c.number, c.kind, c.version, c.updated, r.type, r.id, r.version, r.json,"
        " f.json, c.agent, c.request FROM change c JOIN resource r ON r.number = c.resource"
        " LEFT JOIN former_version f ON f.resource = c.resource AND f.version = c.version"
        " WHERE c.number < ? AND c.updated >= ?";
    const bool of_type = !query.type.empty();
    const bool of_one = of_type && !query.id.empty();
    Row row;
    if (of_one) {
        if (!find_row(connection, {query.type, query.id}, row)) {
            return {};
        }
        sql += " AND c.resource = ?3";
    } else if (of_type) {
        sql += " AND r.type = ?3";
    }
    sql += reach_condition(reach, ods) + " ORDER BY c.number DESC LIMIT ";
    sql += std::to_string(query.count);

    auto& find = connection.search_statement(sql);
    find.with(query.before == 0 ? INT64_MAX : query.before, query.since.value_or(INT64_MIN));
    if (of_type) {
        find.bind(3, of_one ? row.number : connection.name(query.type));
    }
    std::vector<Change> changes;
    while (find.next()) {
        Change change;
        change.number = find.integer(0);
        change.kind = static_cast<Change::Kind>(find.integer(1));
        change.version.version = find.integer(2);
        change.version.updated = find.integer(3);
        change.version.deleted = change.kind == Change::Kind::deleted;
        change.version.key = {connection.text_of(find.integer(4)), std::string(find.text(5))};
        const bool current = find.integer(6) == change.version.version;
        if (!change.version.deleted) {
            change.version.json = with_meta(change.version.key, find.text(current ? 7 : 8),
                                            change.version.version, change.version.updated);
        }
        change.origin = {std::string(find.text(9)), std::string(find.text(10)),
                         change.version.updated};
        changes.push_back(std::move(change));
    }
    return changes;
}

std::vector<Change> changes_after(Connection& connection, std::int64_t after, std::size_t most) {
    auto& find = connection
                     .statement(
                         "SELECT c.number, c.kind, c.version, c.updated, r.type, r.id,"
                         " c.agent, c.request"
                         " FROM change c JOIN resource r ON r.number = c.resource"
                         " WHERE c.number > ? ORDER BY c.number LIMIT ?")
                     .with(after, static_cast<std::int64_t>(most));
    std::vector<Change> changes;
    while (find.next()) {
        Change change;
        change.number = find.integer(0);
        change.kind = static_cast<Change::Kind>(find.integer(1));
        change.version.version = find.integer(2);
        change.version.updated = find.integer(3);
        change.version.deleted = change.kind == Change::Kind::deleted;
        change.version.key = {connection.text_of(find.integer(4)), std::string(find.text(5))};
        change.origin = {std::string(find.text(6)), std::string(find.text(7)),
                         change.version.updated};
        changes.push_back(std::move(change));
    }
    return changes;
}

}  // namespace linkway::store
