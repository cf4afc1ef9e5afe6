// encode, decode, escape and unescape. What is not in the stated form gives nothing, and so does
// what would not be UTF-8 text.
#include <array>
#include <optional>
#include <utility>

#include "builtins.h"
#include "items.h"
#include "text/node.h"
#include "text/utf8.h"

namespace linkway::fhirpath {

namespace {

constexpr std::string_view base64_plain =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view base64_url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view hex_digits = "0123456789abcdef";

std::uint32_t byte_at(std::string_view text, std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
}

std::string to_base64(std::string_view text, std::string_view alphabet) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); i += 3) {
        const std::uint32_t group =
            (byte_at(text, i) << 16U) | (byte_at(text, i + 1) << 8U) | byte_at(text, i + 2);
        for (std::uint32_t k = 0; k < 4; ++k) {
            out += i + k <= text.size() ? alphabet[(group >> (18U - 6U * k)) & 63U] : '=';
        }
    }
    return out;
}

std::optional<std::string> from_base64(std::string_view text, std::string_view alphabet) {
    while (!text.empty() && text.back() == '=') {
        text.remove_suffix(1);
    }
    if (text.size() % 4 == 1) {
        return std::nullopt;
    }
    std::string out;
    std::uint32_t bits = 0;
    std::uint32_t count = 0;
    for (const char c : text) {
        const std::size_t digit = alphabet.find(c);
        if (digit == std::string_view::npos) {
            return std::nullopt;
        }
        bits = (bits << 6U) | static_cast<std::uint32_t>(digit);
        count += 6;
        if (count >= 8) {
            count -= 8;
            out += static_cast<char>((bits >> count) & 0xFFU);
        }
    }
    return out;
}

std::string to_hex(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        out += hex_digits[byte_at(text, i) >> 4U];
        out += hex_digits[byte_at(text, i) & 15U];
    }
    return out;
}

std::optional<std::string> from_hex(std::string_view text) {
    std::string out;
    if (text.size() % 2 != 0) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i] >= 'A' && text[i] <= 'F' ? static_cast<char>(text[i] + 32) : text[i];
        const std::size_t digit = hex_digits.find(c);
        if (digit == std::string_view::npos) {
            return std::nullopt;
        }
        if (i % 2 == 0) {
            out += static_cast<char>(digit << 4U);
        } else {
            out.back() = static_cast<char>(static_cast<unsigned char>(out.back()) | digit);
        }
    }
    return out;
}

constexpr std::array<std::pair<char, std::string_view>, 5> html_entities = {
    {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}}};

std::string escape_html(std::string_view text) {
    std::string out;
    for (const char c : text) {
        std::string_view replacement;
        for (const auto& [character, entity] : html_entities) {
            replacement = character == c ? entity : replacement;
        }
        if (replacement.empty()) {
            out += c;
        } else {
            out += replacement;
        }
    }
    return out;
}

std::string unescape_html(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        std::size_t length = 1;
        char plain = text[i];
        for (const auto& [character, entity] : html_entities) {
            if (text.substr(i, entity.size()) == entity) {
                length = entity.size();
                plain = character;
            }
        }
        out += plain;
        i += length;
    }
    return out;
}

std::string escape_json(std::string_view text) {
    std::string quoted;
    text::append_json_string(quoted, text);
    return quoted.substr(1, quoted.size() - 2);
}

/// Undoes the escapes of a JSON string; what is no escape stays.
std::optional<std::string> unescape_json(std::string_view text) {
    std::string quoted = "\"";
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escape = text[i] == '\\' && i + 1 < text.size();
        if (text[i] == '"') {
            quoted += '\\';  // a bare quote is no end here
        }
        quoted += text[i];
        if (escape) {
            quoted += text[++i];
        }
    }
    const auto parsed = text::parse_json(quoted + '"', {});
    return parsed.ok() ? std::optional(std::string(parsed.value().root().text)) : std::nullopt;
}

/// `convert` gives nothing when the text is not in that form.
// The four functions differ only in the conversion.
template <class Convert>
bool by_format(Machine& machine, const Step& step, const Collection& focus, const Collection* args,
               Collection& out, Convert convert) {
    bool has_text = false;
    bool has_format = false;
    std::string_view text;
    std::string_view format;
    if (!one_text(machine, step, focus, has_text, text) ||
        !one_text(machine, step, args[0], has_format, format)) {
        return false;
    }
    if (!has_text || !has_format) {
        return true;
    }
    const std::optional<std::string> result = convert(text, format);
    return !result || !text::is_utf8(*result) ||
           machine.push_text(step, out, ValueKind::string, *result);
}

bool encode(Machine& machine, const Step& step, const Collection& focus, const Collection* args,
            Collection& out) {
    return by_format(
        machine, step, focus, args, out,
        [](std::string_view text, std::string_view format) -> std::optional<std::string> {
            if (format == "hex") {
                return to_hex(text);
            }
            if (format == "base64" || format == "urlbase64") {
                return to_base64(text, format[0] == 'u' ? base64_url : base64_plain);
            }
            return std::nullopt;
        });
}

bool decode(Machine& machine, const Step& step, const Collection& focus, const Collection* args,
            Collection& out) {
    return by_format(
        machine, step, focus, args, out,
        [](std::string_view text, std::string_view format) -> std::optional<std::string> {
            if (format == "hex") {
                return from_hex(text);
            }
            if (format == "base64" || format == "urlbase64") {
                return from_base64(text, format[0] == 'u' ? base64_url : base64_plain);
            }
            return std::nullopt;
        });
}

bool escape(Machine& machine, const Step& step, const Collection& focus, const Collection* args,
            Collection& out) {
    return by_format(
        machine, step, focus, args, out,
        [](std::string_view text, std::string_view format) -> std::optional<std::string> {
            return format == "html"   ? std::optional(escape_html(text))
                   : format == "json" ? std::optional(escape_json(text))
                                      : std::nullopt;
        });
}

bool unescape(Machine& machine, const Step& step, const Collection& focus, const Collection* args,
              Collection& out) {
    return by_format(
        machine, step, focus, args, out,
        [](std::string_view text, std::string_view format) -> std::optional<std::string> {
            return format == "html"   ? std::optional(unescape_html(text))
                   : format == "json" ? unescape_json(text)
                                      : std::nullopt;
        });
}

}  // namespace

std::vector<BuiltIn> encoding_functions() {
    return {
        {"encode", 1, "s", Takes::text, Yields::string, encode},
        {"decode", 1, "s", Takes::text, Yields::string, decode},
        {"escape", 1, "s", Takes::text, Yields::string, escape},
        {"unescape", 1, "s", Takes::text, Yields::string, unescape},
    };
}

}  // namespace linkway::fhirpath
