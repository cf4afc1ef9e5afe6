#include "sources/table_scan.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../../../gateway/sources/table_blocks.h"
#include "catch.h"
#include "random.h"
#include "temporary_folder.h"
#include "zip_writer.h"

using namespace linkway::sources;
using linkway::tests::make_zip;
using linkway::tests::Random;
using linkway::tests::TemporaryFolder;
using linkway::text::CsvDialect;
using linkway::text::RecordDefect;

namespace {

/// Everything a scan says, one call a line.
struct Scanned {
    std::string calls;
    ScanTotals totals;
    std::string issue;
};

std::string totals_of(const Scanned& scanned) {
    const ScanTotals& totals = scanned.totals;
    return std::to_string(totals.bytes) + " " + std::to_string(totals.rows) + " " +
           std::to_string(totals.passed) + " " + std::to_string(totals.bad) +
           (totals.watched_differs ? " differ" : "") + scanned.issue;
}

Scanned scan(ScanRequest request, const InputFile& file, const BlockSizes& sizes = {}) {
    static const InputOptions options;
    request.file = &file;
    request.options = &options;
    Scanned scanned;
    const auto header = read_header(file, options, request.dialect);
    if (!header) {
        scanned.issue = header.issue().message;
        return scanned;
    }
    const auto totals = scan_table_with(
        sizes, request, header.value(),
        [&](const ScannedRow& row) {
            scanned.calls += std::to_string(row.number) + "@" + std::to_string(row.line) +
                             (row.repaired_encoding ? "~:" : ":");
            for (std::size_t i = 0; i < row.cells.size(); ++i) {
                (scanned.calls += i == 0 ? "" : "|") += row.cells[i];
            }
            scanned.calls += "\n";
        },
        [&](const BadRecord& bad) {
            scanned.calls += std::to_string(bad.number) + "@" + std::to_string(bad.line) + "! " +
                             std::string(to_string(bad.defect)) + " " +
                             std::to_string(bad.fields_found) + "/" +
                             std::to_string(bad.fields_expected) + " " + bad.key + "\n";
        });
    if (!totals) {
        scanned.issue = totals.issue().message;
        return scanned;
    }
    scanned.totals = totals.value();
    return scanned;
}

InputFile file_of(const TemporaryFolder& folder, std::string_view content) {
    const std::string path = folder.write("table.csv", content);
    const auto input = open_input(path);
    REQUIRE(input.ok());
    return input.value().files.at(0);
}

/// Scans a table that holds `content`, every row passing.
Scanned scan_text(std::string_view content, const CsvDialect& dialect = {}) {
    const TemporaryFolder folder;
    ScanRequest request;
    request.dialect = dialect;
    return scan(request, file_of(folder, content));
}

struct Oddity {
    const char* what;
    std::string_view content;
    std::string_view calls;
};

/// Text with NUL bytes in it.
template <std::size_t size>
constexpr std::string_view whole(const char (&text)[size]) {
    return {text, size - 1};
}

const Oddity oddities[] = {
    {"line feeds", "a,b\n1,2\n3,4\n", "1@2:1|2\n2@3:3|4\n"},
    {"carriage returns and line feeds", "a,b\r\n1,2\r\n3,4\r\n", "1@2:1|2\n2@3:3|4\n"},
    {"carriage returns", "a,b\r1,2\r\"3\n\",4\r", "1@2:1|2\n2@3:3\n|4\n"},
    {"doubled carriage returns", "a,b\r\r\n1,2\r\r\n\"3\",\"4\"\r\r\n", "1@2:1|2\n2@3:3|4\n"},
    {"a byte order mark", "\xEF\xBB\xBF\"a\",b\n1,2\n", "1@2:1|2\n"},
    {"no last line end", "a,b\n1,2\n3,4", "1@2:1|2\n2@3:3|4\n"},
    {"no last line end behind a quote", "a,b\n1,\"2\"", "1@2:1|2\n"},
    {"a lone carriage return at the end", "a,b\n1,2\r", "1@2:1|2\n"},
    {"blank lines", "a,b\n\n1,2\n\r\n  \n3,4\n\n", "1@3:1|2\n2@6:3|4\n"},
    {"blank lines in a table of one column", "a\n\n1\n\n\"\"\n", "1@3:1\n2@5:\n"},
    {"nothing but a header", "a,b\n", ""},
    {"a header without a line end", "a,b", ""},
    {"empty fields", "a,b,c\n,,\n\"\",\"\",\n", "1@2:||\n2@3:||\n"},
    {"blanks around quoted fields", "a,b\n \"1\" , \"2\" \n", "1@2:1|2\n"},
    {"blanks around unquoted fields", "a,b\n 1 , 2 \n", "1@2: 1 | 2 \n"},
    {"a line end in a field", "a,b\n\"1\n2\",\"3\r\n4\"\n5,6\n", "1@2:1\n2|3\r\n4\n2@5:5|6\n"},
    {"a line end in the header", "\"a\nb\",c\n1,2\n", "1@3:1|2\n"},
    {"doubled quotes", "a,b\n\"\"\"1\"\"\",\"2\"\"3\"\n\"\"\"\",4\n", "1@2:\"1\"|2\"3\n2@3:\"|4\n"},
    {"delimiters in fields", "a,b\n\"1,2\",\",\"\n", "1@2:1,2|,\n"},
    {"backslashes", "a,b\n\\,\"\\\"\n\\\"1\\\",2\n", "1@2:\\|\\\n2@3:\\\"1\\\"|2\n"},
    {"quotes in unquoted fields", "a,b\n5\",6\" x 7\"\n1,2\n", "1@2:5\"|6\" x 7\"\n2@3:1|2\n"},
    {"a quote in an unquoted field", "a,b\n1,5\" x\n2,6\" y\n", "1@2:1|5\" x\n2@3:2|6\" y\n"},
    {"carriage returns in a field", "a,b\n1\r2,\r3\n", "1@2:1\r2|\r3\n"},
    {"Windows-1252", "a,b\ncaf\xE9,\x80\ncaf\xC3\xA9,2\n",
     "1@2~:caf\xC3\xA9|\xE2\x82\xAC\n2@3:caf\xC3\xA9|2\n"},
    {"a NUL", whole("a,b\n1,\0\n3,4\n"), "1@2! a NUL byte 2/2 1\n2@3:3|4\n"},
    {"a quoted NUL", whole("a,b\n1,\"\0\"\n3,4\n"), "1@2! a NUL byte 2/2 1\n2@3:3|4\n"},
    {"too few fields", "a,b\n1\n3,4\n", "1@2! too few fields 1/2 1\n2@3:3|4\n"},
    {"too many fields", "a,b\n1,2,3\n3,4\n", "1@2! too many fields 3/2 1\n2@3:3|4\n"},
    {"an end in the middle of a record", "a,b,c\n1,2,3\n4,5",
     "1@2:1|2|3\n2@3! the file ends in the middle of the record 2/3 4\n"},
    {"a quote that is never closed, at the end", "a,b\n1,2\n3,\"4\n",
     "1@2:1|2\n2@3! a quote is opened and never closed 2/2 3\n"},
    {"a quote that is never closed, in the middle", "a,b\n1,\"2\n3,4\n5,6\n",
     "1@2! a quote is opened and never closed 2/2 1\n2@3:3|4\n3@4:5|6\n"},
    {"two stray quotes that fit each other", "a,b\n\"1\",\"5\" x\"\n\"2\",\"y\"\n\"3\",\"6\" z\"\n",
     "1@2! text behind a closing quote 2/2 1\n2@3:2|y\n3@4! text behind a closing quote 2/2 3\n"},
    {"text behind a closing quote", "a,b\n1,\"2\"x\n3,4\n",
     "1@2! text behind a closing quote 2/2 1\n2@3:3|4\n"},
    {"text in the first cell is not told", "a,b\nMr Smith of 12 High Street\n,x,y\n12-a_{B},x,y\n",
     "1@2! too few fields 1/2 \n2@3! too many fields 3/2 \n3@4! too many fields 3/2 12-a_{B}\n"},
};

/// How a table looks in a test of many: random cells, now and then something wrong.
struct Maker {
    explicit Maker(std::uint64_t seed) : random(seed) {}

