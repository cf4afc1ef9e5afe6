#include "text/csv.h"

#include <string>
#include <string_view>
#include <vector>

#include "catch.h"
#include "random.h"

using namespace linkway::text;
using linkway::tests::Random;

namespace {

using Fields = std::vector<std::string_view>;

std::string content(std::string_view raw, const CsvDialect& dialect = {}) {
    std::string scratch = "left from before";
    return std::string(field_content(raw, dialect, scratch));
}

Fields split(std::string_view record, const CsvDialect& dialect = {}) {
    Fields fields{"left from before"};
    split_fields(record, dialect, fields);
    return fields;
}

/// Reads the first record of a whole file of two columns.
RecordReading read(std::string_view text, Fields& fields, bool at_end = true) {
    return read_record(text, 0, at_end, {{}, '\n', 2}, fields);
}

struct Case {
    std::string_view text;
    RecordDefect defect;
    std::string_view record;  ///< what of the text it takes up
    std::uint32_t fields;
};

void check(const Case& expected) {
    CAPTURE(expected.text);
    Fields fields;
    const RecordReading reading = read(expected.text, fields);
    REQUIRE(reading.decided);
    CHECK(to_string(reading.defect) == to_string(expected.defect));
    CHECK(expected.text.substr(0, reading.end) == expected.record);
    CHECK(reading.fields == expected.fields);
    if (expected.defect == RecordDefect::none) {
        CHECK(fields.size() == expected.fields);
    }
}

}  // namespace

TEST_CASE("A field's content has its quotes off and its doubled quotes single") {
    CHECK(content("").empty());
    CHECK(content("a") == "a");
    CHECK(content(" a ") == " a ");
    CHECK(content("\"\"").empty());
    CHECK(content("\"a\"") == "a");
    CHECK(content("\" a \"") == " a ");
    CHECK(content(" \"a\"  ") == "a");
    CHECK(content("\"a\"\"b\"") == "a\"b");
    CHECK(content("\"\"\"\"") == "\"");
    CHECK(content("\"\"\"a\"\"\"") == "\"a\"");
    CHECK(content("\"a,\r\nb\"") == "a,\r\nb");
    CHECK(content("a\"b") == "a\"b");
    CHECK(content("5\" x 6\"") == "5\" x 6\"");
    CHECK(content("\"") == "\"");
    CHECK(content("\"a") == "\"a");
    CHECK(content("a\"") == "a\"");
    CHECK(content("   ") == "   ");
    CHECK(content("'it''s'", {';', '\''}) == "it's");
    CHECK(content("\"a\"", {';', '\''}) == "\"a\"");
}

TEST_CASE("Content without doubled quotes is a view of the field") {
    std::string scratch;
    const std::string_view raw = "\"plain\"";
    CHECK(field_content(raw, {}, scratch).data() == raw.data() + 1);
    CHECK(field_content("plain", {}, scratch) == "plain");
    CHECK(scratch.empty());
}

TEST_CASE("A record is split at the delimiters outside quotes") {
    CHECK(split("") == Fields{""});
    CHECK(split(",") == Fields{"", ""});
    CHECK(split("a,b,c") == Fields{"a", "b", "c"});
    CHECK(split("\"a,b\",c") == Fields{"\"a,b\"", "c"});
    CHECK(split("\"a\nb\",\"c\"\"d\"") == Fields{"\"a\nb\"", "\"c\"\"d\""});
    CHECK(split("\"a\" , b") == Fields{"\"a\"", " b"});
    CHECK(split("5\",6\"") == Fields{"5\"", "6\""});
    CHECK(split("a;b,c", {';', '"'}) == Fields{"a", "b,c"});
    CHECK(split("'a;b';c", {';', '\''}) == Fields{"'a;b'", "c"});
    CHECK(split("a\tb", {'\t', '"'}) == Fields{"a", "b"});
    CHECK(split("\"a,b") == Fields{"\"a,b"});
}

TEST_CASE("Sound records end at their line end outside quotes") {
    const RecordDefect none = RecordDefect::none;
    check({"a,b\nc,d\n", none, "a,b\n", 2});
    check({"a,b\r\nc,d\n", none, "a,b\r\n", 2});
    check({"a,b", none, "a,b", 2});
    check({"a,b\r", none, "a,b\r", 2});
    check({"\"a\",\"b\"\r\n", none, "\"a\",\"b\"\r\n", 2});
    check({"\"a\nb\",\"c,d\"\n1,2\n", none, "\"a\nb\",\"c,d\"\n", 2});
    check({"\"a\"\"\",\"\"\"b\"\n", none, "\"a\"\"\",\"\"\"b\"\n", 2});
    check({" \"a\" , \"b\" \n", none, " \"a\" , \"b\" \n", 2});
    check({",\n", none, ",\n", 2});
    check({"5\",6\"\n", none, "5\",6\"\n", 2});
    check({"a\rb,c\n", none, "a\rb,c\n", 2});
}

TEST_CASE("An empty line is no record") {
    Fields fields;
    for (const std::string_view text : {"\n1,2\n", "\r\n1,2\n", "  \n1,2\n"}) {
        CAPTURE(text);
        const RecordReading reading = read(text, fields);
        CHECK(reading.blank);
        CHECK(text.substr(reading.end) == "1,2\n");
    }
    CHECK_FALSE(read(",\n", fields).blank);
    CHECK_FALSE(read("\"\"\n", fields).blank);
}

