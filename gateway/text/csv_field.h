// Reads one field of delimited text byte by byte. Private to text.
#pragma once

#include <cstdint>
#include <string_view>

#include "text/csv.h"

namespace linkway::text {

/// What stands behind a field.
enum class FieldEnd : std::uint8_t {
    delimiter,
    line_end,
    text_end,    ///< nothing, and no quote is open
    open_quote,  ///< nothing, with a quote open
    stray,       ///< a closing quote and then something that is no delimiter
};

struct FieldReading {
    FieldEnd ended = FieldEnd::text_end;
    std::size_t raw_end = 0;    ///< offset behind the field
    std::size_t next = 0;       ///< offset behind what ended it; of a stray: its own
    bool quote_inside = false;  ///< an unquoted field holds a quote
};

/// Reads the field that starts at `at`. `lenient`: a closing quote with something behind it is
/// content.
FieldReading read_field(std::string_view text, std::size_t at, const RecordShape& shape,
                        bool lenient);

}  // namespace linkway::text
