#include "http/uri.h"

#include <algorithm>

#include "ascii.h"
#include "text/utf8.h"

namespace linkway::http {

namespace {

text::Issue issue(std::string_view code, std::string message, std::string suggestion = {}) {
    return {
        text::Severity::error, std::string(code), std::move(message), {}, std::move(suggestion)};
}

/// Of a query, '+' is a space; of a path it is itself.
text::Result<std::string> decode(std::string_view raw, bool plus_is_space) {
    std::string result;
    result.reserve(raw.size());
    for (std::size_t i = 0; i < raw.size(); ++i) {
        if (raw[i] != '%') {
            result += raw[i] == '+' && plus_is_space ? ' ' : raw[i];
            continue;
        }
        const int high = i + 2 < raw.size() ? hex_value(raw[i + 1]) : -1;
        const int low = high >= 0 ? hex_value(raw[i + 2]) : -1;
        if (low < 0) {
            return issue("value", "expected two hexadecimal digits after % in the URL",
                         "write a percent sign itself as %25");
        }
        result += static_cast<char>(high * 16 + low);
        i += 2;
    }
    if (result.find('\0') != std::string::npos) {
        return issue("value", "the URL or form holds a NUL character");
    }
    if (!text::is_utf8(result)) {
        return issue("value", "the URL or form is not UTF-8 once its escapes are decoded");
    }
    return result;
}

/// Cuts the text up to the separator off its front.
std::string_view take(std::string_view& text, char separator) {
    const std::size_t end = std::min(text.find(separator), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return part;
}

}  // namespace

text::Result<std::string> percent_decode(std::string_view raw) {
    return decode(raw, false);
}

text::Result<std::vector<std::string>> path_segments(std::string_view raw_path) {
    std::vector<std::string> segments;
    if (raw_path.empty() || raw_path.front() != '/') {
        return issue("value", "expected a path that begins with /");
    }
    raw_path.remove_prefix(1);
    while (!raw_path.empty()) {
        auto segment = decode(take(raw_path, '/'), false);
        if (!segment) {
            return std::move(segment).issue();
        }
        if (segment->empty() || *segment == "." || *segment == "..") {
            return issue("value", "the path has an empty, . or .. segment");
        }
        segments.push_back(std::move(*segment));
    }
    return segments;
}

text::Result<std::vector<Parameter>> parse_parameters(std::string_view raw) {
    std::vector<Parameter> parameters;
    while (!raw.empty()) {
        std::string_view value = take(raw, '&');
        if (value.empty()) {
            continue;
        }
        if (parameters.size() == parameter_limit) {
            return issue("too-costly", "more than " + std::to_string(parameter_limit) +
                                           " parameters in one request");
        }
        auto name = decode(take(value, '='), true);
        if (!name) {
            return std::move(name).issue();
        }
        auto decoded = decode(value, true);
        if (!decoded) {
            return std::move(decoded).issue();
        }
        parameters.push_back({std::move(*name), std::move(*decoded)});
    }
    return parameters;
}

std::string percent_encode(std::string_view value) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string result;
    result.reserve(value.size());
    for (const char c : value) {
        if (is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~') {
            result += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            result += {'%', digits[byte >> 4U], digits[byte & 15U]};
        }
    }
    return result;
}

}  // namespace linkway::http