    Random random;
    std::string text;
    std::uint32_t columns = 1;
    std::string line_end = "\n";
    std::vector<std::vector<std::string>> rows;  ///< of the sound records

    void make(std::uint32_t records, std::uint32_t defects_of_100) {
        columns = 1 + random.below(4);
        line_end = random.below(3) == 0 ? "\r\n" : random.below(6) == 0 ? "\r" : "\n";
        for (std::uint32_t i = 0; i < columns; ++i) {
            (text += i == 0 ? "" : ",") += std::string(1, static_cast<char>('a' + i));
        }
        text += line_end;
        for (std::uint32_t i = 0; i < records; ++i) {
            if (random.below(100) < defects_of_100) {
                add_defect();
            } else {
                add_row(i + 1 == records);
            }
        }
    }

    void add_row(bool last) {
        rows.emplace_back();
        for (std::uint32_t i = 0; i < columns; ++i) {
            std::string cell;
            for (std::uint32_t left = random.below(random.below(8) == 0 ? 40 : 4); left > 0;
                 --left) {
                cell += "ab1\",\n\r \xE9"[random.below(9)];
            }
            const bool plain = cell.find_first_of("\",\n\r ") == std::string::npos &&
                               !(columns == 1 && cell.empty());
            text += i == 0 ? "" : ",";
            if (plain && random.below(2) == 0) {
                text += cell;
            } else {
                text += '"';
                for (const char c : cell) {
                    text += c == '"' ? "\"\"" : std::string(1, c);
                }
                text += '"';
            }
            rows.back().push_back(cell);
        }
        if (!last || random.below(2) == 0) {
            text += line_end;
        }
        if (random.below(16) == 0 && text.ends_with(line_end)) {
            text += line_end;
        }
    }

