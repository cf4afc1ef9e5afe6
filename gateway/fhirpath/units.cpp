// A small table instead of all of UCUM: the units that turn up in general practice and in the
// calendar.
#include "units.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace linkway::fhirpath {

namespace {

struct Unit {
    std::string_view code;
    char dimension;  ///< T time, M mass, L length, V volume, 1 number, Y calendar years, U UCUM
                     ///< years
    std::string_view factor;  ///< to the base unit of the dimension
};

// Calendar years and months have no fixed length, so they are a dimension of their own; from weeks
// down calendar and UCUM agree. Factors: UCUM 2.1, tables 1 to 5.
constexpr std::array<Unit, 46> units = {{
    {"1", '1', "1"},
    {"%", '1', "0.01"},
    {"year", 'Y', "12"},
    {"month", 'Y', "1"},
    {"a", 'U', "12"},
    {"mo", 'U', "1"},
    {"week", 'T', "604800000"},
    {"wk", 'T', "604800000"},
    {"day", 'T', "86400000"},
    {"d", 'T', "86400000"},
    {"hour", 'T', "3600000"},
    {"h", 'T', "3600000"},
    {"minute", 'T', "60000"},
    {"min", 'T', "60000"},
    {"second", 'T', "1000"},
    {"s", 'T', "1000"},
    {"millisecond", 'T', "1"},
    {"ms", 'T', "1"},
    {"us", 'T', "0.001"},
    {"ns", 'T', "0.000001"},
    {"kg", 'M', "1000"},
    {"g", 'M', "1"},
    {"mg", 'M', "0.001"},
    {"ug", 'M', "0.000001"},
    {"mcg", 'M', "0.000001"},
    {"ng", 'M', "0.000000001"},
    {"pg", 'M', "0.000000000001"},
    {"t", 'M', "1000000"},
    {"[lb_av]", 'M', "453.59237"},
    {"[oz_av]", 'M', "28.349523125"},
    {"[stone_av]", 'M', "6350.29318"},
    {"km", 'L', "1000"},
    {"m", 'L', "1"},
    {"dm", 'L', "0.1"},
    {"cm", 'L', "0.01"},
    {"mm", 'L', "0.001"},
    {"um", 'L', "0.000001"},
    {"nm", 'L', "0.000000001"},
    {"[in_i]", 'L', "0.0254"},
    {"[ft_i]", 'L', "0.3048"},
    {"[mi_i]", 'L', "1609.344"},
    {"L", 'V', "1"},
    {"l", 'V', "1"},
    {"dL", 'V', "0.1"},
    {"mL", 'V', "0.001"},
    {"ml", 'V', "0.001"},
}};

const Unit* find(std::string_view code) {
    for (const Unit& unit : units) {
        if (unit.code == code) {
            return &unit;
        }
    }
    return nullptr;
}

}  // namespace

std::string_view singular_unit(std::string_view unit) {
    static constexpr std::array<std::string_view, 8> words = {
        "years", "months", "weeks", "days", "hours", "minutes", "seconds", "milliseconds"};
    for (const std::string_view word : words) {
        if (unit == word) {
            return word.substr(0, word.size() - 1);
        }
    }
    return unit;
}

namespace {

/// A unit as a fraction and exponents of base units: 1 km/h is 1000/3600000 m ms-1. A fraction,
/// because 1/3600000 is no decimal.
struct Canonical {
    Decimal above = Decimal::of(1);
    Decimal below = Decimal::of(1);
    std::array<int, 5> exponents{};  ///< of T, M, L, Y and U

