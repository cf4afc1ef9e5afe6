// Patterns as data packages give them, FHIR moments on UK clocks, and both as GP systems write
// them.
#include <array>
#include <chrono>
#include <cstdio>
#include <map>

#include "text/temporal.h"

namespace linkway::text {

namespace {

/// "+01:00", "-05:30" or "Z" as minutes; nothing for anything else.
std::optional<int> offset_minutes(std::string_view zone) {
    if (zone == "Z") {
        return 0;
    }
    const auto time = zone.size() == 6 && (zone[0] == '+' || zone[0] == '-')
                          ? parse_time(zone.substr(1), "HH:mm")
                          : std::nullopt;
    if (!time) {
        return std::nullopt;
    }
    const int minutes = time->hour * 60 + time->minute;
    return zone[0] == '-' ? -minutes : minutes;
}

DateTime civil(std::int64_t minutes, std::uint8_t second) {
    const std::int64_t days = (minutes >= 0 ? minutes : minutes - 1439) / 1440;
    const std::chrono::year_month_day date{
        std::chrono::sys_days{std::chrono::days{static_cast<int>(days)}}};
    const auto of_day = static_cast<int>(minutes - days * 1440);
    return {{static_cast<std::int16_t>(static_cast<int>(date.year())),
             static_cast<std::uint8_t>(static_cast<unsigned>(date.month())),
             static_cast<std::uint8_t>(static_cast<unsigned>(date.day())), Precision::day},
            {static_cast<std::uint8_t>(of_day / 60), static_cast<std::uint8_t>(of_day % 60), second,
             Precision::second}};
}

}  // namespace

std::string pattern_of_directives(std::string_view format) {
    static const std::map<char, std::string_view> letters = {
        {'Y', "yyyy"}, {'m', "MM"}, {'d', "dd"}, {'b', "MMM"},
        {'H', "HH"},   {'M', "mm"}, {'S', "ss"}};
    std::string result;
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] != '%') {
            result += format[i];
            continue;
        }
        const auto found = ++i < format.size() ? letters.find(format[i]) : letters.end();
        if (found == letters.end()) {
            return {};
        }
        result += found->second;
    }
    return result;
}

std::optional<UkMoment> parse_uk_moment(std::string_view text) {
    for (const std::string_view pattern : {"yyyy", "yyyy-MM", "yyyy-MM-dd"}) {
        if (const auto date = parse_date(text, pattern)) {
            return UkMoment{*date, std::nullopt};
        }
    }
    const std::size_t zone = text.find_first_of("Z+-", std::min<std::size_t>(text.size(), 11));
    if (zone == std::string_view::npos) {
        return std::nullopt;
    }
    // Fractions of a second are more than any clock of a GP system shows.
    const std::string_view clock = text.substr(0, std::min(text.find('.'), zone));
    const auto offset = offset_minutes(text.substr(zone));
    auto moment = parse_date_time(clock, "yyyy-MM-ddTHH:mm:ss");
    moment = moment ? moment : parse_date_time(clock, "yyyy-MM-ddTHH:mm");
    if (!moment || !offset) {
        return std::nullopt;
    }
    const std::int64_t utc = (days_since_epoch(moment->date) * 24 + moment->time.hour) * 60 +
                             moment->time.minute - *offset;
    // On a summer day the clock is an hour ahead; whether it is one, that clock says.
    DateTime here = civil(utc + 60, moment->time.second);
    if (uk_offset_minutes(here.date, here.time) == 0) {
        here = civil(utc, moment->time.second);
    }
    return UkMoment{here.date, here.time};
}

void append_as(std::string& out, const Date& date, const TimeOfDay& time,
               std::string_view pattern) {
    static constexpr std::array<std::string_view, 12> months = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    for (std::size_t i = 0; i < pattern.size();) {
        const std::size_t end = std::min(pattern.find_first_not_of(pattern[i], i), pattern.size());
        const std::string_view letters = pattern.substr(i, end - i);
        const auto digits = [&](int value) {
            std::array<char, 16> buffer{};
            std::snprintf(buffer.data(), buffer.size(), "%0*d", static_cast<int>(letters.size()),
                          value);
            out += buffer.data();
        };
        switch (letters.front()) {
            case 'y':
                digits(date.year);
                break;
            case 'M':
                if (letters.size() == 3) {
                    out += months[static_cast<std::size_t>(date.month) - 1];
                } else {
                    digits(date.month);
                }
                break;
            case 'd':
                digits(date.day);
                break;
            case 'H':
                digits(time.hour);
                break;
            case 'm':
                digits(time.minute);
                break;
            case 's':
                digits(time.second);
                break;
            default:
                out += letters;
        }
        i = end;
    }
}

}  // namespace linkway::text
