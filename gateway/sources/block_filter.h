// Whether a cell's key makes its row pass. Private to sources.
#pragma once

#include <array>
#include <cstring>
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

/// Whether `key` is in the set; asks a small table of known keys first.
inline bool is_known(const KeySet& known, std::string_view key, std::vector<SeenKey>& seen) {
    constexpr std::size_t seen_keys = 4096;
    SeenKey probe;
    if (key.size() > probe.bytes.size()) {
        return known.contains(key);
    }
    if (seen.empty()) {
        seen.resize(seen_keys);
    }
    probe.size = static_cast<std::uint8_t>(key.size());
    key.copy(probe.bytes.data(), key.size());
    std::array<std::uint64_t, 2> words{};
    std::memcpy(words.data(), probe.bytes.data(), sizeof words);
    SeenKey& slot = seen[((words[0] ^ words[1] * 31) * 0x9E3779B97F4A7C15U) >> 52U];
    if (slot.size == probe.size && slot.bytes == probe.bytes) {
        return true;
    }
    if (!known.contains(key)) {
        return false;
    }
    slot = probe;
    return true;
}

inline bool passes(const CellFilter& filter, std::string_view key, std::vector<SeenKey>& seen) {
    if (filter.guid) {
        std::array<char, 36> form{};
        const std::string_view guid = normalise_guid(key, form)
                                          ? std::string_view(form.data(), form.size())
                                          : std::string_view{};
        if (filter.keys != nullptr && filter.keys->contains(guid)) {
            return true;
        }
        return filter.known != nullptr && !key.empty() && !filter.known->contains(guid);
    }
    if (filter.keys != nullptr && filter.keys->contains(key)) {
        return true;
    }
    return filter.known != nullptr && !key.empty() && !is_known(*filter.known, key, seen);
}

}  // namespace linkway::sources
