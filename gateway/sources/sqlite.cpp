#include "sqlite.h"

#include <sqlite3.h>

namespace linkway::sources {

namespace {

text::Issue failure(int result, const std::string& path, const char* detail) {
    std::string message = std::string("the staging store failed: ") + detail;
    std::string suggestion = "nothing of this run was kept in it; see to the cause and run again";
    switch (result & 0xFF) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            message = "the staging store is in use by another run";
            suggestion = "wait until that one has ended";
            break;
        case SQLITE_NOTADB:
        case SQLITE_CORRUPT:
            message = "the file is no staging store, or a damaged one";
            suggestion = "name another folder, or restore the file from a backup";
            break;
        case SQLITE_FULL:
            message = "no space left on the device for the staging store";
            break;
        case SQLITE_CANTOPEN:
            message = "the staging store cannot be opened";
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

}  // namespace

text::Result<std::unique_ptr<Database>> Database::open(const std::string& path) {
    std::unique_ptr<Database> result(new Database);
    result->path_ = path;
    result->note(sqlite3_open_v2(
        path.c_str(), &result->handle_,
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
        nullptr));
    result->execute(
        "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=FULL;"
        "PRAGMA mmap_size=0; PRAGMA trusted_schema=OFF; PRAGMA cache_size=-262144;"
        "PRAGMA temp_store=MEMORY; BEGIN EXCLUSIVE; COMMIT");
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
        failed_ = failure(result, path_, detail);
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

}  // namespace linkway::sources
