#include <algorithm>

#include "csv_field.h"
#include "text/csv.h"

namespace linkway::text {

namespace {

/// How far to look when trying whether a sound record starts somewhere.
constexpr std::size_t plausible_record = std::size_t{64} << 10;
/// How far to look for the next sound record behind one that never ends.
constexpr std::size_t farthest_record = std::size_t{4} << 20;

/// A record read until it ends or something is wrong with its quotes.
struct Stretch {
    FieldEnd ended = FieldEnd::text_end;
    std::size_t raw_end = 0;
    std::size_t next = 0;
    std::uint32_t fields = 0;
    bool quote_inside = false;
};

/// Reads fields up to the end of the record. `fields` may be null.
Stretch read_fields(std::string_view text, std::size_t start, const RecordShape& shape,
                    bool lenient, std::vector<std::string_view>* fields) {
    Stretch result;
    for (std::size_t at = start;;) {
        const FieldReading field = read_field(text, at, shape, lenient);
        ++result.fields;
        result.quote_inside = result.quote_inside || field.quote_inside;
        if (fields != nullptr) {
            fields->push_back(text.substr(at, field.raw_end - at));
        }
        at = field.next;
        if (field.ended != FieldEnd::delimiter) {
            result.ended = field.ended;
            result.raw_end = field.raw_end;
            result.next = field.next;
            return result;
        }
    }
}

bool is_blank(std::string_view bytes) {
    return bytes.find_first_not_of(' ') == std::string_view::npos;
}

enum class Answer : std::uint8_t { no, yes, undecided };

/// Whether a record without any blemish starts there and ends.
Answer is_sound(std::string_view text, std::size_t start, bool at_end, const RecordShape& shape) {
    const std::string_view near = text.substr(0, start + plausible_record);
    const Stretch record = read_fields(near, start, shape, false, nullptr);
    const bool whole_file = near.size() < start + plausible_record;
    if (record.ended == FieldEnd::text_end || record.ended == FieldEnd::open_quote) {
        if (!whole_file || record.ended == FieldEnd::open_quote) {
            return whole_file && !at_end ? Answer::undecided : Answer::no;
        }
        if (!at_end) {
            return Answer::undecided;
        }
    }
    const std::string_view bytes = near.substr(start, record.raw_end - start);
    return record.ended != FieldEnd::stray && record.fields == shape.columns &&
                   !record.quote_inside && !is_blank(bytes) &&
                   bytes.find('\0') == std::string_view::npos
               ? Answer::yes
               : Answer::no;
}

/// Reads one record; holds what the steps share.
class RecordReader {
  public:
    RecordReader(std::string_view text, std::size_t start, bool at_end, const RecordShape& shape,
                 std::vector<std::string_view>& fields)
        : text_(text),
          start_(start),
          at_end_(at_end),
          shape_(shape),
          fields_(fields),
          near_(text.substr(0, start + longest_record + 1)),
          limited_(near_.size() == start + longest_record + 1) {}

    RecordReading read() {
        fields_.clear();
        const Stretch record = read_fields(near_, start_, shape_, false, &fields_);
        result_.fields = record.fields;
        result_.end = record.next;
        switch (record.ended) {
            case FieldEnd::line_end:
                finish_whole(record);
                break;
            case FieldEnd::stray:
                finish_stray(record.next);
                break;
            default:
                if (limited_) {
                    finish_endless();
                } else if (at_end_) {
                    finish_last(record);
                } else {
                    result_.decided = false;
                }
        }
        return result_;
    }

  private:
    /// The record ends at its line end, or with the file.
    void finish_whole(const Stretch& record) {
        const std::string_view bytes = text_.substr(start_, record.raw_end - start_);
        result_.blank = record.fields == 1 && is_blank(bytes);
        if (bytes.find('\0') != std::string_view::npos) {
            result_.defect = RecordDefect::nul_byte;
        } else if (record.fields != shape_.columns) {
            result_.defect = record.fields < shape_.columns ? RecordDefect::too_few_fields
                                                            : RecordDefect::too_many_fields;
        }
        if (record.fields != shape_.columns && !result_.blank) {
            end_at_swallowed(record.next);
        }
    }

