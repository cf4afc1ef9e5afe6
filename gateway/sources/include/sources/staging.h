// From files to the rows that matter: finds the events, the latest version of each row, and
// whatever they refer to.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "sources/inventory.h"
#include "sources/reconciliation.h"
#include "sources/row.h"
#include "sources/system_mapping.h"

namespace linkway::sources {

class State;

struct StagingOptions {
    InputOptions input;
    unsigned threads = 1;
    double max_deleted_share =
        0.2;  ///< of a practice's patients that one delta may delete before it is held
    std::function<void(std::uint64_t bytes, std::uint64_t rows)> progress;  ///< totals so far
    State* state = nullptr;  ///< rows of earlier runs; null when this run stands alone
};

/// Reads an inventory once (the event tables twice where keys may repeat) and keeps the rows that
/// matter. Memory grows with the lookup keys and the rows kept, not with the size of the files.
///
/// With a staging store every row that something may refer to goes into it, and the rows kept are
/// those of the patients whose events this run's rows bear on, whenever they came.
class Staging {
  public:
    Staging(const SystemMapping& mapping, Inventory& inventory, StagingOptions options);
    ~Staging();

    /// A file that can't be read to its end holds its batch: `failed_batch` is then set, and the
    /// caller begins again without it.
    text::Status run();

    /// Instead of run(): from the staging store alone, what a run brings together when it touches
    /// the row of which the resource was made. Nothing is kept when there is none.
    text::Status recall(std::string_view resource_type, std::string_view id);

    std::optional<std::uint32_t> failed_batch() const { return failed_batch_; }

    const SystemMapping& mapping() const { return mapping_; }
    const Inventory& inventory() const { return inventory_; }
    RowSet* set(int table) const { return sets_[static_cast<std::size_t>(table)].get(); }
    State* state() const { return options_.state; }
    bool is_of_this_run(const Row& row) const { return row.file < inventory_.files.size(); }
    Origin origin(const Row& row) const;
    std::vector<FileAccount>& accounts() { return accounts_; }
    std::vector<RowIssue>& issues() { return issues_; }

  private:
    struct Hold {
        std::uint32_t batch;
        std::string organisation;
        friend bool operator<(const Hold& a, const Hold& b) {
            return std::tie(a.batch, a.organisation) < std::tie(b.batch, b.organisation);
        }
    };
    struct Presence;
    using RowSink = std::function<void(const ScannedRow&, const TableFile&, std::uint32_t file)>;

    /// Which rows of a file a scan is for; all when there is neither.
    struct Selection {
        std::vector<CellFilter> any_of;
        CellTest test;
    };

    text::Status scan(std::uint32_t file, Selection selection, const std::string& passed_over,
                      const RowSink& sink, bool account = true);
    CellTest kind_test(const TableFile& file);
    int telling_column(const RowSet& set) const;
    text::Status each_file(int table, const std::function<text::Status(std::uint32_t file)>& visit);
    text::Status apply_gates();
    std::set<std::string> closed_before(const Gate& gate);
    void remember_closed(const Gate& gate, const std::set<std::string>& closed);
    void read_gate(const Gate& gate, RowSet& set, const ScannedRow& scanned, const TableFile& file,
                   std::uint32_t index, std::set<std::string>& closed);
    text::Status brake_mass_deletes();
    text::Status find_lookups();
    text::Status find_events();
    text::Status find_other_versions();
    text::Status fetch_referenced();
    text::Status fetch(int table);
    text::Status count_the_rest();

    // With a staging store (staging_state.cpp).
    text::Status absorb();
    text::Status absorb_table(int table);
    text::Status absorb_events();
    text::Status absorb_other_versions(
        const std::set<std::pair<std::uint32_t, std::uint64_t>>& absorbed);
    void absorb_row(RowSet& probe, const ScannedRow& scanned, const TableFile& file,
                    std::uint32_t index);
    CellTest lookup_test(const TableFile& file);
    bool may_be_event(std::string_view lookup_key);
    std::vector<CellFilter> stored_keys(const TableFile& file, KeySet& keys);
    text::Status derive();
    std::vector<std::int64_t> events_about(std::int64_t record);
    void bring_together(const std::vector<std::int64_t>& affected);
    Row* load(std::int64_t id);
    void load_all(const std::vector<std::int64_t>& events);
    void follow_links(Row& row);

    // What a bulk takes away (staging_bulk.cpp).
    std::vector<bool> replaced_by_bulk() const;
    text::Status mark_absent();
    void mark_absent(int table, const Batch& batch);
    std::map<std::string, Presence> presence(int table, const Batch& batch);

    Row* keep(RowSet& set, const ScannedRow& scanned, const TableFile& file, std::uint32_t index);
    void reject(Row& row, const std::string& code, int column, const std::string& message);
    void settle(int table);
    void link();
    std::vector<CellFilter> demanded(int table, std::uint32_t file);
    RowSet& make_set(int table);

    const SystemMapping& mapping_;
    Inventory& inventory_;
    StagingOptions options_;
    std::vector<std::unique_ptr<RowSet>> sets_;
    std::vector<FileAccount> accounts_;
    std::vector<RowIssue> issues_;
    std::map<Hold, std::string> holds_;
    std::vector<bool> scanned_;      // by file
    std::unique_ptr<RowSet> probe_;  // for asking about one row of the event table
    std::mutex probe_mutex_;
    KeySet relevant_;  // keys of the lookup rows that stand for events
    KeySet known_;     // keys of all lookup rows
    bool versions_differ_ = false;
    std::map<std::pair<int, int>, KeySet> demands_;  // by table and column
    std::optional<std::uint32_t> failed_batch_;
    std::vector<std::uint64_t> absorbed_;  // by file: rows in the store whose content counts
    std::unordered_map<std::int64_t, Row*> loaded_;
    std::vector<Row*> unfollowed_;
    // Display and time of the files of earlier runs, by Row::file beyond the inventory's.
    std::deque<std::pair<std::string, std::string>> origins_;
    std::map<std::int64_t, std::uint32_t> origin_of_;  // index into these, by file of the ledger
    std::uint64_t bytes_ = 0;
    std::uint64_t rows_ = 0;
};

}  // namespace linkway::sources
