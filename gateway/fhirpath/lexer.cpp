// Hand-written, because positions must be exact for every token and a message must say what a token
// should have been. Position is counted as tokens are handed out, so the whole text is gone through
// once.
#include "lexer.h"

#include <algorithm>
#include <array>

#include "moment.h"
#include "unicode.h"

namespace linkway::fhirpath {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool starts_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

constexpr std::array<std::string_view, 12> keywords = {
    "and", "as", "contains", "div", "false", "implies", "in", "is", "mod", "or", "true", "xor"};

constexpr std::array<std::string_view, 16> calendar_words = {
    "year", "years", "month",  "months",  "week",   "weeks",   "day",         "days",
    "hour", "hours", "minute", "minutes", "second", "seconds", "millisecond", "milliseconds"};

// Two-character symbols stand before their first characters, so that the longest one is found.
constexpr std::array<std::string_view, 22> symbols = {"<=", ">=", "!=", "!~", "<", ">", "=", "~",
                                                      "+",  "-",  "*",  "/",  "&", "|", ".", ",",
                                                      "(",  ")",  "[",  "]",  "{", "}"};

/// How many characters from the start of `text` fit `shape`, in which 0 stands for a digit and
/// everything else for itself; nothing when they do not all fit.
std::size_t fits(std::string_view text, std::string_view shape) {
    if (text.size() < shape.size()) {
        return 0;
    }
    for (std::size_t i = 0; i < shape.size(); ++i) {
        if (shape[i] == '0' ? !is_digit(text[i]) : text[i] != shape[i]) {
            return 0;
        }
    }
    return shape.size();
}

/// Length of the time of day at the start of `text`: hh, hh:mm, hh:mm:ss or with a fraction.
std::size_t time_length(std::string_view text) {
    std::size_t length = fits(text, "00");
    for (int part = 0; length != 0 && part < 2; ++part) {
        const std::size_t more = fits(text.substr(length), ":00");
        if (more == 0) {
            return length;
        }
        length += more;
    }
    if (length == 8 && fits(text.substr(length), ".0") != 0) {
        length += 2;
        while (length < text.size() && is_digit(text[length])) {
            ++length;
        }
    }
    return length;
}

}  // namespace

bool is_keyword(std::string_view word) {
    return std::find(keywords.begin(), keywords.end(), word) != keywords.end();
}

bool is_calendar_word(std::string_view word) {
    return std::find(calendar_words.begin(), calendar_words.end(), word) != calendar_words.end();
}

bool is_plain_identifier(std::string_view name) {
    return !name.empty() && starts_word(name.front()) &&
           std::all_of(name.begin(), name.end(),
                       [](char c) { return starts_word(c) || is_digit(c); });
}

void Lexer::mark(Token& token) {
    for (; counted_ < at_; ++counted_) {
        const auto byte = static_cast<unsigned char>(text_[counted_]);
        if (byte == '\n') {
            ++line_;
            column_ = 0;
        } else if ((byte & 0xC0U) != 0x80U) {
            ++column_;  // continuation bytes of UTF-8 belong to the code point before
        }
    }
    token.offset = static_cast<std::uint32_t>(at_);
    token.line = line_;
    token.column = column_;
}

void Lexer::finish(Token& token, TokenKind kind, std::size_t start) {
    token.kind = kind;
    token.text = text_.substr(start, at_ - start);
}

void Lexer::fail(Token& token, std::string why) {
    token.kind = TokenKind::error;
    token.value = std::move(why);
}

bool Lexer::skip_blank(Token& token) {
    while (at_ < text_.size()) {
        if (is_blank(text_[at_])) {
            ++at_;
        } else if (peek() == '/' && peek(1) == '/') {
            at_ = std::min(text_.find('\n', at_), text_.size());
        } else if (peek() == '/' && peek(1) == '*') {
            const std::size_t close = text_.find("*/", at_ + 2);
            if (close == std::string_view::npos) {
                mark(token);
                fail(token, "the comment that starts here is never closed; expected \"*/\"");
                return false;
            }
            at_ = close + 2;
        } else {
            break;
        }
    }
    return true;
}

Token Lexer::next() {
    Token token;
    if (!skip_blank(token)) {
        return token;
    }
    mark(token);
    const char c = peek();
    if (at_ == text_.size()) {
        token.kind = TokenKind::end;
    } else if (starts_word(c)) {
        read_word(token);
    } else if (is_digit(c)) {
        read_number(token);
    } else if (c == '\'' || c == '`') {
        read_quoted(token, c);
    } else if (c == '@') {
        read_moment(token);
    } else if (c == '$') {
        read_special(token);
    } else {
        read_symbol(token);
    }
    return token;
}

void Lexer::read_word(Token& token) {
    const std::size_t start = at_;
    while (starts_word(peek()) || is_digit(peek())) {
        ++at_;
    }
    finish(token, TokenKind::identifier, start);
    token.value = token.text;
    if (is_keyword(token.text)) {
        token.kind = TokenKind::keyword;
    }
}

void Lexer::read_number(Token& token) {
    const std::size_t start = at_;
    while (is_digit(peek())) {
        ++at_;
    }
    if (peek() == '.' && is_digit(peek(1))) {
        ++at_;
        while (is_digit(peek())) {
            ++at_;
        }
    }
    finish(token, TokenKind::number, start);
    token.value = token.text;
}

