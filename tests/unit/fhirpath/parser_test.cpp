#include <string>
#include <vector>

#include "catch.h"
#include "fhirpath/ast.h"

using namespace linkway;
using namespace linkway::fhirpath;

namespace {

std::string printed(std::string_view expression) {
    const auto result = parse(expression);
    return result.ok() ? print(**result) : "!" + result.issue().message;
}

text::Issue failure(std::string_view expression, const text::Location& at = {}) {
    const auto result = parse(expression, at);
    REQUIRE_FALSE(result.ok());
    return result.issue();
}

}  // namespace

TEST_CASE("canonical text shows how an expression was grouped") {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"1+2*3", "1 + 2 * 3"},
        {"(1+2)*3", "(1 + 2) * 3"},
        {"1-(2-3)", "1 - (2 - 3)"},
        {"(1-2)-3", "1 - 2 - 3"},
        {"-1.abs()", "-1.abs()"},
        {"(-1).abs()", "(-1).abs()"},
        {"- - 1", "--1"},
        {"-a*b", "-a * b"},
        {"-(a*b)", "-(a * b)"},
        {"a.b [ 0 ] . c", "a.b[0].c"},
        {"a or b and c", "a or b and c"},
        {"(a or b) and c", "(a or b) and c"},
        {"a implies b implies c", "a implies b implies c"},
        {"a implies (b implies c)", "a implies (b implies c)"},
        {"a | b = c | d", "a | b = c | d"},
        {"a is Patient = true", "a is Patient = true"},
        {"a.b is FHIR.`Patient`", "a.b is FHIR.Patient"},
        {"(a is Patient).not()", "(a is Patient).not()"},
        {"a as Quantity | b", "a as Quantity | b"},
        {"%row.`Odd Name`", "%row.`Odd Name`"},
        {"%`a-b`", "%`a-b`"},
        {"%'a-b'", "%`a-b`"},
        {"'it\\'s \\u0041\\n'", "'it\\'s A\\n'"},
        {"'\\uD83D\\uDE00'", "'\xF0\x9F\x98\x80'"},
        {"4 days", "4 days"},
        {"4.0 'mg'", "4.0 'mg'"},
        {"@2023 < @2023-05-01T10:00Z", "@2023 < @2023-05-01T10:00Z"},
        {"@2023T", "@2023T"},
        {"@T14:30:00.5", "@T14:30:00.5"},
        {"{}", "{}"},
        {"contains.contains('x') contains is", "`contains`.contains('x') contains `is`"},
        {"`div`.`and`()", "`div`.`and`()"},
        {"a /* b */ . // c\n d", "a.d"},
        {"$this.where($index > 0).aggregate($total + $this, 0)",
         "$this.where($index > 0).aggregate($total + $this, 0)"},
        {"iif(true, 'a', {})", "iif(true, 'a', {})"},
        {"2.toString()", "2.toString()"},
        {"now()", "now()"},
    };
    for (const auto& [given, expected] : cases) {
        CAPTURE(given);
        CHECK(printed(given) == expected);
        const auto first = parse(given);
        REQUIRE(first.ok());
        const auto second = parse(print(**first));
        REQUIRE(second.ok());
        CHECK(equal(**first, **second));
        CHECK(equal(**first, *(*first)->clone()));
    }
}

