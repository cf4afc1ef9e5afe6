#include "block_scan.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "block_filter.h"
#include "text/utf8.h"

namespace linkway::sources {

namespace {

using text::RecordDefect;

/// Bytes indexed at a time: text and index stay in the nearest caches. Behind a record that had to
/// be read with care it is little, and grows again.
constexpr std::size_t full_window = std::size_t{64} << 10;
constexpr std::size_t small_window = 512;

/// A GUID, number or code; anything else in the first cell of a torn record may be a patient's
/// text.
bool looks_like_key(std::string_view cell) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    return cell.size() <= 64 && std::any_of(cell.begin(), cell.end(), is_digit) &&
           std::all_of(cell.begin(), cell.end(), [&](char c) {
               return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
                      c == '_' || c == '{' || c == '}';
           });
}

/// Carriage returns before a line end belong to it.
std::string_view without_returns(std::string_view text) {
    while (!text.empty() && text.back() == '\r') {
        text.remove_suffix(1);
    }
    return text;
}

/// Scans one block; holds what the steps share.
class Scan {
  public:
    Scan(std::string_view bytes, std::size_t limit, bool at_end, const BlockRules& rules,
         BlockScratch& scratch, BlockResult& result)
        : bytes_(bytes),
          limit_(std::min(limit, bytes.size())),
          at_end_(at_end),
          rules_(rules),
          scratch_(scratch),
          result_(result) {
        const bool watch = rules.watch_column != UINT32_MAX;
        filters_ = rules.count_only ? 0 : rules.any_of.size();
        tested_ = rules.count_only ? 0 : rules.test.columns.size();
        scratch.spans.resize(filters_ + tested_ + (watch ? 1 : 0));
    }

    std::size_t run() {
        std::size_t window = full_window;
        while (at_ < limit_) {
            const std::size_t start = at_;
            const std::size_t size = std::min(window, bytes_.size() - start);
            const Stop stop = scan_window(size);
            if (at_ >= limit_ || stop == Stop::starved ||
                (stop == Stop::odd_record && !take_with_care())) {
                break;
            }
            if (stop != Stop::index_end) {
                window = std::min(full_window, std::max(small_window, 2 * (at_ - start)));
                continue;
            }
            const std::size_t left = start + size - at_;
            if (left > text::longest_record || (at_end_ && start + size == bytes_.size())) {
                if (!take_with_care()) {
                    break;
                }
            } else if (start + size == bytes_.size()) {
                break;  // the bytes end in this record
            } else {
                window = std::max(std::min(full_window, window * 2), left * 2);
            }
        }
        return at_;
    }

  private:
    /// Why the records of an index are taken no further.
    enum class Stop : std::uint8_t {
        index_end,   // the next record ends behind it
        odd_record,  // the next record must be read with care
        elsewhere,   // a record that was read with care did not end where the index has it
        starved,     // the next record needs more bytes
    };

    /// Takes the records that the index of the next `size` bytes shows.
    Stop scan_window(std::size_t size) {
        text::Structure& structure = scratch_.structure;
        const text::RecordShape& shape = rules_.shape;
        base_ = bytes_.data() + at_;
        text::index_structure(
            base_, size, {shape.dialect.delimiter, shape.dialect.quote, shape.line_end}, structure);
        locate();
        for (std::size_t i = 0; i < filters_; ++i) {
            apply(i);
        }
        apply_test();
        const std::size_t offset = at_;
        const std::uint64_t lines = result_.lines;
        std::uint32_t begin = 0;
        std::uint32_t first = 0;
        for (std::size_t i = 0; i < structure.record_count && at_ < limit_; ++i) {
            const text::RecordEnd& end = structure.records[i];
            if (end.offset - begin > text::longest_record) {
                return Stop::odd_record;
            }
            if (end.delimiters - first + 1 != shape.columns) {
                if (!take_with_care()) {
                    return Stop::starved;
                }
                if (at_ != offset + end.offset + 1) {
                    return Stop::elsewhere;
                }
            } else if (shape.columns > 1 || !is_blank(begin, end.offset)) {
                take_good(i, begin);
            }
            begin = end.offset + 1;
            first = end.delimiters;
            result_.lines = lines + end.lines;
            at_ = offset + begin;
        }
        return structure.trouble < size ? Stop::odd_record : Stop::index_end;
    }

    bool is_blank(std::uint32_t begin, std::uint32_t end) const {
        const std::string_view line = without_returns({base_ + begin, end - begin});
        return line.find_first_not_of(' ') == std::string_view::npos;
    }

