// Reads a table file at memory speed and hands over only the rows that matter.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sources/input.h"
#include "text/csv.h"
#include "text/issue.h"

namespace linkway::sources {

/// A set of short keys (code ids, GUIDs) with a membership test of a few nanoseconds. Built, then
/// frozen by the first scan; copies of the keys are kept.
class KeySet {
  public:
    KeySet();
    ~KeySet();
    KeySet(KeySet&&) noexcept;
    KeySet& operator=(KeySet&&) noexcept;

    void insert(std::string_view key);
    bool contains(std::string_view key) const;
    /// The same for many keys, whose look-ups overlap: found[i] is 1 when it holds keys[i], else 0.
    void find(std::span<const std::string_view> keys, std::span<std::uint8_t> found) const;
    std::size_t size() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// A row passes when its cell in `column` (content, quotes off, surrounding blanks trimmed) is in
/// `keys`. With `guid`, braces are stripped and letters upper-cased first.
struct CellFilter {
    std::uint32_t column = 0;
    const KeySet* keys = nullptr;
    bool guid = false;
    const KeySet* known = nullptr;  ///< when set, a row whose cell holds a key that is not in here
                                    ///< passes as well (an unknown code; an empty cell does not)
};

/// A row passes when `passes` says so of what its cells in `columns` hold (quotes off, surrounding
/// blanks trimmed). Asked from any thread; an answer is remembered and counts for every row with
/// the same content there.
struct CellTest {
    std::vector<std::uint32_t> columns;
    std::function<bool(std::span<const std::string_view>)> passes;
};

/// A row handed to the sink: cells are content (quotes off, doubled quotes single), valid during
/// the call only.
struct ScannedRow {
    std::uint64_t number = 0;                 ///< data record, from 1
    std::uint64_t line = 0;                   ///< physical line in the file, from 1
    std::span<const std::string_view> cells;  ///< one per header column
    bool repaired_encoding = false;           ///< a cell was not of the dialect's encoding
};

/// A record that is no row.
struct BadRecord {
    std::uint64_t number = 0;
    std::uint64_t line = 0;
    text::RecordDefect defect = text::RecordDefect::none;
    std::uint32_t fields_found = 0;
    std::uint32_t fields_expected = 0;
    std::string key;  ///< first cell where it looks like a key (letters, digits, "-_{}", a digit
                      ///< among them; at most 64), else empty: no patient data
};

struct ScanRequest {
    const InputFile* file = nullptr;
    const InputOptions* options = nullptr;
    text::CsvDialect dialect;
    std::vector<CellFilter>
        any_of;     ///< the row passes when any filter does; with none, every row passes
    CellTest test;  ///< instead of filters, when it has columns
    std::uint32_t watch_column = UINT32_MAX;  ///< when set: the totals say whether all rows hold
                                              ///< the same text here (e.g. ProcessingId)
    bool count_only = false;                  ///< no row is handed over, only counted
    unsigned threads = 1;
    std::function<void(std::uint64_t bytes, std::uint64_t rows)>
        progress;  ///< called now and then from the calling thread
};

struct ScanTotals {
    std::uint64_t bytes = 0;
    std::uint64_t rows = 0;    ///< well-formed data records
    std::uint64_t passed = 0;  ///< handed to the sink
    std::uint64_t bad = 0;
    bool watched_differs = false;  ///< two rows differ in the watched column
};

/// Header of a table file: column names as written (byte order mark and quotes off), and what is
/// wrong with it (empty file, a delimiter that cannot be right, the same name twice, NUL bytes,
/// UTF-16). A file without header has as many columns as the most of its first records.
struct TableHeader {
    std::vector<std::string> columns;  ///< without a name each in a file without header
    bool byte_order_mark = false;
};
/// `widths`: how many columns a file without header may have, the likeliest last: that of an empty
/// file.
text::Result<TableHeader> read_header(const InputFile& file, const InputOptions& options,
                                      const text::CsvDialect& dialect,
                                      std::span<const std::size_t> widths = {});

/// Scans the data records after the header; text::read_record says what a record is and what may be
/// wrong with it. Empty lines are no records. `row` and `bad` are called from the calling thread,
/// in file order: the calls are the same for any number of threads. A read error (also a bad
/// signature) ends the scan with that issue: what was handed over before must then be dropped by
/// the caller.
text::Result<ScanTotals> scan_table(const ScanRequest& request, const TableHeader& header,
                                    const std::function<void(const ScannedRow&)>& row,
                                    const std::function<void(const BadRecord&)>& bad);

}  // namespace linkway::sources
