#include "writes.h"

#include <algorithm>

namespace linkway::store {

namespace {

void add_to_index(Connection& connection, std::int64_t number,
                  const std::vector<IndexEntry>& entries) {
    for (const IndexEntry& entry : entries) {
        const Name parameter = connection.name_for(entry.parameter);
        if (entry.is_date) {
            connection.statement("INSERT OR IGNORE INTO date_of VALUES (?, ?, ?, ?)")
                .with(parameter, entry.from, entry.to, number)
                .run();
        } else {
            const Name system = entry.system.empty() ? 0 : connection.name_for(entry.system);
            connection.statement("INSERT OR IGNORE INTO value_of VALUES (?, ?, ?, ?)")
                .with(parameter, std::string_view(entry.value), system, number)
                .run();
        }
    }
}

void drop_from_index(Connection& connection, std::int64_t number,
                     const std::vector<IndexEntry>& entries) {
    for (const IndexEntry& entry : entries) {
        const Name parameter = connection.name(entry.parameter);
        if (entry.is_date) {
            connection
                .statement(
                    "DELETE FROM date_of WHERE parameter = ? AND first = ? AND last = ?"
                    " AND resource = ?")
                .with(parameter, entry.from, entry.to, number)
                .run();
        } else {
            connection
                .statement(
                    "DELETE FROM value_of WHERE parameter = ? AND value = ? AND system = ?"
                    " AND resource = ?")
                .with(parameter, std::string_view(entry.value), connection.name(entry.system),
                      number)
                .run();
        }
    }
}

/// The values that the stored text was found by: worked out again, which costs less than to keep
/// them twice.
std::vector<IndexEntry> index_of(const Key& key, const Row& row) {
    if (row.deleted) {
        return {};
    }
    const auto document = text::parse_json(row.json, "the stored " + key.type);
    if (!document) {
        return {};
    }
    auto prepared = prepare(document->root(), key.id);
    return prepared ? std::move(prepared->index) : std::vector<IndexEntry>{};
}

void move_index(Connection& connection, std::int64_t number, const std::vector<IndexEntry>& before,
                const std::vector<IndexEntry>& after) {
    const auto without = [](const std::vector<IndexEntry>& all,
                            const std::vector<IndexEntry>& others) {
        std::vector<IndexEntry> left;
        std::copy_if(all.begin(), all.end(), std::back_inserter(left), [&](const IndexEntry& one) {
            return std::find(others.begin(), others.end(), one) == others.end();
        });
        return left;
    };
    drop_from_index(connection, number, without(before, after));
    add_to_index(connection, number, without(after, before));
}

void keep_former(Connection& connection, const Row& row) {
    connection.statement("INSERT INTO former_version VALUES (?, ?, ?, ?, ?)")
        .with(row.number, row.version, row.updated, static_cast<std::int64_t>(row.deleted),
              std::string_view(row.json))
        .run();
}

void note_change(Connection& connection, const Row& row, Change::Kind kind,
                 const Change::Origin& origin) {
    connection
        .statement(
            "INSERT INTO change (resource, version, kind, updated, agent, request)"
            " VALUES (?, ?, ?, ?, ?, ?)")
        .with(row.number, row.version, static_cast<std::int64_t>(kind), row.updated,
              std::string_view(origin.agent), std::string_view(origin.request))
        .run();
}

}  // namespace

Written put(Connection& connection, const Prepared& resource, const Change::Origin& origin) {
    Row row;
    const bool known = find_row(connection, resource.key, row);
    if (known && !row.deleted && row.json == resource.json) {
        // The same content, but it may say more of who sees what than was known when it came.
        return {resource.key, row.version, row.updated, false, false};
    }
    Change::Kind kind = Change::Kind::created;
    if (known) {
        kind = row.deleted ? Change::Kind::created : Change::Kind::updated;
        keep_former(connection, row);
        move_index(connection, row.number, index_of(resource.key, row), resource.index);
        row.version += 1;
        // Two writes of one millisecond, or a clock set back, must not turn history around.
        row.updated = std::max(origin.at, row.updated);
        row.deleted = false;
        connection
            .statement(
                "UPDATE resource SET version = ?, updated = ?, deleted = 0, json = ?"
                " WHERE number = ?")
            .with(row.version, row.updated, std::string_view(resource.json), row.number)
            .run();
    } else {
        row = {0, 1, origin.at, false, 0, {}};
        auto& add =
            connection
                .statement(
                    "INSERT INTO resource (type, id, version, updated, deleted, practice,"
                    " json) VALUES (?, ?, 1, ?, 0, 0, ?) RETURNING number")
                .with(connection.name_for(resource.key.type), std::string_view(resource.key.id),
                      row.updated, std::string_view(resource.json));
        row.number = add.next() ? add.integer(0) : 0;
        add.reset();
        add_to_index(connection, row.number, resource.index);
    }
    settle_tenancy(connection, resource, row);
    note_change(connection, row, kind, origin);
    return {resource.key, row.version, row.updated, true, kind == Change::Kind::created};
}

Written remove(Connection& connection, const Key& key, const Change::Origin& origin) {
    Row row;
    if (!find_row(connection, key, row) || row.deleted) {
        return {key, row.version, row.updated, false, false};
    }
    keep_former(connection, row);
    move_index(connection, row.number, index_of(key, row), {});
    row.version += 1;
    row.updated = std::max(origin.at, row.updated);
    connection
        .statement(
            "UPDATE resource SET version = ?, updated = ?, deleted = 1, json = ''"
            " WHERE number = ?")
        .with(row.version, row.updated, row.number)
        .run();
    note_change(connection, row, Change::Kind::deleted, origin);
    return {key, row.version, row.updated, true, false};
}

Written SqliteWriter::put(const Prepared& resource, const Change::Origin& origin) {
    return store::put(connection(), resource, origin);
}

Written SqliteWriter::remove(const Key& key, const Change::Origin& origin) {
    return store::remove(connection(), key, origin);
}

void SqliteWriter::grant(const Key& key, std::string_view ods) {
    store::grant(connection(), key, connection().name_for(ods));
}

}  // namespace linkway::store
