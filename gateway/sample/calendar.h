// Civil dates as days since 1 January 1970.
#pragma once

namespace linkway::sample {

struct Civil {
    int year = 0;
    int month = 0;
    int day = 0;
};

constexpr bool is_leap(int year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

constexpr int days_before_year(int year) {
    const int y = year - 1;
    return y * 365 + y / 4 - y / 100 + y / 400 - 719162;
}

constexpr int days_in_month(int year, int month) {
    constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

constexpr int day_number(int year, int month, int day) {
    int result = days_before_year(year) + day - 1;
    for (int m = 1; m < month; ++m) {
        result += days_in_month(year, m);
    }
    return result;
}

constexpr Civil civil(int number) {
    Civil result;
    // A first guess that is never too late and at most a year too early.
    result.year = 1970 + (number >= 0 ? number / 366 : (number - 365) / 365);
    while (days_before_year(result.year + 1) <= number) {
        ++result.year;
    }
    int rest = number - days_before_year(result.year);
    result.month = 1;
    while (rest >= days_in_month(result.year, result.month)) {
        rest -= days_in_month(result.year, result.month);
        ++result.month;
    }
    result.day = rest + 1;
    return result;
}

static_assert(day_number(1970, 1, 1) == 0 && day_number(2000, 3, 1) == 11017);
static_assert(civil(11016).month == 2 && civil(11016).day == 29 && civil(-1).year == 1969);

/// 0 Monday .. 6 Sunday.
constexpr int weekday(int number) {
    return ((number + 3) % 7 + 7) % 7;
}

/// The day on which every sample is extracted, shortly after midnight: records go up to the day
/// before.
inline constexpr int extract_day = day_number(2026, 3, 2);

}  // namespace linkway::sample
