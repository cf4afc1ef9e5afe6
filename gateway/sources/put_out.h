// What was put out before, so that a run puts out what changed and takes back what no longer
// stands. Private to sources.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "sqlite/database.h"

namespace linkway::sources {

/// A place a resource goes to: its type, in quarantine or not.
struct Place {
    std::string_view type;
    bool quarantined = false;
};

class PutOut {
  public:
    static constexpr const char* schema =
        "CREATE TABLE put_out (record INTEGER NOT NULL, type TEXT NOT NULL,"
        " quarantined INTEGER NOT NULL, content INTEGER NOT NULL, json TEXT NOT NULL,"
        " PRIMARY KEY (record, type, quarantined)) WITHOUT ROWID;";

    /// The text of resources apart from what tells whether they changed, which is asked far oftener
    /// and then lies close together.
    static constexpr const char* text_schema =
        "CREATE TABLE put_out_text (record INTEGER NOT NULL, type TEXT NOT NULL,"
        " quarantined INTEGER NOT NULL, json TEXT NOT NULL,"
        " PRIMARY KEY (record, type, quarantined)) WITHOUT ROWID;"
        "INSERT INTO put_out_text SELECT record, type, quarantined, json FROM put_out"
        " WHERE json <> '';"
        "ALTER TABLE put_out RENAME TO put_out_before;"
        "CREATE TABLE put_out (record INTEGER NOT NULL, type TEXT NOT NULL,"
        " quarantined INTEGER NOT NULL, content INTEGER NOT NULL,"
        " PRIMARY KEY (record, type, quarantined)) WITHOUT ROWID;"
        "INSERT INTO put_out SELECT record, type, quarantined, content FROM put_out_before;"
        "DROP TABLE put_out_before;";

    explicit PutOut(sqlite::Database& database);

    /// Whether the resource that stored row `record` gives differs from the one put out last;
    /// remembers it. With `keep`, all of it: it can then be taken back.
    bool is_new(std::int64_t record, const Place& place, std::string_view json, bool keep);

    /// Gives each resource that was put out for the row and not asked about in this run, with its
    /// status turned to entered-in-error; those that are so already are left out.
    void take_back(std::int64_t record,
                   const std::function<void(const Place&, const std::string& json)>& give);

    /// The stored row that a resource of that type was made of and that `is` says yes to; 0 for
    /// none.
    std::int64_t find(std::string_view type, const std::function<bool(std::int64_t record)>& is);

  private:
    std::set<std::pair<std::int64_t, std::string>> asked_;
    sqlite::Statement find_;
    sqlite::Statement put_;
    sqlite::Statement put_text_;
    sqlite::Statement all_;
    sqlite::Statement by_type_;
};

}  // namespace linkway::sources
