// FHIRPath N1 grammar. Operators are read by precedence climbing, so that a long chain of them
// takes a loop and not a recursion; nesting and the depth of the tree are limited, so that no later
// walk over it can run out of stack.
#include <algorithm>
#include <array>
#include <utility>

#include "fhirpath/ast.h"
#include "lexer.h"
#include "operators.h"
#include "text/utf8.h"

namespace linkway::fhirpath {

int binary_level(std::string_view name) {
    static constexpr std::array<std::pair<std::string_view, int>, 23> levels = {
        {{"implies", 1}, {"xor", 2}, {"or", 2}, {"and", 3}, {"in", 4},  {"contains", 4},
         {"=", 5},       {"~", 5},   {"!=", 5}, {"!~", 5},  {"<", 6},   {"<=", 6},
         {">", 6},       {">=", 6},  {"|", 7},  {"is", 8},  {"as", 8},  {"+", 9},
         {"-", 9},       {"&", 9},   {"*", 10}, {"/", 10},  {"div", 10}}};
    for (const auto& [operator_name, level] : levels) {
        if (operator_name == name) {
            return level;
        }
    }
    return name == "mod" ? 10 : 0;
}

namespace {

/// A tree and its number of levels, so that no recursion over it can run out of stack.
struct Tree {
    ExprPtr expr;
    std::uint32_t depth = 1;

    explicit operator bool() const { return expr != nullptr; }
};

/// Recursive descent over the postfix forms, precedence climbing over the operators. Every function
/// returns an empty tree once an issue is set.
class Parser {
  public:
    Parser(std::string_view text, const text::Location& at) : lexer_(text), at_(at) { advance(); }

    text::Result<ExprPtr> run() {
        Tree tree = expression();
        if (tree && token_.kind != TokenKind::end) {
            tree = unexpected("an operator, \".\" or the end of the expression");
        }
        if (!tree) {
            return std::move(issue_);
        }
        return std::move(tree.expr);
    }

  private:
    void advance() {
        previous_ = token_.text;
        token_ = lexer_.next();
    }

    Tree fail(const Token& where, std::string message, std::string suggestion = {}) {
        if (issue_.message.empty()) {
            Expr place;
            place.line = where.line;
            place.column = where.column;
            issue_.code = "structure";
            issue_.message = std::move(message);
            issue_.suggestion = std::move(suggestion);
            issue_.location = locate(place, at_);
        }
        return {};
    }

    // What was wanted, after what, and what stood there instead; for the common slips of other
    // languages, the remedy.
    Tree unexpected(std::string_view expected) {
        if (token_.kind == TokenKind::error) {
            return fail(token_, token_.value);
        }
        std::string message = "expected ";
        message += expected;
        if (!previous_.empty()) {
            message += " after \"" + std::string(previous_.substr(0, 40)) + '"';
        }
        message += token_.kind == TokenKind::end
                       ? ", found the end of the expression"
                       : ", found \"" + std::string(token_.text.substr(0, 40)) + '"';
        std::string suggestion;
        if (token_.kind == TokenKind::keyword && expected == "a name") {
            suggestion =
                "write `" + std::string(token_.text) + "` in backquotes to use it as a name";
        } else if (token_.is("&") || token_.is("|")) {
            suggestion = "logical operators are written \"and\" and \"or\"";
        } else if (token_.is("=") && previous_ == "=") {
            suggestion = "equality is written with one \"=\"";
        }
        return fail(token_, std::move(message), std::move(suggestion));
    }

    bool take(std::string_view symbol) {
        if (!token_.is(symbol)) {
            return false;
        }
        advance();
        return true;
    }

    static ExprPtr make(ExprKind kind, const Token& at) {
        auto expr = std::make_unique<Expr>();
        expr->kind = kind;
        expr->offset = at.offset;
        expr->line = at.line;
        expr->column = at.column;
        return expr;
    }