    void add_defect() {
        static constexpr std::string_view pieces[] = {
            "\"",   "\"\"",   ",",   "x",    "1",   " ",    "\n", "\r",
            "\r\n", "\"x\"y", ",\"", "\"\n", "1,2", "\n1,", "ab", whole("\0")};
        for (std::uint32_t left = 1 + random.below(6); left > 0; --left) {
            text += pieces[random.below(16)];
        }
        if (random.below(3) != 0) {
            text += line_end;
        }
    }
};

/// The rows as calls of a scan, as a reader that knows no SIMD has them.
std::string cells_of(const std::vector<std::vector<std::string>>& rows) {
    std::string all;
    for (const auto& row : rows) {
        for (const std::string& cell : row) {
            // Windows-1252 as UTF-8; the tables hold one such letter.
            for (const char c : cell) {
                all += c == '\xE9' ? std::string("\xC3\xA9") : std::string(1, c);
            }
            all += "|";
        }
        all += "\x01";
    }
    return all;
}

const BlockSizes tiny_sizes[] = {{1, 1},   {1, 7},    {7, 3},     {16, 16},   {64, 65},
                                 {65, 64}, {100, 31}, {128, 500}, {1000, 64}, {1000, 1000}};

}  // namespace

TEST_CASE("Every oddity of delimited text reads as it should") {
    for (const Oddity& oddity : oddities) {
        CAPTURE(oddity.what);
        const Scanned scanned = scan_text(oddity.content);
        CHECK(scanned.issue.empty());
        CHECK(scanned.calls == oddity.calls);
        CHECK(scanned.totals.bytes == oddity.content.size());
        CHECK(scanned.totals.rows == scanned.totals.passed);
        const auto lines =
            static_cast<std::uint64_t>(std::count(oddity.calls.begin(), oddity.calls.end(), '@'));
        CHECK(scanned.totals.rows + scanned.totals.bad == lines);
    }
}

TEST_CASE("Other delimiters and quotes work as the usual ones") {
    CHECK(scan_text("a;b\n'1;''2';\"3\n", {';', '\''}).calls == "1@2:1;'2|\"3\n");
    CHECK(scan_text("a\tb\n1\t\"2\t3\"\n", {'\t', '"'}).calls == "1@2:1|2\t3\n");
    CHECK(scan_text("a|b\n1|2,3\n", {'|', '"'}).calls == "1@2:1|2,3\n");
}

TEST_CASE("A header that cannot be right is an issue") {
    const auto refused = [](std::string_view content, std::string_view part) {
        CAPTURE(content.substr(0, 40));
        const std::string issue = scan_text(content).issue;
        CHECK(issue.find(part) != std::string::npos);
    };
    refused("", "empty");
    refused("\xEF\xBB\xBF", "blank");
    refused("\n1,2\n", "blank");
    refused("a;b\n1;2\n", "separated");
    refused("a,b,a\n", "twice");
    refused(whole("a,\0\n"), "NUL");
    refused("\xFF\xFE\x61", "UTF-16");
    refused("a,\"b\n1,2\n3,4\n", "never closes");
    refused(std::string(300000, 'x'), "no end");

    const TemporaryFolder folder;
    const auto header =
        read_header(file_of(folder, "\xEF\xBB\xBF\"a\"\"b\",caf\xE9,\"c,d\",\r\n1\r\n"), {}, {});
    REQUIRE(header.ok());
    CHECK(header.value().byte_order_mark);
    CHECK(header.value().columns == std::vector<std::string>{"a\"b", "caf\xC3\xA9", "c,d", ""});
}

