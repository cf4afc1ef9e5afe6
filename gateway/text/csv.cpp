#include "text/csv.h"

#include <array>

#include "csv_field.h"

namespace linkway::text {

std::string_view to_string(RecordDefect defect) {
    static constexpr std::array<std::string_view, 8> names = {
        "none",
        "too few fields",
        "too many fields",
        "a quote is opened and never closed",
        "text behind a closing quote",
        "a NUL byte",
        "longer than 1 MiB",
        "the file ends in the middle of the record"};
    return names[static_cast<std::size_t>(defect)];
}

std::string_view field_content(std::string_view raw, const CsvDialect& dialect,
                               std::string& scratch) {
    const std::size_t first = raw.find_first_not_of(' ');
    if (first == std::string_view::npos || raw[first] != dialect.quote) {
        return raw;
    }
    const std::size_t last = raw.find_last_not_of(' ');
    if (last == first || raw[last] != dialect.quote) {
        return raw;
    }
    raw = raw.substr(first + 1, last - first - 1);
    if (raw.find(dialect.quote) == std::string_view::npos) {
        return raw;
    }
    scratch.clear();
    for (std::size_t i = 0; i < raw.size(); ++i) {
        scratch.push_back(raw[i]);
        if (raw[i] == dialect.quote && i + 1 < raw.size() && raw[i + 1] == dialect.quote) {
            ++i;
        }
    }
    return scratch;
}

void split_fields(std::string_view record, const CsvDialect& dialect,
                  std::vector<std::string_view>& fields) {
    fields.clear();
    // Outside quotes a record holds no line end: the delimiter stands in for what never comes.
    const RecordShape shape{dialect, dialect.delimiter, 0};
    for (std::size_t at = 0;;) {
        const FieldReading field = read_field(record, at, shape, true);
        fields.push_back(record.substr(at, field.raw_end - at));
        at = field.next;
        if (field.ended != FieldEnd::delimiter) {
            return;
        }
    }
}

}  // namespace linkway::text
