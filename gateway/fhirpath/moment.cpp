// Dates and times with partial precision. text/temporal.h reads what GP systems write; this one
// reckons as FHIRPath does, which needs zones, fractions of seconds and the rule that a month has
// no last day until one is given.
#include "moment.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace linkway::fhirpath {

namespace {

constexpr std::int64_t nanos_per_second = 1'000'000'000;
constexpr std::int64_t seconds_per_day = 86'400;

/// Reads exactly `count` digits from the front of `text`.
bool take_digits(std::string_view& text, std::size_t count, std::int32_t& value) {
    if (text.size() < count) {
        return false;
    }
    value = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(count);
    return true;
}

bool take(std::string_view& text, char c) {
    if (text.empty() || text.front() != c) {
        return false;
    }
    text.remove_prefix(1);
    return true;
}

// Each part that is there raises the precision; a part that is cut short is no date.
bool take_date(std::string_view& text, Moment& moment) {
    moment.precision = Part::year;
    if (!take_digits(text, 4, moment.year) || moment.year == 0) {
        return false;
    }
    if (!take(text, '-')) {
        return true;
    }
    moment.precision = Part::month;
    if (!take_digits(text, 2, moment.month) || moment.month < 1 || moment.month > 12) {
        return false;
    }
    if (!take(text, '-')) {
        return true;
    }
    moment.precision = Part::day;
    return take_digits(text, 2, moment.day) && moment.day >= 1 &&
           moment.day <= days_in_month(moment.year, moment.month);
}

bool take_fraction(std::string_view& text, Moment& moment) {
    std::size_t digits = 0;
    std::int32_t scale = nanos_per_second / 10;
    for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
        moment.nano += (text[digits] - '0') * scale;  // scale is 0 after nine digits
        scale /= 10;
    }
    text.remove_prefix(digits);
    moment.fraction_digits = static_cast<std::uint8_t>(std::min<std::size_t>(digits, 9));
    return digits > 0;
}

bool take_time(std::string_view& text, Moment& moment) {
    moment.precision = Part::hour;
    if (!take_digits(text, 2, moment.hour) || moment.hour > 23) {
        return false;
    }
    if (!take(text, ':')) {
        return true;
    }
    moment.precision = Part::minute;
    if (!take_digits(text, 2, moment.minute) || moment.minute > 59) {
        return false;
    }
    if (!take(text, ':')) {
        return true;
    }
    moment.precision = Part::second;
    // 60 is a leap second, which FHIR allows.
    if (!take_digits(text, 2, moment.second) || moment.second > 60) {
        return false;
    }
    return !take(text, '.') || take_fraction(text, moment);
}

bool take_zone(std::string_view& text, Moment& moment) {
    if (text.empty()) {
        return true;
    }
    moment.zoned = true;
    if (take(text, 'Z')) {
        return true;
    }
    const bool behind = text.front() == '-';
    std::int32_t hours = 0;
    std::int32_t minutes = 0;
    if ((!take(text, '+') && !take(text, '-')) || !take_digits(text, 2, hours) ||
        !take(text, ':') || !take_digits(text, 2, minutes) || hours > 14 || minutes > 59) {
        return false;
    }
    moment.offset_minutes = (behind ? -1 : 1) * (hours * 60 + minutes);
    return true;
}

/// Year to second as numbers, in UTC when `utc`.
std::array<std::int64_t, 6> parts_of(const Moment& moment, bool utc) {
    Moment m = moment;
    if (utc && m.offset_minutes != 0) {
        m = add(m, -moment.offset_minutes, Part::minute).value_or(moment);
    }
    return {m.year, m.month, m.day, m.hour, m.minute, m.second};
}

void append_padded(std::string& out, std::int32_t value, std::size_t width) {
    const std::string digits = std::to_string(value);
    out.append(width - std::min(width, digits.size()), '0');
    out += digits;
}

/// Floor division, so that -1 is the last of the unit before.
std::int64_t floor_div(std::int64_t a, std::int64_t b) {
    const std::int64_t q = a / b;
    return a % b != 0 && (a < 0) != (b < 0) ? q - 1 : q;
}

}  // namespace

