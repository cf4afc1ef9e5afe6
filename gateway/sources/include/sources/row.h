// Rows kept for translation: those that matter, with where they came from and what became of them.
#pragma once

#include <cstdint>
#include <deque>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhirpath/value.h"
#include "sources/table_graph.h"
#include "sources/table_scan.h"

namespace linkway::sources {

/// What became of a row. Every row of every file ends in exactly one.
enum class Fate : std::uint8_t {
    pending,
    translated,
    not_relevant,
    superseded,
    deleted,
    held,
    rejected
};
std::string_view to_string(Fate fate);

class RowSet;

/// One row of a table, its cells converted: GUIDs bare and in capitals, dates in FHIR form and cut
/// to their precision. Cells that broke their column's type are kept raw and read as empty. Rows
/// stay where they are for the life of their RowSet.
class Row final : public fhirpath::Record {
  public:
    explicit Row(const RowSet& set);

    void field(std::size_t index, fhirpath::Collection& out,
               std::pmr::memory_resource& arena) const override;

    /// Content of a column; empty when absent, empty or broken.
    std::string_view cell(int column) const {
        return is_broken(column) ? std::string_view{} : raw(column);
    }
    /// Content of a column even when it broke its type.
    std::string_view raw(int column) const;
    bool is_broken(int column) const {
        return column >= 0 && column < 64 && (broken >> column & 1U) != 0;
    }
    bool is_true(int column) const { return column >= 0 && cell(column) == "true"; }
    bool is_deleted() const;  ///< it takes its key's row away
    std::string_view organisation() const;
    /// The key columns' content joined by "|": names the row to people and goes into its derived
    /// id.
    std::string key() const;
    /// Id of what is made of it: the same on any machine, any day.
    std::string derived_id() const;
    const RowSet& set() const { return *set_; }
    std::uint32_t index() const { return index_; }

    std::uint64_t number = 0;  ///< data record in its file, from 1
    std::uint64_t line = 0;    ///< physical line in its file, from 1
    std::uint64_t broken = 0;  ///< bit per column: the cell broke its type
    std::int64_t version = 0;  ///< of the version column; 0 when the table has none
    std::uint32_t file = 0;    ///< index of the file among the run's files
    std::int64_t stored = 0;   ///< its number in the staging store; 0 without one
    std::uint32_t batch = 0;   ///< index of its batch, in the order of application
    std::string_view id;       ///< derived_id(), once RowSet::link has run
    std::string_view reason;   ///< why it is not relevant, held or rejected
    Fate fate = Fate::pending;
    bool repaired_encoding = false;  ///< a cell was not of the table's encoding
    bool no_longer_fed =
        false;  ///< a later row took it out of the extract's scope; its content is the last known

  private:
    friend class RowSet;
    const RowSet* set_ = nullptr;
    const char* cells_ = nullptr;  // one std::uint32_t end offset a column, then the bytes
    std::uint32_t index_ = 0;
};

/// Of a person, what other feeds and earlier runs know.
struct Acquaintance {
    std::vector<std::string> others;          ///< ids of the same person's rows in other feeds
    std::vector<std::string> former_numbers;  ///< NHS numbers that the row had before
};

/// The kept rows of one table. Filled by add, then settled, then linked; read by any thread after
/// that.
class RowSet {
  public:
    RowSet(const TableGraph& graph, int table);
    RowSet(const RowSet&) = delete;
    RowSet& operator=(const RowSet&) = delete;

    int table() const { return table_; }
    const Table& definition() const { return *definition_; }
    const TableGraph& graph() const { return graph_; }

    /// Keeps a row. `columns` gives for each column of the table its position in the file, or -1.
    /// Returns the row with `broken` set; the caller completes file, batch and the rest.
    Row& add(const ScannedRow& scanned, std::span<const int> columns);

    /// Keeps a row whose cells were converted before, one for each column of the table.
    Row& restore(std::span<const std::string_view> cells, std::uint64_t broken);

    /// Forgets all rows; for probing rows one at a time.
    void clear();

    /// Of the rows of one key that are still pending, the latest (batch, version, file, record)
    /// lives on; earlier ones are superseded, deleted ones deleted. Where the table says that a
    /// deletion means "out of scope", the last living version stays and is marked.
    void settle();

    /// Rows that are pending, in key order; valid after settle.
    const std::vector<Row*>& living() const { return living_; }
    std::deque<Row>& rows() { return rows_; }
    const std::deque<Row>& rows() const { return rows_; }

    /// Derives ids and resolves the navigations asked for (indices into TableGraph::navigations) to
    /// rows of the other sets.
    void link(std::span<const int> navigations, std::span<RowSet* const> sets);

    /// What is known of a person beside the row; nothing unless it was given.
    const Acquaintance& acquaintance(const Row& row) const;
    void set_acquaintance(const Row& row, Acquaintance known) {
        acquaintances_[row.index()] = std::move(known);
    }

    /// The rows a navigation leads to, in key order; one at most unless it says "many".
    std::span<const Row* const> follow(const Row& row, std::size_t navigation) const;

  private:
    friend class Row;
    using Index = std::unordered_map<std::string_view, std::vector<Row*>>;

    std::string key_of(const Row& row) const;
    const Index& index_by(int column);
    void find_linked(const Row& row, const Navigation& navigation, const RowSet& there,
                     const Index& index, std::vector<const Row*>& linked) const;
    void convert(Row& row, std::size_t column, std::string_view content, std::string& out);
    Row& append();
    void place(Row& row, std::span<const std::string_view> cells);

    const TableGraph& graph_;
    int table_;
    const Table* definition_;  // of the table; asked for with every cell
    const fhirpath::RecordType* type_;
    std::size_t column_count_;  // of the definition; asked for with every cell
    std::pmr::monotonic_buffer_resource arena_;
    std::deque<Row> rows_;
    std::vector<Row*> living_;
    std::unordered_map<int, Index> indices_;
    /// Of one navigation: the rows that row i leads to end at ends[i], where those of i + 1 begin.
    struct Links {
        std::vector<std::uint32_t> ends;
        std::vector<const Row*> rows;
    };
    std::vector<Links> links_;                                       // by navigation
    std::unordered_map<std::uint32_t, Acquaintance> acquaintances_;  // by Row::index
    std::vector<std::string> scratch_;
    std::vector<std::string_view> views_;
};

/// Why a GUID cell is as it is: braces and blanks off, letters in capitals; empty when it is none.
std::string normal_guid(std::string_view text);

}  // namespace linkway::sources