    bool multiply(const Decimal& by, int exponent) {
        Decimal& side = exponent > 0 ? above : below;
        for (int i = 0; i < std::abs(exponent); ++i) {
            const auto next = Decimal::multiply(side, by);
            if (!next) {
                return false;
            }
            side = *next;
        }
        return true;
    }
};

constexpr std::string_view dimensions = "TMLYU";

/// A unit of the table to a power. Litres are cubic metres; 1 and % have no dimension.
bool add_unit(Canonical& total, const Unit& unit, int exponent) {
    if (unit.dimension == 'V') {
        total.exponents[dimensions.find('L')] += 3 * exponent;
        if (!total.multiply(*Decimal::parse("0.001"), exponent)) {
            return false;
        }
    } else if (unit.dimension != '1') {
        total.exponents.at(dimensions.find(unit.dimension)) += exponent;
    }
    const auto factor = Decimal::parse(unit.factor);
    return factor && total.multiply(*factor, exponent);
}

/// A unit's code and exponent: "m2", "s-1", "[in_i]2".
bool add_component(Canonical& total, std::string_view component, bool inverse) {
    std::size_t end = component.size();
    while (end > 0 && component[end - 1] >= '0' && component[end - 1] <= '9') {
        --end;
    }
    const std::string_view digits = component.substr(end);
    int exponent = 1;
    if (!digits.empty() && end > 0) {
        if (digits.size() > 1) {
            return false;  // no unit of care has a power of ten or more
        }
        exponent = digits[0] - '0';
        if (component[end - 1] == '-') {
            exponent = -exponent;
            --end;
        }
    } else {
        end = component.size();  // "1" itself
    }
    const Unit* unit = find(component.substr(0, end));
    return unit != nullptr && add_unit(total, *unit, inverse ? -exponent : exponent);
}

/// Reads units of the table joined by . and /, from left to right as UCUM does; nothing for others.
std::optional<Canonical> canonical(std::string_view code) {
    constexpr std::size_t longest = 64;
    if (code.size() > longest) {
        return std::nullopt;
    }
    Canonical total;
    bool inverse = false;
    std::size_t start = 0;
    if (code.starts_with('/')) {
        inverse = true;
        start = 1;
    }
    for (;;) {
        const std::size_t end = std::min(code.find_first_of("./", start), code.size());
        if (!add_component(total, code.substr(start, end - start), inverse)) {
            return std::nullopt;
        }
        if (end == code.size()) {
            return total;
        }
        inverse = code[end] == '/';
        start = end + 1;
    }
}

/// A calendar year has no fixed length, and so no place in a product.
bool is_calendar_word(std::string_view unit) {
    static constexpr std::array<std::string_view, 8> words = {
        "year", "month", "week", "day", "hour", "minute", "second", "millisecond"};
    return std::find(words.begin(), words.end(), unit) != words.end();
}

}  // namespace

std::optional<std::string> joined_unit(std::string_view first, std::string_view second,
                                       bool quotient) {
    for (const std::string_view unit : {first, second}) {
        if (is_calendar_word(singular_unit(unit)) || !canonical(unit)) {
            return std::nullopt;
        }
    }
    if (second.starts_with('/')) {
        return std::nullopt;
    }
    std::string joined(first);
    joined += quotient ? '/' : '.';
    for (const char c : second) {
        // a divided by b/c is a/b.c: UCUM reads from left to right.
        joined += quotient && c == '/' ? '.' : quotient && c == '.' ? '/' : c;
    }
    return joined;
}

std::optional<CommonUnit> common_unit(std::string_view first, std::string_view second,
                                      bool equivalence) {
    first = singular_unit(first);
    second = singular_unit(second);
    if (first == second) {
        return CommonUnit{Decimal::of(1), Decimal::of(1)};
    }
    auto a = canonical(first);
    auto b = canonical(second);
    if (!a || !b) {
        return std::nullopt;
    }
    for (Canonical* unit : {&*a, &*b}) {
        if (equivalence) {
            unit->exponents[dimensions.find('Y')] += unit->exponents[dimensions.find('U')];
            unit->exponents[dimensions.find('U')] = 0;
        }
    }
    if (a->exponents != b->exponents) {
        return std::nullopt;
    }
    const auto x = Decimal::multiply(a->above, b->below);
    const auto y = Decimal::multiply(b->above, a->below);
    return x && y ? std::optional(CommonUnit{*x, *y}) : std::nullopt;
}

}  // namespace linkway::fhirpath
