#include "block_scan.h"

#include <algorithm>
#include <cstring>

#include "sources/row.h"
#include "text/utf8.h"

namespace linkway::sources {

namespace {

using text::RecordDefect;

constexpr std::size_t window_bytes = std::size_t{128} << 10;
constexpr std::size_t longest_record = std::size_t{1} << 20;
constexpr std::size_t plausible_record = std::size_t{64} << 10;  // how far to look when trying whether a record starts somewhere
constexpr std::size_t known_cache = 4096;

std::string_view trim(std::string_view text) {
    while (!text.empty() && text.front() == ' ') {
        text.remove_prefix(1);
    }
    while (!text.empty() && text.back() == ' ') {
        text.remove_suffix(1);
    }
    return text;
}

std::uint64_t hash_of(std::string_view key) {
    std::uint64_t hash = key.size() * 0x9E3779B97F4A7C15ULL;
    while (!key.empty()) {
        std::uint64_t word = 0;
        std::memcpy(&word, key.data(), std::min<std::size_t>(8, key.size()));
        hash = (hash ^ word) * 0xD6E8FEB86659FD93ULL;
        hash ^= hash >> 32;
        key.remove_prefix(std::min<std::size_t>(8, key.size()));
    }
    return hash;
}

/// The result of reading one record with care.
struct Careful {
    std::size_t end = 0;        ///< offset behind the record's line end (or of the end of the text)
    std::uint32_t fields = 1;
    std::uint64_t lines = 0;    ///< line ends consumed
    RecordDefect defect = RecordDefect::none;
    bool complete = true;       ///< false: the text ends before the record does
};

/// Reads one record character by character, at most `most` bytes of it. A quote toggles wherever it stands, as the fast path has it.
Careful read_carefully(std::string_view text, std::size_t start, const BlockRules& rules, std::size_t most = longest_record) {
    Careful result;
    bool inside = false;
    bool closed = false;       // behind a closing quote
    std::size_t at = start;
    for (; at < text.size() && at - start <= most; ++at) {
        const char c = text[at];
        result.lines += c == rules.line_end ? 1U : 0U;
        if (c == '\0' && result.defect == RecordDefect::none) {
            result.defect = RecordDefect::nul_byte;
        }
        if (c == rules.dialect.quote) {
            if (inside && at + 1 < text.size() && text[at + 1] == rules.dialect.quote) {
                ++at;
                continue;
            }
            inside = !inside;
            closed = !inside;
            continue;
        }
        if (inside) {
            continue;
        }
        if (c == rules.line_end) {
            result.end = at + 1;
            return result;
        }
        if (c == rules.dialect.delimiter) {
            ++result.fields;
            closed = false;
            continue;
        }
        if (closed && c != '\r' && c != ' ' && result.defect == RecordDefect::none) {
            result.defect = RecordDefect::text_after_quote;
        }
    }
    result.end = std::min(at, text.size());
    result.complete = false;
    if (at - start > most) {
        result.defect = RecordDefect::too_long;
    } else if (inside) {
        result.defect = RecordDefect::unbalanced_quote;
    }
    return result;
}

/// Whether a sound record with the right number of fields starts there and, unless the text ends first, ends.
bool is_sound(std::string_view text, std::size_t start, const BlockRules& rules) {
    const Careful record = read_carefully(text, start, rules, plausible_record);
    return record.complete && record.defect == RecordDefect::none && record.fields == rules.columns;
}

/// Scans one block; holds what the helper functions share.
class Scan {
  public:
    Scan(std::string_view bytes, std::size_t limit, bool at_end, const BlockRules& rules, BlockScratch& scratch, BlockResult& result)
        : bytes_(bytes), limit_(limit), at_end_(at_end), rules_(rules), scratch_(scratch), result_(result) {}

    void run() {
        std::size_t start = 0;
        std::size_t window = window_bytes;
        while (start < limit_ && start < bytes_.size()) {
            const std::size_t size = std::min(window, bytes_.size() - start);
            const std::size_t next = scan_window(start, size);
            if (next != start) {
                start = next;
                window = window_bytes;
            } else if (size < bytes_.size() - start && window < longest_record) {
                window *= 2;  // a record longer than the window
            } else if (!finish(start)) {
                break;
            }
        }
        result_.consumed = start;
    }

