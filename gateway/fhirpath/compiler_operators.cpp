// Operators: which kinds may meet, and what comes out.
#include "compiler.h"
#include "types.h"

namespace linkway::fhirpath {

namespace {

bool is_number(ValueKind kind) {
    return kind == ValueKind::integer || kind == ValueKind::decimal;
}

bool is_amount(ValueKind kind) {
    return is_number(kind) || kind == ValueKind::quantity;
}

bool is_date(ValueKind kind) {
    return kind == ValueKind::date || kind == ValueKind::date_time;
}

/// Whether values of these kinds can be equal or stand in an order.
/// Integers turn into decimals, and both into quantities of the unit 1; dates into date-times.
/// Nothing else is converted without being asked for (N1, section 5.5).
bool meet(ValueKind a, ValueKind b) {
    return a == b || (is_amount(a) && is_amount(b)) || (is_date(a) && is_date(b));
}

bool has_order(ValueKind kind) {
    return kind != ValueKind::boolean && kind != ValueKind::node && kind != ValueKind::record;
}

/// The kind of a type for operators; structures are told apart from what is not known.
std::optional<ValueKind> known_kind(const StaticType& type) {
    if (type.of == StaticType::Of::record) {
        return ValueKind::record;
    }
    if (const auto kind = system_kind(type)) {
        return kind;
    }
    const bool complex =
        type.of == StaticType::Of::fhir && type.type != nullptr && !type.type->is_abstract;
    return complex ? std::optional(ValueKind::node) : std::nullopt;
}

Op op_of(std::string_view name) {
    if (name == "and") {
        return Op::logic_and;
    }
    if (name == "or") {
        return Op::logic_or;
    }
    if (name == "xor") {
        return Op::logic_xor;
    }
    if (name == "implies") {
        return Op::logic_implies;
    }
    if (name == "=" || name == "!=") {
        return Op::equal;
    }
    if (name == "~" || name == "!~") {
        return Op::equivalent;
    }
    if (name == "in" || name == "contains") {
        return Op::contains;
    }
    if (name == "|") {
        return Op::merge;
    }
    if (name == "&") {
        return Op::concatenate;
    }
    return name[0] == '<' || name[0] == '>' ? Op::compare : Op::arithmetic;
}

}  // namespace

Checked Compiler::check_unary(const Expr& expr, const Scope& scope) {
    Step& step = make(Op::sign, expr);
    const Checked operand = check(*expr.operands[0], scope);
    step.symbol = expr.name[0];
    step.operands.push_back(operand.step);
    const auto kind = known_kind(operand.type);
    if (kind && !is_amount(*kind)) {
        mistake(
            expr, "value",
            "a sign stands before a number or a quantity, not before " + to_string(operand.type));
        return {&step, {}};
    }
    return {&step, kind ? system_type(*kind) : StaticType{}};
}

Checked Compiler::check_binary(const Expr& expr, const Scope& scope) {
    Step& step = make(op_of(expr.name), expr);
    step.symbol = expr.name[0];
    step.negated = expr.name == "!=" || expr.name == "!~" || expr.name == "in";
    StaticType sides[2];
    for (std::size_t i = 0; i < 2; ++i) {
        const Checked side = check(*expr.operands[i], scope);
        step.operands.push_back(side.step);
        sides[i] = side.type;
    }
    StaticType type = system_type(ValueKind::boolean);
    check_operator(expr, step, sides[0], sides[1], type);
    return {&step, type};
}

// Equality of kinds that never meet is false and legal, so it is only a warning; an order between
// them is an error when it runs, so it is one here.
void Compiler::check_operator(const Expr& expr, Step& step, const StaticType& left,
                              const StaticType& right, StaticType& type) {
    const auto a = known_kind(left);
    const auto b = known_kind(right);
    const std::string between =
        "operator " + expr.name + " between " + to_string(left) + " and " + to_string(right);
    switch (step.op) {
        case Op::equal:
        case Op::equivalent:
        case Op::contains:
            if (a && b && !meet(*a, *b)) {
                mistake(expr, "value", between + " never finds them equal",
                        "convert one side, for example with toString() or toInteger()",
                        text::Severity::warning);
            }
            break;
        case Op::compare:
            if ((a && b && !meet(*a, *b)) || (a && !has_order(*a)) || (b && !has_order(*b))) {
                mistake(expr, "value", between + " has no meaning",
                        "convert one side, for example with toInteger() or toDate()");
            }
            break;
        case Op::merge:
            type = common_type(left, right);
            type.many = true;
            break;
        case Op::concatenate:
            type = system_type(ValueKind::string);
            if ((a && *a != ValueKind::string) || (b && *b != ValueKind::string)) {
                mistake(expr, "value", between + " has no meaning", "use toString()");
            }
            break;
        case Op::arithmetic:
            type = arithmetic_type(expr, left, right);
            break;
        default:
            break;
    }
}

StaticType Compiler::arithmetic_type(const Expr& expr, const StaticType& left,
                                     const StaticType& right) {
    const auto a = known_kind(left);
    const auto b = known_kind(right);
    const bool sum = expr.name == "+" || expr.name == "-";
    if (!a || !b) {
        // Of one side alone only a date says what comes out.
        const bool date = sum && a && (is_date(*a) || *a == ValueKind::time);
        const bool text =
            expr.name == "+" && ((a && *a == ValueKind::string) || (b && *b == ValueKind::string));
        return date ? system_type(*a) : text ? system_type(ValueKind::string) : StaticType{};
    }
    if (is_number(*a) && is_number(*b)) {
        const bool whole = *a == ValueKind::integer && *b == ValueKind::integer;
        const bool integer = expr.name == "div" || (whole && expr.name != "/");
        return system_type(integer ? ValueKind::integer : ValueKind::decimal);
    }
    if (is_amount(*a) && is_amount(*b) && expr.name != "div" && expr.name != "mod") {
        return system_type(ValueKind::quantity);
    }
    if (expr.name == "+" && *a == ValueKind::string && *b == ValueKind::string) {
        return system_type(ValueKind::string);
    }
    if (sum && (is_date(*a) || *a == ValueKind::time) && *b == ValueKind::quantity) {
        return system_type(*a);
    }
    mistake(expr, "value",
            "operator " + expr.name + " between " + to_string(left) + " and " + to_string(right) +
                " has no meaning",
            *a == ValueKind::string || *b == ValueKind::string
                ? "use & to join text, or toInteger() or toDecimal() to reckon"
                : "");
    return {};
}

}  // namespace linkway::fhirpath
