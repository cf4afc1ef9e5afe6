#include "identity.h"

#include <algorithm>
#include <set>

namespace linkway::sources {

namespace {

constexpr const char* schema =
    "CREATE TABLE IF NOT EXISTS identity.known (key TEXT NOT NULL, system TEXT NOT NULL,"
    " record INTEGER NOT NULL, id TEXT NOT NULL, patient TEXT NOT NULL,"
    " PRIMARY KEY (key, system, record)) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS identity.known_by_record ON known (system, record);"
    "CREATE TABLE IF NOT EXISTS identity.news (system TEXT NOT NULL, record INTEGER NOT NULL,"
    " PRIMARY KEY (system, record)) WITHOUT ROWID;";

/// More of one person or referral than this is a mistake in the data: a number typed for many.
constexpr std::size_t most = 20;

}  // namespace

Identity::Identity(Database& database, const std::string& path, std::string system)
    : database_(database), system_(std::move(system)) {
    database_.attach(path, "identity");
    if (database_.ask("SELECT count(*) FROM identity.sqlite_schema") == 0) {
        database_.execute(schema);
    }
    Statement all(database_, "SELECT record FROM identity.news WHERE system = ?");
    all.with(std::string_view(system_));
    while (all.next()) {
        news_.push_back(all.integer(0));
    }
}

void Identity::begin() {
    // Any write locks the file; one after a read would fail where two runs do both.
    database_.execute("DELETE FROM identity.news WHERE 0");
    entered_ = news_;
}

std::vector<std::string> Identity::keys_of(std::int64_t record) {
    Statement find(database_,
                   "SELECT key FROM identity.known WHERE system = ? AND record = ? ORDER BY key");
    std::vector<std::string> keys;
    find.with(std::string_view(system_), record);
    while (find.next()) {
        keys.emplace_back(find.text(0));
    }
    return keys;
}

void Identity::tell(const std::string& key, const Known& known) {
    Statement(database_,
              "INSERT OR IGNORE INTO identity.news SELECT system, record FROM identity.known"
              " WHERE key = ? AND patient <> ?")
        .with(std::string_view(key), known.of)
        .run();
}

void Identity::enter(const Known& known, std::vector<std::string> keys) {
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    entered_.push_back(known.record);
    const std::vector<std::string> before = keys_of(known.record);
    if (keys == before) {
        return;
    }
    for (const std::string& key : before) {
        tell(key, known);
    }
    Statement(database_, "DELETE FROM identity.known WHERE system = ? AND record = ?")
        .with(std::string_view(system_), known.record)
        .run();
    Statement add(database_, "INSERT INTO identity.known VALUES (?, ?, ?, ?, ?)");
    for (const std::string& key : keys) {
        tell(key, known);
        add.with(std::string_view(key), std::string_view(system_), known.record, known.id, known.of)
            .run();
    }
}

std::vector<std::string> Identity::same(const Known& known) {
    Statement sharing(database_,
                      "SELECT b.id, b.key, b.patient FROM identity.known a"
                      " JOIN identity.known b ON b.system = a.system AND b.record = a.record"
                      " WHERE a.key = ?");
    std::set<std::string> ids;
    std::vector<std::string> work = keys_of(known.record);
    std::set<std::string> seen(work.begin(), work.end());
    while (!work.empty() && ids.size() <= most) {
        const std::string key = std::move(work.back());
        work.pop_back();
        sharing.with(std::string_view(key));
        while (sharing.next()) {
            if (sharing.text(2) != known.of) {
                ids.emplace(sharing.text(0));
                if (seen.emplace(sharing.text(1)).second) {
                    work.emplace_back(sharing.text(1));
                }
            }
        }
    }
    return ids.size() > most ? std::vector<std::string>()
                             : std::vector<std::string>(ids.begin(), ids.end());
}

void Identity::end() {
    Statement forget(database_, "DELETE FROM identity.news WHERE system = ? AND record = ?");
    for (const std::int64_t record : entered_) {
        forget.with(std::string_view(system_), record).run();
    }
}

}  // namespace linkway::sources
