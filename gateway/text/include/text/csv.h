// Delimited text as GP systems write it: records found at memory speed, defects named and stepped over.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace linkway::text {

struct CsvDialect {
    char delimiter = ',';
    char quote = '"';
};

enum class RecordDefect : std::uint8_t {
    none,
    too_few_fields,
    too_many_fields,
    unbalanced_quote,  ///< a quote opened and never closed before the end of the file or before what is plainly the next record
    text_after_quote,  ///< characters between a closing quote and the next delimiter
    nul_byte,
    too_long,          ///< beyond the limit of bytes for one record
    cut_off,           ///< the file ends within the record: fewer fields than the header, no line end
};
std::string_view to_string(RecordDefect defect);

/// One record inside the buffer handed to the scanner. Fields are raw: still quoted, quotes still doubled.
struct CsvRecord {
    std::string_view bytes;         ///< without the line end
    std::uint64_t offset = 0;       ///< of its first byte in the file
    std::uint64_t number = 0;       ///< from 1, data records only (the header is not counted)
    std::uint64_t line = 0;         ///< physical line its first byte stands on, from 1
    RecordDefect defect = RecordDefect::none;
    std::uint32_t fields_found = 0;
};

/// Content of a raw field: enclosing quotes off, doubled quotes single. Points into `raw` when nothing had to change, else into `scratch`.
std::string_view field_content(std::string_view raw, const CsvDialect& dialect, std::string& scratch);

/// Splits one whole record into raw fields (embedded delimiters and line ends inside quotes belong to the field).
void split_fields(std::string_view record, const CsvDialect& dialect, std::vector<std::string_view>& fields);

}  // namespace linkway::text
