// Conversions between System types (N1, section 5.5). What does not convert gives nothing.
#include <algorithm>
#include <initializer_list>
#include <optional>

#include "builtins.h"
#include "compare.h"
#include "items.h"
#include "lexer.h"
#include "navigate.h"
#include "units.h"

namespace linkway::fhirpath {

namespace {

using Converted = std::optional<Value>;

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::any_of(words.begin(), words.end(), [text](std::string_view word) {
        return text.size() == word.size() &&
               std::equal(text.begin(), text.end(), word.begin(), [](char a, char b) {
                   return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b;
               });
    });
}

Converted boolean_from(const Value& value) {
    switch (value.kind) {
        case ValueKind::boolean:
            return value;
        case ValueKind::integer:
        case ValueKind::decimal: {
            const auto number = number_of(value);
            const auto is = [&](std::int64_t wanted) {
                return number && Decimal::compare(*number, Decimal::of(wanted)) == 0;
            };
            return is(1)   ? Converted(Value::of_boolean(true))
                   : is(0) ? Converted(Value::of_boolean(false))
                           : std::nullopt;
        }
        case ValueKind::string:
            if (is_one_of(value.text, {"true", "t", "yes", "y", "1", "1.0"})) {
                return Value::of_boolean(true);
            }
            if (is_one_of(value.text, {"false", "f", "no", "n", "0", "0.0"})) {
                return Value::of_boolean(false);
            }
            return std::nullopt;
        default:
            return std::nullopt;
    }
}

/// An optional sign and digits, nothing else.
bool is_integer_text(std::string_view text) {
    if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
        text.remove_prefix(1);
    }
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// As is_integer_text, with an optional fraction; no exponent.
/// N1 lists the forms one by one; 1e3 and .5 are not among them, although JSON or C would read
/// them.
bool is_decimal_text(std::string_view text) {
    const std::size_t dot = text.find('.');
    if (dot == std::string_view::npos) {
        return is_integer_text(text);
    }
    const std::string_view places = text.substr(dot + 1);
    return is_integer_text(text.substr(0, dot)) && is_integer_text(places) && places[0] != '+' &&
           places[0] != '-';
}

Converted integer_from(const Value& value) {
    if (value.kind == ValueKind::integer) {
        return value;
    }
    if (value.kind == ValueKind::boolean) {
        return Value::of_integer(value.boolean ? 1 : 0);
    }
    if (value.kind != ValueKind::string || !is_integer_text(value.text)) {
        return std::nullopt;
    }
    const auto number = Decimal::parse(value.text);
    const auto integer = number ? number->to_integer() : std::nullopt;
    return integer ? Converted(Value::of_integer(*integer)) : std::nullopt;
}

Converted decimal_from(const Value& value) {
    switch (value.kind) {
        case ValueKind::decimal:
            return value;
        case ValueKind::integer:
        case ValueKind::boolean:
            return Value::of_text(ValueKind::decimal, {});  // filled in by `convert`
        case ValueKind::string:
            if (is_decimal_text(value.text) && Decimal::parse(value.text)) {
                return Value::of_text(ValueKind::decimal,
                                      value.text.substr(value.text[0] == '+' ? 1 : 0));
            }
            return std::nullopt;
        default:
            return std::nullopt;
    }
}

/// A date or dateTime from either or from text.
/// A date-time loses its time when a date is wanted; a date is a date-time of that precision.
Converted date_from(const Value& value, ValueKind wanted) {
    const bool textual = value.kind == ValueKind::string || value.kind == ValueKind::date ||
                         value.kind == ValueKind::date_time;
    if (!textual) {
        return std::nullopt;
    }
    std::string_view text = value.text;
    const auto moment = parse_date_time(text);
    if (!moment) {
        return std::nullopt;
    }
    if (wanted == ValueKind::date) {
        text = text.substr(0, std::min(text.find('T'), text.size()));
    }
    return Value::of_text(wanted, text);
}

Converted time_from(const Value& value) {
    if (value.kind == ValueKind::time) {
        return value;
    }
    if (value.kind != ValueKind::string) {
        return std::nullopt;
    }
    const std::string_view text = value.text.substr(value.text.starts_with('T') ? 1 : 0);
    return parse_time(text) ? Converted(Value::of_text(ValueKind::time, text)) : std::nullopt;
}

/// "4 days", "4.5 'mg'", "4".
Converted quantity_from_text(std::string_view text) {
    const std::size_t digits = std::min(text.find_first_of(" '"), text.size());
    const std::string_view number = text.substr(0, digits);
    std::string_view unit = text.substr(digits);
    unit.remove_prefix(std::min(unit.find_first_not_of(' '), unit.size()));
    if (!is_decimal_text(number) || !Decimal::parse(number)) {
        return std::nullopt;
    }
    if (unit.empty()) {
        if (digits != text.size()) {
            return std::nullopt;
        }
        unit = "1";
    } else if (unit.size() > 2 && unit.front() == '\'' && unit.back() == '\'') {
        unit = unit.substr(1, unit.size() - 2);
    } else if (!is_calendar_word(unit)) {
        return std::nullopt;
    }
    Value quantity =
        Value::of_text(ValueKind::quantity, number.substr(number.front() == '+' ? 1 : 0));
    quantity.unit = unit;
    return quantity;
}

Converted quantity_from(const Value& value) {
    switch (value.kind) {
        case ValueKind::quantity:
            return value;
        case ValueKind::integer:
        case ValueKind::decimal:
        case ValueKind::boolean: {
            Value quantity = Value::of_text(ValueKind::quantity, value.text);
            quantity.unit = "1";
            return quantity;
        }
        case ValueKind::string:
            return quantity_from_text(value.text);
        default:
            return std::nullopt;
    }
}

/// The number as text, for values that keep it otherwise.
std::string number_text(const Value& value) {
    return value.kind == ValueKind::boolean ? std::string(value.boolean ? "1.0" : "0.0")
                                            : std::to_string(value.integer);
}

Converted converted(const Value& value, ValueKind wanted) {
    switch (wanted) {
        case ValueKind::boolean:
            return boolean_from(value);
        case ValueKind::integer:
            return integer_from(value);
        case ValueKind::decimal:
            return decimal_from(value);
        case ValueKind::date:
        case ValueKind::date_time:
            return date_from(value, wanted);
        case ValueKind::time:
            return time_from(value);
        case ValueKind::quantity:
            return quantity_from(value);
        default:
            return std::nullopt;
    }
}

std::optional<std::string> text_from(const Value& value) {
    switch (value.kind) {
        case ValueKind::boolean:
            return value.boolean ? "true" : "false";
        case ValueKind::integer:
            return std::to_string(value.integer);
        case ValueKind::quantity:
            return std::string(value.text) + (is_calendar_word(value.unit)
                                                  ? " " + std::string(value.unit)
                                                  : " '" + std::string(value.unit) + "'");
        case ValueKind::node:
        case ValueKind::record:
            return std::nullopt;
        default:
            return std::string(value.text);
    }
}

// The result is a System value, so what tied it to FHIR (type, node, extensions) is cut.
template <ValueKind Wanted>
bool to_kind(Machine& machine, const Step& step, const Collection& focus, const Collection*,
             Collection& out) {
    if (!machine.single(step, focus, step.expr->name)) {
        return false;
    }
    if (focus.empty()) {
        return true;
    }
    const Value value = to_system(focus[0]);
    if (!machine.charge_text(step, value.text.size())) {
        return false;
    }
    Converted result = converted(value, Wanted);
    if (result) {
        const bool number =
            result->kind == ValueKind::decimal || result->kind == ValueKind::quantity;
        if (number && result->text.empty()) {
            result->text = machine.keep(number_text(value));
        }
        result->type = nullptr;
        result->node = nullptr;
        result->extra = nullptr;
        machine.push(out, *result);
    }
    return true;
}

/// toQuantity('unit') converts the unit as well.
bool to_quantity(Machine& machine, const Step& step, const Collection& focus,
                 const Collection* args, Collection& out) {
    Collection quantity;
    std::string_view unit;
    if (!to_kind<ValueKind::quantity>(machine, step, focus, nullptr, quantity) ||
        (!step.operands.empty() && !text_or_nothing(machine, step, args[0], unit))) {
        return false;
    }
    if (quantity.empty() || unit.empty() || quantity[0].unit == unit) {
        return machine.append(step, out, quantity);
    }
    const auto number = in_unit(quantity[0], unit);
    if (number) {
        Value value = Value::of_text(ValueKind::quantity, machine.keep(number->to_string()));
        value.unit = unit;
        machine.push(out, value);
    }
    return true;
}

/// Whether two quantities measure the same, so that they can be compared.
bool comparable(Machine& machine, const Step& step, const Collection& focus, const Collection* args,
                Collection& out) {
    if (!machine.single(step, focus, "comparable()") ||
        !machine.single(step, args[0], "comparable()")) {
        return false;
    }
    if (focus.empty() || args[0].empty()) {
        return true;
    }
    const Value a = to_system(focus[0]);
    const Value b = to_system(args[0][0]);
    machine.push_boolean(out, a.kind == ValueKind::quantity && b.kind == ValueKind::quantity &&
                                  common_unit(a.unit, b.unit, false).has_value());
    return true;
}

bool to_text(Machine& machine, const Step& step, const Collection& focus, const Collection*,
             Collection& out) {
    if (!machine.single(step, focus, step.expr->name)) {
        return false;
    }
    if (focus.empty()) {
        return true;
    }
    if (focus[0].kind == ValueKind::string) {
        machine.push(out, Value::of_string(focus[0].text));
        return true;
    }
    const auto text = text_from(to_system(focus[0]));
    return !text || machine.push_text(step, out, ValueKind::string, *text);
}

// convertsToX() is "does toX() give something", so that the two can never disagree.
template <Handler Convert>
bool converts(Machine& machine, const Step& step, const Collection& focus, const Collection* args,
              Collection& out) {
    Collection result;
    if (!Convert(machine, step, focus, args, result)) {
        return false;
    }
    if (!focus.empty()) {
        machine.push_boolean(out, !result.empty());
    }
    return true;
}

}  // namespace