  private:
    /// Scans the records that end within the window; returns where the first that does not starts.
    std::size_t scan_window(std::size_t start, std::size_t size) {
        const char* base = bytes_.data() + start;
        text::Structure& structure = scratch_.structure;
        text::index_structure(base, size, {rules_.dialect.delimiter, rules_.dialect.quote, rules_.line_end}, structure);
        std::uint32_t begin = 0;
        std::uint32_t first_delimiter = 0;
        std::uint32_t first_line = 0;
        for (std::size_t i = 0; i < structure.record_count; ++i) {
            if (start + begin >= limit_) {
                return start + begin;
            }
            const text::RecordEnd end = structure.records[i];
            const std::uint32_t fields = end.delimiters - first_delimiter + 1;
            std::uint32_t stop = end.offset;
            if (stop > begin && base[stop - 1] == '\r') {
                --stop;
            }
            const bool nul = structure.has_nul && std::memchr(base + begin, '\0', stop - begin) != nullptr;
            if (fields != rules_.columns || nul || end.offset - begin > longest_record) {
                if (stop == begin && fields == 1) {  // an empty line is no record
                    result_.lines += end.lines - first_line;
                } else {
                    return take_bad(start + begin);
                }
            } else {
                ++result_.records;
                if (!take_good(base, begin, stop, structure.delimiters.get() + first_delimiter)) {
                    --result_.records;
                    return take_bad(start + begin);
                }
                result_.lines += end.lines - first_line;
            }
            begin = end.offset + 1;
            first_delimiter = end.delimiters;
            first_line = end.lines;
        }
        return start + begin;
    }

    std::string_view raw_field(const char* base, std::uint32_t begin, std::uint32_t stop, const std::uint32_t* delimiters, std::uint32_t column) const {
        const std::uint32_t from = column == 0 ? begin : delimiters[column - 1] + 1;
        const std::uint32_t to = column + 1 == rules_.columns ? stop : delimiters[column];
        return {base + from, to - from};
    }

    /// A cell's content where no quote stands inside it, which is so for keys; others come back with their quotes.
    std::string_view key_content(std::string_view raw) const {
        if (raw.size() >= 2 && raw.front() == rules_.dialect.quote && raw.back() == rules_.dialect.quote) {
            raw = raw.substr(1, raw.size() - 2);
        }
        return trim(raw);
    }

    bool passes(const CellFilter& filter, std::string_view cell) {
        if (filter.guid) {
            return filter.keys->contains(normal_guid(cell));
        }
        if (filter.keys->contains(cell)) {
            return true;
        }
        if (filter.known == nullptr || cell.empty()) {
            return false;
        }
        if (scratch_.known.empty()) {
            scratch_.known.assign(known_cache, 0);
        }
        const std::uint64_t hash = hash_of(cell);
        std::uint64_t& seen = scratch_.known[hash % known_cache];
        if (seen == hash) {
            return false;
        }
        if (!filter.known->contains(cell)) {
            return true;
        }
        seen = hash;
        return false;
    }

    /// Books a record of the right shape; false when a look inside shows that it is not sound after all.
    bool take_good(const char* base, std::uint32_t begin, std::uint32_t stop, const std::uint32_t* delimiters) {
        if (rules_.watch_column != UINT32_MAX) {
            const std::string_view cell = raw_field(base, begin, stop, delimiters, rules_.watch_column);
            if (result_.good == 0) {
                result_.watched = cell;
            } else if (!result_.watched_differs && cell != result_.watched) {
                result_.watched_differs = true;
            }
        }
        bool pass = !rules_.count_only && rules_.any_of->empty();
        if (!rules_.count_only) {
            for (const CellFilter& filter : *rules_.any_of) {
                pass = pass || passes(filter, key_content(raw_field(base, begin, stop, delimiters, filter.column)));
            }
        }
        if (pass && !keep(base, begin, stop, delimiters)) {
            return false;
        }
        ++result_.good;
        return true;
    }

    /// Copies a row that passed. False when a field has text behind its closing quote.
    bool keep(const char* base, std::uint32_t begin, std::uint32_t stop, const std::uint32_t* delimiters) {
        BlockRow row;
        row.number = result_.records;
        row.line = result_.lines;
        row.first_cell = result_.cells.size();
        const std::size_t text = result_.text.size();
        for (std::uint32_t column = 0; column < rules_.columns; ++column) {
            const std::string_view raw = raw_field(base, begin, stop, delimiters, column);
            const bool quoted = !raw.empty() && raw.front() == rules_.dialect.quote;
            if (quoted && (raw.size() < 2 || trim(raw).back() != rules_.dialect.quote || has_inner_end(trim(raw)))) {
                result_.cells.resize(row.first_cell);
                result_.text.resize(text);
                return false;
            }
            const std::string_view content = text::field_content(quoted ? trim(raw) : raw, rules_.dialect, scratch_.unescaped);
            const std::size_t at = result_.text.size();
            if (text::is_utf8(content)) {
                result_.text += content;
            } else {
                text::append_windows_1252(result_.text, content);
                row.repaired_encoding = true;
            }
            result_.cells.emplace_back(static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(result_.text.size() - at));
        }
        result_.rows.push_back(row);
        return true;
    }

