// Lexical forms of the R4 primitive types (FHIR R4, Data Types, Primitive Types), calendar included.
#include <algorithm>
#include <array>
#include <charconv>

#include "fhir/definitions.h"
#include "text/temporal.h"

namespace linkway::fhir {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool all_digits(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_digit); }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool is_date(std::string_view text) {
    switch (text.size()) {
        case 4:
            return text::parse_date(text, "yyyy").has_value();
        case 7:
            return text::parse_date(text, "yyyy-MM").has_value();
        case 10:
            return text::parse_date(text, "yyyy-MM-dd").has_value();
        default:
            return false;
    }
}

/// hh:mm:ss with an optional fraction; 60 seconds are a leap second.
bool is_time(std::string_view text) {
    if (text.size() < 8 || text[2] != ':' || text[5] != ':' || !all_digits(text.substr(0, 2)) || !all_digits(text.substr(3, 2)) ||
        !all_digits(text.substr(6, 2))) {
        return false;
    }
    const bool fraction = text.size() == 8 || (text[8] == '.' && all_digits(text.substr(9)));
    return fraction && text.substr(0, 2) <= "23" && text.substr(3, 2) <= "59" && text.substr(6, 2) <= "60";
}

bool is_offset(std::string_view text) {
    if (text == "Z") {
        return true;
    }
    return text.size() == 6 && (text[0] == '+' || text[0] == '-') && text[3] == ':' && all_digits(text.substr(1, 2)) &&
           all_digits(text.substr(4, 2)) && (text.substr(1, 2) <= "13" || text.substr(1) == "14:00") && text.substr(4, 2) <= "59";
}

bool is_moment(std::string_view text) {
    if (text.size() < 20 || text[10] != 'T' || !is_date(text.substr(0, 10))) {
        return false;
    }
    const std::size_t zone = text.find_first_of("Z+-", 19);
    return zone != std::string_view::npos && is_time(text.substr(11, zone - 11)) && is_offset(text.substr(zone));
}

/// A whole number within bounds; no leading zeros, no plus sign.
bool is_integer(std::string_view text, std::int64_t least, std::int64_t most) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const std::string_view digits = text.substr(!text.empty() && text.front() == '-' ? 1 : 0);
    return error == std::errc() && end == text.data() + text.size() && value >= least && value <= most &&
           (digits.size() == 1 || (digits.size() > 1 && digits.front() != '0'));
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

bool is_id(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
        return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.';
    });
}

bool is_code(std::string_view text) {
    if (text.empty() || is_blank(text.front()) || is_blank(text.back())) {
        return false;
    }
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (is_blank(text[i]) && (text[i] != ' ' || is_blank(text[i - 1]))) {
            return false;
        }
    }
    return true;
}

bool is_uri(std::string_view text) { return !text.empty() && std::none_of(text.begin(), text.end(), is_blank); }

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

bool is_base64(std::string_view text) {
    std::size_t count = 0;
    std::size_t padding = 0;
    for (const char c : text) {
        if (is_blank(c)) {
            continue;
        }
        ++count;
        const bool digit = is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '/';
        padding += c == '=' ? 1 : 0;
        if ((!digit && c != '=') || (digit && padding > 0)) {
            return false;
        }
    }
    return count > 0 && count % 4 == 0 && padding <= 2;
}

/// Not blank, and no control character but tab and line ends.
bool is_string(std::string_view text) {
    bool ink = false;
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\r' && c != '\n') {
            return false;
        }
        ink = ink || !is_blank(c);
    }
    return ink;
}

}  // namespace

bool is_valid_primitive(std::string_view type, std::string_view text) {
    using Test = bool (*)(std::string_view);
    static constexpr std::array<std::pair<std::string_view, Test>, 20> tests = {{
        {"string", is_string},
        {"markdown", is_string},
        {"code", is_code},
        {"id", is_id},
        {"uri", is_uri},
        {"url", is_uri},
        {"canonical", is_uri},
        {"date", is_date},
        {"dateTime", [](std::string_view t) { return is_date(t) || is_moment(t); }},
        {"instant", is_moment},
        {"time", is_time},
        {"boolean", [](std::string_view t) { return t == "true" || t == "false"; }},
        {"integer", [](std::string_view t) { return is_integer(t, INT32_MIN, INT32_MAX); }},
        {"positiveInt", [](std::string_view t) { return is_integer(t, 1, INT32_MAX); }},
        {"unsignedInt", [](std::string_view t) { return is_integer(t, 0, INT32_MAX); }},
        {"decimal", is_decimal},
        {"oid", is_oid},
        {"uuid", is_uuid},
        {"base64Binary", is_base64},
        {"xhtml", [](std::string_view t) { return !t.empty(); }},
    }};
    for (const auto& [name, test] : tests) {
        if (name == type) {
            return test(text);
        }
    }
    return false;
}

}  // namespace linkway::fhir
