// Scans the records of one stretch of a table file. Private to sources.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sources/table_scan.h"
#include "text/csv.h"
#include "text/structure.h"

namespace linkway::sources {

/// What is the same for every block of a scan.
struct BlockRules {
    text::RecordShape shape;
    std::vector<CellFilter> any_of;
    CellTest test;
    std::uint32_t watch_column = UINT32_MAX;
    bool count_only = false;
};

/// A row that passed; numbers and lines count from the start of the block.
struct BlockRow {
    std::uint64_t number = 0;
    std::uint64_t line = 0;
    std::size_t first_cell = 0;  ///< index into BlockResult::cells
    bool repaired_encoding = false;
};

/// What a block holds; scan_block adds to it.
struct BlockResult {
    std::uint64_t records = 0;  ///< good and bad
    std::uint64_t good = 0;
    std::uint64_t lines = 0;  ///< physical lines of all records, and blank ones
    std::vector<BlockRow> rows;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> cells;  ///< (offset, length) into `text`
    std::string text;
    std::vector<BadRecord> bad;
    std::string watched;  ///< content of the watched column in the first good record
    bool watched_differs = false;

    void clear();
};

/// Scratch memory of one thread.
struct BlockScratch {
    text::Structure structure;
    std::vector<std::vector<text::FieldSpan>>
        spans;  ///< of the filters' columns, those of the test, then the watched
    std::vector<std::string_view> fields;
    std::string unescaped;
    std::vector<std::string_view> keys;  ///< of one filter, by record
    std::vector<std::uint8_t> found;
    std::vector<std::uint8_t> pass;                 ///< by record of the index
    std::unordered_map<std::string, bool> answers;  ///< of the test, by content
    std::vector<std::string_view> tested;
    std::string answer_key;
};

/// Adds the records that start in [0, limit) of `bytes`, which begins at a record start and has
/// text::structure_padding readable bytes behind it. `at_end`: the file ends where `bytes` does.
/// Returns the offset of the first record that was not scanned: one that starts at the limit or
/// behind it, or one that needs more bytes than are there. What is made of a record depends on the
/// file alone, not on how much of it `bytes` shows.
std::size_t scan_block(std::string_view bytes, std::size_t limit, bool at_end,
                       const BlockRules& rules, BlockScratch& scratch, BlockResult& result);

}  // namespace linkway::sources