    /// Finds the fields that decide for all records of the index.
    void locate() {
        text::Structure& structure = scratch_.structure;
        for (std::size_t i = 0; i < scratch_.spans.size(); ++i) {
            const std::uint32_t column = is_watch(i)    ? rules_.watch_column
                                         : i < filters_ ? rules_.any_of[i].column
                                                        : rules_.test.columns[i - filters_];
            text::locate_fields(structure, rules_.shape.columns, column);
            scratch_.spans[i].assign(structure.spans.get(),
                                     structure.spans.get() + structure.record_count);
        }
        scratch_.pass.assign(selects() ? structure.record_count : 0, 0);
    }

    /// Finds which records of the index a filter lets pass, all at once: their look-ups overlap.
    void apply(std::size_t which) {
        const CellFilter& filter = rules_.any_of[which];
        std::vector<std::string_view>& keys = scratch_.keys;
        std::vector<std::uint8_t>& pass = scratch_.pass;
        keys.resize(pass.size());
        scratch_.found.resize(pass.size());
        for (std::size_t i = 0; i < pass.size(); ++i) {
            scratch_.unescaped.clear();
            keys[i] = content(located(which, i));
            if (filter.guid || !scratch_.unescaped.empty()) {
                pass[i] |= static_cast<std::uint8_t>(passes(filter, keys[i]));
                keys[i] = {};  // decided: what holds it will be overwritten
            }
        }
        if (filter.guid) {
            return;
        }
        if (filter.keys != nullptr) {
            filter.keys->find(keys, scratch_.found);
            for (std::size_t i = 0; i < pass.size(); ++i) {
                pass[i] |=
                    static_cast<std::uint8_t>(keys[i].data() != nullptr && scratch_.found[i] != 0);
            }
        }
        if (filter.known != nullptr) {
            filter.known->find(keys, scratch_.found);
            for (std::size_t i = 0; i < pass.size(); ++i) {
                pass[i] |= static_cast<std::uint8_t>(!keys[i].empty() && scratch_.found[i] == 0);
            }
        }
    }

    /// Asks the test about every record of the index.
    void apply_test() {
        if (tested_ == 0) {
            return;
        }
        scratch_.tested.resize(tested_);
        for (std::size_t i = 0; i < scratch_.pass.size(); ++i) {
            scratch_.answer_key.clear();
            for (std::size_t t = 0; t < tested_; ++t) {
                add_to_key(located(filters_ + t, i));
            }
            scratch_.pass[i] |= static_cast<std::uint8_t>(answer());
        }
    }

    /// The key of an answer: for each cell its length and its content.
    void add_to_key(std::string_view raw) {
        const std::string_view text = content(raw);
        const auto size = static_cast<std::uint32_t>(text.size());
        scratch_.answer_key.append(reinterpret_cast<const char*>(&size), sizeof(size));
        scratch_.answer_key += text;
    }

    bool answer() {
        constexpr std::size_t most_answers = std::size_t{1} << 20;  // a bound for hostile files
        const std::string& key = scratch_.answer_key;
        if (const auto found = scratch_.answers.find(key); found != scratch_.answers.end()) {
            return found->second;
        }
        std::size_t at = 0;
        for (std::string_view& cell : scratch_.tested) {
            std::uint32_t size = 0;
            std::memcpy(&size, key.data() + at, sizeof(size));
            cell = std::string_view(key).substr(at + sizeof(size), size);
            at += sizeof(size) + size;
        }
        const bool passes = rules_.test.passes(scratch_.tested);
        if (scratch_.answers.size() >= most_answers) {
            scratch_.answers.clear();
        }
        scratch_.answers.emplace(key, passes);
        return passes;
    }

    bool selects() const { return filters_ + tested_ > 0; }

    bool is_watch(std::size_t span) const {
        return rules_.watch_column != UINT32_MAX && span + 1 == scratch_.spans.size();
    }

    std::string_view content(std::string_view raw) {
        return key_content(raw, rules_.shape.dialect, scratch_.unescaped);
    }

    /// A located field of record `i`.
    std::string_view located(std::size_t span, std::size_t i) {
        const text::FieldSpan& place = scratch_.spans[span][i];
        const std::string_view raw(base_ + place.from, place.to - place.from);
        return base_[place.to] == rules_.shape.line_end ? without_returns(raw) : raw;
    }

    void watch(std::string_view raw) {
        const std::string_view text = content(raw);
        if (result_.good == 0) {
            result_.watched = text;
        } else if (text != result_.watched) {
            result_.watched_differs = true;
        }
    }

    /// Books a well-formed record of the index.
    void take_good(std::size_t i, std::uint32_t begin) {
        if (rules_.watch_column != UINT32_MAX && !result_.watched_differs) {
            watch(located(scratch_.spans.size() - 1, i));
        }
        ++result_.records;
        ++result_.good;
        if (rules_.count_only) {
            return;
        }
        if (!selects() || scratch_.pass[i] != 0) {
            split(begin, scratch_.structure.records[i].offset);
            keep();
        }
    }