TEST_CASE("a syntax error says what was expected, where") {
    struct Case {
        std::string given;
        std::uint64_t line;
        std::uint32_t column;
        std::string part;
    };
    const std::vector<Case> cases = {
        {"", 1, 1, "expected a value, a name or a %variable, found the end of the expression"},
        {"1 +", 1, 4, "after \"+\", found the end"},
        {"a.", 1, 3, "expected a name after \".\""},
        {"a.(b)", 1, 3, "expected a name after \".\", found \"(\""},
        {"a b", 1, 3, "expected an operator"},
        {"f(a, b", 1, 7, "expected \",\" or \")\""},
        {"(a", 1, 3, "expected \")\""},
        {"a[1", 1, 4, "expected \"]\""},
        {"a == b", 1, 4, "found \"=\""},
        {"a && b", 1, 4, "found \"&\""},
        {"'abc", 1, 1, "never closed"},
        {"`abc", 1, 1, "never closed"},
        {"1 /* x", 1, 3, "comment that starts here is never closed"},
        {"'a\\x'", 1, 3, "unknown escape"},
        {"'\\uD83D'", 1, 2, "unknown escape"},
        {"'\\u12", 1, 2, "unknown escape"},
        {"\"a\"", 1, 1, "single quotes"},
        {"@2023-13", 1, 1, "no such date"},
        {"@2023-02-30", 1, 1, "no such date"},
        {"@T25", 1, 1, "no such date"},
        {"@x", 1, 1, "no such date"},
        {"$that", 1, 1, "expected $this, $index or $total"},
        {"a is", 1, 5, "expected a type"},
        {"a is 'x'", 1, 6, "expected a type"},
        {"a.div", 1, 3, "expected a name"},
        {"%", 1, 2, "expected a name"},
        {"%''", 1, 2, "expected a name"},
        {"#", 1, 1, "unexpected character"},
        {"a\n and\n  )", 3, 3, "found \")\""},
        {"'\xC3\xA9' )", 1, 5, "found \")\""},
        {"\xFF", 1, 1, "UTF-8"},
        {std::string("'a\0b'", 5), 1, 3, "NUL"},
        {"'\\u0000'", 1, 2, "unknown escape"},
    };
    for (const auto& test : cases) {
        CAPTURE(test.given);
        const text::Issue issue = failure(test.given);
        CHECK(issue.location.line == test.line);
        CHECK(issue.location.column == test.column);
        CAPTURE(issue.message);
        CHECK(issue.message.find(test.part) != std::string::npos);
    }
    CHECK(failure("a && b").suggestion.find("and") != std::string::npos);
    CHECK(failure("a.mod").suggestion.find("backquotes") != std::string::npos);
}

TEST_CASE("positions count from where the expression starts in its file") {
    const text::Location at{"map.yaml", 12, 7, ""};
    const text::Issue same_line = failure("a.", at);
    CHECK(same_line.location.file == "map.yaml");
    CHECK(same_line.location.line == 12);
    CHECK(same_line.location.column == 9);
    const text::Issue next_line = failure("a.\n ]", at);
    CHECK(next_line.location.line == 13);
    CHECK(next_line.location.column == 2);
}

TEST_CASE("size and depth are limited") {
    CHECK(failure(std::string(max_expression_bytes + 1, ' ')).message.find("longer") !=
          std::string::npos);
    CHECK(failure(std::string(300, '(') + "1" + std::string(300, ')')).message.find("nested") !=
          std::string::npos);
    CHECK(failure(std::string(1000, '-') + "1").message.find("nested") != std::string::npos);
    std::string chain = "a";
    for (int i = 0; i < 5000; ++i) {
        chain += ".b";
    }
    CHECK(failure(chain).message.find("levels") != std::string::npos);
    CHECK(parse(std::string(199, '(') + "1" + std::string(199, ')')).ok());
}

namespace {

/// Random trees of the shapes that the parser can make; a small generator of our own keeps the
/// trees the same on every standard library.
class Grower {
  public:
    explicit Grower(std::uint32_t seed) : state_(seed) {}

    ExprPtr grow(int depth) {
        auto e = std::make_unique<Expr>();
        switch (pick(depth > 0 ? 10 : 4)) {
            case 0:
            case 1:
                leaf(*e);
                break;
            case 2:
                e->kind = ExprKind::variable;
                e->name = name();
                break;
            case 3:
                e->kind = ExprKind::special;
                e->name = std::vector<std::string>{"$this", "$index", "$total"}[pick(3)];
                break;
            case 4:
                e->kind = ExprKind::member;
                e->name = name();
                maybe_focus(*e, depth);
                break;
            case 5:
                e->kind = ExprKind::function;
                e->name = name();
                maybe_focus(*e, depth);
                for (std::uint32_t i = pick(4); i > 0; --i) {
                    e->operands.push_back(grow(depth - 1));
                }
                break;
            case 6:
                e->kind = ExprKind::index;
                e->focus = grow(depth - 1);
                e->operands.push_back(grow(depth - 1));
                break;
            case 7:
                e->kind = ExprKind::unary;
                e->name = pick(2) == 0 ? "+" : "-";
                e->operands.push_back(grow(depth - 1));
                break;
            case 8:
                e->kind = ExprKind::type_test;
                e->name = pick(2) == 0 ? "is" : "as";
                e->type_name = std::vector<std::string>{"Patient", "System.String", "FHIR.boolean",
                                                        "Quantity"}[pick(4)];
                e->focus = grow(depth - 1);
                break;
            default: {
                static const std::vector<std::string> operators = {
                    "and", "or", "xor",      "implies", "=", "!=", "~", "!~",  "<",   "<=", ">",
                    ">=",  "in", "contains", "+",       "-", "*",  "/", "div", "mod", "&",  "|"};
                e->kind = ExprKind::binary;
                e->name = operators[pick(static_cast<std::uint32_t>(operators.size()))];
                e->operands.push_back(grow(depth - 1));
                e->operands.push_back(grow(depth - 1));
            }
        }
        return e;
    }