    Tree finish(ExprPtr expr, std::uint32_t below, const Token& at) {
        if (below >= max_tree_depth) {
            return fail(
                at, "the expression has more than " + std::to_string(max_tree_depth) + " levels",
                "split it into several");
        }
        return {std::move(expr), below + 1};
    }

    Tree expression() {
        if (nesting_ == max_nesting) {
            return fail(token_,
                        "the expression is nested more than " + std::to_string(max_nesting) +
                            " levels deep",
                        "split it into several");
        }
        ++nesting_;
        Tree tree = binary(1);
        --nesting_;
        return tree;
    }

    Tree binary(int least) {
        Tree left = unary();
        while (left && (token_.kind == TokenKind::symbol || token_.kind == TokenKind::keyword)) {
            const int level = binary_level(token_.text);
            if (level < least || level == 0) {
                break;
            }
            left = level == binary_level("is") ? type_test(std::move(left))
                                               : operation(std::move(left), level);
        }
        return left;
    }

    // The right side takes only what holds tighter, so operators of one level group from the left.
    Tree operation(Tree left, int level) {
        const Token at = token_;
        ExprPtr expr = make(ExprKind::binary, at);
        expr->name = at.text;
        advance();
        Tree right = binary(level + 1);
        if (!right) {
            return {};
        }
        const std::uint32_t below = std::max(left.depth, right.depth);
        expr->operands.push_back(std::move(left.expr));
        expr->operands.push_back(std::move(right.expr));
        return finish(std::move(expr), below, at);
    }

    Tree type_test(Tree left) {
        const Token at = token_;
        ExprPtr expr = make(ExprKind::type_test, at);
        expr->name = at.text;
        do {
            advance();
            if (token_.kind != TokenKind::identifier || !is_plain_identifier(token_.value)) {
                return unexpected("a type such as Patient, string or System.Integer");
            }
            expr->type_name += (expr->type_name.empty() ? "" : ".") + token_.value;
            advance();
        } while (token_.is("."));
        expr->focus = std::move(left.expr);
        return finish(std::move(expr), left.depth, at);
    }

    /// Signs hold looser than "." and "[": -1.abs() is -(1.abs()).
    Tree unary() {
        if (!token_.is("-") && !token_.is("+")) {
            return postfix();
        }
        if (nesting_ == max_nesting) {
            return expression();  // says that it is too deep
        }
        const Token at = token_;
        ExprPtr expr = make(ExprKind::unary, at);
        expr->name = at.text;
        advance();
        ++nesting_;
        Tree operand = unary();
        --nesting_;
        if (!operand) {
            return {};
        }
        expr->operands.push_back(std::move(operand.expr));
        return finish(std::move(expr), operand.depth, at);
    }

    Tree postfix() {
        Tree tree = term();
        while (tree) {
            const Token at = token_;
            if (take(".")) {
                tree = invocation(std::move(tree));
            } else if (take("[")) {
                ExprPtr expr = make(ExprKind::index, at);
                Tree index = expression();
                if (!index || !close("]")) {
                    return {};
                }
                const std::uint32_t below = std::max(tree.depth, index.depth);
                expr->focus = std::move(tree.expr);
                expr->operands.push_back(std::move(index.expr));
                tree = finish(std::move(expr), below, at);
            } else {
                break;
            }
        }
        return tree;
    }

    bool close(std::string_view bracket) {
        if (take(bracket)) {
            return true;
        }
        unexpected('"' + std::string(bracket) + '"');
        return false;
    }

    bool at_name() const {
        return token_.kind == TokenKind::identifier || token_.is("as") || token_.is("is") ||
               token_.is("in") || token_.is("contains");
    }

    /// name, name(operands), $this after a dot; `focus` is empty where a term starts with a name.
    Tree invocation(Tree focus) {
        const Token at = token_;
        if (at.kind == TokenKind::special) {
            return fail(at, "\"" + at.value + "\" cannot follow \".\"",
                        "start the expression with it");
        }
        if (!at_name()) {
            return unexpected("a name");
        }
        ExprPtr expr = make(ExprKind::member, at);
        expr->name = at.value;
        std::uint32_t below = focus ? focus.depth : 0;
        expr->focus = std::move(focus.expr);
        advance();
        if (take("(")) {
            expr->kind = ExprKind::function;
            if (!operands(*expr, below)) {
                return {};
            }
        }
        return finish(std::move(expr), below, at);
    }

