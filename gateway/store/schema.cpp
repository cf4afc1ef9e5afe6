#include "schema.h"

#include <array>
#include <string>

namespace linkway::store {

namespace {

constexpr std::int64_t application = 0x4C4B5759;  // "LKWY", in the file's header

// One step a release that changed the tables; a step, once released, is never edited.
constexpr std::array<const char*, 1> steps = {
    // Text that stands in many rows.
    "CREATE TABLE name (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;"

    // The current version of each resource, deletions included. `practice` sees it; others that do
    // stand in seen_by.
    "CREATE TABLE resource (number INTEGER PRIMARY KEY, type INTEGER NOT NULL, id TEXT NOT NULL,"
    " version INTEGER NOT NULL, updated INTEGER NOT NULL, deleted INTEGER NOT NULL,"
    " practice INTEGER NOT NULL, json TEXT NOT NULL) STRICT;"
    "CREATE UNIQUE INDEX resource_by_id ON resource (type, id);"
    "CREATE INDEX resource_by_update ON resource (type, updated);"
    "CREATE TABLE former_version (resource INTEGER NOT NULL, version INTEGER NOT NULL,"
    " updated INTEGER NOT NULL, deleted INTEGER NOT NULL, json TEXT NOT NULL) STRICT;"
    "CREATE UNIQUE INDEX former_version_by_number ON former_version (resource, version);"

    "CREATE TABLE seen_by (ods INTEGER NOT NULL, resource INTEGER NOT NULL,"
    " PRIMARY KEY (ods, resource)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX seen_by_resource ON seen_by (resource, ods);"
    // Which organisation a resource is, works for or belongs to.
    "CREATE TABLE organisation (resource INTEGER PRIMARY KEY, ods INTEGER NOT NULL) STRICT;"
    // References to what is not there yet and will matter for who sees what.
    "CREATE TABLE awaited (type INTEGER NOT NULL, id TEXT NOT NULL, resource INTEGER NOT NULL,"
    " PRIMARY KEY (type, id, resource)) STRICT, WITHOUT ROWID;"

    "CREATE TABLE value_of (parameter INTEGER NOT NULL, value TEXT NOT NULL,"
    " system INTEGER NOT NULL, resource INTEGER NOT NULL,"
    " PRIMARY KEY (parameter, value, system, resource)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE date_of (parameter INTEGER NOT NULL, first INTEGER NOT NULL,"
    " last INTEGER NOT NULL, resource INTEGER NOT NULL,"
    " PRIMARY KEY (parameter, first, last, resource)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX date_by_resource ON date_of (resource, parameter, first, last);"

    "CREATE TABLE change (number INTEGER PRIMARY KEY AUTOINCREMENT, resource INTEGER NOT NULL,"
    " version INTEGER NOT NULL, kind INTEGER NOT NULL, updated INTEGER NOT NULL,"
    " agent TEXT NOT NULL, request TEXT NOT NULL) STRICT;"
    "CREATE INDEX change_by_resource ON change (resource, version);"
    "CREATE TABLE cursor (name TEXT PRIMARY KEY, position INTEGER NOT NULL) STRICT, WITHOUT ROWID;"

    "CREATE TABLE delivery (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE,"
    " channel TEXT NOT NULL, destination TEXT NOT NULL, subject_type TEXT NOT NULL,"
    " subject_id TEXT NOT NULL, version INTEGER NOT NULL, content TEXT NOT NULL,"
    " state INTEGER NOT NULL, attempts INTEGER NOT NULL, created INTEGER NOT NULL,"
    " due INTEGER NOT NULL, delivered INTEGER NOT NULL, filed INTEGER NOT NULL,"
    " error TEXT NOT NULL) STRICT;"
    "CREATE INDEX delivery_due ON delivery (channel, destination, due) WHERE state = 0;"
    "CREATE INDEX delivery_of ON delivery (subject_type, subject_id);"
    "CREATE INDEX delivery_state ON delivery (state, id);"

    "CREATE TABLE intake (id TEXT PRIMARY KEY, system TEXT NOT NULL, name TEXT NOT NULL,"
    " received INTEGER NOT NULL, changed INTEGER NOT NULL, state INTEGER NOT NULL,"
    " reason TEXT NOT NULL, reconciliation TEXT NOT NULL, resources INTEGER NOT NULL) STRICT;"
    "CREATE TABLE quarantine (id TEXT PRIMARY KEY, intake TEXT NOT NULL, system TEXT NOT NULL,"
    " file TEXT NOT NULL, tbl TEXT NOT NULL, line INTEGER NOT NULL, reason TEXT NOT NULL,"
    " content TEXT NOT NULL, state INTEGER NOT NULL, changed INTEGER NOT NULL) STRICT;"
    "CREATE INDEX quarantine_by_intake ON quarantine (intake);"
    "CREATE TABLE note (grp TEXT NOT NULL, name TEXT NOT NULL, content TEXT NOT NULL,"
    " PRIMARY KEY (grp, name)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE used_token (issuer TEXT NOT NULL, id TEXT NOT NULL, expires INTEGER NOT NULL,"
    " PRIMARY KEY (issuer, id)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX used_token_expiry ON used_token (expires);",
};

text::Issue refusal(std::string message, std::string suggestion) {
    return {text::Severity::fatal, "not-supported", std::move(message), {}, std::move(suggestion)};
}

}  // namespace

text::Status migrate(sqlite::Database& database) {
    database.execute("BEGIN IMMEDIATE");
    const std::int64_t known = static_cast<std::int64_t>(steps.size());
    const std::int64_t id = database.ask("PRAGMA application_id");
    const std::int64_t version = database.ask("PRAGMA user_version");
    if (database.failed()) {
        return database.recover();
    }
    if (id != application && (id != 0 || database.ask("SELECT count(*) FROM sqlite_schema") != 0)) {
        (void)database.recover();
        return refusal("the file is a database of another program", "name another folder");
    }
    if (version > known) {
        (void)database.recover();
        return refusal("the store was made by a newer Linkway (its schema is " +
                           std::to_string(version) + ", this program knows up to " +
                           std::to_string(known) + ")",
                       "install that version again, or restore the store from before");
    }
    for (std::int64_t step = version; step < known; ++step) {
        database.execute(steps[static_cast<std::size_t>(step)]);
    }
    database.execute(("PRAGMA application_id=" + std::to_string(application) +
                      "; PRAGMA user_version=" + std::to_string(known) + "; COMMIT")
                         .c_str());
    return database.failed() ? database.recover() : text::Status();
}

}  // namespace linkway::store