    /// Cuts a record of the index into its raw fields.
    void split(std::uint32_t begin, std::uint32_t end) {
        scratch_.fields.clear();
        std::uint32_t from = begin;
        for (std::uint32_t word = begin / 64; word <= end / 64; ++word) {
            std::uint64_t bits = scratch_.structure.delimiters[word];
            for (; bits != 0; bits &= bits - 1) {
                const std::uint32_t at =
                    word * 64 + static_cast<std::uint32_t>(std::countr_zero(bits));
                if (at >= begin && at < end) {
                    scratch_.fields.emplace_back(base_ + from, at - from);
                    from = at + 1;
                }
            }
        }
        scratch_.fields.push_back(without_returns({base_ + from, end - from}));
    }

    /// Copies the row whose raw fields are in scratch_.fields; it has been counted already.
    void keep() {
        BlockRow row;
        row.number = result_.records;
        row.line = result_.lines;
        row.first_cell = result_.cells.size();
        for (const std::string_view raw : scratch_.fields) {
            const std::string_view content =
                text::field_content(raw, rules_.shape.dialect, scratch_.unescaped);
            const std::size_t at = result_.text.size();
            const bool windows_1252 = rules_.shape.dialect.windows_1252;
            if (!windows_1252 && text::is_utf8(content)) {
                result_.text += content;
            } else {
                const std::size_t undefined = text::append_windows_1252(result_.text, content);
                row.repaired_encoding = row.repaired_encoding || !windows_1252 || undefined > 0;
            }
            result_.cells.emplace_back(static_cast<std::uint32_t>(at),
                                       static_cast<std::uint32_t>(result_.text.size() - at));
        }
        result_.rows.push_back(row);
    }

    /// Reads the next record byte by byte; false when that takes more bytes.
    bool take_with_care() {
        const text::RecordReading record =
            text::read_record(bytes_, at_, at_end_, rules_.shape, scratch_.fields);
        if (!record.decided) {
            return false;
        }
        if (record.blank) {
            // counts as a line only
        } else if (record.defect == RecordDefect::none) {
            take_read();
        } else {
            take_bad(record);
        }
        result_.lines += static_cast<std::uint64_t>(std::count(
            bytes_.begin() + static_cast<std::ptrdiff_t>(at_),
            bytes_.begin() + static_cast<std::ptrdiff_t>(record.end), rules_.shape.line_end));
        at_ = record.end;
        return true;
    }

    /// Books the sound record whose raw fields are in scratch_.fields.
    void take_read() {
        if (rules_.watch_column != UINT32_MAX && !result_.watched_differs) {
            watch(scratch_.fields[rules_.watch_column]);
        }
        ++result_.records;
        ++result_.good;
        bool pass = !selects();
        for (std::size_t f = 0; f < rules_.any_of.size() && !pass; ++f) {
            pass = passes(rules_.any_of[f], content(scratch_.fields[rules_.any_of[f].column]));
        }
        if (tested_ > 0 && !pass) {
            scratch_.tested.resize(tested_);
            scratch_.answer_key.clear();
            for (const std::uint32_t column : rules_.test.columns) {
                add_to_key(scratch_.fields[column]);
            }
            pass = answer();
        }
        if (pass && !rules_.count_only) {
            keep();
        }
    }

    void take_bad(const text::RecordReading& record) {
        BadRecord bad;
        bad.number = ++result_.records;
        bad.line = result_.lines;
        bad.defect = record.defect;
        bad.fields_found = record.fields;
        bad.fields_expected = rules_.shape.columns;
        // However torn the record is, its first field is whole when it looks like a key.
        const char ends[] = {rules_.shape.dialect.delimiter, rules_.shape.line_end};
        const std::string_view bytes = bytes_.substr(at_, record.end - at_);
        std::string_view key = bytes.substr(0, bytes.find_first_of(std::string_view(ends, 2)));
        key = content(without_returns(key));
        if (looks_like_key(key)) {
            bad.key = key;
        }
        result_.bad.push_back(std::move(bad));
    }

    std::string_view bytes_;
    std::size_t limit_;
    bool at_end_;
    const BlockRules& rules_;
    BlockScratch& scratch_;
    BlockResult& result_;
    std::size_t filters_ = 0;     // that are to be applied
    std::size_t tested_ = 0;      // columns that the test looks at
    std::size_t at_ = 0;          // start of the next record
    const char* base_ = nullptr;  // of the text that the index is about
};

}  // namespace

void BlockResult::clear() {
    records = good = lines = 0;
    rows.clear();
    cells.clear();
    text.clear();
    bad.clear();
    watched.clear();
    watched_differs = false;
}

std::size_t scan_block(std::string_view bytes, std::size_t limit, bool at_end,
                       const BlockRules& rules, BlockScratch& scratch, BlockResult& result) {
    return Scan(bytes, limit, at_end, rules, scratch, result).run();
}

}  // namespace linkway::sources
