// Calls: which function, how many operands, of which types, and what comes out.
// Functions of the environment come first, so that a program may give its own meaning to a name.
#include <algorithm>
#include <array>

#include "compiler.h"
#include "types.h"

namespace linkway::fhirpath {

namespace {

std::string plural(std::size_t count) {
    return std::to_string(count) + (count == 1 ? " operand" : " operands");
}

bool is_text(const StaticType& type) {
    const auto kind = system_kind(type);
    return !kind || *kind == ValueKind::string;
}

bool is_number(const StaticType& type) {
    const auto kind = system_kind(type);
    return !kind || *kind == ValueKind::integer || *kind == ValueKind::decimal ||
           *kind == ValueKind::quantity;
}

/// Records and complex elements are neither text nor numbers nor booleans.
bool is_structure(const StaticType& type) {
    return type.of == StaticType::Of::record ||
           (type.of == StaticType::Of::fhir && type.type != nullptr && !system_kind(type) &&
            !type.type->is_abstract);
}

}  // namespace

Checked Compiler::check_function(const Expr& expr, const Scope& scope) {
    for (const Function& function : environment_.functions) {
        if (function.name == expr.name) {
            return check_external(expr, function, scope);
        }
    }
    const BuiltIn* function = find_built_in(expr.name);
    if (function == nullptr) {
        return unknown_function(expr);
    }
    const std::size_t most = function->args.size();
    if (!check_count(expr, function->least, most)) {
        return {&make(Op::constant, expr), result_of(*function, {}, {})};
    }
    if (function->handler == nullptr && function->predicate == nullptr) {
        return check_type_test(expr, expr.name, literal_type_name(*expr.operands[0]), scope);
    }
    return check_built_in(expr, *function, scope);
}

Checked Compiler::unknown_function(const Expr& expr) {
    std::vector<std::string> names = built_in_names();
    for (const Function& function : environment_.functions) {
        names.push_back(function.name);
    }
    unknown_name(expr, "unknown function " + expr.name + "()", names);
    return {&make(Op::constant, expr), {}};
}

bool Compiler::check_count(const Expr& expr, std::size_t least, std::size_t most) {
    const std::size_t given = expr.operands.size();
    if (given >= least && given <= most) {
        return true;
    }
    const std::string wanted =
        least == most ? plural(least) : std::to_string(least) + " to " + plural(most);
    mistake(expr, "structure",
            expr.name + "() takes " + wanted + " but " + std::to_string(given) +
                (given == 1 ? " is given" : " are given"));
    return false;
}

// Only operands that are literals are known now. bind() sees those, so that a value set that does
// not exist is found before the first row is read.
Checked Compiler::check_external(const Expr& expr, const Function& function, const Scope& scope) {
    Step& step = make(Op::external, expr);
    check_focus(expr, step, scope, false);
    std::vector<std::optional<std::string>> literals;
    for (const ExprPtr& operand : expr.operands) {
        step.operands.push_back(check(*operand, scope).step);
        const bool literal =
            operand->kind == ExprKind::literal && operand->literal == LiteralKind::string;
        literals.push_back(literal ? std::optional(operand->text) : std::nullopt);
    }
    const bool fixed = std::all_of(step.operands.begin(), step.operands.end(),
                                   [](const Step* each) { return each->op == Op::constant; });
    for (std::size_t i = 0; fixed && i < step.operands.size(); ++i) {
        step.details().args.push_back(step.operands[i]->more->constant);
    }
    step.details().function = &program_.functions.emplace_back(function);
    if (check_count(expr, function.min_args, function.max_args) && function.bind) {
        auto bound = function.bind(literals);
        if (bound.ok()) {
            step.details().bound = std::move(bound).value();
        } else {
            text::Issue issue = std::move(bound).issue();
            mistake(expr, issue.code, std::move(issue.message), std::move(issue.suggestion),
                    issue.severity);
        }
    }
    return {&step, function.result};
}

Checked Compiler::check_built_in(const Expr& expr, const BuiltIn& function, const Scope& scope) {
    static constexpr std::array<std::string_view, 4> free = {"now", "today", "timeOfDay", "iif"};
    Step& step = make(Op::call, expr);
    const bool needs_focus = std::find(free.begin(), free.end(), expr.name) == free.end();
    const StaticType focus = check_focus(expr, step, scope, needs_focus);
    step.handler = function.handler;
    step.predicate = function.predicate;
    step.lazy = function.lazy();
    check_takes(expr, function, focus);
    std::vector<StaticType> operands;
    check_operands(expr, function, step, focus, scope, operands);
    prepare(expr, step);
    return {&step, result_of(function, focus, operands)};
}

void Compiler::check_operands(const Expr& expr, const BuiltIn& function, Step& step,
                              const StaticType& focus, const Scope& scope,
                              std::vector<StaticType>& types) {
    Scope inner = scope;
    const bool own_focus = expr.name != "iif" || expr.focus;
    if (own_focus) {
        inner.has_focus = true;
        inner.focus = focus;
        inner.focus.many = false;
        inner.in_criteria = true;
    }
    if (expr.name == "repeat") {
        inner.focus = StaticType{};  // what it yields becomes its own input
    }
    const std::size_t count = expr.operands.size();
    step.operands.resize(count);
    types.resize(count);
    // The start value of aggregate() comes first, because it says what $total is.
    const bool backwards = expr.name == "aggregate";
    inner.total = backwards ? StaticType{} : inner.total;
    for (std::size_t k = 0; k < count; ++k) {
        const std::size_t i = backwards ? count - 1 - k : k;
        const char letter = function.args[i];
        const bool per_item = letter == 'c' || letter == 'p';
        const bool descending = expr.name == "sort" && is_descending_key(*expr.operands[i]);
        const Expr& written = descending ? *expr.operands[i]->operands[0] : *expr.operands[i];
        const Checked operand = check(written, per_item ? inner : scope);
        check_operand(*expr.operands[i], letter, operand.type);
        step.operands[i] = operand.step;
        types[i] = operand.type;
        if (backwards && i == 1) {
            // Summing integers may meet decimals, so a number stays open.
            inner.total = is_number(operand.type) ? StaticType{} : operand.type;
        }
    }
}

void Compiler::check_operand(const Expr& operand, char letter, const StaticType& type) {
    const auto kind = system_kind(type);
    std::string_view wanted;
    if (letter == 'c') {
        check_condition(operand, type);
    } else if (letter == 's' && (!is_text(type) || is_structure(type))) {
        wanted = "text";
    } else if (letter == 'i' && (is_structure(type) || (kind && *kind != ValueKind::integer))) {
        wanted = "an integer";
    } else if (letter == 'n' && (is_structure(type) || !is_number(type))) {
        wanted = "a number";
    }
    if (!wanted.empty()) {
        mistake(operand, "value",
                "expected " + std::string(wanted) + " here, not " + to_string(type),
                letter == 's' ? "use toString()" : "");
    }
}

// FHIR elements are let through: N1 lets a single element stand for true, and search parameters
// rely on it. In a column of text it is most likely a forgotten comparison.
void Compiler::check_condition(const Expr& operand, const StaticType& type) {
    const bool system = type.of == StaticType::Of::system && type.kind != ValueKind::boolean;
    if (system) {
        mistake(operand, "value", "a condition must be true or false, not " + to_string(type),
                "compare it with something, or use exists()");
    }
}

void Compiler::check_takes(const Expr& expr, const BuiltIn& function, const StaticType& focus) {
    const auto kind = system_kind(focus);
    const bool wrong =
        (function.takes == Takes::text && (!is_text(focus) || is_structure(focus))) ||
        (function.takes == Takes::number && (!is_number(focus) || is_structure(focus))) ||
        (function.takes == Takes::boolean &&
         (is_structure(focus) || (kind && *kind != ValueKind::boolean)));
    if (wrong) {
        mistake(expr, "value",
                expr.name + "() works on " +
                    (function.takes == Takes::text     ? "text"
                     : function.takes == Takes::number ? "numbers"
                                                       : "booleans") +
                    ", not on " + to_string(focus),
                function.takes == Takes::text && !is_structure(focus) ? "use toString() before it"
                                                                      : "");
    }
}

/// A regular expression that is a literal is compiled once, and a mistake in it found now.
void Compiler::prepare(const Expr& expr, Step& step) {
    if (expr.operands.empty() || expr.operands[0]->kind != ExprKind::literal ||
        expr.operands[0]->literal != LiteralKind::string) {
        return;
    }
    std::string why;
    step.details().prepared = prepare_pattern(expr.name, expr.operands[0]->text, why);
    if (!why.empty()) {
        mistake(*expr.operands[0], "value", "the regular expression is wrong: " + why);
    }
}

StaticType Compiler::result_of(const BuiltIn& function, const StaticType& focus,
                               const std::vector<StaticType>& operands) const {
    StaticType type;
    switch (function.yields) {
        case Yields::boolean:
            return system_type(ValueKind::boolean);
        case Yields::integer:
            return system_type(ValueKind::integer);
        case Yields::decimal:
            return system_type(ValueKind::decimal);
        case Yields::string:
            return system_type(ValueKind::string);
        case Yields::date:
            return system_type(ValueKind::date);
        case Yields::date_time:
            return system_type(ValueKind::date_time);
        case Yields::time:
            return system_type(ValueKind::time);
        case Yields::quantity:
            return system_type(ValueKind::quantity);
        case Yields::strings:
            return system_type(ValueKind::string, true);
        case Yields::focus:
            return focus;
        case Yields::focus_one:
            type = focus;
            type.many = false;
            return type;
        case Yields::number:
            // -1 or a fraction as exponent leave the integers.
            if (const auto kind = system_kind(focus); kind && function.name != "power") {
                return system_type(*kind);
            }
            return type;
        case Yields::unknown:
            return type;
        case Yields::unknown_many:
            type.many = true;
            return type;
        case Yields::special:
            break;
    }
    if (function.name == "union" || function.name == "combine") {
        type = operands.empty() ? focus : common_type(focus, operands[0]);
        type.many = true;
    } else if (function.name == "select" && !operands.empty()) {
        type = operands[0];
        type.many = type.many || focus.many;
    } else if (function.name == "iif" && operands.size() > 1) {
        type = operands.size() > 2 ? common_type(operands[1], operands[2]) : operands[1];
    } else if (function.name == "getValue") {
        const auto kind = system_kind(focus);
        type = kind && *kind != ValueKind::quantity ? system_type(*kind) : type;
    } else if (function.name == "extension") {
        type.of = StaticType::Of::fhir;
        type.kind = ValueKind::node;
        type.type = fhir::Definitions::r4().type("Extension");
        type.many = true;
    } else if (function.name == "lowBoundary" || function.name == "highBoundary") {
        const auto kind = system_kind(focus);
        type = kind && *kind != ValueKind::integer ? system_type(*kind) : type;
    } else {
        type.many = function.name == "repeat" || function.name == "aggregate";
    }
    return type;
}

}  // namespace linkway::fhirpath
