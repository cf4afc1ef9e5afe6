#include "sqlite/database.h"

#include <sqlite3.h>

namespace linkway::sqlite {

namespace {

text::Issue failure(int result, const std::string& path, const std::string& name,
                    const char* detail) {
    std::string message = "the " + name + " failed: " + detail;
    std::string suggestion = "nothing of this was kept in it; see to the cause and try again";
    switch (result & 0xFF) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            message = "the " + name + " is in use by another process";
            suggestion = "wait until that one has ended";
            break;
        case SQLITE_NOTADB:
        case SQLITE_CORRUPT:
            message = "the file is no " + name + ", or a damaged one";
            suggestion = "name another folder, or restore the file from a backup";
            break;
        case SQLITE_FULL:
            message = "no space left on the device for the " + name;
            break;
        case SQLITE_CANTOPEN:
            message = "the " + name + " cannot be opened";
            suggestion = "check the folder and its permissions";
            break;
        default:
            break;
    }
    return {text::Severity::fatal,
            (result & 0xFF) == SQLITE_FULL ? "no-store" : "exception",
            std::move(message),
            {path, 0, 0, {}},
            std::move(suggestion)};
}

const char* pragmas(Use use) {
    switch (use) {
        case Use::alone:
            return "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=TRUNCATE;"
                   "PRAGMA synchronous=FULL; BEGIN EXCLUSIVE; COMMIT";
        case Use::writer:
            return "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                   "PRAGMA journal_size_limit=67108864; PRAGMA wal_autocheckpoint=4000";
        case Use::reader:
            return "PRAGMA query_only=ON; PRAGMA wal_autocheckpoint=0";
    }
    return "";
}

}  // namespace

text::Result<std::unique_ptr<Database>> Database::open(const std::string& path, Options options) {
    std::unique_ptr<Database> result(new Database);
    result->path_ = path;
    result->options_ = std::move(options);
    const bool reads = result->options_.use == Use::reader;
    // A reader needs write access to the file for the shared memory of the WAL; query_only keeps it
    // from using it.
    result->note(sqlite3_open_v2(path.c_str(), &result->handle_,
                                 SQLITE_OPEN_READWRITE | (reads ? 0 : SQLITE_OPEN_CREATE) |
                                     SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                                 nullptr));
    if (!result->failed_ && result->options_.use != Use::alone) {
        constexpr int patience = 10'000;  // ms, for the moments in which the WAL itself is locked
        sqlite3_busy_timeout(result->handle_, patience);
    }
    result->execute(pragmas(result->options_.use));
    result->execute(("PRAGMA mmap_size=0; PRAGMA trusted_schema=OFF; PRAGMA temp_store=MEMORY;"
                     "PRAGMA cache_size=-" +
                     std::to_string(result->options_.cache_kib))
                        .c_str());
    if (result->failed_) {
        return *result->failed_;
    }
    return result;
}

Database::~Database() {
    sqlite3_close_v2(handle_);
}

void Database::note(int result) {
    if (!failed_ && result != SQLITE_OK && result != SQLITE_ROW && result != SQLITE_DONE) {
        const char* detail = handle_ == nullptr ? sqlite3_errstr(result) : sqlite3_errmsg(handle_);
        failed_ = failure(result, path_, options_.name, detail);
    }
}

void Database::attach(const std::string& path, const char* name) {
    if (!failed_) {
        constexpr int patience = 60'000;  // ms: longer than anybody takes from writing to commit
        sqlite3_busy_timeout(handle_, patience);
    }
    Statement(*this, (std::string("ATTACH ? AS ") + name).c_str())
        .with(std::string_view(path))
        .run();
    const std::string schema = std::string("PRAGMA ") + name + '.';
    execute((schema + "locking_mode=NORMAL;" + schema + "journal_mode=TRUNCATE;" + schema +
             "synchronous=FULL;" + schema + "cache_size=-65536")
                .c_str());
}

void Database::execute(const char* sql) {
    if (!failed_) {
        note(sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr));
    }
}

std::int64_t Database::ask(const char* sql) {
    Statement statement(*this, sql);
    return statement.next() ? statement.integer(0) : 0;
}

std::int64_t Database::changed() const {
    return sqlite3_changes64(handle_);
}

text::Status Database::recover() {
    text::Status was = std::move(failed_);
    failed_ = {};
    if (sqlite3_get_autocommit(handle_) == 0) {
        execute("ROLLBACK");
    }
    return was;
}

text::Status Database::recover_to(const char* savepoint) {
    if (sqlite3_get_autocommit(handle_) != 0) {
        return failed_;
    }
    text::Status was = std::move(failed_);
    failed_ = {};
    execute((std::string("ROLLBACK TO ") + savepoint).c_str());
    return was;
}

Statement::Statement(Database& database, const char* sql) : database_(database) {
    if (!database_.failed_) {
        database_.note(sqlite3_prepare_v3(database_.handle_, sql, -1, SQLITE_PREPARE_PERSISTENT,
                                          &handle_, nullptr));
    }
}

Statement::~Statement() {
    sqlite3_finalize(handle_);
}

void Statement::reset() {
    if (handle_ != nullptr) {
        sqlite3_reset(handle_);  // its error was noted when it happened
    }
}

bool Statement::next() {
    if (handle_ == nullptr || database_.failed_) {
        return false;
    }
    const int result = sqlite3_step(handle_);
    database_.note(result);
    if (result != SQLITE_ROW) {
        reset();
    }
    return result == SQLITE_ROW;
}

void Statement::run() {
    while (next()) {
    }
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(handle_, column);
}

std::string_view Statement::text(int column) const {
    const void* bytes = sqlite3_column_blob(handle_, column);
    return bytes == nullptr
               ? std::string_view{}
               : std::string_view(static_cast<const char*>(bytes),
                                  static_cast<std::size_t>(sqlite3_column_bytes(handle_, column)));
}

void Statement::bind(int position, std::int64_t value) {
    if (handle_ != nullptr && !database_.failed_) {
        database_.note(sqlite3_bind_int64(handle_, position, value));
    }
}

void Statement::bind(int position, std::string_view value) {
    if (handle_ != nullptr && !database_.failed_) {
        // A null pointer would bind NULL.
        database_.note(sqlite3_bind_text64(handle_, position,
                                           value.data() == nullptr ? "" : value.data(),
                                           value.size(), SQLITE_STATIC, SQLITE_UTF8));
    }
}

void Statement::bind(int position, Blob value) {
    if (handle_ != nullptr && !database_.failed_) {
        database_.note(sqlite3_bind_blob64(handle_, position,
                                           value.bytes.data() == nullptr ? "" : value.bytes.data(),
                                           value.bytes.size(), SQLITE_STATIC));
    }
}

}  // namespace linkway::sqlite
