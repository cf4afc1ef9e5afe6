// Statements that must hold of any value, tried on many.
#include <cstdio>
#include <string>
#include <vector>

#include "../random.h"
#include "catch.h"
#include "text/node.h"
#include "text/temporal.h"
#include "text/utf8.h"

using namespace linkway::text;
using linkway::tests::Random;

namespace {

std::string random_string(Random& random) {
    static const std::vector<std::string> pieces = {"a",
                                                    "Z",
                                                    "9",
                                                    " ",
                                                    "\"",
                                                    "\\",
                                                    "/",
                                                    "\n",
                                                    "\t",
                                                    "\x01",
                                                    "\x7F",
                                                    "\xC3\xA9",
                                                    "\xE2\x82\xAC",
                                                    "\xF0\x9F\x98\x80",
                                                    ":",
                                                    "- ",
                                                    "{",
                                                    "]",
                                                    "#",
                                                    std::string(1, '\0')};
    std::string out;
    for (std::uint32_t n = random.below(12); n > 0; --n) {
        out += pieces[random.below(static_cast<std::uint32_t>(pieces.size()))];
    }
    return out;
}

/// JSON text of a random value, compact as append_json writes it.
void append_value(std::string& out, Random& random, int depth) {
    static const std::vector<std::string> numbers = {
        "0", "-0", "1.10", "-12e+3", "5E-7", "123456789012345678901234567890"};
    switch (random.below(depth > 5 ? 4 : 6)) {
        case 0:
            out += "null";
            return;
        case 1:
            out += random.below(2) == 0 ? "true" : "false";
            return;
        case 2:
            out += numbers[random.below(static_cast<std::uint32_t>(numbers.size()))];
            return;
        case 3:
            append_json_string(out, random_string(random));
            return;
        case 4:
            out += '[';
            for (std::uint32_t i = 0, n = random.below(5); i < n; ++i) {
                out += i == 0 ? "" : ",";
                append_value(out, random, depth + 1);
            }
            out += ']';
            return;
        default:
            out += '{';
            for (std::uint32_t i = 0, n = random.below(20); i < n; ++i) {
                out += i == 0 ? "" : ",";
                append_json_string(out, std::to_string(i) + random_string(random));
                out += ':';
                append_value(out, random, depth + 1);
            }
            out += '}';
    }
}

}  // namespace

TEST_CASE("Any JSON value survives reading and writing") {
    Random random(1);
    for (int round = 0; round < 2000; ++round) {
        std::string text;
        append_value(text, random, 0);
        auto parsed = parse_json(text, "x");
        INFO(round);
        REQUIRE(parsed.ok());
        std::string out;
        append_json(out, parsed->root());
        REQUIRE(out == text);
    }
}

TEST_CASE("Any cut of a JSON text is refused with a place, never read") {
    Random random(2);
    for (int round = 0; round < 200; ++round) {
        std::string text = "[";
        append_value(text, random, 1);
        text += "]";
        const std::string cut =
            text.substr(0, random.below(static_cast<std::uint32_t>(text.size())));
        auto parsed = parse_json(cut, "x");
        REQUIRE_FALSE(parsed.ok());
        REQUIRE(parsed.issue().location.line == 1);
        REQUIRE(parsed.issue().location.column >= 1);
        REQUIRE(parsed.issue().location.column <= cut.size() + 1);
    }
}

TEST_CASE("Compact JSON without control characters is YAML with the same value") {
    Random random(3);
    int read = 0;
    for (int round = 0; round < 500; ++round) {
        std::string text;
        append_value(text, random, 0);
        auto json = parse_json(text, "x");
        REQUIRE(json.ok());
        auto yaml = parse_yaml(text, "x");
        if (!yaml.ok()) {
            continue;  // yaml-cpp knows neither "\/" nor surrogate escapes, nor DEL
        }
        std::string out;
        append_json(out, yaml->root());
        REQUIRE(out == text);
        ++read;
    }
    CHECK(read > 250);
}

TEST_CASE("Every day is written and read alike, one apart from the next") {
    std::int64_t expected = 0;
    bool first = true;
    for (int year = 1896; year <= 2104; ++year) {
        for (int month = 1; month <= 12; ++month) {
            for (int day = 1; day <= 31; ++day) {
                char text[48];
                std::snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
                const auto date = parse_date(text, "yyyy-MM-dd");
                if (!date) {
                    REQUIRE(day > 28);
                    continue;
                }
                std::string out;
                append_date(out, *date);
                REQUIRE(out == text);
                const std::int64_t days = days_since_epoch(*date);
                if (!first) {
                    REQUIRE(days == expected);
                }
                first = false;
                expected = days + 1;
            }
        }
    }
}

TEST_CASE("Windows-1252 of anything is UTF-8") {
    Random random(4);
    for (int round = 0; round < 500; ++round) {
        std::string bytes;
        for (std::uint32_t n = random.below(60); n > 0; --n) {
            bytes += static_cast<char>(random.below(256));
        }
        std::string out;
        append_windows_1252(out, bytes);
        REQUIRE(is_utf8(out));
        REQUIRE(utf8_prefix(bytes) <= bytes.size());
        REQUIRE(is_utf8(std::string_view(bytes).substr(0, utf8_prefix(bytes))));
    }
}
