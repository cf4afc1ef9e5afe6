#include "csv_field.h"

#include <algorithm>

namespace linkway::text {

namespace {

std::size_t behind_blanks(std::string_view text, std::size_t at, const RecordShape& shape) {
    while (at < text.size() && text[at] == ' ' && shape.dialect.delimiter != ' ') {
        ++at;
    }
    return at;
}

/// Whether a line end stands at `at`, with carriage returns before it or not; such at the end of
/// the text are taken for one that was cut off. `next` gets the offset behind it.
bool is_line_end(std::string_view text, std::size_t at, char line_end, std::size_t& next) {
    while (at < text.size() && text[at] == '\r' && line_end != '\r') {
        ++at;
    }
    next = std::min(at + 1, text.size());
    return at == text.size() || text[at] == line_end;
}

/// What a closing quote before `at` is followed by.
FieldReading read_behind_close(std::string_view text, std::size_t at, const RecordShape& shape) {
    FieldReading result;
    result.raw_end = at;
    at = behind_blanks(text, at, shape);
    result.next = at + 1;
    if (at == text.size()) {
        result.next = at;
    } else if (text[at] == shape.dialect.delimiter) {
        result.ended = FieldEnd::delimiter;
    } else if (is_line_end(text, at, shape.line_end, result.next)) {
        const bool cut = text[result.next - 1] != shape.line_end;
        result.ended = cut ? FieldEnd::text_end : FieldEnd::line_end;
    } else {
        result.ended = FieldEnd::stray;
        result.next = at;
    }
    return result;
}

/// Reads on behind an opening quote before `at`.
FieldReading read_quoted(std::string_view text, std::size_t at, const RecordShape& shape,
                         bool lenient) {
    for (;;) {
        at = text.find(shape.dialect.quote, at);
        if (at == std::string_view::npos) {
            return {FieldEnd::open_quote, text.size(), text.size(), false};
        }
        if (at + 1 < text.size() && text[at + 1] == shape.dialect.quote) {
            at += 2;
            continue;
        }
        const FieldReading result = read_behind_close(text, at + 1, shape);
        if (result.ended != FieldEnd::stray || !lenient) {
            return result;
        }
        ++at;
    }
}

}  // namespace

FieldReading read_field(std::string_view text, std::size_t at, const RecordShape& shape,
                        bool lenient) {
    const std::size_t first = behind_blanks(text, at, shape);
    if (first < text.size() && text[first] == shape.dialect.quote) {
        return read_quoted(text, first + 1, shape, lenient);
    }
    FieldReading result;
    const std::size_t start = at;
    for (; at < text.size(); ++at) {
        const char c = text[at];
        if (c == shape.dialect.delimiter || c == shape.line_end) {
            result.ended = c == shape.dialect.delimiter ? FieldEnd::delimiter : FieldEnd::line_end;
            break;
        }
        result.quote_inside = result.quote_inside || c == shape.dialect.quote;
    }
    result.next = std::min(at + 1, text.size());
    if (result.ended != FieldEnd::delimiter && shape.line_end != '\r') {
        while (at > start && text[at - 1] == '\r') {
            --at;
        }
    }
    result.raw_end = at;
    return result;
}

}  // namespace linkway::text
