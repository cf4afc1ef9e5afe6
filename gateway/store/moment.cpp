#include "store/moment.h"

#include <array>
#include <charconv>
#include <cstdio>

#include "fhir/definitions.h"
#include "text/temporal.h"

namespace linkway::store {

namespace {

constexpr Instant second = 1000;
constexpr Instant minute = 60 * second;
constexpr Instant day = minute * 60 * 24;

int digits(std::string_view text) {
    int value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

text::Date date_of(int year, int month, int of_month) {
    return {static_cast<std::int16_t>(year), static_cast<std::uint8_t>(month),
            static_cast<std::uint8_t>(of_month), text::Precision::day};
}

/// Midnight in the UK at the beginning of a day.
Instant uk_midnight(const text::Date& date) {
    return text::days_since_epoch(date) * day - text::uk_offset_minutes(date, {}) * minute;
}

/// The range of a year, month or day.
Moments civil(std::string_view text) {
    const int year = digits(text.substr(0, 4));
    const int month = text.size() >= 7 ? digits(text.substr(5, 2)) : 1;
    const int of_month = text.size() >= 10 ? digits(text.substr(8, 2)) : 1;
    const Instant from = uk_midnight(date_of(year, month, of_month));
    if (text.size() >= 10) {
        // The day after: its civil date by way of noon, which no change of clocks moves to another.
        const std::int64_t days = text::days_since_epoch(date_of(year, month, of_month)) + 1;
        const std::string next = to_instant(days * day);
        return {from, uk_midnight(date_of(digits(std::string_view(next).substr(0, 4)),
                                          digits(std::string_view(next).substr(5, 2)),
                                          digits(std::string_view(next).substr(8, 2)))) -
                          1};
    }
    const bool whole_year = text.size() < 7;
    const int next_year = whole_year || month == 12 ? year + 1 : year;
    const int next_month = whole_year || month == 12 ? 1 : month + 1;
    return {from, uk_midnight(date_of(next_year, next_month, 1)) - 1};
}

}  // namespace

std::optional<Moments> moments_of(std::string_view text) {
    if (text.size() <= 10) {
        return fhir::is_valid_primitive("date", text) ? std::optional(civil(text)) : std::nullopt;
    }
    // A search may leave out the seconds, or the offset; a resource may not.
    const std::size_t zone = text.find_first_of("Z+-", 11);
    const std::string_view clock = text.substr(11, zone == text.npos ? text.npos : zone - 11);
    std::string full(text.substr(0, 11));
    full += clock.size() == 5 ? std::string(clock) + ":00" : std::string(clock);
    full += zone == text.npos ? "Z" : text.substr(zone);
    if (!fhir::is_valid_primitive("dateTime", full)) {
        return std::nullopt;
    }
    const text::Date date =
        date_of(digits(text.substr(0, 4)), digits(text.substr(5, 2)), digits(text.substr(8, 2)));
    const text::TimeOfDay time{static_cast<std::uint8_t>(digits(clock.substr(0, 2))),
                               static_cast<std::uint8_t>(digits(clock.substr(3, 2))), 0,
                               text::Precision::minute};
    int ahead = 0;
    if (zone == text.npos) {
        ahead = text::uk_offset_minutes(date, time);
    } else if (text[zone] != 'Z') {
        ahead = digits(text.substr(zone + 1, 2)) * 60 + digits(text.substr(zone + 4, 2));
        ahead = text[zone] == '-' ? -ahead : ahead;
    }
    Instant from = text::days_since_epoch(date) * day +
                   (Instant{time.hour} * 60 + time.minute - ahead) * minute;
    if (clock.size() == 5) {
        return Moments{from, from + minute - 1};
    }
    from += digits(clock.substr(6, 2)) * second;
    if (clock.size() <= 9) {
        return Moments{from, from + second - 1};
    }
    Instant fraction = 0;
    Instant unit = 100;
    for (const char digit : clock.substr(9, 3)) {
        fraction += (digit - '0') * unit;
        unit /= 10;
    }
    return Moments{from + fraction, from + fraction + (clock.size() >= 12 ? 0 : unit * 10 - 1)};
}

std::string to_instant(Instant at) {
    // Days to a civil date: the algorithm of the proleptic Gregorian calendar, years from March.
    const Instant days = at >= 0 ? at / day : (at - (day - 1)) / day;
    const Instant of_day = at - days * day;
    const std::int64_t shifted = days + 719'468;
    const std::int64_t era = (shifted >= 0 ? shifted : shifted - 146'096) / 146'097;
    const std::int64_t of_era = shifted - era * 146'097;
    const std::int64_t year_of_era =
        (of_era - of_era / 1460 + of_era / 36'524 - of_era / 146'096) / 365;
    const std::int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t from_march = (5 * of_year + 2) / 153;
    const auto of_month = static_cast<int>(of_year - (153 * from_march + 2) / 5 + 1);
    const auto month = static_cast<int>(from_march < 10 ? from_march + 3 : from_march - 9);
    const auto year = static_cast<int>(year_of_era + era * 400 + (month <= 2 ? 1 : 0));
    std::array<char, 64> text{};
    const int size = std::snprintf(
        text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", year, month, of_month,
        static_cast<int>(of_day / (60 * minute)), static_cast<int>(of_day / minute % 60),
        static_cast<int>(of_day / second % 60), static_cast<int>(of_day % second));
    return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace linkway::store
