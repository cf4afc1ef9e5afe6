#include "text/structure.h"

#include <string>
#include <vector>

#include "../../../gateway/text/structure_kernel.h"
#include "catch.h"
#include "random.h"

using namespace linkway::text;
using linkway::tests::Random;

namespace {

/// What the index of a text ought to be, found one byte after the other.
struct Expected {
    std::vector<std::uint32_t> delimiters;
    std::vector<RecordEnd> records;
    std::size_t trouble = 0;
};

enum class State { start, unquoted, quoted, closed, due };

/// Follows the grammar: a quoted field opens where a field starts, doubles its quotes and is closed
/// right before a delimiter, a line end, or a carriage return and a line end.
Expected expect(std::string_view text, const Separators& separators) {
    Expected result;
    State state = State::start;
    std::uint32_t lines = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        const bool quoted = state == State::quoted;
        const bool end = c == separators.line_end;
        const bool stray = (state == State::due && !end) ||
                           (state == State::unquoted && c == separators.quote) ||
                           (state == State::closed && c != separators.quote && !end &&
                            c != separators.delimiter && c != '\r');
        if (c == '\0' || stray) {
            result.trouble = at;
            return result;
        }
        lines += end ? 1U : 0U;
        if (c == separators.quote) {
            state = quoted ? State::closed : State::quoted;
        } else if (quoted) {
            continue;
        } else if (c == separators.delimiter || end) {
            if (end) {
                result.records.push_back({static_cast<std::uint32_t>(at),
                                          static_cast<std::uint32_t>(result.delimiters.size()),
                                          lines});
            } else {
                result.delimiters.push_back(static_cast<std::uint32_t>(at));
            }
            state = State::start;
        } else {
            state = state == State::closed ? State::due : State::unquoted;
        }
    }
    result.trouble = text.size();
    return result;
}

std::vector<kernel::Kernel> kernels() {
    std::vector<kernel::Kernel> all{kernel::portable()};
#if defined(__x86_64__)
    for (const kernel::Kernel& each : {kernel::avx2(), kernel::avx512()}) {
        if (kernel::is_supported(each)) {
            all.push_back(each);
        }
    }
#endif
    return all;
}

/// Compares what stands in `structure` with what ought to.
void compare(const Structure& structure, const Expected& expected) {
    REQUIRE(structure.trouble == expected.trouble);
    REQUIRE(structure.record_count == expected.records.size());
    for (std::size_t i = 0; i < expected.records.size(); ++i) {
        REQUIRE(structure.records[i].offset == expected.records[i].offset);
        REQUIRE(structure.records[i].delimiters == expected.records[i].delimiters);
        REQUIRE(structure.records[i].lines == expected.records[i].lines);
    }
    std::vector<std::uint32_t> delimiters;
    for (std::uint32_t at = 0; at < expected.trouble; ++at) {
        if ((structure.delimiters[at / 64] >> (at % 64) & 1U) != 0) {
            delimiters.push_back(at);
        }
    }
    REQUIRE(delimiters == expected.delimiters);
}

/// Compares the spans of one column with what the delimiters say.
void compare_spans(const Structure& structure, const Expected& expected, std::uint32_t columns,
                   std::uint32_t column) {
    std::uint32_t begin = 0;
    std::uint32_t first = 0;
    for (std::size_t i = 0; i < expected.records.size(); ++i) {
        const RecordEnd& end = expected.records[i];
        if (end.delimiters - first + 1 == columns) {
            const std::uint32_t from =
                column == 0 ? begin : expected.delimiters[first + column - 1] + 1;
            const std::uint32_t to =
                column + 1 == columns ? end.offset : expected.delimiters[first + column];
            REQUIRE(structure.spans[i].from == from);
            REQUIRE(structure.spans[i].to == to);
        }
        begin = end.offset + 1;
        first = end.delimiters;
    }
}

