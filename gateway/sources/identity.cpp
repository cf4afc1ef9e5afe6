#include "identity.h"

#include <algorithm>
#include <filesystem>
#include <set>

namespace linkway::sources {

namespace {

constexpr const char* schema =
    "CREATE TABLE IF NOT EXISTS identity.known (key TEXT NOT NULL, system TEXT NOT NULL,"
    " record INTEGER NOT NULL, id TEXT NOT NULL, patient TEXT NOT NULL,"
    " PRIMARY KEY (key, system, record)) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS identity.known_by_record ON known (system, record);"
    "CREATE TABLE IF NOT EXISTS identity.number (system TEXT NOT NULL, record INTEGER NOT NULL,"
    " number TEXT NOT NULL, PRIMARY KEY (system, record, number)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS identity.news (system TEXT NOT NULL, record INTEGER NOT NULL,"
    " PRIMARY KEY (system, record)) WITHOUT ROWID;"
    "PRAGMA identity.user_version = 1";

/// More of one person or referral than this is a mistake in the data: a number typed for many.
constexpr std::size_t most = 20;

}  // namespace

struct Identity::Statements {
    explicit Statements(sqlite::Database& database)
        : news(database, "SELECT record FROM identity.news WHERE system = ?"),
          forget(database, "DELETE FROM identity.news WHERE system = ? AND record = ?"),
          keys(database,
               "SELECT key FROM identity.known WHERE system = ? AND record = ? ORDER BY key"),
          tell(database,
               "WITH RECURSIVE reached (key) AS (VALUES (?) UNION"
               " SELECT b.key FROM reached JOIN identity.known a ON a.key = reached.key"
               " JOIN identity.known b ON b.system = a.system AND b.record = a.record)"
               " INSERT OR IGNORE INTO identity.news SELECT system, record FROM identity.known"
               " WHERE key IN (SELECT key FROM reached) AND patient <> ?"),
          drop(database, "DELETE FROM identity.known WHERE system = ? AND record = ?"),
          add(database, "INSERT INTO identity.known VALUES (?, ?, ?, ?, ?)"),
          sharing(database,
                  "SELECT b.id, b.key, b.patient FROM identity.known a"
                  " JOIN identity.known b ON b.system = a.system AND b.record = a.record"
                  " WHERE a.key = ?"),
          has_number(database, "INSERT OR IGNORE INTO identity.number VALUES (?, ?, ?)"),
          numbers(database,
                  "SELECT number FROM identity.number"
                  " WHERE system = ? AND record = ? AND number <> ? ORDER BY number") {}

    sqlite::Statement news;
    sqlite::Statement forget;
    sqlite::Statement keys;
    sqlite::Statement tell;
    sqlite::Statement drop;
    sqlite::Statement add;
    sqlite::Statement sharing;
    sqlite::Statement has_number;
    sqlite::Statement numbers;
};

Identity::Identity(sqlite::Database& database, const std::string& path, std::string system)
    : database_(database), system_(std::move(system)) {
    database_.attach(path, "identity");
    if (database_.ask("PRAGMA identity.user_version") == 0) {
        database_.execute(schema);
    }
    statements_ = std::make_unique<Statements>(database_);
    statements_->news.with(std::string_view(system_));
    while (statements_->news.next()) {
        news_.push_back(statements_->news.integer(0));
    }
}

Identity::~Identity() = default;

text::Result<std::vector<std::string>> Identity::systems_with_news(const std::string& path) {
    std::vector<std::string> systems;
    std::error_code error;
    if (!std::filesystem::exists(path, error)) {
        return systems;
    }
    const auto database = sqlite::Database::open(path, {sqlite::Use::reader, "staging store"});
    if (!database) {
        return database.issue();
    }
    if ((*database)->ask("PRAGMA user_version") != 0) {
        sqlite::Statement all(**database, "SELECT DISTINCT system FROM news ORDER BY system");
        while (all.next()) {
            systems.emplace_back(all.text(0));
        }
    }
    if ((*database)->failed()) {
        return *(*database)->failed();
    }
    return systems;
}

void Identity::begin() {
    // Any write locks the file; one after a read would fail where two runs do both.
    database_.execute("DELETE FROM identity.news WHERE 0");
    entered_ = news_;
}

std::vector<std::string> Identity::keys_of(std::int64_t record) {
    std::vector<std::string> keys;
    sqlite::Statement& find = statements_->keys;
    find.with(std::string_view(system_), record);
    while (find.next()) {
        keys.emplace_back(find.text(0));
    }
    return keys;
}

/// As same() goes from key to key, a row hears of one that shares no key with it itself.
void Identity::tell(const std::string& key, const Known& known) {
    statements_->tell.with(std::string_view(key), known.of).run();
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
    statements_->drop.with(std::string_view(system_), known.record).run();
    for (const std::string& key : keys) {
        tell(key, known);
        statements_->add
            .with(std::string_view(key), std::string_view(system_), known.record, known.id,
                  known.of)
            .run();
    }
}

std::vector<std::string> Identity::same(const Known& known) {
    std::set<std::string> ids;
    std::vector<std::string> work = keys_of(known.record);
    std::set<std::string> seen(work.begin(), work.end());
    sqlite::Statement& sharing = statements_->sharing;
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

std::vector<std::string> Identity::former_numbers(std::int64_t record, std::string_view number) {
    const std::string_view system = system_;
    if (!number.empty()) {
        statements_->has_number.with(system, record, number).run();
    }
    std::vector<std::string> former;
    statements_->numbers.with(system, record, number);
    while (statements_->numbers.next()) {
        former.emplace_back(statements_->numbers.text(0));
    }
    return former;
}

void Identity::end() {
    for (const std::int64_t record : entered_) {
        statements_->forget.with(std::string_view(system_), record).run();
    }
}

}  // namespace linkway::sources
