// Expression text to tokens.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace linkway::fhirpath {

enum class TokenKind : std::uint8_t {
    end,
    error,       ///< not a token; `value` says why
    identifier,  ///< plain or in backquotes; `value` is unescaped
    keyword,     ///< an operator or literal word: and, or, xor, implies, div, mod, is, as, in,
                 ///< contains, true, false
    string,      ///< `value` is unescaped
    number,      ///< digits with or without a decimal part
    date,        ///< `value` is without the @, as for the next two
    date_time,
    time,
    special,  ///< $this, $index, $total
    symbol,   ///< operator or punctuation
};

struct Token {
    TokenKind kind = TokenKind::end;
    std::string_view text;  ///< as written
    std::string value;
    std::uint32_t offset = 0;
    std::uint32_t line = 0;    ///< as in Expr
    std::uint32_t column = 0;  ///< as in Expr

    bool is(std::string_view written) const {
        return (kind == TokenKind::symbol || kind == TokenKind::keyword) && text == written;
    }
};

/// Hands out one token after another; white space and comments are stepped over. After the end it
/// hands out `end` for ever, after an error nothing sensible.
class Lexer {
  public:
    explicit Lexer(std::string_view text) : text_(text) {}

    Token next();

  private:
    bool skip_blank(Token& token);
    void read_word(Token& token);
    void read_number(Token& token);
    void read_quoted(Token& token, char quote);
    void read_moment(Token& token);
    void read_special(Token& token);
    void read_symbol(Token& token);
    bool read_escape(Token& token);
    bool read_unicode(std::uint32_t& unit);
    void mark(Token& token);
    void finish(Token& token, TokenKind kind, std::size_t start);
    static void fail(Token& token, std::string why);
    char peek(std::size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }

    std::string_view text_;
    std::size_t at_ = 0;
    // Position of `counted_`, carried forward so that each byte is counted once.
    std::size_t counted_ = 0;
    std::uint32_t line_ = 0;
    std::uint32_t column_ = 0;
};

/// True for the words that the grammar keeps for itself (a member of that name needs backquotes).
bool is_keyword(std::string_view word);

/// True for "day", "days", "week", ...: the units that need no quotes.
bool is_calendar_word(std::string_view word);

/// True for a name that needs no backquotes because of its characters.
bool is_plain_identifier(std::string_view name);

}  // namespace linkway::fhirpath
