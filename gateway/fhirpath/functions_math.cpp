// Mathematics (N1, section 5.7). What can be exact is; roots and logarithms go through double and
// keep 15 significant digits.
#include <algorithm>
#include <cmath>

#include "arithmetic.h"
#include "builtins.h"
#include "compare.h"
#include "items.h"
#include "navigate.h"

namespace linkway::fhirpath {

namespace {

/// The only item of the focus as a number; `present` is false when there is none.
bool one_number(Machine& machine, const Step& step, const Collection& items, bool& present,
                Decimal& number, Value& value) {
    present = false;
    if (!machine.single(step, items, step.expr->name) || items.empty()) {
        return items.size() <= 1;
    }
    value = to_system(items[0]);
    const auto parsed = number_of(value);
    if (!parsed) {
        return value.kind == ValueKind::decimal ||
               machine.fail(step, step.expr->name + " needs a number");
    }
    present = true;
    number = *parsed;
    return true;
}

bool push_like(Machine& machine, const Step& step, const Value& like, const Decimal& number,
               Collection& out) {
    if (like.kind != ValueKind::quantity) {
        return push_number(machine, step, number, like.kind == ValueKind::integer, out);
    }
    Value quantity = Value::of_text(ValueKind::quantity, machine.keep(number.to_string()));
    quantity.unit = like.unit;
    machine.push(out, quantity);
    return true;
}

bool absolute(Machine& machine, const Step& step, const Collection& focus, const Collection*,
              Collection& out) {
    bool present = false;
    Decimal number;
    Value value;
    if (!one_number(machine, step, focus, present, number, value)) {
        return false;
    }
    return !present ||
           push_like(machine, step, value, number.is_negative() ? number.negated() : number, out);
}

/// ceiling(), floor() and truncate().
template <Decimal (Decimal::*Whole)() const>
bool to_whole(Machine& machine, const Step& step, const Collection& focus, const Collection*,
              Collection& out) {
    bool present = false;
    Decimal number;
    Value value;
    if (!one_number(machine, step, focus, present, number, value)) {
        return false;
    }
    return !present || push_number(machine, step, (number.*Whole)(), true, out);
}

bool round(Machine& machine, const Step& step, const Collection& focus, const Collection* args,
           Collection& out) {
    bool present = false;
    bool has_places = false;
    std::int64_t places = 0;
    Decimal number;
    Value value;
    if (!one_number(machine, step, focus, present, number, value) ||
        (!step.operands.empty() && !one_integer(machine, step, args[0], has_places, places))) {
        return false;
    }
    if (places < 0) {
        return machine.fail(step, "round() needs a number of decimal places that is not negative");
    }
    return !present ||
           push_number(machine, step,
                       number.rounded(static_cast<int>(std::min<std::int64_t>(places, 28))), false,
                       out);
}

template <double (*Apply)(double)>
bool by_double(Machine& machine, const Step& step, const Collection& focus, const Collection*,
               Collection& out) {
    bool present = false;
    Decimal number;
    Value value;
    if (!one_number(machine, step, focus, present, number, value)) {
        return false;
    }
    return !present ||
           push_number(machine, step, Decimal::from_double(Apply(number.to_double())), false, out);
}

bool logarithm(Machine& machine, const Step& step, const Collection& focus, const Collection* args,
               Collection& out) {
    bool present = false;
    bool has_base = false;
    Decimal number;
    Decimal base;
    Value value;
    if (!one_number(machine, step, focus, present, number, value) ||
        !one_number(machine, step, args[0], has_base, base, value)) {
        return false;
    }
    return !present || !has_base ||
           push_number(
               machine, step,
               Decimal::from_double(std::log(number.to_double()) / std::log(base.to_double())),
               false, out);
}

/// Whole exponents by multiplication, so that 2.power(3) is exact.
std::optional<Decimal> whole_power(const Decimal& number, std::int64_t exponent) {
    std::optional<Decimal> result = Decimal::of(1);
    for (std::int64_t i = 0; result && i < exponent; ++i) {
        result = Decimal::multiply(*result, number);
    }
    return result;
}

bool power(Machine& machine, const Step& step, const Collection& focus, const Collection* args,
           Collection& out) {
    bool present = false;
    bool has_exponent = false;
    Decimal number;
    Decimal exponent;
    Value value;
    Value exponent_value;
    if (!one_number(machine, step, focus, present, number, value) ||
        !one_number(machine, step, args[0], has_exponent, exponent, exponent_value)) {
        return false;
    }
    if (!present || !has_exponent) {
        return true;
    }
    const auto times = exponent.to_integer();
    const bool whole = value.kind == ValueKind::integer &&
                       exponent_value.kind == ValueKind::integer && !exponent.is_negative();
    if (times && *times >= 0 && *times <= 100) {
        return push_number(machine, step, whole_power(number, *times), whole, out);
    }
    return push_number(machine, step,
                       Decimal::from_double(std::pow(number.to_double(), exponent.to_double())),
                       whole, out);
}

double square_root(double x) {
    return std::sqrt(x);
}
double exponential(double x) {
    return std::exp(x);
}
double natural_logarithm(double x) {
    return std::log(x);
}

}  // namespace

std::vector<BuiltIn> math_functions() {
    return {
        {"abs", 0, "", Takes::number, Yields::number, absolute},
        {"ceiling", 0, "", Takes::number, Yields::integer, to_whole<&Decimal::ceiling>},
        {"floor", 0, "", Takes::number, Yields::integer, to_whole<&Decimal::floor>},
        {"truncate", 0, "", Takes::number, Yields::integer, to_whole<&Decimal::truncated>},
        {"round", 0, "i", Takes::number, Yields::decimal, round},
        {"sqrt", 0, "", Takes::number, Yields::decimal, by_double<square_root>},
        {"exp", 0, "", Takes::number, Yields::decimal, by_double<exponential>},
        {"ln", 0, "", Takes::number, Yields::decimal, by_double<natural_logarithm>},
        {"log", 1, "n", Takes::number, Yields::decimal, logarithm},
        {"power", 1, "n", Takes::number, Yields::number, power},
    };
}

}  // namespace linkway::fhirpath
