// What can be done with a tree without knowing what it means: copy, compare, print. Printing puts
// brackets only where the grammar needs them, so that a printed expression looks as a person would
// write it and parses to the same tree.
#include "fhirpath/ast.h"

#include <algorithm>

#include "lexer.h"
#include "operators.h"

namespace linkway::fhirpath {

ExprPtr Expr::clone() const {
    auto copy = std::make_unique<Expr>();
    copy->kind = kind;
    copy->literal = literal;
    copy->name = name;
    copy->text = text;
    copy->unit = unit;
    copy->type_name = type_name;
    copy->offset = offset;
    copy->line = line;
    copy->column = column;
    if (focus) {
        copy->focus = focus->clone();
    }
    copy->operands.reserve(operands.size());
    for (const ExprPtr& operand : operands) {
        copy->operands.push_back(operand->clone());
    }
    return copy;
}

bool equal(const Expr& a, const Expr& b) {
    if (a.kind != b.kind || a.name != b.name || a.text != b.text || a.unit != b.unit ||
        a.type_name != b.type_name || (a.kind == ExprKind::literal && a.literal != b.literal)) {
        return false;
    }
    if ((a.focus == nullptr) != (b.focus == nullptr) || (a.focus && !equal(*a.focus, *b.focus))) {
        return false;
    }
    return std::equal(a.operands.begin(), a.operands.end(), b.operands.begin(), b.operands.end(),
                      [](const ExprPtr& x, const ExprPtr& y) { return equal(*x, *y); });
}

// On the line where the expression starts its own column is added, on later lines the text starts
// at the margin.
text::Location locate(const Expr& expr, const text::Location& at) {
    text::Location location = at;
    location.line = std::max<std::uint64_t>(at.line, 1) + expr.line;
    location.column =
        expr.line == 0 ? std::max<std::uint32_t>(at.column, 1) + expr.column : expr.column + 1;
    return location;
}

namespace {

void append_escaped(std::string& out, std::string_view text, char quote) {
    static constexpr std::string_view hex = "0123456789abcdef";
    out += quote;
    for (const char c : text) {
        switch (c) {
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\t':
                out += "\\t";
                break;
            case '\f':
                out += "\\f";
                break;
            default:
                if (c == quote || c == '\\') {
                    out += '\\';
                    out += c;
                } else if (static_cast<unsigned char>(c) < 0x20) {
                    out += "\\u00";
                    out += hex[static_cast<unsigned char>(c) >> 4U];
                    out += hex[static_cast<unsigned char>(c) & 0xFU];
                } else {
                    out += c;
                }
        }
    }
    out += quote;
}

void append_name(std::string& out, std::string_view name, bool keyword_allowed) {
    if (is_plain_identifier(name) && (keyword_allowed || !is_keyword(name))) {
        out += name;
    } else {
        append_escaped(out, name, '`');
    }
}

void append_type(std::string& out, std::string_view type_name) {
    for (std::size_t start = 0;;) {
        const std::size_t dot = type_name.find('.', start);
        append_name(out, type_name.substr(start, dot - start), false);
        if (dot == std::string_view::npos) {
            return;
        }
        out += '.';
        start = dot + 1;
    }
}

void append_literal(std::string& out, const Expr& expr) {
    switch (expr.literal) {
        case LiteralKind::empty:
            out += "{}";
            break;
        case LiteralKind::string:
            append_escaped(out, expr.text, '\'');
            break;
        case LiteralKind::boolean:
        case LiteralKind::integer:
        case LiteralKind::decimal:
            out += expr.text;
            break;
        case LiteralKind::date:
        case LiteralKind::date_time:
        case LiteralKind::time:
            out += '@' + expr.text;
            break;
        case LiteralKind::quantity:
            out += expr.text + ' ';
            if (is_calendar_word(expr.unit)) {
                out += expr.unit;
            } else {
                append_escaped(out, expr.unit, '\'');
            }
            break;
    }
}

/// How tightly the outermost construct of a node holds together.
/// The parser knows the same levels from operators.h; a test prints and parses random trees to hold
/// the two together.
int level_of(const Expr& expr) {
    switch (expr.kind) {
        case ExprKind::binary:
        case ExprKind::type_test:
            return binary_level(expr.name);
        case ExprKind::unary:
            return unary_level;
        default:
            return postfix_level;
    }
}

void append(std::string& out, const Expr& expr);

void append_at_level(std::string& out, const Expr& expr, int least) {
    const bool brackets = level_of(expr) < least;
    out += brackets ? "(" : "";
    append(out, expr);
    out += brackets ? ")" : "";
}

void append_call(std::string& out, const Expr& expr) {
    // as, is, in and contains are functions too; the other words are not.
    const bool word =
        expr.name == "as" || expr.name == "is" || expr.name == "in" || expr.name == "contains";
    append_name(out, expr.name, word);
    out += '(';
    for (std::size_t i = 0; i < expr.operands.size(); ++i) {
        out += i == 0 ? "" : ", ";
        append(out, *expr.operands[i]);
    }
    out += ')';
}

void append(std::string& out, const Expr& expr) {
    if (expr.focus) {
        const bool test = expr.kind == ExprKind::type_test;
        append_at_level(out, *expr.focus, test ? binary_level(expr.name) : postfix_level);
        out += expr.kind == ExprKind::member || expr.kind == ExprKind::function ? "." : "";
    }
    switch (expr.kind) {
        case ExprKind::literal:
            append_literal(out, expr);
            break;
        case ExprKind::variable:
            out += '%';
            append_name(out, expr.name, false);
            break;
        case ExprKind::special:
            out += expr.name;
            break;
        case ExprKind::member:
            append_name(out, expr.name, false);
            break;
        case ExprKind::function:
            append_call(out, expr);
            break;
        case ExprKind::index:
            out += '[';
            append(out, *expr.operands[0]);
            out += ']';
            break;
        case ExprKind::unary:
            out += expr.name;
            append_at_level(out, *expr.operands[0], unary_level);
            break;
        case ExprKind::binary:
            append_at_level(out, *expr.operands[0], binary_level(expr.name));
            out += ' ' + expr.name + ' ';
            // Operators of one level group from the left, so a right operand of that level needs
            // brackets.
            append_at_level(out, *expr.operands[1], binary_level(expr.name) + 1);
            break;
        case ExprKind::type_test:
            out += ' ' + expr.name + ' ';
            append_type(out, expr.type_name);
            break;
    }
}

}  // namespace

std::string print(const Expr& expr) {
    std::string out;
    append(out, expr);
    return out;
}

}  // namespace linkway::fhirpath
