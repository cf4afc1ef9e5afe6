// Scans the records of one stretch of a table file. Private to sources.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sources/table_scan.h"
#include "text/csv.h"
#include "text/structure.h"

namespace linkway::sources {

/// What is the same for every block of a scan.
struct BlockRules {
    text::CsvDialect dialect;
    char line_end = '\n';
    std::uint32_t columns = 0;
    const std::vector<CellFilter>* any_of = nullptr;
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

/// What a block holds.
struct BlockResult {
    std::size_t consumed = 0;    ///< bytes up to the start of the first record that is not of this block
    bool incomplete = false;     ///< the last record goes on beyond the bytes given: more are needed
    std::uint64_t records = 0;   ///< good and bad
    std::uint64_t good = 0;
    std::uint64_t lines = 0;     ///< physical lines consumed
    std::vector<BlockRow> rows;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> cells;  ///< (offset, length) into `text`
    std::string text;
    std::vector<BadRecord> bad;
    std::string watched;         ///< text of the watched column in the first good record
    bool watched_differs = false;

    void clear();
};

/// Scratch memory of one thread.
struct BlockScratch {
    text::Structure structure;
    std::vector<std::string_view> fields;
    std::string unescaped;
    std::vector<std::uint64_t> known;  ///< hashes of keys seen and known, by their low bits: most keys repeat soon
};

/// Scans the records that start in [0, limit) of `bytes`, which begins at a record start and has text::structure_padding readable bytes behind it. `at_end`: the
/// file ends where `bytes` ends. When the last of them is not complete, `incomplete` is set and everything before it is in the result.
void scan_block(std::string_view bytes, std::size_t limit, bool at_end, const BlockRules& rules, BlockScratch& scratch, BlockResult& result);

/// Offset of the first place behind a line end, at or after `from`, where a record with the right number of fields begins; npos when there is none.
std::size_t guess_start(std::string_view bytes, std::size_t from, const BlockRules& rules);

}  // namespace linkway::sources