  private:
    std::uint32_t pick(std::uint32_t below) {
        state_ = state_ * 1664525U + 1013904223U;
        return (state_ >> 8U) % below;
    }

    std::string name() {
        static const std::vector<std::string> names = {"a",        "value",   "is",
                                                       "contains", "div",     "true",
                                                       "day",      "a b",     "é",
                                                       "x`y",      "back\\s", "Line\nEnd",
                                                       "_u",       "1st",     "where",
                                                       "and",      "T10",     "years",
                                                       "is_a",     "as",      "in",
                                                       "mod",      "xor",     "implies",
                                                       "or",       "$this",   "%x",
                                                       "@2023",    "'q'",     "a.b",
                                                       "//",       "/*",      "\xF0\x9F\x98\x80"};
        return names[pick(static_cast<std::uint32_t>(names.size()))];
    }

    void maybe_focus(Expr& e, int depth) {
        if (pick(3) != 0) {
            e.focus = grow(depth - 1);
        }
    }

    void leaf(Expr& e) {
        static const std::vector<std::pair<LiteralKind, std::string>> literals = {
            {LiteralKind::empty, ""},
            {LiteralKind::boolean, "true"},
            {LiteralKind::boolean, "false"},
            {LiteralKind::integer, "0"},
            {LiteralKind::integer, "42"},
            {LiteralKind::decimal, "1.50"},
            {LiteralKind::string, "it's\t\\n"},
            {LiteralKind::string, ""},
            {LiteralKind::string, "\x01\"`é"},
            {LiteralKind::date, "2023-05"},
            {LiteralKind::date_time, "2023T"},
            {LiteralKind::date_time, "2023-05-01T10:00+01:00"},
            {LiteralKind::time, "T14:30"},
            {LiteralKind::time, "T14"},
            {LiteralKind::integer, "9223372036854775807"},
            {LiteralKind::decimal, "0.00000000000000000000000001"},
            {LiteralKind::string, "\r\n\f`%@$//"},
            {LiteralKind::string, "\xF0\x9F\x98\x80 \xEF\xBF\xBD"},
            {LiteralKind::date, "2023"},
            {LiteralKind::date, "2024-02-29"},
            {LiteralKind::date_time, "2023-05-01T10:00:00.123Z"}};
        e.kind = ExprKind::literal;
        if (pick(8) == 0) {
            e.literal = LiteralKind::quantity;
            static const std::vector<std::string> units = {
                "days",    "day",          "years",  "months", "weeks", "hours", "minutes",
                "seconds", "milliseconds", "mg/d'L", "m2",     "{a b}", "%",     "\\"};
            e.text = pick(2) == 0 ? "4" : "0.5";
            e.unit = units[pick(static_cast<std::uint32_t>(units.size()))];
            return;
        }
        const auto& [kind, text] = literals[pick(static_cast<std::uint32_t>(literals.size()))];
        e.literal = kind;
        e.text = text;
    }

    std::uint32_t state_;
};

}  // namespace

TEST_CASE("print and parse are inverse") {
    for (std::uint32_t seed = 1; seed <= 20'000; ++seed) {
        const ExprPtr tree = Grower(seed).grow(static_cast<int>(seed % 8));
        const std::string text = print(*tree);
        const auto again = parse(text);
        CAPTURE(seed, text);
        REQUIRE(again.ok());
        REQUIRE(equal(*tree, **again));
        REQUIRE(print(**again) == text);
        REQUIRE(equal(*tree, *tree->clone()));
    }
}

TEST_CASE("trees that differ are not equal") {
    const std::vector<std::string> different = {
        "a",   "b",     "'a'",    "%a",     "a()",    "a(1)",   "a[1]",   "a.b",   "-a",
        "+a",  "a + b", "a - b",  "a is b", "a as b", "a is c", "1 'mg'", "1 'g'", "1",
        "1.0", "@2023", "@2023T", "{}",     "true",   "$this",  "$index"};
    for (std::size_t i = 0; i < different.size(); ++i) {
        for (std::size_t j = 0; j < different.size(); ++j) {
            CAPTURE(different[i], different[j]);
            CHECK(equal(**parse(different[i]), **parse(different[j])) == (i == j));
        }
    }
}