TEST_CASE("A record longer than a mebibyte is stepped over") {
    const std::string long_text(std::size_t{3} << 19, 'x');
    const std::string bad = "a,b\n1,2\n\"7\",\"" + long_text + "\"\n3,4\n";
    CHECK(scan_text(bad).calls == "1@2:1|2\n2@3! longer than 1 MiB 2/2 7\n3@4:3|4\n");
    const std::string fits(std::size_t{1} << 19, 'x');
    const Scanned good = scan_text("a,b\n1,2\n\"7\",\"" + fits + "\"\n3,4\n");
    CHECK(good.calls == "1@2:1|2\n2@3:7|" + fits + "\n3@4:3|4\n");
    // Unquoted, at the end, and with sound rows swallowed by its quote.
    CHECK(scan_text("a,b\n" + long_text + "\n3,4\n").totals.bad == 1);
    CHECK(scan_text("a,b\n1,2\n" + long_text).totals.bad == 1);
    std::string swallowed = "a,b\n\"1,2\n";
    for (int i = 0; i < 300000; ++i) {
        swallowed += "3,4\n";
    }
    const Scanned torn = scan_text(swallowed);
    CHECK(torn.totals.bad == 1);
    CHECK(torn.totals.rows == 300000);
}

TEST_CASE("A table full of defects is read in time that grows with its size only") {
    std::string text = "a,b\n";
    for (int i = 0; i < 100000; ++i) {
        text += "1\n\"2\"x,\"\n";
    }
    const Scanned scanned = scan_text(text);
    CHECK(scanned.totals.rows + scanned.totals.bad >= 100000);
    CHECK(scanned.totals.bad >= 100000);
}

TEST_CASE("Blocks of any size and any number of threads give the same calls") {
    for (std::uint64_t seed = 1; seed <= 220; ++seed) {
        CAPTURE(seed);
        Maker maker(seed);
        const std::uint32_t defects = seed % 4 == 0 ? 0 : 3 + maker.random.below(60);
        maker.make(1 + maker.random.below(40), defects);
        const TemporaryFolder folder;
        const InputFile file = file_of(folder, maker.text);
        ScanRequest request;
        request.watch_column = maker.columns - 1;
        const Scanned expected = scan(request, file);
        CAPTURE(maker.text);
        REQUIRE(expected.issue.empty());
        REQUIRE(expected.totals.bytes == maker.text.size());
        if (defects == 0) {
            CHECK(expected.totals.bad == 0);
            CHECK(expected.totals.rows == maker.rows.size());
        }
        for (const BlockSizes& sizes : tiny_sizes) {
            for (const unsigned threads : {1U, 2U, 4U}) {
                CAPTURE(sizes.read, sizes.block, threads);
                request.threads = threads;
                const Scanned scanned = scan(request, file, sizes);
                REQUIRE(scanned.calls == expected.calls);
                REQUIRE(totals_of(scanned) == totals_of(expected));
            }
        }
        // The same from a zip, which is a stream.
        const auto zip = open_input(folder.write("t.zip", make_zip({{"table.csv", maker.text}})));
        const Scanned streamed = scan(request, zip.value().files.at(0), {13, 13});
        REQUIRE(streamed.calls == expected.calls);
        REQUIRE(totals_of(streamed) == totals_of(expected));
    }
}

TEST_CASE("Sound tables read as a simple reader has them") {
    for (std::uint64_t seed = 1000; seed < 1100; ++seed) {
        CAPTURE(seed);
        Maker maker(seed);
        maker.make(1 + maker.random.below(600), 0);
        const TemporaryFolder folder;
        const InputFile file = file_of(folder, maker.text);
        static const InputOptions options;
        ScanRequest request;
        request.file = &file;
        request.options = &options;
        const auto header = read_header(file, options, {});
        REQUIRE(header.ok());
        std::string seen;
        std::uint64_t last_line = 1;
        std::uint64_t number = 0;
        const auto totals = scan_table(
            request, header.value(),
            [&](const ScannedRow& row) {
                for (const std::string_view cell : row.cells) {
                    (seen += cell) += "|";
                }
                seen += "\x01";
                CHECK(row.number == ++number);
                CHECK(row.line > last_line);
                last_line = row.line;
            },
            [](const BadRecord&) { FAIL("a sound record is called bad"); });
        REQUIRE(totals.ok());
        CHECK((seen == cells_of(maker.rows)));
    }
}

