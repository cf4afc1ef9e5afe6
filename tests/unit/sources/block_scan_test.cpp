// The fast way through a block against the careful one: every record read byte by byte.
#include "../../../gateway/sources/block_scan.h"

#include <algorithm>
#include <string>
#include <vector>

#include "../../../gateway/sources/block_filter.h"
#include "catch.h"
#include "random.h"

using namespace linkway::sources;
using linkway::tests::Random;
using linkway::text::RecordDefect;

namespace {

/// What came of a text, one record a line.
struct Outcome {
    std::string records;
    std::uint64_t good = 0;
    std::uint64_t lines = 0;
    bool watched_differs = false;
};

void add_row(Outcome& outcome, std::uint64_t number, std::uint64_t line) {
    outcome.records += "\n" + std::to_string(number) + "@" + std::to_string(line);
}

void add_bad(Outcome& outcome, std::uint64_t number, std::uint64_t line, RecordDefect defect,
             std::uint32_t fields) {
    add_row(outcome, number, line);
    outcome.records += "!" + std::string(to_string(defect)) + std::to_string(fields);
}

Outcome scan(const std::string& text, const BlockRules& rules) {
    std::string padded = text + std::string(linkway::text::structure_padding, '"');
    BlockScratch scratch;
    BlockResult result;
    const std::size_t consumed = scan_block(std::string_view(padded).substr(0, text.size()),
                                            text.size(), true, rules, scratch, result);
    CHECK(consumed == text.size());
    Outcome outcome{{}, result.good, result.lines, result.watched_differs};
    std::size_t bad = 0;
    const auto add_bad_before = [&](std::uint64_t number) {
        for (; bad < result.bad.size() && result.bad[bad].number < number; ++bad) {
            const BadRecord& record = result.bad[bad];
            add_bad(outcome, record.number, record.line, record.defect, record.fields_found);
        }
    };
    for (const BlockRow& row : result.rows) {
        add_bad_before(row.number);
        add_row(outcome, row.number, row.line);
        for (std::uint32_t i = 0; i < rules.shape.columns; ++i) {
            const auto& [offset, length] = result.cells[row.first_cell + i];
            outcome.records += ":" + result.text.substr(offset, length);
        }
    }
    add_bad_before(UINT64_MAX);
    return outcome;
}

Outcome read_with_care(const std::string& text, const BlockRules& rules) {
    Outcome outcome;
    std::vector<std::string_view> fields;
    std::string scratch;
    std::string watched;
    std::uint64_t number = 0;
    for (std::size_t at = 0; at < text.size();) {
        const auto record = linkway::text::read_record(text, at, true, rules.shape, fields);
        if (!record.blank && record.defect != RecordDefect::none) {
            add_bad(outcome, ++number, outcome.lines, record.defect, record.fields);
        } else if (!record.blank) {
            ++number;
            const auto key = [&](std::uint32_t column) {
                return std::string(key_content(fields[column], rules.shape.dialect, scratch));
            };
            const std::string now = key(rules.watch_column);
            outcome.watched_differs =
                outcome.watched_differs || (outcome.good > 0 && now != watched);
            watched = outcome.good == 0 ? now : watched;
            ++outcome.good;
            if (std::any_of(
                    rules.any_of.begin(), rules.any_of.end(),
                    [&](const CellFilter& filter) { return passes(filter, key(filter.column)); })) {
                add_row(outcome, number, outcome.lines);
                for (const std::string_view raw : fields) {
                    outcome.records += ":";
                    outcome.records += field_content(raw, rules.shape.dialect, scratch);
                }
            }
        }
        outcome.lines += static_cast<std::uint64_t>(std::count(
            text.begin() + static_cast<std::ptrdiff_t>(at),
            text.begin() + static_cast<std::ptrdiff_t>(record.end), rules.shape.line_end));
        at = record.end;
    }
    return outcome;
}

/// Rows of every form a field may have; now and then a byte is wrong.
std::string make_table(Random& random, std::uint32_t columns, std::string_view line_end,
                       std::uint32_t rows, std::uint32_t one_in) {
    static constexpr std::string_view cells[] = {
        "",         "\"\"",       "\"7\"",         "8",
        "\"a,b\"",  "\"a\r\nb\"", "\"9\"",         "\"c\"\"d\"",
        "\"\"\"\"", " \"7\" ",    "\"\r\n\r\n,\"", "\" 8 \"",
        "x y",      "\"10\"",     "\"\"\"7\"\"\"", "\" \"\"7\"\"\""};
    static constexpr std::string_view wrong[] = {
        "\"", ",", "\n", "\r", " ", "x", "\"\"", ",\"", std::string_view("\0", 1)};
    std::string text;
    for (std::uint32_t row = 0; row < rows; ++row) {
        const std::size_t start = text.size();
        for (std::uint32_t column = 0; column < columns; ++column) {
            text += column == 0 ? "" : ",";
            text += cells[random.below(random.below(3) == 0 ? 16 : 7)];
        }
        text += line_end;
        if (one_in != 0 && random.below(one_in) == 0) {
            const std::size_t at =
                start + random.below(static_cast<std::uint32_t>(text.size() - start));
            text.replace(at, random.below(3), wrong[random.below(9)]);
        }
    }
    if (random.below(3) == 0) {
        text.resize(text.size() - std::min<std::size_t>(text.size(), random.below(12)));
    }
    return text;
}

}  // namespace

