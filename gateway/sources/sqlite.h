// SQLite's C API, as much of it as a staging store needs. Private to sources.
//
// One connection to a file that nobody else has open (exclusive locking), rollback journal
// truncated at commit, synchronous=FULL: what was committed survives a loss of power. No WAL and no
// mmap: the SQLite of Debian 12 (3.40.1) can lose a WAL that is reset at the wrong moment.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "text/issue.h"

struct sqlite3;
struct sqlite3_stmt;

namespace linkway::sources {

/// Bytes that are bound as a BLOB; text is bound as TEXT.
struct Blob {
    std::string_view bytes;
};

/// A database file. The first error stays: every later call does nothing, and commit() returns it,
/// so that callers need not ask after each of a million statements.
class Database {
  public:
    /// Opens or makes the file; one that another process has open, or that is no SQLite database,
    /// is an issue.
    static text::Result<std::unique_ptr<Database>> open(const std::string& path);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// Opens or makes another file beside it, `name` in statements. It is locked only while a
    /// transaction writes it; one that another process is writing is waited for.
    void attach(const std::string& path, const char* name);

    /// Statements without parameters, separated by semicolons.
    void execute(const char* sql);
    /// The first integer that a query without parameters gives; 0 when it gives nothing.
    std::int64_t ask(const char* sql);
    /// What went wrong first, if anything did.
    const text::Status& failed() const { return failed_; }

  private:
    friend class Statement;
    Database() = default;
    void note(int result);

    std::string path_;
    sqlite3* handle_ = nullptr;
    text::Status failed_;
};

/// A prepared statement: with(...) binds all parameters in order, then run() or next().
class Statement {
  public:
    Statement(Database& database, const char* sql);
    ~Statement();
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    /// Binds from the first parameter on; what is bound must live until run() or the last next().
    template <class... Values>
    Statement& with(const Values&... values) {
        reset();
        int position = 0;
        (bind(++position, values), ...);
        return *this;
    }
    /// Runs it to its end.
    void run();
    /// Goes to the next row; false when there is none.
    bool next();

    std::int64_t integer(int column) const;
    /// Text or bytes of a column, valid until the next call.
    std::string_view text(int column) const;

  private:
    void reset();
    void bind(int position, std::int64_t value);
    void bind(int position, std::string_view value);
    void bind(int position, Blob value);

    Database& database_;
    sqlite3_stmt* handle_ = nullptr;
};

}  // namespace linkway::sources