TEST_CASE("Rows pass when a filter has their key") {
    const TemporaryFolder folder;
    const InputFile file =
        file_of(folder,
                "id,code\n1,\"10\"\n2, 20 \n\"3\",\" 10 \"\n4,30\n5,\n6,\"1\"\"0\"\n"
                "7, \"10\" \n8,99\n9,99\r\n");
    KeySet tens;
    tens.insert("10");
    tens.insert("1\"0");
    KeySet known;
    for (const char* key : {"10", "20", "30"}) {
        known.insert(key);
    }
    KeySet ids;
    ids.insert("4");
    const auto passing = [&](std::vector<CellFilter> filters) {
        ScanRequest request;
        request.any_of = std::move(filters);
        const Scanned whole_file = scan(request, file);
        CHECK(whole_file.totals.rows == 9);
        for (const BlockSizes& sizes : tiny_sizes) {
            request.threads = 3;
            CHECK(scan(request, file, sizes).calls == whole_file.calls);
        }
        std::string numbers;
        bool at_start = true;
        for (const char c : whole_file.calls) {
            if (at_start) {
                numbers += c;
            }
            at_start = c == '\n';
        }
        return numbers;
    };
    CHECK(passing({{1, &tens, false, nullptr}}) == "1367");
    CHECK(passing({{1, &tens, false, nullptr}, {0, &ids, false, nullptr}}) == "13467");
    CHECK(passing({{1, &tens, false, &known}}) == "136789");
    KeySet none;
    CHECK(passing({{0, &none, false, nullptr}}).empty());
    // What one filter knows another need not.
    KeySet few;
    few.insert("99");
    CHECK(passing({{1, &none, false, &known}, {1, &none, false, &few}}) == "12346789");
    CHECK(passing({{1, &none, false, &few}, {1, &none, false, &known}}) == "12346789");
}

TEST_CASE("GUIDs are compared without braces and in upper case") {
    const TemporaryFolder folder;
    const InputFile file = file_of(folder,
                                   "guid,x\n{0a1b2c3d-0000-1111-2222-333344445555},1\n"
                                   "0A1B2C3D-0000-1111-2222-333344445555,2\n"
                                   "\" {0A1b2C3d-0000-1111-2222-333344445555} \",3\n"
                                   "{0a1b2c3d-0000-1111-2222-333344445556},4\n,5\nno guid,6\n");
    KeySet keys;
    keys.insert("0A1B2C3D-0000-1111-2222-333344445555");
    ScanRequest request;
    request.any_of = {{0, &keys, true, nullptr}};
    CHECK(scan(request, file).totals.passed == 3);
    KeySet none;
    request.any_of = {{0, &none, true, &keys}};  // unknown ones pass, an empty cell does not
    CHECK(scan(request, file).calls.substr(0, 4) == "4@5:");
    CHECK(scan(request, file).totals.passed == 2);
}

TEST_CASE("The watched column is compared by content, of sound rows only") {
    const TemporaryFolder folder;
    const auto differs = [&](std::string_view content, std::uint32_t column) {
        const InputFile file = file_of(folder, content);
        ScanRequest request;
        request.watch_column = column;
        const bool whole_file = scan(request, file).totals.watched_differs;
        for (const BlockSizes& sizes : tiny_sizes) {
            for (const unsigned threads : {1U, 2U}) {
                request.threads = threads;
                CHECK(scan(request, file, sizes).totals.watched_differs == whole_file);
            }
        }
        request.count_only = true;
        CHECK(scan(request, file).totals.watched_differs == whole_file);
        return whole_file;
    };
    CHECK_FALSE(differs("a,b\n1,7\n2,\"7\"\n3,7\r\n4,7", 1));
    CHECK(differs("a,b\n1,7\n2,7\n3,8\n", 1));
    CHECK(differs("a,b\n1,7\n2,7\n3,8", 1));
    CHECK(differs("a,b\n1,7\n2,7\n", 0));
    CHECK_FALSE(differs("a,b\n1,7\n2,\"8\"x\n3,8,9\n4,7\n", 1));
    CHECK_FALSE(differs("a,b\n2,\"8\"x\n1,7\n4,7\n", 1));
    CHECK_FALSE(differs("a,b\n", 1));
}

