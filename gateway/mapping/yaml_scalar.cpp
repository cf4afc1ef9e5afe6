#include "yaml_scalar.h"

#include <algorithm>
#include <array>

namespace linkway::mapping {

namespace {

/// What some reader of YAML takes for a boolean, a null, a number, a date or a time.
bool is_other_word(std::string_view text) {
    static constexpr std::array<std::string_view, 10> words = {"y",   "n",    "yes",   "no",   "on",
                                                               "off", "true", "false", "null", "~"};
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) {
        return static_cast<char>(c | (c >= 'A' && c <= 'Z' ? 0x20 : 0));
    });
    if (std::find(words.begin(), words.end(), lower) != words.end()) {
        return true;
    }
    if (lower.find_first_of("0123456789.+-") != 0) {
        return false;
    }
    return lower.find_first_not_of("0123456789abcdefxoztn_.:+- ") == std::string::npos ||
           lower.find("inf") != std::string::npos;
}

bool is_plain(std::string_view text, bool in_flow) {
    if (text.empty() || text.front() == ' ' || text.back() == ' ' || is_other_word(text)) {
        return false;
    }
    if (std::string_view("-?:,[]{}#&*!|>'\"%@`=<").find(text.front()) != std::string_view::npos) {
        return false;
    }
    const bool plain_bytes = std::all_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte >= 0x20 && byte != 0x7F;
    });
    const bool marked = text.find("{{") != std::string_view::npos ||
                        text.find("{[") != std::string_view::npos ||
                        text.find("{%") != std::string_view::npos;
    const bool split = text.find(": ") != std::string_view::npos || text.back() == ':' ||
                       text.find(" #") != std::string_view::npos;
    const bool flow_marks = in_flow && text.find_first_of(",[]{}:\"'") != std::string_view::npos;
    // Characters beyond ASCII may be line ends (U+0085, U+2028) or invisible: quotes show them.
    const bool odd = text.find("\xC2\x85") != std::string_view::npos ||
                     text.find("\xC2\xA0") != std::string_view::npos ||
                     text.find("\xE2\x80") != std::string_view::npos ||
                     text.find("\xEF\xBB\xBF") != std::string_view::npos;
    return plain_bytes && !marked && !split && !flow_marks && !odd;
}

void append_escaped(std::string& out, std::string_view text) {
    static constexpr std::string_view digits = "0123456789ABCDEF";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out.push_back('\\');
            out.push_back(c);
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\t') {
            out += "\\t";
        } else if (byte < 0x20 || byte == 0x7F) {
            out += "\\x";
            out.push_back(digits[byte >> 4U]);
            out.push_back(digits[byte & 0xFU]);
        } else {
            out.push_back(c);
        }
    }
}

}  // namespace

std::string yaml_scalar(std::string_view text, bool in_flow) {
    if (is_plain(text, in_flow)) {
        return std::string(text);
    }
    const bool controls = std::any_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    });
    const bool single = !controls && text.find_first_of("\"\\") != std::string_view::npos &&
                        text.find('\'') == std::string_view::npos;
    std::string out(1, single ? '\'' : '"');
    if (single) {
        out += text;
    } else {
        append_escaped(out, text);
    }
    out.push_back(out.front());
    return out;
}

}  // namespace linkway::mapping
