// Case and blanks by the ranges of the Unicode tables, without a locale: the same input gives the
// same output on every machine.
#include "unicode.h"

#include <algorithm>

namespace linkway::fhirpath {

namespace {

bool within(std::uint32_t code, std::uint32_t first, std::uint32_t last) {
    return code >= first && code <= last;
}

/// Length of the sequence that a lead byte opens; 1 for what is no lead byte.
std::size_t sequence_length(unsigned char lead) {
    return lead >= 0xF0 ? 4U : lead >= 0xE0 ? 3U : lead >= 0xC0 ? 2U : 1U;
}

/// Blocks in which a capital and its small letter alternate; `even` says that capitals have even
/// codes.
bool alternates(std::uint32_t code, bool& even) {
    even = !(within(code, 0x139, 0x148) || within(code, 0x179, 0x17E));
    return within(code, 0x100, 0x12F) || within(code, 0x132, 0x137) || within(code, 0x139, 0x148) ||
           within(code, 0x14A, 0x177) || within(code, 0x179, 0x17E) || within(code, 0x1DE, 0x1EF) ||
           within(code, 0x1F8, 0x21F) || within(code, 0x222, 0x233) || within(code, 0x3D8, 0x3EF) ||
           within(code, 0x460, 0x481) || within(code, 0x48A, 0x4BF) || within(code, 0x4D0, 0x52F) ||
           within(code, 0x1E00, 0x1E95) || within(code, 0x1EA0, 0x1EFF);
}

}  // namespace

void append_utf8(std::string& out, std::uint32_t code) {
    const auto byte = [&out](std::uint32_t value) { out += static_cast<char>(value); };
    if (code < 0x80) {
        byte(code);
    } else if (code < 0x800) {
        byte(0xC0U | (code >> 6U));
        byte(0x80U | (code & 0x3FU));
    } else if (code < 0x10000) {
        byte(0xE0U | (code >> 12U));
        byte(0x80U | ((code >> 6U) & 0x3FU));
        byte(0x80U | (code & 0x3FU));
    } else {
        byte(0xF0U | (code >> 18U));
        byte(0x80U | ((code >> 12U) & 0x3FU));
        byte(0x80U | ((code >> 6U) & 0x3FU));
        byte(0x80U | (code & 0x3FU));
    }
}

// Callers hand in text that was checked on the way in, but a cut sequence at the end must not be
// read past.
std::uint32_t next_code_point(std::string_view text, std::size_t& at) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = std::min(sequence_length(lead), text.size() - at);
    ++at;
    if (length == 1) {
        return lead;
    }
    std::uint32_t code = lead & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        code = (code << 6U) | (static_cast<unsigned char>(text[at++]) & 0x3FU);
    }
    return code;
}

std::size_t code_points(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

std::size_t byte_offset(std::string_view text, std::size_t index) {
    std::size_t at = 0;
    while (index-- > 0 && at < text.size()) {
        at += std::min(sequence_length(static_cast<unsigned char>(text[at])), text.size() - at);
    }
    return at;
}

std::uint32_t to_upper(std::uint32_t code) {
    if (code < 0x80) {
        return within(code, 'a', 'z') ? code - 32 : code;
    }
    if ((within(code, 0xE0, 0xFE) && code != 0xF7) || within(code, 0x3B1, 0x3C9) ||
        within(code, 0x430, 0x44F)) {
        return code == 0x3C2 ? 0x3A3 : code - 32;  // both small sigmas have one capital
    }
    if (code == 0xFF) {
        return 0x178;
    }
    if (within(code, 0x450, 0x45F)) {
        return code - 80;
    }
    if (within(code, 0x561, 0x586)) {
        return code - 48;
    }
    bool even = true;
    if (alternates(code, even)) {
        return ((code % 2 == 1) == even) && code != 0x131 ? code - 1 : code;
    }
    return code;
}

std::uint32_t to_lower(std::uint32_t code) {
    if (code < 0x80) {
        return within(code, 'A', 'Z') ? code + 32 : code;
    }
    if ((within(code, 0xC0, 0xDE) && code != 0xD7) ||
        (within(code, 0x391, 0x3A9) && code != 0x3A2) || within(code, 0x410, 0x42F)) {
        return code + 32;
    }
    if (code == 0x178) {
        return 0xFF;
    }
    if (within(code, 0x400, 0x40F)) {
        return code + 80;
    }
    if (within(code, 0x531, 0x556)) {
        return code + 48;
    }
    bool even = true;
    if (alternates(code, even)) {
        return (code % 2 == 0) == even ? code + 1 : code;
    }
    return code;
}

bool is_space(std::uint32_t code) {
    return code == ' ' || within(code, 9, 13) || code == 0x85 || code == 0xA0 || code == 0x1680 ||
           within(code, 0x2000, 0x200A) || code == 0x2028 || code == 0x2029 || code == 0x202F ||
           code == 0x205F || code == 0x3000;
}

}  // namespace linkway::fhirpath