TEST_CASE("A block scans as its records read with care, one by one") {
    KeySet keys;
    keys.insert("7");
    keys.insert("\"7\"");
    KeySet known;
    for (const std::string_view key : {"8", "9", "a,b", "x y"}) {
        known.insert(key);
    }
    Random random(3);
    for (int round = 0; round < 400; ++round) {
        BlockRules rules;
        rules.shape.columns = 2 + random.below(5);
        rules.shape.line_end = random.below(5) == 0 ? '\r' : '\n';
        rules.watch_column = random.below(rules.shape.columns);
        rules.any_of = {{random.below(rules.shape.columns), &keys, false, nullptr},
                        {random.below(rules.shape.columns), nullptr, false, &known}};
        const std::string_view line_end = rules.shape.line_end == '\r' ? "\r"
                                          : random.below(2) == 0       ? "\n"
                                                                       : "\r\n";
        // Small and broken, or longer than the stretch that is indexed at a time.
        const bool large = round % 40 == 0;
        const std::string text =
            make_table(random, rules.shape.columns, line_end, large ? 9000 : random.below(30),
                       large ? random.below(2) * 300 : 1 + random.below(6));
        CAPTURE(round, large ? std::string() : text);
        const Outcome fast = scan(text, rules);
        const Outcome careful = read_with_care(text, rules);
        REQUIRE((fast.records == careful.records));
        CHECK(fast.good == careful.good);
        CHECK(fast.lines == careful.lines);
        CHECK(fast.watched_differs == careful.watched_differs);
    }
}

TEST_CASE("A record needs its bytes, and nothing of it is taken before they are there") {
    BlockRules rules;
    rules.shape.columns = 2;
    rules.count_only = true;
    const std::string text = "1,2\r\n\"3\",\"4\"\r\n";
    for (std::size_t size = 0; size <= text.size(); ++size) {
        CAPTURE(size);
        const std::string part =
            text.substr(0, size) + std::string(linkway::text::structure_padding, ',');
        BlockScratch scratch;
        BlockResult result;
        const std::size_t consumed =
            scan_block(std::string_view(part).substr(0, size), size, false, rules, scratch, result);
        CHECK(consumed == (size < 5 ? 0U : size < text.size() ? 5U : text.size()));
        CHECK(result.good == (size < 5 ? 0U : size < text.size() ? 1U : 2U));
        CHECK(result.bad.empty());
    }
}
