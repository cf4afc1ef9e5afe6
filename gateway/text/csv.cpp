#include "text/csv.h"

#include <array>

namespace linkway::text {

std::string_view to_string(RecordDefect defect) {
    static constexpr std::array<std::string_view, 8> names = {
        "none",           "too few fields",     "too many fields", "a quote is opened and never closed",
        "text behind a closing quote", "a NUL byte", "longer than 1 MiB",      "the file ends in the middle of the record"};
    return names[static_cast<std::size_t>(defect)];
}

std::string_view field_content(std::string_view raw, const CsvDialect& dialect, std::string& scratch) {
    if (raw.size() < 2 || raw.front() != dialect.quote || raw.back() != dialect.quote) {
        return raw;
    }
    raw = raw.substr(1, raw.size() - 2);
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

void split_fields(std::string_view record, const CsvDialect& dialect, std::vector<std::string_view>& fields) {
    fields.clear();
    bool inside = false;
    std::size_t start = 0;
    for (std::size_t i = 0; i < record.size(); ++i) {
        if (record[i] == dialect.quote) {
            inside = !inside;
        } else if (record[i] == dialect.delimiter && !inside) {
            fields.push_back(record.substr(start, i - start));
            start = i + 1;
        }
    }
    fields.push_back(record.substr(start));
}

}  // namespace linkway::text
