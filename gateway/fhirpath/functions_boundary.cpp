// lowBoundary, highBoundary and precision of numbers, dates and times.
#include <algorithm>
#include <array>

#include "builtins.h"
#include "compare.h"
#include "items.h"
#include "navigate.h"

namespace linkway::fhirpath {

namespace {

/// Digits that each precision of a date or time has: 4 for a year, 8 for a day, 17 for
/// milliseconds.
struct Digits {
    std::int64_t count;
    Part part;
};

constexpr std::array<Digits, 6> date_digits = {{{4, Part::year},
                                                {6, Part::month},
                                                {8, Part::day},
                                                {10, Part::hour},
                                                {12, Part::minute},
                                                {17, Part::second}}};
constexpr std::array<Digits, 3> time_digits = {
    {{2, Part::hour}, {4, Part::minute}, {9, Part::second}}};

std::optional<Part> part_of(std::int64_t digits, bool time) {
    for (const Digits& each : date_digits) {
        if (!time && (each.count == digits || (each.part == Part::second && digits == 14))) {
            return each.part;
        }
    }
    for (const Digits& each : time_digits) {
        if (time && (each.count == digits || (each.part == Part::second && digits == 6))) {
            return each.part;
        }
    }
    return std::nullopt;
}

/// Fills the parts beyond the precision with their least or greatest values.
void fill(Moment& moment, Part until, bool high) {
    const Part from = moment.precision;
    const auto unset = [&](Part part) { return from < part && part <= until; };
    if (unset(Part::month)) {
        moment.month = high ? 12 : 1;
    }
    if (unset(Part::day)) {
        moment.day = high ? days_in_month(moment.year, moment.month) : 1;
    }
    if (unset(Part::hour)) {
        moment.hour = high ? 23 : 0;
    }
    if (unset(Part::minute)) {
        moment.minute = high ? 59 : 0;
    }
    if (unset(Part::second)) {
        moment.second = high ? 59 : 0;
    }
    if (until == Part::second) {
        if (high && moment.fraction_digits < 3) {
            // 14:30:00 stands for anything up to 14:30:00.999.
            static constexpr std::array<std::int32_t, 3> rest = {999'000'000, 99'000'000,
                                                                 9'000'000};
            moment.nano += rest.at(moment.fraction_digits);
        }
        moment.fraction_digits = std::max<std::uint8_t>(moment.fraction_digits, 3);
    }
    moment.precision = until;
    // Without a zone the moment may be anywhere on earth: from +14:00 (earliest) to -12:00.
    if (moment.year != 0 && until >= Part::hour && !moment.zoned) {
        moment.zoned = true;
        moment.offset_minutes = high ? -12 * 60 : 14 * 60;
    }
}

template <bool High>
bool moment_boundary(Machine& machine, const Step& step, const Value& value, bool has_digits,
                     std::int64_t digits, Collection& out) {
    auto moment = moment_of(value);
    const bool time = value.kind == ValueKind::time;
    const auto until = part_of(has_digits                      ? digits
                               : value.kind == ValueKind::date ? 8
                               : time                          ? 9
                                                               : 17,
                               time);
    if (!moment || !until || (value.kind == ValueKind::date && *until > Part::day)) {
        return true;
    }
    if (*until < moment->precision) {
        moment->precision = *until;
        moment->zoned = moment->zoned && *until >= Part::hour;
        moment->fraction_digits = 0;
    } else {
        fill(*moment, *until, High);
    }
    return machine.push_text(step, out, value.kind, format(*moment));
}

/// A number written 1.58 stands for 1.575 to 1.585.
template <bool High>
bool number_boundary(Machine& machine, const Value& value, bool has_digits, std::int64_t digits,
                     Collection& out) {
    const auto number = number_of(value);
    const std::int64_t places = has_digits ? digits : 8;
    if (!number || places < 0 || places > 28) {
        return true;
    }
    std::string half = "0." + std::string(static_cast<std::size_t>(number->scale()), '0') + '5';
    const auto offset = Decimal::parse(High ? half : '-' + half);
    const auto edge = offset ? Decimal::add(*number, *offset) : std::nullopt;
    if (!edge) {
        return true;
    }
    // Cut outward, so that the boundary still holds every value.
    const auto wanted = static_cast<int>(places);
    auto shown = edge->rounded(wanted);
    const int order = Decimal::compare(shown, *edge);
    std::string unit =
        wanted == 0 ? "1" : "0." + std::string(static_cast<std::size_t>(wanted - 1), '0') + '1';
    if ((High && order < 0) || (!High && order > 0)) {
        const auto one = Decimal::parse(High ? unit : '-' + unit);
        const auto moved = one ? Decimal::add(shown, *one) : std::nullopt;
        shown = moved.value_or(shown);
    }
    const auto scaled = shown.with_scale(wanted);
    if (!scaled) {
        return true;
    }
    Value result =
        Value::of_text(value.kind == ValueKind::quantity ? value.kind : ValueKind::decimal,
                       machine.keep(scaled->to_string()));
    result.unit = value.unit;
    machine.push(out, result);
    return true;
}

template <bool High>
bool boundary(Machine& machine, const Step& step, const Collection& focus, const Collection* args,
              Collection& out) {
    bool has_digits = false;
    std::int64_t digits = 0;
    if (!machine.single(step, focus, step.expr->name) ||
        (!step.operands.empty() && !one_integer(machine, step, args[0], has_digits, digits))) {
        return false;
    }
    if (focus.empty()) {
        return true;
    }
    const Value value = to_system(focus[0]);
    if (number_of(value)) {
        return number_boundary<High>(machine, value, has_digits, digits, out);
    }
    if (!moment_of(value)) {
        return machine.fail(step, step.expr->name + " needs a number, a date or a time");
    }
    return moment_boundary<High>(machine, step, value, has_digits, digits, out);
}

bool precision(Machine& machine, const Step& step, const Collection& focus, const Collection*,
               Collection& out) {
    if (!machine.single(step, focus, "precision()")) {
        return false;
    }
    if (focus.empty()) {
        return true;
    }
    const Value value = to_system(focus[0]);
    if (const auto number = number_of(value)) {
        machine.push_integer(out, number->scale());
    } else if (const auto moment = moment_of(value)) {
        const bool time = value.kind == ValueKind::time;
        std::int64_t digits = moment->fraction_digits;
        for (const Digits& each : date_digits) {
            if (each.part == moment->precision) {
                // Those of the table count milliseconds with the seconds.
                digits += each.part == Part::second ? 14 : each.count;
            }
        }
        machine.push_integer(out, time ? digits - 8 : digits);
    } else {
        return machine.fail(step, "precision() needs a number, a date or a time");
    }
    return true;
}

}  // namespace

std::vector<BuiltIn> boundary_functions() {
    return {
        {"lowBoundary", 0, "i", Takes::anything, Yields::special, boundary<false>},
        {"highBoundary", 0, "i", Takes::anything, Yields::special, boundary<true>},
        {"precision", 0, "", Takes::anything, Yields::integer, precision},
    };
}

}  // namespace linkway::fhirpath
