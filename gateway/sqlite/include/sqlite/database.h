// SQLite's C API, as much of it as Linkway's stores need.
//
// The SQLite of Debian 12 (3.40.1) can lose a WAL that two connections reset at once, so of a file
// in WAL mode one connection writes, and it alone checkpoints. No mmap anywhere.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "text/issue.h"

struct sqlite3;
struct sqlite3_stmt;

namespace linkway::sqlite {

/// Bytes that are bound as a BLOB; text is bound as TEXT.
struct Blob {
    std::string_view bytes;
};

/// How a file is used. In every case what was committed survives a loss of power.
enum class Use : std::uint8_t {
    alone,   ///< nobody else has it open: exclusive lock, rollback journal
    writer,  ///< WAL; the one connection that writes
    reader,  ///< WAL; reads beside the writer, never writes and never checkpoints
};

struct Options {
    Use use = Use::alone;
    std::string name = "store";  ///< what messages call it: "staging store"
    int cache_kib = 262'144;
};

/// A database file. The first error stays: every later call does nothing, and failed() tells it,
/// so that callers need not ask after each of a million statements. Not thread-safe.
class Database {
  public:
    /// Opens or makes the file (a reader: it must be there); one that another process has locked,
    /// or that is no SQLite database, is an issue.
    static text::Result<std::unique_ptr<Database>> open(const std::string& path, Options options);
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
    /// Rows changed by the last statement that ran.
    std::int64_t changed() const;
    /// What went wrong first, if anything did.
    const text::Status& failed() const { return failed_; }

    /// Rolls the transaction back, if one is open, and forgets the error: later calls work again.
    /// What went wrong is returned.
    text::Status recover();
    /// The same down to a savepoint, which stays open; where the whole transaction is gone already,
    /// as after a full disk, the error stays.
    text::Status recover_to(const char* savepoint);

  private:
    friend class Statement;
    Database() = default;
    void note(int result);

    std::string path_;
    Options options_;
    sqlite3* handle_ = nullptr;
    text::Status failed_;
};

/// A prepared statement: with(...) binds all parameters in order, then run() or next().
class Statement {
  public:
    Statement(Database& database, const char* sql);
    Statement(Database& database, const std::string& sql) : Statement(database, sql.c_str()) {}
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
    /// Ends it early: a statement left between two rows keeps its snapshot.
    void reset();

    std::int64_t integer(int column) const;
    /// Text or bytes of a column, valid until the next call.
    std::string_view text(int column) const;

    /// Binds one parameter, counted from 1, where their number is known only when it runs.
    void bind(int position, std::int64_t value);
    void bind(int position, std::string_view value);
    void bind(int position, Blob value);

  private:
    Database& database_;
    sqlite3_stmt* handle_ = nullptr;
};

}  // namespace linkway::sqlite