    bool operands(Expr& call, std::uint32_t& below) {
        if (take(")")) {
            return true;
        }
        do {
            Tree operand = expression();
            if (!operand) {
                return false;
            }
            below = std::max(below, operand.depth);
            call.operands.push_back(std::move(operand.expr));
        } while (take(","));
        if (!take(")")) {
            unexpected("\",\" or \")\"");
            return false;
        }
        return true;
    }

    Tree term() {
        const Token at = token_;
        switch (at.kind) {
            case TokenKind::string:
                return literal(LiteralKind::string);
            case TokenKind::number:
                return number();
            case TokenKind::date:
                return literal(LiteralKind::date);
            case TokenKind::date_time:
                return literal(LiteralKind::date_time);
            case TokenKind::time:
                return literal(LiteralKind::time);
            case TokenKind::special: {
                ExprPtr expr = make(ExprKind::special, at);
                expr->name = at.value;
                advance();
                return finish(std::move(expr), 0, at);
            }
            default:
                break;
        }
        if (at.is("true") || at.is("false")) {
            return literal(LiteralKind::boolean);
        }
        if (at_name()) {
            return invocation({});
        }
        if (take("%")) {
            return variable(at);
        }
        if (take("(")) {
            Tree inner = expression();
            return inner && close(")") ? std::move(inner) : Tree{};
        }
        if (take("{")) {
            ExprPtr expr = make(ExprKind::literal, at);
            return close("}") ? finish(std::move(expr), 0, at) : Tree{};
        }
        return unexpected("a value, a name or a %variable");
    }

    Tree literal(LiteralKind kind) {
        const Token at = token_;
        ExprPtr expr = make(ExprKind::literal, at);
        expr->literal = kind;
        expr->text = at.value;
        advance();
        return finish(std::move(expr), 0, at);
    }

    // 4 days, 4 'mg': a unit may follow a number without any sign between.
    Tree number() {
        const Token at = token_;
        const bool whole = at.text.find('.') == std::string_view::npos;
        Tree tree = literal(whole ? LiteralKind::integer : LiteralKind::decimal);
        const bool calendar = token_.kind == TokenKind::identifier && is_calendar_word(token_.text);
        if (tree && (calendar || token_.kind == TokenKind::string)) {
            tree.expr->literal = LiteralKind::quantity;
            tree.expr->unit = token_.value;
            advance();
        }
        return tree;
    }

    Tree variable(const Token& at) {
        ExprPtr expr = make(ExprKind::variable, at);
        if ((!at_name() && token_.kind != TokenKind::string) || token_.value.empty()) {
            return unexpected("a name");
        }
        expr->name = token_.value;
        advance();
        return finish(std::move(expr), 0, at);
    }

    Lexer lexer_;
    const text::Location& at_;
    Token token_;
    std::string_view previous_;  ///< the token before, as written: says where the parser stood
    std::uint32_t nesting_ = 0;
    text::Issue issue_;
};

}  // namespace

text::Result<ExprPtr> parse(std::string_view expression, const text::Location& at) {
    const auto refuse = [&at](std::string message) {
        text::Issue issue;
        issue.code = "structure";
        issue.message = std::move(message);
        issue.location = locate(Expr{}, at);
        return issue;
    };
    if (expression.size() > max_expression_bytes) {
        return refuse("the expression is longer than " + std::to_string(max_expression_bytes) +
                      " bytes");
    }
    if (!text::is_utf8(expression)) {
        return refuse("the expression is not valid UTF-8");
    }
    return Parser(expression, at).run();
}

}  // namespace linkway::fhirpath
