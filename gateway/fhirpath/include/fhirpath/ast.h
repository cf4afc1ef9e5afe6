// FHIRPath as a tree: what the parser makes, the checker annotates and planners take apart.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "text/issue.h"

namespace linkway::fhirpath {

enum class ExprKind : std::uint8_t {
    literal,    ///< 'text', 12, 1.50, true, @2023-05, @T14:30, 4 'mg', {}
    variable,   ///< %name or %`name`
    special,    ///< $this, $index, $total; name holds the dollar sign too
    member,     ///< focus.name, or name alone (implicit focus)
    function,   ///< focus.name(operands), or name(operands) alone
    index,      ///< focus[operands[0]]
    unary,      ///< name is "+" or "-"; operands[0]
    binary,     ///< name is the operator ("and", "=", "+", "|", "in", ...); operands[0] and
                ///< operands[1]
    type_test,  ///< focus is type / focus as type; name is "is" or "as"; type_name says which
};

enum class LiteralKind : std::uint8_t {
    empty,
    boolean,
    integer,
    decimal,
    string,
    date,
    date_time,
    time,
    quantity
};

struct Expr;
using ExprPtr = std::unique_ptr<Expr>;

struct Expr {
    ExprKind kind = ExprKind::literal;
    LiteralKind literal = LiteralKind::empty;
    std::string name;       ///< identifier, variable without %, function, operator; unescaped
    std::string text;       ///< of a literal: its value unescaped (string), or as written without @
                            ///< (date), or the number
    std::string unit;       ///< of a quantity: UCUM code or calendar word
    std::string type_name;  ///< of a type test: "Patient", "FHIR.Patient", "System.String"
    ExprPtr focus;          ///< of member, function, index, type_test; null for an implicit focus
    std::vector<ExprPtr> operands;
    std::uint32_t offset = 0;  ///< bytes from the start of the expression text
    std::uint32_t line = 0;    ///< line ends between the start of the expression text and here
    std::uint32_t column =
        0;  ///< code points between the start of that line (or of the text, on its first) and here

    ExprPtr clone() const;
};

/// Where a node stands in its file, when its expression starts at `at`. An expression without a
/// file counts as line 1, column 1.
text::Location locate(const Expr& expr, const text::Location& at);

/// What the parser accepts at most; anything beyond is an issue.
inline constexpr std::size_t max_expression_bytes = 65'536;
inline constexpr std::uint32_t max_nesting =
    200;  ///< brackets, operands and unary signs inside one another
inline constexpr std::uint32_t max_tree_depth =
    500;  ///< levels of the tree: also grows with a.b.c... and a and b and c...

/// Parses one expression (FHIRPath N1 grammar: precedence, comments, escapes, backquoted
/// identifiers). On failure the column is that of the offending token (line and column
/// count from `at`, where the expression starts in its file).
text::Result<ExprPtr> parse(std::string_view expression, const text::Location& at = {});

/// Canonical text: parse(print(e)) gives an equal tree.
std::string print(const Expr& expr);

/// Same shape and content; offsets are ignored.
bool equal(const Expr& a, const Expr& b);

}  // namespace linkway::fhirpath
