#include "text/utf8.h"

#include <array>
#include <cstdint>
#include <cstring>

namespace linkway::text {

namespace {

unsigned char byte_at(std::string_view bytes, std::size_t i) {
    return static_cast<unsigned char>(bytes[i]);
}

/// Length of the sequence that starts at `i` (two to four bytes), or 0 when it is not well-formed.
/// Unicode 15, table 3-7: only the second byte has a range of its own; that is what keeps out
/// overlong forms, surrogates and anything above U+10FFFF.
std::size_t sequence_length(std::string_view bytes, std::size_t i) {
    const unsigned char lead = byte_at(bytes, i);
    std::size_t length = 0;
    unsigned char lowest = 0x80;
    unsigned char highest = 0xBF;
    if (lead >= 0xC2 && lead <= 0xDF) {
        length = 2;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
        length = 3;
        lowest = lead == 0xE0 ? 0xA0 : lowest;
        highest = lead == 0xED ? 0x9F : highest;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
        length = 4;
        lowest = lead == 0xF0 ? 0x90 : lowest;
        highest = lead == 0xF4 ? 0x8F : highest;
    }
    if (length == 0 || bytes.size() - i < length || byte_at(bytes, i + 1) < lowest ||
        byte_at(bytes, i + 1) > highest) {
        return 0;
    }
    for (std::size_t k = 2; k < length; ++k) {
        if ((byte_at(bytes, i + k) & 0xC0U) != 0x80U) {
            return 0;
        }
    }
    return length;
}

/// Code points of bytes 0x80 to 0x9F; the rest of the code page is Latin-1. 0 marks the five
/// without a character. Source: the Unicode consortium's CP1252 mapping table.
constexpr std::array<std::uint16_t, 32> windows_1252_high = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

void append_code_point(std::string& out, std::uint32_t c) {
    if (c < 0x800) {
        out += static_cast<char>(0xC0U | (c >> 6U));
    } else {
        out += static_cast<char>(0xE0U | (c >> 12U));
        out += static_cast<char>(0x80U | ((c >> 6U) & 0x3FU));
    }
    out += static_cast<char>(0x80U | (c & 0x3FU));
}

}  // namespace

std::size_t utf8_prefix(std::string_view bytes) {
    constexpr std::uint64_t high_bits = 0x8080808080808080U;
    std::size_t i = 0;
    while (i < bytes.size()) {
        // Most of what we read is ASCII: eight bytes a step until one is not.
        std::uint64_t word = 0;
        while (bytes.size() - i >= sizeof word) {
            std::memcpy(&word, bytes.data() + i, sizeof word);
            if ((word & high_bits) != 0) {
                break;
            }
            i += sizeof word;
        }
        while (i < bytes.size() && byte_at(bytes, i) < 0x80) {
            ++i;
        }
        // Other scripts come in runs: no return to the eight-byte loop between their characters.
        while (i < bytes.size() && byte_at(bytes, i) >= 0x80) {
            const std::size_t length = sequence_length(bytes, i);
            if (length == 0) {
                return i;
            }
            i += length;
        }
    }
    return i;
}

bool is_utf8(std::string_view bytes) {
    return utf8_prefix(bytes) == bytes.size();
}

std::size_t append_windows_1252(std::string& out, std::string_view bytes) {
    std::size_t undefined = 0;
    std::size_t plain = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const unsigned char c = byte_at(bytes, i);
        if (c < 0x80) {
            continue;
        }
        out.append(bytes, plain, i - plain);
        plain = i + 1;
        std::uint32_t code_point = c;
        if (c < 0xA0) {
            code_point = windows_1252_high[c - 0x80U];
        }
        if (code_point == 0) {
            code_point = 0xFFFD;
            ++undefined;
        }
        append_code_point(out, code_point);
    }
    out.append(bytes, plain, bytes.size() - plain);
    return undefined;
}

}  // namespace linkway::text
