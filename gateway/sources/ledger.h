// Which files were applied, when, and up to where each feed has come. Private to sources.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sources/inventory.h"
#include "sources/reconciliation.h"
#include "sqlite/database.h"

namespace linkway::sources {

class Ledger {
  public:
    static constexpr const char* schema =
        "CREATE TABLE file (id INTEGER PRIMARY KEY, name TEXT NOT NULL, content TEXT NOT NULL,"
        " display TEXT NOT NULL, tbl TEXT NOT NULL, feed TEXT NOT NULL, timestamp TEXT NOT NULL,"
        " extracted TEXT NOT NULL, sequence_from INTEGER NOT NULL, sequence_to INTEGER NOT NULL,"
        " rows INTEGER NOT NULL, whole INTEGER NOT NULL,"
        " applied TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ')));"
        "CREATE INDEX file_by_name ON file (name);"
        "CREATE INDEX file_by_feed ON file (feed, timestamp, sequence_to);";

    /// Up to when a feed's table is covered, where a manifest says so.
    static constexpr const char* coverage_schema =
        "CREATE TABLE coverage (feed TEXT NOT NULL, tbl TEXT NOT NULL, covered_to TEXT NOT NULL,"
        " PRIMARY KEY (feed, tbl)) WITHOUT ROWID;";

    explicit Ledger(sqlite::Database& database);

    /// What an input is compared with; lives no longer than the ledger.
    EarlierRuns runs();

    /// Marks the files that were applied already (same name, batch and content), holds batches that
    /// come after a later one of their feed, and names the numbers missing between two batches.
    void compare(Inventory& inventory, const InputOptions& options);

    /// The number of the inventory's first file; the others follow in order.
    std::int64_t first() const { return first_; }
    /// Enters what was applied. A file with rows held back is entered as not whole, so that it may
    /// be sent again.
    void enter(const Inventory& inventory, const std::vector<FileAccount>& accounts,
               const DataPackage& package);

    /// What a file was shown as, and when its batch was extracted.
    std::pair<std::string, std::string> origin(std::int64_t file);

  private:
    void enter_coverage(const Batch& batch);
    void compare_content(Inventory& inventory, const InputOptions& options);
    void compare_order(Inventory& inventory);

    sqlite::Database& database_;
    std::int64_t first_ = 1;
    std::vector<std::string> contents_;  // SHA-256 by file of the inventory
    sqlite::Statement by_name_;
    sqlite::Statement by_feed_;
    sqlite::Statement has_;
    sqlite::Statement covered_to_;
    sqlite::Statement origin_;
};

}  // namespace linkway::sources
