// Files without header, and rows that pass by what their own cells say.
#include <mutex>
#include <set>

#include "../../../gateway/sources/table_blocks.h"
#include "catch.h"
#include "temporary_folder.h"

using namespace linkway::sources;
using linkway::tests::TemporaryFolder;
using linkway::text::CsvDialect;

namespace {

const CsvDialect no_header{',', '"', false};
const std::size_t two_or_four[] = {2, 4};

InputFile file_of(const TemporaryFolder& folder, std::string_view content) {
    const auto input = open_input(folder.write("table.csv", content));
    REQUIRE(input.ok());
    return input.value().files.at(0);
}

/// The width that was found and every call of the scan, one a line.
std::string scan(std::string_view content, const CellTest& test = {}, const BlockSizes& sizes = {},
                 unsigned threads = 1) {
    const TemporaryFolder folder;
    const InputFile file = file_of(folder, content);
    const InputOptions options;
    const auto header = read_header(file, options, no_header, two_or_four);
    if (!header) {
        return header.issue().message;
    }
    ScanRequest request;
    request.file = &file;
    request.options = &options;
    request.dialect = no_header;
    request.test = test;
    request.threads = threads;
    std::string calls = std::to_string(header->columns.size()) + "\n";
    const auto totals = scan_table_with(
        sizes, request, *header,
        [&](const ScannedRow& row) {
            calls += std::to_string(row.number) + "@" + std::to_string(row.line);
            for (const std::string_view cell : row.cells) {
                calls += "|" + std::string(cell);
            }
            calls += "\n";
        },
        [&](const BadRecord& bad) {
            calls += std::to_string(bad.number) + "@" + std::to_string(bad.line) + "!" +
                     std::string(to_string(bad.defect)) + "\n";
        });
    REQUIRE(totals.ok());
    return calls + std::to_string(totals->rows) + "/" + std::to_string(totals->passed);
}

}  // namespace

TEST_CASE("A file without header gives its first record as a row") {
    CHECK(scan("1,2\n3,4\n") == "2\n1@1|1|2\n2@2|3|4\n2/2");
    CHECK(scan("\xEF\xBB\xBF"
               "1,2\r\n\"3\r\n\",4") == "2\n1@1|1|2\n2@2|3\r\n|4\n2/2");
    CHECK(scan("1,2\r3,4\r") == "2\n1@1|1|2\n2@2|3|4\n2/2");
    CHECK(scan("\n1,2\n") == "2\n1@2|1|2\n1/1");
}

TEST_CASE("The width of a file without header is that of the most of its first records") {
    CHECK(scan("1,2,3,4\n1,2\n1,2,3,4\n") ==
          "4\n1@1|1|2|3|4\n2@2!too few fields\n3@3|1|2|3|4\n2/2");
    CHECK(scan("\"1,2\n1,2\n3,4\n") ==
          "2\n1@1!a quote is opened and never closed\n2@2|1|2\n3@3|3|4\n2/2");
    SECTION("nothing to count: the likeliest, which is the last") {
        CHECK(scan("") == "4\n0/0");
        CHECK(scan("\n\n") == "4\n0/0");
    }
    SECTION("none of them") {
        CHECK(scan("1;2\n") == "no record has 2 or 4 fields when separated by \",\"");
        CHECK(scan("1,2,3\n1,2,3\n") == "no record has 2 or 4 fields when separated by \",\"");
    }
}

TEST_CASE("A test on cells is asked once for each content and decides for every row") {
    std::mutex mutex;
    std::multiset<std::string> asked;
    CellTest test;
    test.columns = {1, 0};
    test.passes = [&](std::span<const std::string_view> cells) {
        const std::lock_guard lock(mutex);
        asked.insert(std::string(cells[0]) + "/" + std::string(cells[1]));
        return cells[0] == "yes";
    };
    CHECK(scan("a,yes\nb,no\na, yes \n\"a\",\"yes\"\nb,\"no\"\n\"x\"y,yes\nb,no\n", test) ==
          "2\n1@1|a|yes\n3@3|a| yes \n4@4|a|yes\n6@6!a quote is opened and never closed\n6/3");
    CHECK(asked == std::multiset<std::string>{"no/b", "yes/a"});
}

TEST_CASE("A test on cells decides alike with blocks of any size and any number of threads") {
    std::string content;
    for (int i = 0; i < 3000; ++i) {
        content += std::to_string(i % 7) + (i % 11 == 0 ? ",\"a\"\"b\"\n" : ",\"cd\"\n");
        content += i % 97 == 0 ? "odd\n" : "";
    }
    CellTest test;
    test.columns = {0, 1};
    test.passes = [](std::span<const std::string_view> cells) {
        return cells[0] == "3" || cells[1] == "a\"b";
    };
    const std::string expected = scan(content, test);
    CHECK(expected.find("3@3|2|cd") == std::string::npos);
    CHECK(expected.find("|0|a\"b\n") != std::string::npos);
    for (const std::size_t block : {1, 17, 100, 4096}) {
        for (const unsigned threads : {1U, 3U}) {
            INFO(block << " bytes, " << threads << " threads");
            CHECK(scan(content, test, {block, block}, threads) == expected);
        }
    }
}
