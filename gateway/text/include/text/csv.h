// Delimited text as GP systems write it: records read with care, defects named and stepped over.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace linkway::text {

struct CsvDialect {
    char delimiter = ',';
    char quote = '"';
    bool header = true;  ///< the first record names the columns
    bool windows_1252 =
        false;  ///< letters beyond ASCII are that, even if they would pass for UTF-8
};

enum class RecordDefect : std::uint8_t {
    none,
    too_few_fields,
    too_many_fields,
    unbalanced_quote,  ///< a quote is opened and never closed before the end of the file, before
                       ///< what is plainly the next record, or so late that fields are missing
    text_after_quote,  ///< characters between a closing quote and the next delimiter
    nul_byte,
    too_long,  ///< beyond the limit of bytes for one record
    cut_off,   ///< the file ends within the record and its line
};
std::string_view to_string(RecordDefect defect);

/// Most bytes of a record, its line end not counted.
inline constexpr std::size_t longest_record = std::size_t{1} << 20;

/// What the records of a file look like.
struct RecordShape {
    CsvDialect dialect;
    char line_end = '\n';  ///< carriage returns before it belong to it
    std::uint32_t columns = 0;
};

/// How one record reads.
struct RecordReading {
    bool decided = true;  ///< false: it depends on bytes behind those given; nothing else holds
    bool blank = false;   ///< an empty line: no record
    RecordDefect defect = RecordDefect::none;
    std::size_t end = 0;  ///< offset behind the record and its line end
    std::uint32_t fields = 0;
};

/// Reads the record that starts at `start`, byte by byte, whatever is wrong with it. Tolerated:
/// blanks around quoted fields, quotes inside unquoted ones. `at_end`: the file ends where `text`
/// does. `fields` gets the raw fields when there is no defect.
///
/// A sound record ends at its line end outside quotes. A defective one ends there too, unless a
/// quote may have swallowed what follows: then at the first line from which a sound record with
/// the right number of fields can be read, else at the end of the line where the defect shows. A
/// record that stays open beyond the limit is given up at the next sound one, 4 MiB at most.
RecordReading read_record(std::string_view text, std::size_t start, bool at_end,
                          const RecordShape& shape, std::vector<std::string_view>& fields);

/// Offset of the first place behind a line end at or after `from` where a sound record with the
/// right number of fields begins and ends; npos when the text holds none.
std::size_t find_sound_record(std::string_view text, std::size_t from, const RecordShape& shape);

/// Content of a raw field: enclosing quotes (and blanks around them) off, doubled quotes single.
/// Points into `raw` when nothing had to change, else into `scratch`.
std::string_view field_content(std::string_view raw, const CsvDialect& dialect,
                               std::string& scratch);

/// Splits one whole record without its line end into raw fields (delimiters and line ends inside
/// quotes belong to the field).
void split_fields(std::string_view record, const CsvDialect& dialect,
                  std::vector<std::string_view>& fields);

}  // namespace linkway::text
