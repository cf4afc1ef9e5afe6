#include "base64.h"

#include <array>
#include <cstdint>

namespace linkway::access {

namespace {

constexpr std::string_view url_letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view plain_letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::uint8_t none = 0xFF;

constexpr std::array<std::uint8_t, 256> values = [] {
    std::array<std::uint8_t, 256> result{};
    result.fill(none);
    for (std::uint8_t i = 0; i < 64; ++i) {
        result[static_cast<unsigned char>(url_letters[i])] = i;
    }
    return result;
}();

std::string encode(std::string_view bytes, std::string_view letters) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    std::uint32_t held = 0;
    unsigned bits = 0;
    for (const char c : bytes) {
        held = held << 8U | static_cast<unsigned char>(c);
        bits += 8;
        while (bits >= 6) {
            bits -= 6;
            out += letters[held >> bits & 63U];
        }
    }
    if (bits > 0) {
        out += letters[held << (6 - bits) & 63U];
    }
    return out;
}

}  // namespace

std::string to_base64url(std::string_view bytes) {
    return encode(bytes, url_letters);
}

std::string to_base64(std::string_view bytes) {
    std::string out = encode(bytes, plain_letters);
    out.append((4 - out.size() % 4) % 4, '=');
    return out;
}

std::optional<std::string> from_base64url(std::string_view text) {
    if (text.size() % 4 == 1) {
        return std::nullopt;
    }
    std::string out;
    out.reserve(text.size() / 4 * 3 + 2);
    std::uint32_t held = 0;
    unsigned bits = 0;
    for (const char c : text) {
        const std::uint8_t value = values[static_cast<unsigned char>(c)];
        if (value == none) {
            return std::nullopt;
        }
        held = held << 6U | value;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out += static_cast<char>(held >> bits & 0xFFU);
        }
    }
    if ((held & ((1U << bits) - 1)) != 0) {
        return std::nullopt;
    }
    return out;
}

}  // namespace linkway::access
