// A small table instead of all of UCUM: the units that turn up in general practice and in the
// calendar.
#include "units.h"

#include <array>

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

std::optional<CommonUnit> common_unit(std::string_view first, std::string_view second,
                                      bool equivalence) {
    first = singular_unit(first);
    second = singular_unit(second);
    if (first == second) {
        return CommonUnit{Decimal::of(1), Decimal::of(1)};
    }
    const Unit* a = find(first);
    const Unit* b = find(second);
    if (a == nullptr || b == nullptr) {
        return std::nullopt;
    }
    const auto dimension = [equivalence](char d) { return equivalence && d == 'U' ? 'Y' : d; };
    const auto x = Decimal::parse(a->factor);
    const auto y = Decimal::parse(b->factor);
    if (dimension(a->dimension) != dimension(b->dimension) || !x || !y) {
        return std::nullopt;
    }
    return CommonUnit{*x, *y};
}

}  // namespace linkway::fhirpath
