#include "markers.h"

namespace linkway::mapping {

namespace {

/// Where the FHIRPath comment that starts at `i` ends (its last character), or `i` when none does.
std::size_t comment_end(std::string_view text, std::size_t i) {
    const std::string_view start = text.substr(i, 2);
    if (start != "/*" && start != "//") {
        return i;
    }
    const std::size_t end = start == "/*" ? text.find("*/", i + 2) : text.find('\n', i);
    return end == std::string_view::npos ? i : start == "/*" ? end + 1 : end;
}

}  // namespace

std::string_view trim(std::string_view text) {
    const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
    while (!text.empty() && blank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && blank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

std::size_t marker_end(std::string_view text, std::size_t from, std::string_view close) {
    char quote = 0;
    for (std::size_t i = from; i < text.size(); ++i) {
        const char c = text[i];
        if (quote != 0) {
            if (c == '\\') {
                ++i;
            } else if (c == quote) {
                quote = 0;
            }
        } else if (c == '\'' || c == '`') {
            quote = c;
        } else if (c == '/') {
            i = comment_end(text, i);
        } else if (text.substr(i, close.size()) == close) {
            return i;
        }
    }
    return std::string_view::npos;
}

std::string with_even_markers(std::string_view text) {
    std::string result;
    std::size_t at = 0;
    while (at < text.size()) {
        const std::string_view open = text.substr(at, 2);
        const std::string_view close = open == "{{"   ? "}}"
                                       : open == "{[" ? "]}"
                                       : open == "{%" ? "%}"
                                                      : "";
        const std::size_t end =
            close.empty() ? std::string_view::npos : marker_end(text, at + 2, close);
        if (end == std::string_view::npos) {
            result.push_back(text[at++]);
            continue;
        }
        const std::string_view inside = trim(text.substr(at + 2, end - at - 2));
        // A line comment needs its line end; mistakes ({{ }}, {{+ +}}) are left as they are.
        if (inside.empty() || text.substr(at + 2, 1) == "+" ||
            inside.find("//") != std::string_view::npos) {
            result += text.substr(at, end + 2 - at);
        } else {
            result.append(open).append(" ").append(inside).append(" ").append(close);
        }
        at = end + 2;
    }
    return result;
}

}  // namespace linkway::mapping
