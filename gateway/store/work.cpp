#include "store/work.h"

#include "writes.h"

namespace linkway::store {

namespace {

/// Conditions of a query that are asked for, as "column = ?" with AND between.
struct Where {
    std::string sql;
    std::vector<std::string_view> texts;
    std::vector<Instant> limits;  // behind the texts

    void text(const char* column, std::string_view value) {
        if (!value.empty()) {
            sql += std::string(sql.empty() ? " WHERE " : " AND ") + column + " = ?";
            texts.push_back(value);
        }
    }
    template <class Value>
    void number(const char* column, const std::optional<Value>& value) {
        if (value) {
            sql += std::string(sql.empty() ? " WHERE " : " AND ") + column + " = " +
                   std::to_string(static_cast<std::int64_t>(*value));
        }
    }
    void at_most(const char* column, const std::optional<Instant>& value) {
        if (value) {
            sql += std::string(sql.empty() ? " WHERE " : " AND ") + column + " <= ?";
            limits.push_back(*value);
        }
    }
    sqlite::Statement& on(Connection& connection, const std::string& before,
                          const std::string& after) const {
        auto& statement = connection.search_statement(before + sql + after).with();
        int position = 0;
        for (const std::string_view text : texts) {
            statement.bind(++position, text);
        }
        for (const Instant limit : limits) {
            statement.bind(++position, limit);
        }
        return statement;
    }
};

constexpr const char* delivery_columns =
    "SELECT id, key, channel, destination, subject_type, subject_id, version, content, state,"
    " attempts, created, due, delivered, filed, error FROM delivery";

Delivery delivery_of(const sqlite::Statement& row) {
    Delivery delivery;
    delivery.id = row.integer(0);
    delivery.key = row.text(1);
    delivery.channel = row.text(2);
    delivery.destination = row.text(3);
    delivery.subject = {std::string(row.text(4)), std::string(row.text(5))};
    delivery.version = row.integer(6);
    delivery.content = row.text(7);
    delivery.state = static_cast<Delivery::State>(row.integer(8));
    delivery.attempts = static_cast<std::uint32_t>(row.integer(9));
    delivery.created = row.integer(10);
    delivery.due = row.integer(11);
    delivery.delivered = row.integer(12);
    delivery.filed = row.integer(13);
    delivery.error = row.text(14);
    return delivery;
}

}  // namespace

std::string_view to_code(Delivery::State state) {
    switch (state) {
        case Delivery::State::waiting:
            return "waiting";
        case Delivery::State::delivered:
            return "delivered";
        case Delivery::State::filed:
            return "filed";
        case Delivery::State::dead:
            return "dead";
    }
    return "";
}

std::string_view to_code(Intake::State state) {
    switch (state) {
        case Intake::State::received:
            return "received";
        case Intake::State::translated:
            return "translated";
        case Intake::State::done:
            return "done";
        case Intake::State::failed:
            return "failed";
    }
    return "";
}

std::string_view to_code(Quarantined::State state) {
    switch (state) {
        case Quarantined::State::waiting:
            return "waiting";
        case Quarantined::State::edited:
            return "edited";
        case Quarantined::State::replayed:
            return "replayed";
        case Quarantined::State::discarded:
            return "discarded";
    }
    return "";
}

std::vector<Delivery> deliveries(Connection& connection, const DeliveryQuery& query) {
    Where where;
    where.text("channel", query.channel);
    where.text("destination", query.destination);
    where.text("key", query.key);
    where.text("subject_type", query.subject.type);
    where.text("subject_id", query.subject.id);
    where.number("state", query.state);
    where.number("id", query.id);
    auto& find =
        where.on(connection, delivery_columns, " ORDER BY id LIMIT " + std::to_string(query.most));
    std::vector<Delivery> found;
    while (find.next()) {
        found.push_back(delivery_of(find));
    }
    return found;
}

std::vector<Intake> intakes(Connection& connection, const IntakeQuery& query) {
    Where where;
    where.text("id", query.id);
    where.number("state", query.state);
    auto& find = where.on(connection,
                          "SELECT id, system, name, received, changed, state, reason,"
                          " reconciliation, resources FROM intake",
                          " ORDER BY received, id LIMIT " + std::to_string(query.most));
    std::vector<Intake> found;
    while (find.next()) {
        found.push_back({std::string(find.text(0)), std::string(find.text(1)),
                         std::string(find.text(2)), find.integer(3), find.integer(4),
                         static_cast<Intake::State>(find.integer(5)), std::string(find.text(6)),
                         std::string(find.text(7)), static_cast<std::uint64_t>(find.integer(8))});
    }
    return found;
}

std::vector<Quarantined> quarantined(Connection& connection, const QuarantineQuery& query) {
    Where where;
    where.text("id", query.id);
    where.text("intake", query.intake);
    where.number("state", query.state);
    auto& find = where.on(connection,
                          "SELECT id, intake, system, file, tbl, line, reason, content, state,"
                          " changed FROM quarantine",
                          " ORDER BY intake, file, line LIMIT " + std::to_string(query.most));
    std::vector<Quarantined> found;
    while (find.next()) {
        found.push_back({std::string(find.text(0)), std::string(find.text(1)),
                         std::string(find.text(2)), std::string(find.text(3)),
                         std::string(find.text(4)), static_cast<std::uint64_t>(find.integer(5)),
                         std::string(find.text(6)), std::string(find.text(7)),
                         static_cast<Quarantined::State>(find.integer(8)), find.integer(9)});
    }
    return found;
}

std::vector<Note> notes(Connection& connection, std::string_view group) {
    auto& find = connection.statement("SELECT name, content FROM note WHERE grp = ? ORDER BY name")
                     .with(group);
    std::vector<Note> found;
    while (find.next()) {
        found.push_back({std::string(find.text(0)), std::string(find.text(1))});
    }
    return found;
}

void SqliteWriter::set_cursor(std::string_view name, std::int64_t to) {
    connection().statement("INSERT OR REPLACE INTO cursor VALUES (?, ?)").with(name, to).run();
}

bool SqliteWriter::enqueue(const Delivery& delivery) {
    connection()
        .statement(
            "INSERT OR IGNORE INTO delivery (key, channel, destination, subject_type,"
            " subject_id, version, content, state, attempts, created, due, delivered,"
            " filed, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, 0, 0, '')")
        .with(std::string_view(delivery.key), std::string_view(delivery.channel),
              std::string_view(delivery.destination), std::string_view(delivery.subject.type),
              std::string_view(delivery.subject.id), delivery.version,
              std::string_view(delivery.content), static_cast<std::int64_t>(delivery.state),
              delivery.created, delivery.due)
        .run();
    return connection().database().changed() != 0;
}

std::vector<Delivery> SqliteWriter::claim(std::string_view channel, Instant now, Instant until,
                                          std::size_t most) {
    auto& find = connection()
                     .statement(std::string(delivery_columns) +
                                " WHERE state = 0 AND channel = ? AND due <= ?"
                                " ORDER BY due, id LIMIT ?")
                     .with(channel, now, static_cast<std::int64_t>(most));
    std::vector<Delivery> claimed;
    while (find.next()) {
        claimed.push_back(delivery_of(find));
    }
    for (Delivery& delivery : claimed) {
        // To be due only after `until` keeps others from it; nothing else is needed to claim it.
        delivery.due = until;
        connection()
            .statement("UPDATE delivery SET due = ? WHERE id = ?")
            .with(until, delivery.id)
            .run();
    }
    return claimed;
}

void SqliteWriter::settle(const Delivery& delivery) {
    connection()
        .statement(
            "UPDATE delivery SET state = ?, attempts = ?, due = ?, delivered = ?, filed = ?,"
            " error = ? WHERE id = ?")
        .with(static_cast<std::int64_t>(delivery.state),
              static_cast<std::int64_t>(delivery.attempts), delivery.due, delivery.delivered,
              delivery.filed, std::string_view(delivery.error), delivery.id)
        .run();
}

void SqliteWriter::put_intake(const Intake& intake) {
    connection()
        .statement("INSERT OR REPLACE INTO intake VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .with(std::string_view(intake.id), std::string_view(intake.system),
              std::string_view(intake.name), intake.received, intake.changed,
              static_cast<std::int64_t>(intake.state), std::string_view(intake.reason),
              std::string_view(intake.reconciliation), static_cast<std::int64_t>(intake.resources))
        .run();
}

void SqliteWriter::put_quarantined(const Quarantined& item) {
    connection()
        .statement("INSERT OR REPLACE INTO quarantine VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .with(std::string_view(item.id), std::string_view(item.intake),
              std::string_view(item.system), std::string_view(item.file),
              std::string_view(item.table), static_cast<std::int64_t>(item.line),
              std::string_view(item.reason), std::string_view(item.content),
              static_cast<std::int64_t>(item.state), item.changed)
        .run();
}

bool SqliteWriter::put_note(std::string_view group, const Note& note) {
    connection()
        .statement(
            "INSERT INTO note VALUES (?, ?, ?) ON CONFLICT (grp, name)"
            " DO UPDATE SET content = excluded.content WHERE content <> excluded.content")
        .with(group, std::string_view(note.name), std::string_view(note.content))
        .run();
    return connection().database().changed() != 0;
}

bool SqliteWriter::first_use(std::string_view issuer, std::string_view token_id, Instant expires,
                             Instant now) {
    connection().statement("DELETE FROM used_token WHERE expires < ?").with(now).run();
    connection()
        .statement("INSERT OR IGNORE INTO used_token VALUES (?, ?, ?)")
        .with(issuer, token_id, expires)
        .run();
    return connection().database().changed() != 0;
}

}  // namespace linkway::store