std::vector<BuiltIn> conversion_functions() {
    constexpr Handler boolean = to_kind<ValueKind::boolean>;
    constexpr Handler integer = to_kind<ValueKind::integer>;
    constexpr Handler decimal = to_kind<ValueKind::decimal>;
    constexpr Handler date = to_kind<ValueKind::date>;
    constexpr Handler date_time = to_kind<ValueKind::date_time>;
    constexpr Handler time = to_kind<ValueKind::time>;
    constexpr Takes any = Takes::anything;
    return {
        {"toBoolean", 0, "", any, Yields::boolean, boolean},
        {"toInteger", 0, "", any, Yields::integer, integer},
        {"toDecimal", 0, "", any, Yields::decimal, decimal},
        {"toString", 0, "", any, Yields::string, to_text},
        {"toDate", 0, "", any, Yields::date, date},
        {"toDateTime", 0, "", any, Yields::date_time, date_time},
        {"toTime", 0, "", any, Yields::time, time},
        {"toQuantity", 0, "s", any, Yields::quantity, to_quantity},
        {"comparable", 1, "n", any, Yields::boolean, comparable},
        {"convertsToBoolean", 0, "", any, Yields::boolean, converts<boolean>},
        {"convertsToInteger", 0, "", any, Yields::boolean, converts<integer>},
        {"convertsToDecimal", 0, "", any, Yields::boolean, converts<decimal>},
        {"convertsToString", 0, "", any, Yields::boolean, converts<to_text>},
        {"convertsToDate", 0, "", any, Yields::boolean, converts<date>},
        {"convertsToDateTime", 0, "", any, Yields::boolean, converts<date_time>},
        {"convertsToTime", 0, "", any, Yields::boolean, converts<time>},
        {"convertsToQuantity", 0, "s", any, Yields::boolean, converts<to_quantity>},
    };
}

}  // namespace linkway::fhirpath
