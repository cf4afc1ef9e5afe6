// The operators on values. Every one follows the same rule of FHIRPath N1: an empty side makes an
// empty result (except for & | ~ and membership), more than one item where one is meant is an
// error, and so is a pair of kinds without meaning. Integers are reckoned as decimals and back, so
// that overflow shows as "no value" and never as a wrong number.
#include "arithmetic.h"

#include <algorithm>

#include "compare.h"
#include "items.h"
#include "navigate.h"
#include "units.h"

namespace linkway::fhirpath {

namespace {

bool is_number(const Value& value) {
    return value.kind == ValueKind::integer || value.kind == ValueKind::decimal;
}

bool is_moment(const Value& value) {
    return value.kind == ValueKind::date || value.kind == ValueKind::date_time ||
           value.kind == ValueKind::time;
}

std::string_view operator_name(const Step& step) {
    return step.expr->name;
}

bool no_operator(Machine& machine, const Step& step) {
    return machine.fail(step, "operator " + std::string(operator_name(step)) +
                                  " does not work on these kinds of values");
}

/// A quantity in days, months, ... as whole units and, for seconds, what is left.
struct Duration {
    std::int64_t amount = 0;
    std::int64_t nanos = 0;
    Part unit = Part::day;
};

std::optional<Duration> duration_of(const Value& quantity, bool minus) {
    const std::string_view unit = singular_unit(quantity.unit);
    auto number = Decimal::parse(quantity.text);
    if (!number) {
        return std::nullopt;
    }
    Duration result;
    // Of the UCUM codes only those of fixed length may stand for calendar units (N1, 6.7).
    if (unit == "year") {
        result.unit = Part::year;
    } else if (unit == "month") {
        result.unit = Part::month;
    } else if (unit == "week" || unit == "wk" || unit == "day" || unit == "d") {
        result.unit = Part::day;
    } else if (unit == "hour" || unit == "h") {
        result.unit = Part::hour;
    } else if (unit == "minute" || unit == "min") {
        result.unit = Part::minute;
    } else if (unit == "second" || unit == "s" || unit == "millisecond" || unit == "ms") {
        result.unit = Part::second;
    } else {
        return std::nullopt;
    }
    if (unit == "millisecond" || unit == "ms") {
        number = Decimal::divide(*number, Decimal::of(1000));
    }
    const auto whole = number ? number->truncated().to_integer() : std::nullopt;
    if (!whole || *whole > INT64_MAX / 8 || *whole < -(INT64_MAX / 8)) {
        return std::nullopt;
    }
    const std::int64_t days = unit == "week" || unit == "wk" ? 7 : 1;
    result.amount = *whole * days * (minus ? -1 : 1);
    const auto rest = Decimal::subtract(*number, number->truncated());
    const auto nanos = rest ? Decimal::multiply(*rest, Decimal::of(1'000'000'000)) : std::nullopt;
    result.nanos = nanos ? nanos->truncated().to_integer().value_or(0) * (minus ? -1 : 1) : 0;
    return result;
}

bool add_duration(Machine& machine, const Step& step, const Value& moment, const Value& quantity,
                  Collection& out) {
    const auto duration = duration_of(quantity, step.symbol == '-');
    if (!duration) {
        return machine.fail(step,
                            "only an amount of time such as 3 days or 2 hours can be added to "
                            "or taken from a date or time");
    }
    const auto start = moment_of(moment);
    if (!start) {
        return true;
    }
    auto end = add(*start, duration->amount, duration->unit, duration->nanos);
    if (!end) {
        return true;  // outside of the calendar: no such date
    }
    if (duration->nanos % 1'000'000'000 != 0 && end->precision == Part::second) {
        end->fraction_digits = std::max<std::uint8_t>(end->fraction_digits, 3);
    }
    return machine.push_text(step, out, moment.kind, format(*end));
}

bool push_quantity(Machine& machine, const std::optional<Decimal>& number, std::string_view unit,
                   Collection& out) {
    if (!number) {
        return true;
    }
    Value value = Value::of_text(ValueKind::quantity, machine.keep(number->to_string()));
    value.unit = unit;
    machine.push(out, value);
    return true;
}

/// Units that are not known make no product.
bool push_joined(Machine& machine, const std::optional<Decimal>& number,
                 const std::optional<std::string>& unit, Collection& out) {
    return !unit || push_quantity(machine, number, machine.keep(*unit), out);
}

// The result of + and - is in the unit of the left side, as a reader would expect of 1 L + 5 dL.
bool quantity_arithmetic(Machine& machine, const Step& step, const Value& a, const Value& b,
                         Collection& out) {
    const auto x = number_of(a);
    const auto y = number_of(b);
    if (!x || !y) {
        return true;
    }
    const std::string_view unit_a = a.kind == ValueKind::quantity ? a.unit : "1";
    const std::string_view unit_b = b.kind == ValueKind::quantity ? b.unit : "1";
    switch (step.symbol) {
        case '+':
        case '-': {
            const auto common = common_unit(unit_a, unit_b, false);
            const auto scaled = common ? Decimal::multiply(*y, common->second) : std::nullopt;
            const auto same = scaled ? Decimal::divide(*scaled, common->first) : std::nullopt;
            if (!same) {
                return true;
            }
            return push_quantity(
                machine,
                step.symbol == '+' ? Decimal::add(*x, *same) : Decimal::subtract(*x, *same), unit_a,
                out);
        }
        case '*':
            if (unit_a == "1" || unit_b == "1") {
                return push_quantity(machine, Decimal::multiply(*x, *y),
                                     unit_a == "1" ? unit_b : unit_a, out);
            }
            return push_joined(machine, Decimal::multiply(*x, *y),
                               joined_unit(unit_a, unit_b, false), out);
        case '/': {
            if (unit_b == "1") {
                return push_quantity(machine, Decimal::divide(*x, *y), unit_a, out);
            }
            const auto common = common_unit(unit_a, unit_b, false);
            if (!common) {
                return push_joined(machine, Decimal::divide(*x, *y),
                                   joined_unit(unit_a, unit_b, true), out);
            }
            const auto first = Decimal::multiply(*x, common->first);
            const auto second = Decimal::multiply(*y, common->second);
            return push_quantity(machine,
                                 first && second ? Decimal::divide(*first, *second) : std::nullopt,
                                 "1", out);
        }
        default:
            return no_operator(machine, step);
    }
}

bool number_arithmetic(Machine& machine, const Step& step, const Value& a, const Value& b,
                       Collection& out) {
    const bool whole = a.kind == ValueKind::integer && b.kind == ValueKind::integer;
    const auto x = number_of(a);
    const auto y = number_of(b);
    if (!x || !y) {
        return true;
    }
    switch (step.symbol) {
        case '+':
            return push_number(machine, step, Decimal::add(*x, *y), whole, out);
        case '-':
            return push_number(machine, step, Decimal::subtract(*x, *y), whole, out);
        case '*':
            return push_number(machine, step, Decimal::multiply(*x, *y), whole, out);
        case '/':
            return push_number(machine, step, Decimal::divide(*x, *y), false, out);
        case 'd':
            return push_number(machine, step, Decimal::quotient(*x, *y), true, out);
        default:
            return push_number(machine, step, Decimal::remainder(*x, *y), whole, out);
    }
}

bool arithmetic(Machine& machine, const Step& step, const Value& left, const Value& right,
                Collection& out) {
    const Value a = to_system(left);
    const Value b = to_system(right);
    const bool sum = step.symbol == '+' || step.symbol == '-';
    if (is_number(a) && is_number(b)) {
        return number_arithmetic(machine, step, a, b, out);
    }
    if (step.symbol == '+' && a.kind == ValueKind::string && b.kind == ValueKind::string) {
        return machine.push_text(step, out, ValueKind::string,
                                 std::string(a.text) + std::string(b.text));
    }
    if (sum && is_moment(a) && b.kind == ValueKind::quantity) {
        return add_duration(machine, step, a, b, out);
    }
    const auto amount = [](const Value& v) {
        return v.kind == ValueKind::quantity || is_number(v);
    };
    if (amount(a) && amount(b)) {
        return quantity_arithmetic(machine, step, a, b, out);
    }
    return no_operator(machine, step);
}

bool compare_operator(Machine& machine, const Step& step, const Value& a, const Value& b,
                      Collection& out) {
    if (!machine.charge_text(step, std::min(a.text.size(), b.text.size()))) {
        return false;
    }
    const Order order = order_items(a, b);
    if (order == Order::incomparable) {
        return no_operator(machine, step);
    }
    if (order == Order::unknown) {
        return true;
    }
    const std::string_view name = operator_name(step);
    const bool strict = name.size() == 1;
    const Order wanted = name[0] == '<' ? Order::less : Order::greater;
    machine.push_boolean(out, order == wanted || (!strict && order == Order::same));
    return true;
}

/// & treats what is missing as empty text; both sides must be text.
bool concatenate(Machine& machine, const Step& step, const Collection& left,
                 const Collection& right, Collection& out) {
    if (!machine.single(step, left, "operator &") || !machine.single(step, right, "operator &")) {
        return false;
    }
    std::string_view a;
    std::string_view b;
    if (!text_or_nothing(machine, step, left, a) || !text_or_nothing(machine, step, right, b)) {
        return false;
    }
    if (a.empty() || b.empty()) {
        machine.push(out, Value::of_string(a.empty() ? b : a));
        return true;
    }
    if (a.size() + b.size() > max_text_bytes) {
        return machine.push_text(step, out, ValueKind::string,
                                 std::string(a) + std::string(b));  // says that it is too long
    }
    if (!machine.charge(step, (a.size() + b.size()) >> 6U)) {
        return false;
    }
    auto* joined = static_cast<char*>(machine.arena().allocate(a.size() + b.size(), 1));
    a.copy(joined, a.size());
    b.copy(joined + a.size(), b.size());
    machine.push(out, Value::of_string({joined, a.size() + b.size()}));
    return true;
}

// `in` and `contains` are one operator with its sides changed.
bool membership(Machine& machine, const Step& step, const Collection& items,
                const Collection& wanted, Collection& out) {
    if (!machine.single(step, wanted, "operator " + std::string(operator_name(step)))) {
        return false;
    }
    if (wanted.empty()) {
        return true;
    }
    bool found = false;
    if (!look_for(machine, step, items, wanted[0], found)) {
        return false;
    }
    machine.push_boolean(out, found);
    return true;
}

Truth negate(Truth truth) {
    return truth == Truth::unknown ? truth : truth == Truth::yes ? Truth::no : Truth::yes;
}

}  // namespace

bool push_number(Machine& machine, const Step& step, const std::optional<Decimal>& number,
                 bool whole, Collection& out) {
    if (!number) {
        return true;
    }
    if (whole) {
        const auto integer = number->to_integer();
        if (integer) {
            machine.push_integer(out, *integer);
        }
        return true;
    }
    return machine.push_text(step, out, ValueKind::decimal, number->to_string());
}

bool merge(Machine& machine, const Step& step, const Collection& left, const Collection& right,
           Collection& out) {
    for (const Collection* side : {&left, &right}) {
        for (const Value& item : *side) {
            bool known = false;
            if (!look_for(machine, step, out, item, known)) {
                return false;
            }
            if (!known) {
                machine.push(out, item);
            }
        }
    }
    return true;
}

bool apply_sign(Machine& machine, const Step& step, const Value& value, Collection& out) {
    const Value item = to_system(value);
    if (step.symbol == '+' && (is_number(item) || item.kind == ValueKind::quantity)) {
        machine.push(out, item);
        return true;
    }
    const auto number = number_of(item);
    if (!number) {
        return machine.fail(step, "a sign needs a number or a quantity");
    }
    if (item.kind == ValueKind::quantity) {
        return push_quantity(machine, number->negated(), item.unit, out);
    }
    return push_number(machine, step, number->negated(), item.kind == ValueKind::integer, out);
}

bool apply_operator(Machine& machine, const Step& step, const Collection& left,
                    const Collection& right, Collection& out) {
    switch (step.op) {
        case Op::equal: {
            if (left.empty() || right.empty()) {
                return true;
            }
            if (!machine.charge(step, left.size())) {
                return false;
            }
            const Truth same = equal_collections(left, right, machine.runtime().steps_left);
            machine.push_truth(out, step.negated ? negate(same) : same);
            return machine.has_steps(step);
        }
        case Op::equivalent:
            machine.push_boolean(
                out,
                equivalent_collections(left, right, machine.runtime().steps_left) != step.negated);
            return machine.has_steps(step);
        case Op::concatenate:
            return concatenate(machine, step, left, right, out);
        case Op::merge:
            return merge(machine, step, left, right, out);
        case Op::contains:
            return step.negated ? membership(machine, step, right, left, out)
                                : membership(machine, step, left, right, out);
        default:
            break;
    }
    const std::string what = "operator " + std::string(operator_name(step));
    if (!machine.single(step, left, what) || !machine.single(step, right, what)) {
        return false;
    }
    if (left.empty() || right.empty()) {
        return true;
    }
    return step.op == Op::compare ? compare_operator(machine, step, left[0], right[0], out)
                                  : arithmetic(machine, step, left[0], right[0], out);
}

}  // namespace linkway::fhirpath
