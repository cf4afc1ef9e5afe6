#include "text/temporal.h"

#include <algorithm>
#include <array>

namespace linkway::text {

namespace {

constexpr std::array<std::string_view, 12> month_names = {"jan", "feb", "mar", "apr", "may", "jun",
                                                          "jul", "aug", "sep", "oct", "nov", "dec"};

bool is_leap(int year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int days_in_month(int year, int month) {
    constexpr std::array<int, 12> days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[static_cast<std::size_t>(month - 1)];
}

/// What a pattern found; -1 where it did not ask.
struct Parts {
    int year = -1;
    int month = -1;
    int day = -1;
    int hour = -1;
    int minute = -1;
    int second = -1;
};

/// Walks text and pattern side by side.
class PatternReader {
  public:
    PatternReader(std::string_view text, std::string_view pattern)
        : text_(text), pattern_(pattern) {}

    std::optional<Parts> read() {
        Parts parts;
        while (!pattern_.empty()) {
            const char letter = pattern_.front();
            if (int* part = part_of(parts, letter)) {
                const std::size_t end =
                    std::min(pattern_.find_first_not_of(letter), pattern_.size());
                pattern_.remove_prefix(end);
                // A part asked for twice has no answer.
                if (*part >= 0 || !read_part(letter, end, *part)) {
                    return std::nullopt;
                }
            } else if (!text_.empty() && text_.front() == letter) {
                text_.remove_prefix(1);
                pattern_.remove_prefix(1);
            } else {
                return std::nullopt;
            }
        }
        return text_.empty() ? std::optional(parts) : std::nullopt;
    }

  private:
    static int* part_of(Parts& parts, char letter) {
        switch (letter) {
            case 'y':
                return &parts.year;
            case 'M':
                return &parts.month;
            case 'd':
                return &parts.day;
            case 'H':
                return &parts.hour;
            case 'm':
                return &parts.minute;
            case 's':
                return &parts.second;
            default:
                return nullptr;
        }
    }

    bool read_part(char letter, std::size_t width, int& out) {
        if (letter == 'y') {
            return width == 4 && read_digits(4, 4, out);
        }
        if (letter == 'M' && width == 3) {
            return read_month_name(out);
        }
        return width <= 2 && read_digits(width, 2, out);
    }

    bool read_digits(std::size_t fewest, std::size_t most, int& out) {
        std::size_t count = 0;
        int value = 0;
        while (count < most && count < text_.size() && text_[count] >= '0' && text_[count] <= '9') {
            value = value * 10 + (text_[count] - '0');
            ++count;
        }
        text_.remove_prefix(count);
        out = value;
        return count >= fewest;
    }

    bool read_month_name(int& out) {
        std::array<char, 3> name{};
        if (text_.size() < name.size()) {
            return false;
        }
        // Setting the bit makes ASCII letters small; what it does to others matches no name.
        std::transform(text_.begin(), text_.begin() + 3, name.begin(),
                       [](char c) { return static_cast<char>(c | 0x20); });
        const auto* const found = std::find(month_names.begin(), month_names.end(),
                                            std::string_view(name.data(), name.size()));
        text_.remove_prefix(name.size());
        out = static_cast<int>(found - month_names.begin()) + 1;
        return found != month_names.end();
    }

    std::string_view text_;
    std::string_view pattern_;
};

std::optional<Date> date_of(const Parts& parts) {
    if (parts.year < 1 || (parts.day >= 0 && parts.month < 0)) {
        return std::nullopt;
    }
    Date date;
    date.year = static_cast<std::int16_t>(parts.year);
    date.precision = Precision::year;
    if (parts.month >= 0) {
        if (parts.month < 1 || parts.month > 12) {
            return std::nullopt;
        }
        date.month = static_cast<std::uint8_t>(parts.month);
        date.precision = Precision::month;
    }
    if (parts.day >= 0) {
        if (parts.day < 1 || parts.day > days_in_month(parts.year, parts.month)) {
            return std::nullopt;
        }
        date.day = static_cast<std::uint8_t>(parts.day);
        date.precision = Precision::day;
    }
    return date;
}

std::optional<TimeOfDay> time_of(const Parts& parts) {
    if (parts.hour < 0 || parts.hour > 23 || parts.minute > 59 || parts.second > 59 ||
        (parts.second >= 0 && parts.minute < 0)) {
        return std::nullopt;
    }
    TimeOfDay time;
    time.hour = static_cast<std::uint8_t>(parts.hour);
    time.minute = static_cast<std::uint8_t>(std::max(parts.minute, 0));
    time.second = static_cast<std::uint8_t>(std::max(parts.second, 0));
    time.precision = parts.second >= 0   ? Precision::second
                     : parts.minute >= 0 ? Precision::minute
                                         : Precision::hour;
    return time;
}

bool has_date(const Parts& parts) {
    return parts.year >= 0 || parts.month >= 0 || parts.day >= 0;
}
bool has_time(const Parts& parts) {
    return parts.hour >= 0 || parts.minute >= 0 || parts.second >= 0;
}

void append_two(std::string& out, int value) {
    out += static_cast<char>('0' + value / 10 % 10);
    out += static_cast<char>('0' + value % 10);
}

/// Minutes since the start of 1970 on the clock of the place, whatever its offset.
std::int64_t civil_minutes(const Date& date, int hour, int minute) {
    const std::int64_t hours = days_since_epoch(date) * 24 + hour;
    return hours * 60 + minute;
}

/// First Sunday of the month that is not before `earliest`.
Date sunday_from(int year, int month, int earliest) {
    Date date{static_cast<std::int16_t>(year), static_cast<std::uint8_t>(month),
              static_cast<std::uint8_t>(earliest), Precision::day};
    // 1 January 1970 was a Thursday.
    const std::int64_t weekday = (days_since_epoch(date) % 7 + 7 + 4) % 7;
    date.day = static_cast<std::uint8_t>(earliest + (7 - weekday) % 7);
    return date;
}

}  // namespace

std::int64_t days_since_epoch(const Date& date) {
    // Years are counted from 1 March, so that the leap day comes last and the lengths of months
    // repeat in groups of five (153 days).
    const std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
    const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
    const std::int64_t year_of_era = year - era * 400;
    const std::int64_t month_from_march = (date.month + 9) % 12;
    const std::int64_t day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
    const std::int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    // 400 years have 146,097 days; 719,468 of them lie between 1 March of the year 0 and the epoch.
    return era * 146097 + day_of_era - 719468;
}

std::optional<Date> parse_date(std::string_view text, std::string_view pattern) {
    const auto parts = PatternReader(text, pattern).read();
    return parts && !has_time(*parts) ? date_of(*parts) : std::nullopt;
}

std::optional<TimeOfDay> parse_time(std::string_view text, std::string_view pattern) {
    const auto parts = PatternReader(text, pattern).read();
    return parts && !has_date(*parts) ? time_of(*parts) : std::nullopt;
}

std::optional<DateTime> parse_date_time(std::string_view text, std::string_view pattern) {
    const auto parts = PatternReader(text, pattern).read();
    if (!parts) {
        return std::nullopt;
    }
    const auto date = date_of(*parts);
    const auto time = time_of(*parts);
    // A time of day on an unknown day is no moment.
    if (!date || !time || date->precision != Precision::day) {
        return std::nullopt;
    }
    return DateTime{*date, *time};
}

void append_date(std::string& out, const Date& date) {
    append_two(out, date.year / 100);
    append_two(out, date.year % 100);
    if (date.precision >= Precision::month) {
        out += '-';
        append_two(out, date.month);
    }
    if (date.precision >= Precision::day) {
        out += '-';
        append_two(out, date.day);
    }
}

void append_time(std::string& out, const TimeOfDay& time) {
    append_two(out, time.hour);
    out += ':';
    append_two(out, time.minute);
    out += ':';
    append_two(out, time.second);
}

void append_uk_date_time(std::string& out, const Date& date, const TimeOfDay& time) {
    append_date(out, date);
    if (date.precision < Precision::day) {
        return;
    }
    out += 'T';
    append_time(out, time);
    out += uk_offset_minutes(date, time) == 0 ? "+00:00" : "+01:00";
}

int uk_offset_minutes(const Date& date, const TimeOfDay& time) {
    const int year = date.year;
    if (year < 1968) {
        return 0;
    }
    const std::int64_t now = civil_minutes(date, time.hour, time.minute);
    // Clocks change at `hour` GMT: forwards they skip the hour that follows, backwards they repeat
    // the one that ends an hour later. Both ends of summer are therefore the same time on the
    // clock.
    const int hour = year <= 1980 ? 2 : 1;
    const auto changed = [&](const Date& day) { return civil_minutes(day, hour + 1, 0); };
    if (year == 1968) {
        return now >= changed({1968, 2, 18, Precision::day}) ? 60 : 0;
    }
    if (year <= 1971) {
        return now < changed({1971, 10, 31, Precision::day}) ? 60 : 0;
    }
    const int start = year <= 1980 ? 16 : 25;
    const int end = year <= 1989 ? 23 : year <= 1995 ? 22 : 25;
    return now >= changed(sunday_from(year, 3, start)) && now < changed(sunday_from(year, 10, end))
               ? 60
               : 0;
}

}  // namespace linkway::text
