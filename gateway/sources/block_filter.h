// Whether a cell's key makes its row pass. Private to sources.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "block_scan.h"

namespace linkway::sources {

inline std::string_view trim(std::string_view text) {
    while (!text.empty() && text.front() == ' ') {
        text.remove_prefix(1);
    }
    while (!text.empty() && text.back() == ' ') {
        text.remove_suffix(1);
    }
    return text;
}

/// A cell's content for comparing: quotes off, doubled quotes single, blanks around trimmed.
inline std::string_view key_content(std::string_view raw, const text::CsvDialect& dialect,
                                    std::string& scratch) {
    if (raw.size() < 2 || raw.front() != dialect.quote || raw.back() != dialect.quote) {
        return trim(text::field_content(raw, dialect, scratch));
    }
    const std::string_view inner = raw.substr(1, raw.size() - 2);
    if (inner.find(dialect.quote) != std::string_view::npos) {
        return trim(text::field_content(raw, dialect, scratch));
    }
    return trim(inner);
}

/// A GUID in the form that keys have: no braces, upper case, 36 characters; what follows those is
/// junk. False when it is none. Does what normal_guid does, without memory and branches of its own.
inline bool normalise_guid(std::string_view text, std::array<char, 36>& out) {
    if (!text.empty() && text.front() == '{') {
        text.remove_prefix(1);
    }
    if (text.size() < out.size()) {
        return false;
    }
    static constexpr std::string_view form = "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh";
    unsigned wrong = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        const bool small = c >= 'a' && c <= 'f';
        const bool hex = small || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
        out[i] = static_cast<char>(small ? c - 'a' + 'A' : c);
        wrong |= static_cast<unsigned>(form[i] == '-' ? c != '-' : !hex);
    }
    return wrong == 0;
}

inline bool passes(const CellFilter& filter, std::string_view key) {
    std::array<char, 36> form{};
    std::string_view wanted = key;
    if (filter.guid) {
        wanted = normalise_guid(key, form) ? std::string_view(form.data(), form.size())
                                           : std::string_view{};
    }
    return (filter.keys != nullptr && filter.keys->contains(wanted)) ||
           (filter.known != nullptr && !key.empty() && !filter.known->contains(wanted));
}

}  // namespace linkway::sources
