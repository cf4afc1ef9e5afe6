// Lexical forms of the R4 primitive types (FHIR R4, Data Types, Primitive Types), calendar
// included.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

#include "fhir/definitions.h"

namespace linkway::fhir {

namespace {

constexpr std::size_t most_characters =
    std::size_t{1} << 20;  // "strings SHALL NOT exceed 1MB", 1024*1024 characters

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20;
}
bool all_digits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

/// The number that `count` digits at `at` spell, or -1 when they are not there.
int digits_at(std::string_view text, std::size_t at, std::size_t count) {
    if (at + count > text.size()) {
        return -1;
    }
    int value = 0;
    for (std::size_t i = at; i < at + count; ++i) {
        if (!is_digit(text[i])) {
            return -1;
        }
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

int days_in_month(int year, int month) {
    static constexpr std::array<int, 12> days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[static_cast<std::size_t>(month) - 1];
}

/// A year, a month or a day; there is no year 0000.
bool is_date(std::string_view text) {
    if (text.size() != 4 && text.size() != 7 && text.size() != 10) {
        return false;
    }
    const int year = digits_at(text, 0, 4);
    if (year < 1) {
        return false;
    }
    if (text.size() == 4) {
        return true;
    }
    const int month = digits_at(text, 5, 2);
    if (text[4] != '-' || month < 1 || month > 12) {
        return false;
    }
    if (text.size() == 7) {
        return true;
    }
    const int day = digits_at(text, 8, 2);
    return text[7] == '-' && day >= 1 && day <= days_in_month(year, month);
}

/// hh:mm:ss with an optional fraction of any length; 60 seconds are a leap second, 24:00 is not
/// allowed.
bool is_time(std::string_view text) {
    if (text.size() < 8 || text[2] != ':' || text[5] != ':') {
        return false;
    }
    const int hour = digits_at(text, 0, 2);
    const int minute = digits_at(text, 3, 2);
    const int second = digits_at(text, 6, 2);
    const bool fraction = text.size() == 8 || (text[8] == '.' && all_digits(text.substr(9)));
    return fraction && hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59 && second >= 0 &&
           second <= 60;
}

/// Z or +hh:mm, up to 14:00 either way.
bool is_offset(std::string_view text) {
    if (text == "Z") {
        return true;
    }
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') {
        return false;
    }
    const int hour = digits_at(text, 1, 2);
    const int minute = digits_at(text, 4, 2);
    return hour >= 0 && minute >= 0 && minute <= 59 && (hour <= 13 || (hour == 14 && minute == 0));
}

/// A day, a time with seconds and an offset: what instant needs, and dateTime once it has a time.
bool is_moment(std::string_view text) {
    if (text.size() < 20 || text[10] != 'T' || !is_date(text.substr(0, 10))) {
        return false;
    }
    const std::size_t zone = text.find_first_of("Z+-", 19);
    return zone != std::string_view::npos && is_time(text.substr(11, zone - 11)) &&
           is_offset(text.substr(zone));
}

bool is_date_time(std::string_view text) {
    return is_date(text) || is_moment(text);
}

/// A whole number within bounds, as JSON and R4 both write it: no leading zeros, no plus sign, no
/// "-0".
template <std::int64_t least, std::int64_t most>
bool is_integer(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < least || value > most) {
        return false;
    }
    const bool negative = text.front() == '-';
    return text.size() == 1 || (text[negative ? 1 : 0] != '0');
}

bool is_decimal(std::string_view text) {
    if (!text.empty() && text.front() == '-') {
        text.remove_prefix(1);
    }
    const std::size_t exponent = text.find_first_of("eE");
    if (exponent != std::string_view::npos) {
        std::string_view power = text.substr(exponent + 1);
        if (!power.empty() && (power.front() == '+' || power.front() == '-')) {
            power.remove_prefix(1);
        }
        if (!all_digits(power)) {
            return false;
        }
        text = text.substr(0, exponent);
    }
    const std::size_t point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    return all_digits(whole) && (whole.size() == 1 || whole.front() != '0') &&
           (point == std::string_view::npos || all_digits(text.substr(point + 1)));
}

bool is_boolean(std::string_view text) {
    return text == "true" || text == "false";
}

bool is_id(std::string_view text) {
    // A table, and no early end: every resource has one.
    static constexpr std::array<bool, 256> allowed = [] {
        std::array<bool, 256> table{};
        for (std::size_t c = 0; c < table.size(); ++c) {
            table[c] = is_digit(static_cast<char>(c)) || is_letter(static_cast<char>(c)) ||
                       c == '-' || c == '.';
        }
        return table;
    }();
    bool good = !text.empty() && text.size() <= 64;
    for (const char c : text) {
        good &= allowed[static_cast<unsigned char>(c)];
    }
    return good;
}

/// No blanks around, none but single spaces inside.
bool is_code(std::string_view text) {
    if (text.empty() || text.front() == ' ' || text.back() == ' ' ||
        std::any_of(text.begin(), text.end(), is_control)) {
        return false;
    }
    return text.find("  ") == std::string_view::npos;
}

bool is_uri(std::string_view text) {
    return !text.empty() &&
           std::none_of(text.begin(), text.end(), [](char c) { return c == ' ' || is_control(c); });
}

/// urn:oid: and two arcs or more, the first of them 0, 1 or 2, none with a leading zero.
bool is_oid(std::string_view text) {
    if (!text.starts_with("urn:oid:") || text.size() < 11 || text[8] < '0' || text[8] > '2') {
        return false;
    }
    for (std::string_view rest = text.substr(9); !rest.empty();) {
        const std::size_t end = rest.find('.', 1);
        const std::string_view arc = rest.substr(1, end == std::string_view::npos ? end : end - 1);
        if (rest.front() != '.' || !all_digits(arc) || (arc.size() > 1 && arc.front() == '0')) {
            return false;
        }
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end);
    }
    return true;
}