    /// Whether a quoted field ends before its last character: a lone quote inside.
    bool has_inner_end(std::string_view raw) const {
        raw = raw.substr(1, raw.size() - 2);
        for (std::size_t at = raw.find(rules_.dialect.quote); at != std::string_view::npos; at = raw.find(rules_.dialect.quote, at + 2)) {
            if (at + 1 >= raw.size() || raw[at + 1] != rules_.dialect.quote) {
                return true;
            }
        }
        return false;
    }

    /// Books the record at `start` as bad and returns where the next one starts.
    std::size_t take_bad(std::size_t start) {
        Careful record = read_carefully(bytes_, start, rules_);
        // A quote that was never closed swallows what follows: the first line inside from which a sound record can be read ends it.
        std::uint64_t lines = 0;
        for (std::size_t at = bytes_.find(rules_.line_end, start); at != std::string_view::npos && at + 1 < record.end;
             at = bytes_.find(rules_.line_end, at + 1)) {
            ++lines;
            if (is_sound(bytes_, at + 1, rules_)) {
                record.end = at + 1;
                record.lines = lines;
                record.complete = true;
                record.defect = RecordDefect::unbalanced_quote;
                break;
            }
        }
        if (record.defect == RecordDefect::none) {
            record.defect = record.fields < rules_.columns ? RecordDefect::too_few_fields : RecordDefect::too_many_fields;
        }
        return book_bad(start, record);
    }

    std::size_t book_bad(std::size_t start, const Careful& record) {
        BadRecord bad;
        bad.number = ++result_.records;
        bad.line = result_.lines;
        bad.defect = record.defect;
        bad.fields_found = record.fields;
        bad.fields_expected = rules_.columns;
        const std::size_t end = bytes_.find_first_of(std::string{rules_.dialect.delimiter, rules_.line_end}, start);
        const std::string_view key = key_content(bytes_.substr(start, std::min(end, record.end) - start));
        if (key.size() <= 64 && text::is_utf8(key) && key.find('\0') == std::string_view::npos) {
            bad.key = key;
        }
        result_.bad.push_back(std::move(bad));
        result_.lines += record.lines;
        return record.end;
    }

    /// Deals with a last record that has no line end; false when more bytes are needed or nothing is left.
    bool finish(std::size_t& start) {
        if (at_end_ && bytes_.substr(start) == "\r") {
            start = bytes_.size();
            return false;
        }
        Careful record = read_carefully(bytes_, start, rules_);
        if (!at_end_ && !record.complete && record.defect != RecordDefect::too_long) {
            result_.incomplete = true;
            return false;
        }
        const bool sound = record.end == bytes_.size() && record.defect == RecordDefect::none && record.fields == rules_.columns;
        if (sound && at_end_) {
            const char* base = bytes_.data() + start;
            const std::size_t size = bytes_.size() - start;
            text::index_structure(base, size, {rules_.dialect.delimiter, rules_.dialect.quote, rules_.line_end}, scratch_.structure);
            std::uint32_t stop = static_cast<std::uint32_t>(size);
            stop -= base[stop - 1] == '\r' ? 1U : 0U;
            ++result_.records;
            if (take_good(base, 0, stop, scratch_.structure.delimiters.get())) {
                start = bytes_.size();
                return false;
            }
            --result_.records;
        }
        if (record.defect == RecordDefect::none || (record.defect == RecordDefect::unbalanced_quote && record.lines == 0)) {
            // The file ends within the record: with an open quote it may be either; both are said by "cut off" when fields are missing.
            record.defect = record.defect == RecordDefect::none && record.fields < rules_.columns ? RecordDefect::cut_off
                            : record.defect == RecordDefect::none                                ? RecordDefect::too_many_fields
                                                                                                 : record.defect;
            start = book_bad(start, record);
            return start < bytes_.size();
        }
        start = take_bad(start);
        return true;
    }

    std::string_view bytes_;
    std::size_t limit_;
    bool at_end_;
    const BlockRules& rules_;
    BlockScratch& scratch_;
    BlockResult& result_;
};

}  // namespace

void BlockResult::clear() {
    consumed = 0;
    incomplete = false;
    records = good = lines = 0;
    rows.clear();
    cells.clear();
    text.clear();
    bad.clear();
    watched.clear();
    watched_differs = false;
}

void scan_block(std::string_view bytes, std::size_t limit, bool at_end, const BlockRules& rules, BlockScratch& scratch, BlockResult& result) {
    result.clear();
    Scan(bytes, limit, at_end, rules, scratch, result).run();
}

std::size_t guess_start(std::string_view bytes, std::size_t from, const BlockRules& rules) {
    for (std::size_t at = bytes.find(rules.line_end, from); at != std::string_view::npos; at = bytes.find(rules.line_end, at + 1)) {
        if (is_sound(bytes, at + 1, rules)) {
            return at + 1;
        }
    }
    return std::string_view::npos;
}

}  // namespace linkway::sources
