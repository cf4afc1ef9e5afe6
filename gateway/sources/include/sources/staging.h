// From files to the rows that matter: finds the events, the latest version of each row, and
// whatever they refer to.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <tuple>
#include <unordered_set>
#include <utility>
#include <vector>

#include "sources/inventory.h"
#include "sources/reconciliation.h"
#include "sources/row.h"
#include "sources/system_mapping.h"

namespace linkway::sources {

struct StagingOptions {
    InputOptions input;
    unsigned threads = 1;
    double max_deleted_share =
        0.2;  ///< of a practice's patients that one delta may delete before it is held
    std::function<void(std::uint64_t bytes, std::uint64_t rows)> progress;  ///< totals so far
};

/// Reads an inventory once (the event tables twice where keys may repeat) and keeps the rows that
/// matter. Memory grows with the lookup keys and the rows kept, not with the size of the files.
class Staging {
  public:
    Staging(const SystemMapping& mapping, Inventory& inventory, StagingOptions options);
    ~Staging();

    /// A file that can't be read to its end holds its batch: `failed_batch` is then set, and the
    /// caller begins again without it.
    text::Status run();
    std::optional<std::uint32_t> failed_batch() const { return failed_batch_; }

    const SystemMapping& mapping() const { return mapping_; }
    const Inventory& inventory() const { return inventory_; }
    RowSet* set(int table) const { return sets_[static_cast<std::size_t>(table)].get(); }
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
    void read_gate(const Gate& gate, RowSet& set, const ScannedRow& scanned, const TableFile& file,
                   std::uint32_t index, std::set<std::string>& closed);
    text::Status brake_mass_deletes();
    text::Status find_lookups();
    text::Status find_events();
    text::Status find_other_versions();
    text::Status fetch_referenced();
    text::Status fetch(int table);
    text::Status count_the_rest();

    Row* keep(RowSet& set, const ScannedRow& scanned, const TableFile& file, std::uint32_t index);
    void reject(Row& row, const std::string& code, int column, const std::string& message);
    void settle(int table);
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
    std::uint64_t bytes_ = 0;
    std::uint64_t rows_ = 0;
};

}  // namespace linkway::sources