/// urn:uuid: and a UUID in lower case.
bool is_uuid(std::string_view text) {
    if (!text.starts_with("urn:uuid:") || text.size() != 45) {
        return false;
    }
    for (std::size_t i = 0; i < 36; ++i) {
        const char c = text[9 + i];
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? c != '-' : !(is_digit(c) || (c >= 'a' && c <= 'f'))) {
            return false;
        }
    }
    return true;
}

/// Groups of four, blanks between groups only, padding at the very end only (RFC 4648).
bool is_base64(std::string_view text) {
    std::size_t count = 0;
    std::size_t padding = 0;
    for (const char c : text) {
        if (is_blank(c)) {
            if (count % 4 != 0) {
                return false;
            }
            continue;
        }
        ++count;
        const bool digit = is_digit(c) || is_letter(c) || c == '+' || c == '/';
        padding += c == '=' ? 1 : 0;
        if ((!digit && c != '=') || (digit && padding > 0)) {
            return false;
        }
    }
    return count > 0 && count % 4 == 0 && padding <= 2;
}

/// Not blank, no control character but tab and line ends, not beyond the size that R4 sets.
bool is_string(std::string_view text) {
    bool ink = false;
    std::size_t characters = 0;
    for (const char c : text) {
        if (is_control(c) && !is_blank(c)) {
            return false;
        }
        ink = ink || !is_blank(c);
        characters +=
            (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;  // not a continuation byte
    }
    return ink && characters <= most_characters;
}

bool is_xhtml(std::string_view text) {
    return !text.empty();
}

constexpr std::array<std::pair<std::string_view, PrimitiveTest>, 20> tests = {{
    {"code", is_code},
    {"string", is_string},
    {"uri", is_uri},
    {"dateTime", is_date_time},
    {"date", is_date},
    {"id", is_id},
    {"instant", is_moment},
    {"markdown", is_string},
    {"url", is_uri},
    {"canonical", is_uri},
    {"time", is_time},
    {"boolean", is_boolean},
    {"integer", is_integer<INT32_MIN, INT32_MAX>},
    {"positiveInt", is_integer<1, INT32_MAX>},
    {"unsignedInt", is_integer<0, INT32_MAX>},
    {"decimal", is_decimal},
    {"oid", is_oid},
    {"uuid", is_uuid},
    {"base64Binary", is_base64},
    {"xhtml", is_xhtml},
}};

}  // namespace

PrimitiveTest primitive_test(std::string_view type) {
    for (const auto& [name, test] : tests) {
        if (name == type) {
            return test;
        }
    }
    return nullptr;
}

bool is_valid_primitive(std::string_view type, std::string_view text) {
    const PrimitiveTest test = primitive_test(type);
    return test != nullptr && test(text);
}

}  // namespace linkway::fhir