TEST_CASE("Defective records are named and end where the next one starts") {
    check({"a\nb,c\n", RecordDefect::too_few_fields, "a\n", 1});
    check({"a,b,c\nd,e\n", RecordDefect::too_many_fields, "a,b,c\n", 3});
    check({"a", RecordDefect::cut_off, "a", 1});
    check({"a,\"b", RecordDefect::cut_off, "a,\"b", 2});
    check({"a,b,c", RecordDefect::too_many_fields, "a,b,c", 3});
    check({std::string_view("a,\0b\nc,d\n", 9), RecordDefect::nul_byte,
           std::string_view("a,\0b\n", 5), 2});
    check({"a,\"b\"x\nc,d\n", RecordDefect::text_after_quote, "a,\"b\"x\n", 2});
    check({"\"a\" \"b\",c\nd,e\n", RecordDefect::text_after_quote, "\"a\" \"b\",c\n", 2});
    check({"a,\"b\nc,d\ne,f\n", RecordDefect::unbalanced_quote, "a,\"b\n", 2});
    check({"a,\"b\n", RecordDefect::unbalanced_quote, "a,\"b\n", 2});
    check({"a,\"5\" x\nb,ok\nc,\"6\" y\nd,e\n", RecordDefect::text_after_quote, "a,\"5\" x\n", 2});
}

TEST_CASE("A record that never ends is given up at the next sound one") {
    Fields fields;
    std::string text = "a,\"" + std::string(longest_record, 'x');
    for (int i = 0; i < 70000; ++i) {
        text += "no record here but text\n";
    }
    const std::size_t behind = text.size();
    text += "c,d\n";
    const RecordReading reading = read(text, fields);
    REQUIRE(reading.decided);
    CHECK(reading.defect == RecordDefect::too_long);
    CHECK(reading.end == behind);
    CHECK_FALSE(read(std::string_view(text).substr(0, behind), fields, false).decided);

    const std::string endless(std::size_t{5} << 20, 'x');
    const RecordReading given_up = read(endless, fields, false);
    REQUIRE(given_up.decided);
    CHECK(given_up.defect == RecordDefect::too_long);
    CHECK(given_up.end == std::size_t{4} << 20);
}

TEST_CASE("The sound record behind one that never ends is the same from part of the file") {
    Fields fields;
    const std::string text = "a," + std::string(longest_record, 'x') + "\nc,\"d\nf,g\ne\"\nh,i\n";
    const std::size_t behind = text.find("\nc,") + 1;
    REQUIRE(read(text, fields).end == behind);
    for (std::size_t size = behind - 2; size <= text.size(); ++size) {
        CAPTURE(text.size() - size);
        const RecordReading part = read(std::string_view(text).substr(0, size), fields, false);
        CHECK((!part.decided || part.end == behind));
    }
}

TEST_CASE("The longest record is one of a mebibyte") {
    Fields fields;
    const std::string just = "a," + std::string(longest_record - 2, 'x');
    CHECK(read(just + "\nb,c\n", fields).defect == RecordDefect::none);
    CHECK(read(just, fields).defect == RecordDefect::none);
    const RecordReading beyond = read(just + "y\nb,c\n", fields);
    CHECK(beyond.defect == RecordDefect::too_long);
    CHECK(beyond.end == just.size() + 2);
}

TEST_CASE("What is decided from part of a file stays so when more of it is seen") {
    Random random(11);
    static constexpr std::string_view pieces[] = {
        "\"", "\"", ",", ",", "\n", "\n", "\r\n", " ", "a", "b1", std::string_view("\0", 1)};
    for (int round = 0; round < 4000; ++round) {
        std::string text;
        for (std::uint32_t left = random.below(24); left > 0; --left) {
            text += pieces[random.below(left % 5 == 0 ? 11 : 10)];
        }
        const RecordShape shape{{}, random.below(8) == 0 ? '\r' : '\n', 1 + random.below(3)};
        Fields fields;
        Fields fields_then;
        const RecordReading whole = read_record(text, 0, true, shape, fields);
        REQUIRE(whole.decided);
        REQUIRE(whole.end <= text.size());
        REQUIRE((text.empty() || whole.end > 0));
        for (std::size_t size = 0; size <= text.size(); ++size) {
            const std::string_view part = std::string_view(text).substr(0, size);
            const RecordReading then = read_record(part, 0, false, shape, fields_then);
            if (then.decided) {
                CAPTURE(text, part);
                REQUIRE(then.end == whole.end);
                REQUIRE(then.defect == whole.defect);
                REQUIRE(then.blank == whole.blank);
                REQUIRE(then.fields == whole.fields);
                if (then.defect == RecordDefect::none) {
                    REQUIRE(fields_then == fields);
                }
            }
        }
        if (whole.defect == RecordDefect::none && !whole.blank && !text.empty()) {
            REQUIRE(fields.size() == shape.columns);
        }
    }
}

TEST_CASE("The first sound record behind a line end is found") {
    const RecordShape shape{{}, '\n', 2};
    const std::string_view text = "x\"\ny\n1,\"2\n3\"\n4,5\n";
    CHECK(text.substr(find_sound_record(text, 0, shape)) == "1,\"2\n3\"\n4,5\n");
    CHECK(text.substr(find_sound_record(text, 5, shape)) == "4,5\n");
    CHECK(find_sound_record(text, text.size() - 2, shape) == std::string_view::npos);
    CHECK(find_sound_record("a,b", 0, shape) == std::string_view::npos);
    CHECK(find_sound_record("", 0, shape) == std::string_view::npos);
}
