#include "state.h"

#include <array>
#include <filesystem>

namespace linkway::sources {

namespace {

namespace fs = std::filesystem;

/// "lwSt": tells a staging store from any other SQLite file.
constexpr std::int64_t application_id = 0x6C775374;

/// What each version of the schema adds to the one before; a step is never changed once released.
const std::array<std::string, 3>& migrations() {
    static const std::array<std::string, 3> steps = {
        std::string(Ledger::schema) + RowStore::schema + PutOut::schema +
            "CREATE TABLE closed (gate TEXT NOT NULL, organisation TEXT NOT NULL,"
            " PRIMARY KEY (gate, organisation)) WITHOUT ROWID;"
            "PRAGMA application_id = 1819759476;",
        Ledger::coverage_schema, PutOut::text_schema};
    return steps;
}

std::string file_of(const std::string& folder, const SystemMapping& mapping) {
    return (fs::path(folder) / (mapping.package().system + ".sqlite")).string();
}

text::Status migrate(sqlite::Database& database, const std::string& path) {
    const std::int64_t version = database.ask("PRAGMA user_version");
    const bool is_ours = database.ask("PRAGMA application_id") == application_id;
    const bool is_empty = database.ask("SELECT count(*) FROM sqlite_schema") == 0;
    if (database.failed()) {
        return database.failed();
    }
    if (!is_ours && !is_empty) {
        return text::Issue{text::Severity::fatal,
                           "structure",
                           "the SQLite file is no staging store of Linkway",
                           {path, 0, 0, {}},
                           "name another folder"};
    }
    if (version > static_cast<std::int64_t>(migrations().size())) {
        return text::Issue{text::Severity::fatal,
                           "not-supported",
                           "the staging store was written by a newer Linkway (schema " +
                               std::to_string(version) + ")",
                           {path, 0, 0, {}},
                           "use that version, or a store of its own"};
    }
    for (auto step = static_cast<std::size_t>(version); step < migrations().size(); ++step) {
        const std::string sql = "BEGIN;" + migrations()[step] +
                                "PRAGMA user_version = " + std::to_string(step + 1) + "; COMMIT";
        database.execute(sql.c_str());
    }
    return database.failed();
}

}  // namespace

text::Result<std::unique_ptr<State>> State::open(const std::string& folder,
                                                 const SystemMapping& mapping) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) {
        return text::Issue{text::Severity::fatal,
                           "exception",
                           "the folder of the staging store cannot be made: " + error.message(),
                           {folder, 0, 0, {}},
                           "check the path and its permissions"};
    }
    const std::string path = file_of(folder, mapping);
    auto database = sqlite::Database::open(path, {sqlite::Use::alone, "staging store", 262'144});
    if (!database) {
        return std::move(database).issue();
    }
    std::unique_ptr<State> state(new State);
    state->database_ = std::move(database).value();
    if (text::Status failed = migrate(*state->database_, path)) {
        return *failed;
    }
    state->identity_ = std::make_unique<Identity>(*state->database_, identity_file(folder),
                                                  mapping.package().system);
    state->prepare(mapping);
    if (state->database_->failed()) {
        return *state->database_->failed();
    }
    return state;
}

std::string State::identity_file(const std::string& folder) {
    return (fs::path(folder) / "identity.sqlite").string();
}

text::Result<std::unique_ptr<State>> State::open_existing(const std::string& folder,
                                                          const SystemMapping& mapping) {
    const std::string path = file_of(folder, mapping);
    std::error_code error;
    if (!fs::exists(path, error)) {
        return text::Issue{text::Severity::fatal,
                           "not-found",
                           "there is no staging store",
                           {path, 0, 0, {}},
                           "say where it is now: --state DIR"};
    }
    return open(folder, mapping);
}

void State::prepare(const SystemMapping& mapping) {
    database_->execute("BEGIN");  // the system's own file is locked already
    ledger_ = std::make_unique<Ledger>(*database_);
    rows_ = std::make_unique<RowStore>(*database_, mapping);
    put_out_ = std::make_unique<PutOut>(*database_);
}

void State::begin_again(const SystemMapping& mapping) {
    put_out_.reset();
    rows_.reset();
    ledger_.reset();
    database_->execute("ROLLBACK");
    prepare(mapping);
}

text::Status State::commit() {
    rows_->flush();
    database_->execute("COMMIT");
    return database_->failed();
}

}  // namespace linkway::sources