/// Indexes `text` with every back end and with whatever index_structure takes.
void check_text(const std::string& text, const Separators& separators) {
    const Expected expected = expect(text, separators);
    // Noise behind the end must not matter; it is at its worst when it looks like structure.
    for (const char noise : {'"', ',', '\n', '\0'}) {
        const std::string padded = text + std::string(structure_padding, noise);
        Structure structure;
        index_structure(padded.data(), text.size(), separators, structure);
        compare(structure, expected);
        for (const kernel::Kernel& each : kernels()) {
            INFO(each.name);
            Structure own;
            own.reserve(text.size());
            kernel::Job job{padded.data(),     text.size(), separators, own.delimiters.get(),
                            own.records.get(), 0,           0};
            each.index(job);
            own.record_count = job.record_count;
            own.trouble = job.trouble;
            compare(own, expected);
            for (std::uint32_t columns = 1; columns <= 4; ++columns) {
                for (std::uint32_t column = 0; column < columns; ++column) {
                    each.locate({own.delimiters.get(), own.records.get(), own.record_count, columns,
                                 column, own.spans.get()});
                    compare_spans(own, expected, columns, column);
                }
            }
        }
    }
}

std::string random_text(Random& random, std::size_t size, std::string_view alphabet) {
    std::string text(size, ' ');
    for (char& c : text) {
        c = alphabet[random.below(static_cast<std::uint32_t>(alphabet.size()))];
    }
    return text;
}

/// Mostly sound fields, so that the index gets far before it meets trouble.
std::string random_table(Random& random, std::size_t size) {
    static constexpr std::string_view pieces[] = {
        "a", "ab", "\"\"", "\"x,y\"", "\"\n\"", "\"\"\"\"", "", "\"\r\"", "b c", "\"a\"\"b\""};
    std::string text;
    while (text.size() < size) {
        text += pieces[random.below(10)];
        text += random.below(4) != 0 ? "," : random.below(3) != 0 ? "\n" : "\r\n";
    }
    text.resize(size);
    return text;
}

}  // namespace

TEST_CASE("The structure of any text is what one finds byte by byte, in every back end") {
    Random random(1);
    for (std::size_t size = 0; size <= 300; ++size) {
        CAPTURE(size);
        check_text(random_text(random, size, std::string_view("\",;\r\nab\0 ", 9)), {});
        check_text(random_table(random, size), {});
        check_text(random_text(random, size, "aaaaaaaaaaaaa,\n"), {});
        check_text(random_text(random, size, "\"\",\n"), {});
        check_text(random_text(random, size, "a|'\r|'\n"), {'|', '\'', '\r'});
    }
}

TEST_CASE("Structure carries over the edges of blocks of 64 bytes") {
    // Every two- and three-byte piece that means something, laid over every edge.
    for (const std::string_view piece : {"\"\"", "\",", "\"\n", "\"\r\n", "\"\rx", "\"\"\"", "\"x",
                                         ",\"", "\n\"", "x\"", "\r\n", "\"\r\r\n", ",,", "\n\n"}) {
        for (std::size_t edge : {64U, 128U, 192U}) {
            for (std::size_t back = 0; back <= 4; ++back) {
                for (const std::string_view opening : {"\"", "", ","}) {
                    std::string text(opening);
                    text.resize(edge - back, 'x');
                    text += piece;
                    CAPTURE(text);
                    check_text(text, {});
                    check_text(text + "yy\"\n1,2\n", {});
                }
            }
        }
    }
    for (const std::size_t size : {63U, 64U, 65U, 127U, 128U, 129U}) {
        for (std::size_t at = 0; at < size; ++at) {
            std::string text(size, 'x');
            text[at] = '\0';
            check_text(text, {});
            text[at] = '\n';
            check_text(text, {});
            text[at] = ',';
            check_text(text, {});
        }
    }
}

TEST_CASE("A structure is used again for smaller and larger texts") {
    Random random(3);
    Structure structure;
    for (const std::size_t size : {1000U, 10U, 0U, 70U, 5000U, 64U}) {
        const std::string text = random_table(random, size);
        const std::string padded = text + std::string(structure_padding, '"');
        index_structure(padded.data(), size, {}, structure);
        compare(structure, expect(text, {}));
    }
}

TEST_CASE("The portable back end is always there; which others are is known by name") {
    CHECK(kernel::is_supported(kernel::portable()));
    CHECK_FALSE(kernel::is_supported({"abacus", nullptr, nullptr}));
}
