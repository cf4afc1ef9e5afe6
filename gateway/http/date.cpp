#include "http/date.h"

#include <array>
#include <chrono>
#include <cstdio>

#include "ascii.h"

namespace linkway::http {

namespace {

constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// The number that the digits from there make, or nothing.
std::optional<int> number(std::string_view text, std::size_t at, std::size_t digits) {
    int result = 0;
    for (const char c : text.substr(at, digits)) {
        if (!is_digit(c)) {
            return std::nullopt;
        }
        result = result * 10 + (c - '0');
    }
    return result;
}

}  // namespace

std::string format_date(std::int64_t seconds) {
    using namespace std::chrono;
    const sys_seconds time{std::chrono::seconds(seconds)};
    const sys_days day = floor<std::chrono::days>(time);
    const year_month_day date(day);
    const hh_mm_ss clock(time - day);
    std::array<char, 64> buffer{};
    const int size = std::snprintf(
        buffer.data(), buffer.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
        http::days[weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
        http::months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
        static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
        static_cast<int>(clock.seconds().count()));
    return {buffer.data(), static_cast<std::size_t>(size)};
}

std::optional<std::int64_t> parse_date(std::string_view text) {
    using namespace std::chrono;
    constexpr std::size_t size = 29;
    if (text.size() != size) {
        return std::nullopt;
    }
    const auto day = number(text, 5, 2);
    const auto year = number(text, 12, 4);
    const auto hour = number(text, 17, 2);
    const auto minute = number(text, 20, 2);
    const auto second = number(text, 23, 2);
    if (!day || !year || !hour || !minute || !second || *hour > 23 || *minute > 59 ||
        *second > 59) {
        return std::nullopt;
    }
    for (unsigned month = 1; month <= months.size(); ++month) {
        const year_month_day date{std::chrono::year(*year), std::chrono::month(month),
                                  std::chrono::day(static_cast<unsigned>(*day))};
        if (text.substr(8, 3) != http::months[month - 1] || !date.ok()) {
            continue;
        }
        const std::int64_t result =
            sys_days(date).time_since_epoch().count() * std::int64_t{86400} +
            std::int64_t{3600} * *hour + std::int64_t{60} * *minute + *second;
        // Writing it again checks the weekday and what stands between the numbers.
        return format_date(result) == text ? std::optional(result) : std::nullopt;
    }
    return std::nullopt;
}

}  // namespace linkway::http