    /// The file ends before the record's line does.
    void finish_last(const Stretch& record) {
        if (record.ended == FieldEnd::text_end) {
            finish_whole(record);
            if (result_.defect == RecordDefect::too_few_fields && result_.end == text_.size()) {
                result_.defect = RecordDefect::cut_off;
            }
            return;
        }
        const bool whole_line = text_.back() == shape_.line_end;
        result_.defect = whole_line ? RecordDefect::unbalanced_quote : RecordDefect::cut_off;
        end_at_swallowed(text_.size());
    }

    /// Something stands behind a closing quote, at `stray`.
    void finish_stray(std::size_t stray) {
        if (end_at_swallowed(stray) || !result_.decided) {
            return;
        }
        // Whatever the quotes say, the line where the defect shows ends the record.
        const std::size_t line_end = near_.find(shape_.line_end, stray);
        if (line_end == std::string_view::npos && !limited_ && !at_end_) {
            result_.decided = false;
            return;
        }
        if (line_end == std::string_view::npos && limited_) {
            finish_endless();
            return;
        }
        result_.end = line_end == std::string_view::npos ? near_.size() : line_end + 1;
        count_fields();
        result_.defect = result_.fields < shape_.columns ? RecordDefect::unbalanced_quote
                                                         : RecordDefect::text_after_quote;
    }

    /// The record is longer than any may be.
    void finish_endless() {
        if (end_at_swallowed(near_.size()) || !result_.decided) {
            return;
        }
        result_.defect = RecordDefect::too_long;
        result_.end = std::min(text_.size(), start_ + farthest_record);
        for (std::size_t at = text_.find(shape_.line_end, near_.size() - 1);
             at != std::string_view::npos && at + 1 < result_.end;
             at = text_.find(shape_.line_end, at + 1)) {
            const Answer sound = is_sound(text_, at + 1, at_end_, shape_);
            if (sound == Answer::yes) {
                result_.end = at + 1;
                return;
            }
            if (sound == Answer::undecided) {
                result_.decided = false;
                return;
            }
        }
        result_.decided = at_end_ || result_.end == start_ + farthest_record;
    }

    /// Ends the defective record at the first line before `limit` from which a sound record can be
    /// read: what a quote that was never closed has swallowed.
    bool end_at_swallowed(std::size_t limit) {
        for (std::size_t at = near_.find(shape_.line_end, start_);
             at != std::string_view::npos && at + 1 < limit;
             at = near_.find(shape_.line_end, at + 1)) {
            const Answer sound = is_sound(text_, at + 1, at_end_, shape_);
            if (sound == Answer::yes) {
                result_.end = at + 1;
                result_.defect = RecordDefect::unbalanced_quote;
                count_fields();
                return true;
            }
            if (sound == Answer::undecided) {
                result_.decided = false;
                return false;
            }
        }
        return false;
    }

    /// Counts the fields of a record that is known to end at result_.end, as far as they go.
    void count_fields() {
        result_.fields =
            read_fields(text_.substr(0, result_.end), start_, shape_, true, nullptr).fields;
    }

    std::string_view text_;
    std::size_t start_;
    bool at_end_;
    const RecordShape& shape_;
    std::vector<std::string_view>& fields_;
    std::string_view near_;  // as far as a record may go
    bool limited_;           // there is more than that
    RecordReading result_;
};

}  // namespace

RecordReading read_record(std::string_view text, std::size_t start, bool at_end,
                          const RecordShape& shape, std::vector<std::string_view>& fields) {
    return RecordReader(text, start, at_end, shape, fields).read();
}

std::size_t find_sound_record(std::string_view text, std::size_t from, const RecordShape& shape) {
    for (std::size_t at = text.find(shape.line_end, from); at != std::string_view::npos;
         at = text.find(shape.line_end, at + 1)) {
        if (is_sound(text, at + 1, false, shape) == Answer::yes) {
            return at + 1;
        }
    }
    return std::string_view::npos;
}

}  // namespace linkway::text