void Lexer::read_quoted(Token& token, char quote) {
    const std::size_t start = at_++;
    while (at_ < text_.size() && text_[at_] != quote) {
        if (text_[at_] == '\0') {
            mark(token);
            fail(token, "a NUL character cannot stand in text");
            return;
        }
        if (text_[at_] != '\\') {
            token.value += text_[at_++];
        } else if (!read_escape(token)) {
            return;
        }
    }
    if (at_ == text_.size()) {
        fail(token, quote == '\'' ? "the text that starts here is never closed; expected \"'\""
                                  : "the name that starts here is never closed; expected \"`\"");
        return;
    }
    ++at_;
    finish(token, quote == '\'' ? TokenKind::string : TokenKind::identifier, start);
    if (quote == '`' && token.value.empty()) {
        fail(token, "a name cannot be empty");
    }
}

bool Lexer::read_unicode(std::uint32_t& unit) {
    unit = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
        const char c = peek();
        std::uint32_t digit = 0;
        if (is_digit(c)) {
            digit = static_cast<std::uint32_t>(c - '0');
        } else if (c >= 'a' && c <= 'f') {
            digit = static_cast<std::uint32_t>(c - 'a' + 10);
        } else if (c >= 'A' && c <= 'F') {
            digit = static_cast<std::uint32_t>(c - 'A' + 10);
        } else {
            return false;
        }
        unit = unit * 16 + digit;
    }
    return true;
}

// Characters beyond U+FFFF are written as two \u, as in JSON; half of such a pair is no character.
bool Lexer::read_escape(Token& token) {
    static constexpr std::string_view letters = "'\"`rntf\\/";
    static constexpr std::string_view meanings = "'\"`\r\n\t\f\\/";
    const std::size_t start = at_;
    const char letter = peek(1);
    if (const auto found = letters.find(letter); letter != '\0' && found != letters.npos) {
        token.value += meanings[found];
        at_ += 2;
        return true;
    }
    at_ += 2;
    std::uint32_t code = 0;
    bool good = letter == 'u' && read_unicode(code);
    if (good && code >= 0xD800 && code < 0xDC00 && peek() == '\\' && peek(1) == 'u') {
        std::uint32_t low = 0;
        at_ += 2;
        good = read_unicode(low) && low >= 0xDC00 && low < 0xE000;
        code = 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00);
    }
    if (!good || (code >= 0xD800 && code < 0xE000) || code == 0) {
        at_ = std::min(start, text_.size());
        mark(token);
        fail(token,
             "unknown escape; expected one of \\' \\\" \\` \\\\ \\/ \\r \\n \\t \\f or \\u with "
             "four hexadecimal digits of a character");
        return false;
    }
    append_utf8(token.value, code);
    return true;
}

// @2023-05-01T10:00Z: the longest text of the right shape is taken first, then the calendar is
// asked, so that
// @2023-02-30 is told as a date that does not exist and not as a date followed by a mistake.
void Lexer::read_moment(Token& token) {
    const std::size_t start = at_++;
    const std::string_view rest = text_.substr(at_);
    TokenKind kind = TokenKind::date;
    std::size_t length = 0;
    if (peek() == 'T') {
        kind = TokenKind::time;
        length = 1 + time_length(rest.substr(1));
    } else {
        for (const std::string_view shape : {"0000-00-00", "0000-00", "0000"}) {
            length = length != 0 ? length : fits(rest, shape);
        }
        if (length != 0 && length < rest.size() && rest[length] == 'T') {
            kind = TokenKind::date_time;
            const std::size_t time = time_length(rest.substr(length + 1));
            length += 1 + time;
            if (time != 0) {
                const std::string_view zone = rest.substr(length);
                length += !zone.empty() && zone[0] == 'Z'
                              ? 1
                              : std::max(fits(zone, "+00:00"), fits(zone, "-00:00"));
            }
        }
    }
    at_ += length;
    const std::string_view written = rest.substr(0, length);
    const bool exists = kind == TokenKind::time   ? parse_time(written.substr(1)).has_value()
                        : kind == TokenKind::date ? parse_date(written).has_value()
                                                  : parse_date_time(written).has_value();
    if (!exists) {
        fail(token,
             "no such date or time; expected a form such as @2023, @2023-05-01, "
             "@2023-05-01T14:30:00Z or @T14:30");
        return;
    }
    finish(token, kind, start);
    token.value = written;
}

void Lexer::read_special(Token& token) {
    const std::size_t start = at_++;
    while (starts_word(peek()) || is_digit(peek())) {
        ++at_;
    }
    finish(token, TokenKind::special, start);
    token.value = token.text;
    if (token.text != "$this" && token.text != "$index" && token.text != "$total") {
        fail(token, "unknown name \"" + token.value + "\"; expected $this, $index or $total");
    }
}

void Lexer::read_symbol(Token& token) {
    const std::size_t start = at_;
    for (const std::string_view symbol : symbols) {
        if (text_.substr(at_, symbol.size()) == symbol) {
            at_ += symbol.size();
            finish(token, TokenKind::symbol, start);
            return;
        }
    }
    if (peek() == '%') {
        ++at_;
        finish(token, TokenKind::symbol, start);
        return;
    }
    fail(token, peek() == '"' ? "unexpected character \"; text is written in single quotes"
                              : "unexpected character");
}

}  // namespace linkway::fhirpath
