// Where a piece of a scalar's text stands in the file it was written in.
#include <algorithm>

#include "mapping/template.h"

namespace linkway::mapping {

namespace {

/// Reads a scalar as it is written, a byte of its text at a time.
class Walk {
  public:
    Walk(std::string_view source, std::size_t at, text::Location place)
        : source_(source), at_(at), place_(std::move(place)) {}

    std::size_t to_column(std::uint32_t column) {
        while (place_.column < column && at_ < source_.size() && peek() != '\n') {
            step();
        }
        place_.column = column;  // a source that does not hold it leaves it at that
        return at_;
    }

    text::Location after(std::size_t bytes) {
        const char first = peek();
        if (first == '|' || first == '>') {
            enter_block();
            block(bytes);
        } else if (first == '"' || first == '\'') {
            step();
            quoted(bytes, first);
        } else {
            quoted(bytes, '\0');
        }
        return place_;
    }

  private:
    char peek(std::size_t ahead = 0) const {
        return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
    }

    void step() {
        const char c = source_[at_++];
        if (c == '\n') {
            ++place_.line;
            place_.column = 1;
        } else if ((static_cast<unsigned char>(peek()) & 0xC0U) != 0x80U) {
            ++place_.column;
        }
    }

    void skip_blanks() {
        while (peek() == ' ' || peek() == '\t') {
            step();
        }
    }

    void enter_block() {
        while (at_ < source_.size() && peek() != '\n') {
            step();
        }
        if (at_ < source_.size()) {
            step();
        }
        while (peek(indent_) == ' ') {
            ++indent_;
        }
        skip_indent();
    }

    void skip_indent() {
        for (std::size_t i = 0; i < indent_ && peek() == ' '; ++i) {
            step();
        }
    }

    /// A line end of a block is one byte of its text, whether it is kept or folded.
    void block(std::size_t bytes) {
        while (bytes-- > 0 && at_ < source_.size()) {
            const bool line_end = peek() == '\n';
            step();
            if (line_end) {
                skip_indent();
            }
        }
    }

    void quoted(std::size_t bytes, char quote) {
        while (bytes > 0 && at_ < source_.size()) {
            std::size_t made = 1;
            if (quote == '"' && peek() == '\\') {
                made = escape();
            } else if (peek() == '\n') {
                made = fold();
            } else {
                if (quote == '\'' && peek() == '\'') {
                    step();
                }
                step();
            }
            bytes -= std::min(bytes, made);
        }
    }

    /// A line end inside quotes is a blank; further ones are line ends.
    std::size_t fold() {
        std::size_t ends = 0;
        while (peek() == '\n') {
            step();
            ++ends;
            skip_blanks();
        }
        return std::max<std::size_t>(1, ends - 1);
    }

    std::size_t escape() {
        step();
        const char kind = peek();
        if (kind == '\n') {
            step();
            skip_blanks();
            return 0;
        }
        step();
        const std::size_t digits = kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
        std::uint32_t code_point = 0;
        for (std::size_t i = 0; i < digits && at_ < source_.size(); ++i) {
            const char c = peek();
            code_point = code_point * 16 +
                         static_cast<std::uint32_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
            step();
        }
        if (code_point >= 0xD800 && code_point < 0xE000) {
            return 2;  // half of a pair, which is four bytes
        }
        return code_point < 0x80 ? 1 : code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    }

    std::string_view source_;
    std::size_t at_;
    std::size_t indent_ = 0;
    text::Location place_;
};

}  // namespace

Places::Places(std::string_view source, std::string file)
    : source_(source), file_(std::move(file)), lines_{0} {
    for (std::size_t end = source_.find('\n'); end != std::string_view::npos;
         end = source_.find('\n', end + 1)) {
        lines_.push_back(end + 1);
    }
}

Code Places::code(const text::Node& scalar, std::string_view text, std::size_t offset) {
    if (line_ != scalar.line || column_ > scalar.column) {
        line_ = scalar.line;
        column_ = 1;
        offset_ = line_ >= 1 && line_ <= lines_.size() ? lines_[line_ - 1] : source_.size();
    }
    Walk walk(source_, offset_, {file_, line_, column_, {}});
    offset_ = walk.to_column(scalar.column);
    column_ = scalar.column;
    return {std::string(text), walk.after(offset)};
}

}  // namespace linkway::mapping
