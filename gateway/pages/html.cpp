#include "html.h"

#include <algorithm>
#include <array>

#include "text/html.h"

namespace linkway::pages {

namespace {

/// Those that run on within a line; others begin one of their own, which makes pages readable.
constexpr std::array inline_tags = {std::string_view("a"),      std::string_view("abbr"),
                                    std::string_view("bdi"),    std::string_view("span"),
                                    std::string_view("strong"), std::string_view("time")};

/// U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069: direction marks and overrides.
bool turns_direction(std::string_view text) {
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const unsigned second = byte(i + 1), third = byte(i + 2);
        if (byte(i) == 0xD8 && second == 0x9C) {
            return true;
        }
        const bool marks =
            second == 0x80 && (third == 0x8E || third == 0x8F || (third >= 0xAA && third <= 0xAE));
        const bool isolates = second == 0x81 && third >= 0xA6 && third <= 0xA9;
        if (byte(i) == 0xE2 && (marks || isolates)) {
            return true;
        }
    }
    return false;
}

}  // namespace

void Html::open(std::string_view tag, Attributes attributes) {
    if (std::find(inline_tags.begin(), inline_tags.end(), tag) == inline_tags.end()) {
        out_ += '\n';
    }
    out_ += '<';
    out_ += tag;
    for (const auto& [name, value] : attributes) {
        if (!value.empty() || name == "alt") {
            out_ += ' ';
            out_ += name;
            out_ += "=\"";
            text::append_html(out_, value);
            out_ += '"';
        }
    }
    out_ += '>';
}

void Html::close(std::string_view tag) {
    out_ += "</";
    out_ += tag;
    out_ += '>';
}

void Html::put(std::string_view tag, Attributes attributes, std::string_view content) {
    in(tag, attributes, [&] { text(content); });
}

void Html::text(std::string_view content) {
    const bool isolate = turns_direction(content);
    out_ += isolate ? "<bdi>" : "";
    text::append_html(out_, content);
    out_ += isolate ? "</bdi>" : "";
}

}  // namespace linkway::pages
