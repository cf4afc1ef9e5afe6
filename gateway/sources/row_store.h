// The rows that a later delta may refer to, one a key, found by key or by link without reading
// anything else. Private to sources.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "sources/row.h"
#include "sources/system_mapping.h"
#include "sqlite/database.h"

namespace linkway::sources {

/// Where a row stands in the order of application, beside its batch.
struct RowOrder {
    std::int64_t file = 0;
    std::int64_t row = 0;
    std::int64_t version = 0;
};

/// A row as it is kept: what its key last said, and which row of which file said so.
struct StoredRow {
    std::int64_t id = 0;
    int table = -1;
    std::int64_t source = 0;  ///< file whose row its content is (Ledger); 0: only its deletion came
    std::uint64_t number = 0;  ///< of that row in that file
    std::uint64_t line = 0;
    bool repaired_encoding = false;
    bool deleted = false;  ///< the last row of the key took it away; the content is what was before
    bool absent = false;   ///< a later bulk does not have it, and nothing said why
    RowOrder order;        ///< of the last row of the key
    std::uint64_t broken = 0;
    std::vector<std::string_view> cells;  ///< by column of the table; into `bytes`
    std::string bytes;
};

/// What came of a row that was put in.
struct Put {
    bool stale = false;                     ///< a later row of its key was there already
    bool unchanged = false;                 ///< an earlier run's extract said the same
    std::optional<std::int64_t> displaced;  ///< file of this run whose row counts no more
};

/// Under another version of the mapping than the last run's, or one with other links, every row is
/// indexed anew and every event is affected.
///
/// Every row is indexed by the hash of its key and of each column that links lead to; every row
/// that an event leads to also by what it refers to, so that a change finds the events it bears on,
/// and a row that arrives years late those that wait for it.
class RowStore {
  public:
    static constexpr const char* schema =
        "CREATE TABLE layout (id INTEGER PRIMARY KEY, tbl TEXT NOT NULL, columns TEXT NOT NULL,"
        " UNIQUE (tbl, columns));"
        "CREATE TABLE record (id INTEGER PRIMARY KEY, layout INTEGER NOT NULL,"
        " file INTEGER NOT NULL, row INTEGER NOT NULL, version INTEGER NOT NULL,"
        " deleted INTEGER NOT NULL, source INTEGER NOT NULL, source_row INTEGER NOT NULL,"
        " source_line INTEGER NOT NULL, repaired INTEGER NOT NULL, broken INTEGER NOT NULL, cells "
        "BLOB NOT NULL);"
        "CREATE TABLE mapping (links TEXT NOT NULL);"
        "CREATE TABLE event (record INTEGER PRIMARY KEY);"
        "CREATE TABLE target (hash INTEGER, record INTEGER, PRIMARY KEY (hash, record))"
        " WITHOUT ROWID;"
        "CREATE TABLE referrer (hash INTEGER, record INTEGER, PRIMARY KEY (hash, record))"
        " WITHOUT ROWID;"
        "CREATE TABLE population (organisation TEXT PRIMARY KEY, living INTEGER NOT NULL)"
        " WITHOUT ROWID;";

    RowStore(sqlite::Database& database, const SystemMapping& mapping);

    /// Tells the files of this run from earlier ones: theirs count from `first`; `batches` gives
    /// for each the place of its batch in the order of application.
    void begin(std::int64_t first, std::vector<std::uint32_t> batches);

    /// Takes in what a row of this run says of its key: the latest batch, version, file and record
    /// counts, whatever the order of the calls.
    Put put(const Row& row, std::int64_t file);

    /// Rows of a table that hold `value` in a column that links lead to (others may come along).
    std::vector<std::int64_t> find(int table, int column, std::string_view value);
    /// The row of the same key; 0 for none.
    std::int64_t find_key(const Row& row);
    bool is_living(std::int64_t id);
    /// False when there is no such row, or its table is none of the mapping's any more.
    bool load(std::int64_t id, StoredRow& into);
    /// Every row of the event table.
    void each_event(const std::function<void(const StoredRow&)>& visit);
    std::int64_t events();

    /// Whether the links of rows that earlier runs followed may have changed: the mapping has.
    bool is_renewed() const { return renewed_; }
    /// Notes that the row refers to whatever holds that value there.
    void link(std::int64_t id, int table, int column, std::string_view value);

    /// Events that this run's rows changed, or that lead to rows which they changed.
    std::vector<std::int64_t> affected();
    /// Events that lead to that row.
    std::vector<std::int64_t> events_of(std::int64_t id);

    /// Living rows of a table, and the file that last had each: those that last came through a feed
    /// in an earlier run, and all of this run.
    void each_living(int table, std::string_view feed,
                     const std::function<void(std::int64_t id, std::int64_t file)>& visit);
    void mark_absent(std::int64_t id);

    /// Patients of a practice that are in the extract's scope, before this run.
    std::int64_t population(std::string_view organisation);
    /// Writes what is counted in memory.
    void flush();

  private:
    /// The columns that rows were kept with; data packages gain columns over the years.
    struct Layout {
        int table = -1;
        std::vector<int> columns;  // of the table today, -1 for one that is gone
    };
    void read_layouts();
    void plan_columns();
    std::int64_t hash(int table, int column, std::string_view value) const;
    std::string key(const Row& row) const;
    bool is_after(const RowOrder& a, const RowOrder& b) const;
    std::uint64_t broken_in_layout(const Row& row) const;
    std::string encode(const Row& row) const;
    bool same_content(const StoredRow& old, const Row& row) const;
    void insert(const Row& row, std::int64_t file);
    void replace(const StoredRow& old, const Row& row, std::int64_t file, bool deleted,
                 const RowOrder& order);
    void note_change(const StoredRow& old, const Row& row);
    void touch(std::int64_t hash);
    void renew();
    void count(int table, std::string_view organisation, int by);
    std::vector<std::int64_t> walk(std::vector<std::int64_t> work);

    const SystemMapping& mapping_;
    sqlite::Database& database_;
    std::map<std::int64_t, Layout> layouts_;
    std::vector<std::int64_t> current_;              // layout of each table today
    std::vector<std::vector<int>> kept_;             // columns kept, by table
    std::vector<std::vector<int>> targets_;          // columns that links lead to, by table
    std::vector<std::vector<std::uint64_t>> seeds_;  // of hashes, by table and column; key last
    std::int64_t first_file_ = 1;
    std::vector<std::uint32_t> batches_;
    bool any_referrers_ = false;
    bool renewed_ = false;
    std::vector<std::int64_t> changed_events_;
    std::unordered_set<std::int64_t> touched_;
    std::map<std::string, std::int64_t, std::less<>> counts_;
    StoredRow scratch_;

    sqlite::Statement find_target_;
    sqlite::Statement find_referrer_;
    sqlite::Statement add_target_;
    sqlite::Statement drop_target_;
    sqlite::Statement add_referrer_;
    sqlite::Statement drop_referrer_;
    sqlite::Statement load_;
    sqlite::Statement insert_;
    sqlite::Statement last_;
    sqlite::Statement update_;
    sqlite::Statement reorder_;
    sqlite::Statement add_event_;
    sqlite::Statement events_;
    sqlite::Statement population_;
};

}  // namespace linkway::sources