std::int32_t days_in_month(std::int32_t year, std::int32_t month) {
    static constexpr std::array<std::int32_t, 12> days = {31, 28, 31, 30, 31, 30,
                                                          31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days.at(static_cast<std::size_t>(month - 1));
}

// Both conversions reckon in years that start on 1 March, so that the leap day comes last, and in
// eras of 400 years, which all have 146097 days.
std::int64_t days_from_civil(std::int64_t year, std::int64_t month, std::int64_t day) {
    year -= month <= 2 ? 1 : 0;
    const std::int64_t era = floor_div(year, 400);
    const std::int64_t year_of_era = year - era * 400;
    const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    const std::int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

void civil_from_days(std::int64_t days, Moment& moment) {
    days += 719468;
    const std::int64_t era = floor_div(days, 146097);
    const std::int64_t day_of_era = days - era * 146097;
    const std::int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const std::int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t shifted_month = (5 * day_of_year + 2) / 153;
    moment.day = static_cast<std::int32_t>(day_of_year - (153 * shifted_month + 2) / 5 + 1);
    moment.month = static_cast<std::int32_t>(shifted_month + (shifted_month < 10 ? 3 : -9));
    moment.year = static_cast<std::int32_t>(year_of_era + era * 400 + (moment.month <= 2 ? 1 : 0));
}

std::optional<Moment> parse_date(std::string_view text) {
    Moment moment;
    if (!take_date(text, moment) || !text.empty()) {
        return std::nullopt;
    }
    return moment;
}

std::optional<Moment> parse_time(std::string_view text) {
    Moment moment;
    if (!take_time(text, moment) || !text.empty()) {
        return std::nullopt;
    }
    return moment;
}

std::optional<Moment> parse_date_time(std::string_view text) {
    Moment moment;
    if (!take_date(text, moment)) {
        return std::nullopt;
    }
    if (text.empty() || text == "T") {
        return moment;
    }
    if (moment.precision != Part::day || !take(text, 'T') || !take_time(text, moment) ||
        !take_zone(text, moment) || !text.empty()) {
        return std::nullopt;
    }
    return moment;
}

std::string format(const Moment& moment) {
    std::string out;
    if (moment.year != 0) {
        append_padded(out, moment.year, 4);
        if (moment.precision >= Part::month) {
            out += '-';
            append_padded(out, moment.month, 2);
        }
        if (moment.precision >= Part::day) {
            out += '-';
            append_padded(out, moment.day, 2);
        }
        if (moment.precision < Part::hour) {
            return out;
        }
        out += 'T';
    }
    append_padded(out, moment.hour, 2);
    if (moment.precision >= Part::minute) {
        out += ':';
        append_padded(out, moment.minute, 2);
    }
    if (moment.precision >= Part::second) {
        out += ':';
        append_padded(out, moment.second, 2);
    }
    if (moment.fraction_digits > 0) {
        std::string digits;
        append_padded(digits, moment.nano, 9);
        out += '.' + digits.substr(0, moment.fraction_digits);
    }
    if (moment.zoned && moment.offset_minutes == 0) {
        out += 'Z';
    } else if (moment.zoned) {
        const std::int32_t ahead = std::abs(moment.offset_minutes);
        out += moment.offset_minutes < 0 ? '-' : '+';
        append_padded(out, ahead / 60, 2);
        out += ':';
        append_padded(out, ahead % 60, 2);
    }
    return out;
}

// Zones count only when both sides have a time: a date has none, and is compared as it is written
// (N1, 6.2).
std::optional<int> compare(const Moment& a, const Moment& b) {
    const bool timed = a.precision >= Part::hour && b.precision >= Part::hour;
    if (timed && a.zoned != b.zoned) {
        return std::nullopt;
    }
    const bool utc = timed && a.zoned;
    const auto left = parts_of(a, utc);
    const auto right = parts_of(b, utc);
    const auto shared = static_cast<std::size_t>(std::min(a.precision, b.precision));
    for (std::size_t i = 0; i <= shared; ++i) {
        if (left.at(i) != right.at(i)) {
            return left.at(i) < right.at(i) ? -1 : 1;
        }
    }
    if (a.precision != b.precision) {
        return std::nullopt;
    }
    return a.nano == b.nano ? 0 : a.nano < b.nano ? -1 : 1;
}

bool equivalent(const Moment& a, const Moment& b) {
    return a.precision == b.precision && compare(a, b) == 0;
}

namespace {

/// Months, clipped to the last day of the month that is reached.
void add_months(Moment& moment, std::int64_t months) {
    const std::int64_t total = moment.year * 12LL + (moment.month - 1) + months;
    moment.year = static_cast<std::int32_t>(floor_div(total, 12));
    moment.month = static_cast<std::int32_t>(total - floor_div(total, 12) * 12 + 1);
    moment.day = std::min(moment.day, days_in_month(moment.year, moment.month));
}

void add_seconds(Moment& moment, std::int64_t seconds, std::int64_t nanos) {
    const std::int64_t total_nanos = moment.nano + nanos;
    const std::int64_t carried = floor_div(total_nanos, nanos_per_second);
    moment.nano = static_cast<std::int32_t>(total_nanos - carried * nanos_per_second);
    const std::int64_t total =
        moment.hour * 3600LL + moment.minute * 60LL + moment.second + seconds + carried;
    const std::int64_t days = floor_div(total, seconds_per_day);
    const std::int64_t rest = total - days * seconds_per_day;
    moment.hour = static_cast<std::int32_t>(rest / 3600);
    moment.minute = static_cast<std::int32_t>(rest / 60 % 60);
    moment.second = static_cast<std::int32_t>(rest % 60);
    if (moment.year != 0) {
        civil_from_days(days_from_civil(moment.year, moment.month, moment.day) + days, moment);
    }
}

/// FHIRPath: an amount finer than the precision counts in whole units of it, the rest being dropped
/// (a year has 12 months or 365 days, a month 30 days).
void coarsen(std::int64_t& amount, Part& unit, Part precision) {
    while (unit > precision) {
        const bool days_to_years = unit == Part::day && precision == Part::year;
        amount /= days_to_years          ? 365
                  : unit == Part::second ? 60
                  : unit == Part::minute ? 60
                  : unit == Part::hour   ? 24
                  : unit == Part::day    ? 30
                                         : 12;
        unit = days_to_years ? Part::year : static_cast<Part>(static_cast<int>(unit) - 1);
    }
}

}  // namespace

std::optional<Moment> add(Moment moment, std::int64_t amount, Part unit, std::int64_t nanos) {
    // Ten thousand years of seconds: anything beyond leaves the calendar whatever the unit.
    constexpr std::int64_t furthest = 400'000'000'000;
    if (amount > furthest || amount < -furthest) {
        return std::nullopt;
    }
    const bool time_only = moment.year == 0;
    if (time_only && unit < Part::hour) {
        return std::nullopt;
    }
    coarsen(amount, unit, moment.precision);
    switch (unit) {
        case Part::year:
        case Part::month:
            if (amount > 200'000 || amount < -200'000) {
                return std::nullopt;
            }
            add_months(moment, unit == Part::year ? amount * 12 : amount);
            break;
        case Part::day:
            if (amount > 4'000'000 || amount < -4'000'000) {
                return std::nullopt;
            }
            civil_from_days(days_from_civil(moment.year, moment.month, moment.day) + amount,
                            moment);
            break;
        case Part::hour:
            add_seconds(moment, amount * 3600, 0);
            break;
        case Part::minute:
            add_seconds(moment, amount * 60, 0);
            break;
        case Part::second:
            add_seconds(moment, amount, moment.precision == Part::second ? nanos : 0);
            break;
    }
    if (!time_only && (moment.year < 1 || moment.year > 9999)) {
        return std::nullopt;
    }
    return moment;
}

}  // namespace linkway::fhirpath