TEST_CASE("Counting alone counts the same") {
    for (std::uint64_t seed = 1; seed < 60; ++seed) {
        CAPTURE(seed);
        Maker maker(seed * 77);
        maker.make(30, 30);
        const TemporaryFolder folder;
        const InputFile file = file_of(folder, maker.text);
        ScanRequest request;
        const Scanned all = scan(request, file);
        request.count_only = true;
        const Scanned counted = scan(request, file);
        CHECK(counted.totals.passed == 0);
        CHECK(counted.totals.rows == all.totals.rows);
        CHECK(counted.totals.bad == all.totals.bad);
        CHECK(counted.totals.bytes == all.totals.bytes);
    }
}

TEST_CASE("Large tables keep their order over threads and say how far they are") {
    std::string text = "id,text\n";
    const int rows = 400000;
    for (int i = 1; i <= rows; ++i) {
        text +=
            std::to_string(i) + (i % 1000 == 0 ? ",\"two\nlines\"\n" : ",\"some text, quoted\"\n");
    }
    const TemporaryFolder folder;
    const InputFile file = file_of(folder, text);
    std::string expected;
    for (const unsigned threads : {1U, 2U, 4U}) {
        ScanRequest request;
        request.threads = threads;
        std::uint64_t last = 0;
        request.progress = [&](std::uint64_t bytes, std::uint64_t) {
            CHECK(bytes >= last);
            last = bytes;
        };
        const Scanned scanned =
            scan(request, file, {std::size_t{64} << 10, std::size_t{256} << 10});
        CHECK(last == text.size());
        CHECK(scanned.totals.rows == rows);
        CHECK(scanned.totals.bad == 0);
        if (expected.empty()) {
            expected = scanned.calls;
        }
        CHECK((scanned.calls == expected));
    }
    CHECK(expected.find("\n400000@400400:400000|two\nlines\n") != std::string::npos);
}

TEST_CASE("What cannot be scanned is an issue") {
    const TemporaryFolder folder;
    const InputFile file = file_of(folder, "a,b\n1,2\n");
    const auto header = read_header(file, {}, {});
    REQUIRE(header.ok());
    ScanRequest request;
    const InputOptions options;
    request.file = &file;
    request.options = &options;
    const auto ignore_row = [](const ScannedRow&) {};
    const auto ignore_bad = [](const BadRecord&) {};
    KeySet keys;
    request.any_of = {{2, &keys, false, nullptr}};
    CHECK_FALSE(scan_table(request, header.value(), ignore_row, ignore_bad).ok());
    request.any_of.clear();
    request.watch_column = 2;
    CHECK_FALSE(scan_table(request, header.value(), ignore_row, ignore_bad).ok());
    request.watch_column = 1;
    CHECK(scan_table(request, header.value(), ignore_row, ignore_bad).ok());
    folder.write("table.csv", "other,header\n1,2\n");
    CHECK_FALSE(scan_table(request, header.value(), ignore_row, ignore_bad).ok());
    std::filesystem::remove(file.path);
    CHECK_FALSE(scan_table(request, header.value(), ignore_row, ignore_bad).ok());
    CHECK_FALSE(read_header(file, {}, {}).ok());
}

TEST_CASE("A file that becomes shorter while it is scanned is an issue") {
    const TemporaryFolder folder;
    std::string text = "a,b\n";
    for (int i = 0; i < 500000; ++i) {
        text += "1,2\n";
    }
    for (const unsigned threads : {1U, 2U}) {
        const InputFile file = file_of(folder, text);
        const InputOptions options;
        const auto header = read_header(file, options, {});
        REQUIRE(header.ok());
        ScanRequest request;
        request.file = &file;
        request.options = &options;
        request.threads = threads;
        bool cut = false;
        const auto totals = scan_table_with(
            {1000, 1000}, request, header.value(),
            [&](const ScannedRow&) {
                if (!cut) {
                    cut = true;
                    std::filesystem::resize_file(file.path, 5);
                }
            },
            [](const BadRecord&) {});
        CHECK(cut);
        REQUIRE_FALSE(totals.ok());
        CHECK(totals.issue().message.find("shorter") != std::string::npos);
    }
}
