#include "text/utf8.h"

#include <string>

#include "catch.h"

using namespace linkway::text;

TEST_CASE("Well-formed UTF-8 is told from the rest, at any distance from the start") {
    const std::string_view good[] = {"",
                                     "a",
                                     "\xC2\x80",
                                     "\xDF\xBF",
                                     "\xE0\xA0\x80",
                                     "\xED\x9F\xBF",
                                     "\xEE\x80\x80",
                                     "\xEF\xBF\xBF",
                                     "\xF0\x90\x80\x80",
                                     "\xF4\x8F\xBF\xBF"};
    const std::string_view bad[] = {"\x80",
                                    "\xBF",
                                    "\xC0\x80",
                                    "\xC1\xBF",
                                    "\xC2",
                                    "\xC2\x41",
                                    "\xE0\x9F\xBF",
                                    "\xE1\x80",
                                    "\xED\xA0\x80",
                                    "\xED\xBF\xBF",
                                    "\xEF\xBF",
                                    "\xF0\x8F\xBF\xBF",
                                    "\xF0\x90\x80",
                                    "\xF4\x90\x80\x80",
                                    "\xF5\x80\x80\x80",
                                    "\xFE",
                                    "\xFF",
                                    "\xE1\x80\x41",
                                    "\xF1\x80\x80\x41"};
    for (std::size_t pad = 0; pad < 20; ++pad) {
        const std::string before(pad, 'x');
        for (const std::string_view text : good) {
            CHECK(is_utf8(before + std::string(text)));
            CHECK(is_utf8(before + std::string(text) + before));
        }
        for (const std::string_view text : bad) {
            const std::string whole = before + std::string(text) + before;
            INFO(pad << " bytes before");
            CHECK_FALSE(is_utf8(whole));
            CHECK(utf8_prefix(whole) == pad);
        }
    }
    CHECK(is_utf8(std::string_view("a\0b", 3)));
}

TEST_CASE("Windows-1252 becomes UTF-8") {
    std::string out = ">";
    CHECK(append_windows_1252(out, "caf\xE9 \x80 \x93q\x94 \xA0\xFF\x9F!") == 0);
    CHECK(out == ">caf\xC3\xA9 \xE2\x82\xAC \xE2\x80\x9Cq\xE2\x80\x9D \xC2\xA0\xC3\xBF\xC5\xB8!");
    std::string every;
    for (int c = 0; c < 256; ++c) {
        every += static_cast<char>(c);
    }
    out.clear();
    CHECK(append_windows_1252(out, every) == 5);
    CHECK(is_utf8(out));
    out.clear();
    CHECK(append_windows_1252(out, "\x81") == 1);
    CHECK(out == "\xEF\xBF\xBD");
    out.clear();
    CHECK(append_windows_1252(out, "") == 0);
    CHECK(out.empty());
}
