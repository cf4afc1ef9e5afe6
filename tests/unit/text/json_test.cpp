#include <string>

#include "catch.h"
#include "text/node.h"

using namespace linkway::text;

namespace {

Issue refusal(std::string_view text, ParseLimits limits = {}) {
    auto parsed = parse_json(text, "x.json", limits);
    REQUIRE_FALSE(parsed.ok());
    return parsed.issue();
}

std::string place(const Issue& issue) {
    return std::to_string(issue.location.line) + ":" + std::to_string(issue.location.column);
}

std::string place(const Node& node) {
    return std::to_string(node.line) + ":" + std::to_string(node.column);
}

std::string place(const Member& member) {
    return std::to_string(member.line) + ":" + std::to_string(member.column);
}

}  // namespace

TEST_CASE("JSON values keep their text and kind") {
    auto parsed = parse_json(
        R"({"a":1.10,"b":-0,"c":1E+5,"d":true,"e":false,"f":null,"g":"x\ny","h":[],"i":{}})",
        "x.json");
    REQUIRE(parsed.ok());
    const Node& root = parsed->root();
    REQUIRE(root.is_object());
    REQUIRE(root.members.size() == 9);
    CHECK(root.find("a")->kind == NodeKind::number);
    CHECK(root.find("a")->text == "1.10");
    CHECK(root.find("b")->text == "-0");
    CHECK(root.find("c")->text == "1E+5");
    CHECK(root.find("d")->kind == NodeKind::boolean);
    CHECK(root.find("d")->text == "true");
    CHECK(root.find("e")->text == "false");
    CHECK(root.find("f")->kind == NodeKind::null);
    CHECK(root.find("g")->text == "x\ny");
    CHECK(root.find("h")->is_array());
    CHECK(root.find("i")->is_object());
    CHECK(root.find("z") == nullptr);
    CHECK(root.string_or("g", "no") == "x\ny");
    CHECK(root.string_or("a", "no") == "no");
    CHECK(root.string_or("z", "no") == "no");
}

TEST_CASE("JSON positions are lines and code points") {
    const std::string text =
        "{\n"
        "  \"name\": \"caf\xC3\xA9\", \"n\" : 12,\r\n"
        "\t\"list\": [ true,\n"
        "    {\"k\\\"ey\":null}, \"q\\\\\", \"last\"]\n"
        "}";
    auto parsed = parse_json(text, "x.json");
    REQUIRE(parsed.ok());
    const Node& root = parsed->root();
    CHECK(place(root) == "1:1");
    REQUIRE(root.members.size() == 3);
    CHECK(place(root.members[0]) == "2:3");
    CHECK(place(root.members[0].value) == "2:11");
    CHECK(place(root.members[1]) == "2:19");
    CHECK(place(root.members[1].value) == "2:25");
    CHECK(place(root.members[2]) == "3:2");
    const Node& list = root.members[2].value;
    CHECK(place(list) == "3:10");
    REQUIRE(list.items.size() == 4);
    CHECK(place(list.items[0]) == "3:12");
    CHECK(place(list.items[1]) == "4:5");
    CHECK(place(list.items[1].members[0]) == "4:6");
    CHECK(list.items[1].members[0].name == "k\"ey");
    CHECK(place(list.items[1].members[0].value) == "4:14");
    CHECK(list.items[2].text == "q\\");
    CHECK(place(list.items[3]) == "4:28");

    const Location at = parsed->at(list.items[3]);
    CHECK(at.file == "x.json");
    CHECK(at.line == 4);
    CHECK(at.column == 28);
    CHECK(parsed->at(root.members[0]).column == 3);
}

TEST_CASE("JSON nodes outlive the text and a move of the document") {
    Document kept;
    CHECK(kept.root().kind == NodeKind::null);
    {
        std::string text = R"({"plain":"value","escaped":"\u00e9\ud83d\ude00"})";
        auto parsed = parse_json(text, "x.json");
        REQUIRE(parsed.ok());
        const Node* before = parsed->root().find("plain");
        kept = std::move(parsed).value();
        CHECK(kept.root().find("plain") == before);
        text.assign(text.size(), '#');
    }
    CHECK(kept.root().find("plain")->text == "value");
    CHECK(kept.root().find("escaped")->text == "\xC3\xA9\xF0\x9F\x98\x80");
    CHECK(kept.file() == "x.json");
}

TEST_CASE("A JSON root may be any value, after a byte order mark too") {
    CHECK(parse_json("\xEF\xBB\xBF [1]", "x")->root().column == 2);
    CHECK(parse_json(" \"s\" ", "x")->root().text == "s");
    CHECK(parse_json("-12.5e3", "x")->root().text == "-12.5e3");
    CHECK(parse_json("null\n", "x")->root().kind == NodeKind::null);
    CHECK(parse_json(R"("a\u0000b")", "x")->root().text == std::string_view("a\0b", 3));
}

TEST_CASE("JSON defects are refused where they stand") {
    using namespace std::string_literals;
    CHECK(place(refusal("")) == "1:1");
    CHECK(place(refusal("  \n ")) == "2:2");
    CHECK(place(refusal("{\"a\":1,\n\"b\":2,\n\"a\":3}")) == "3:1");
    CHECK(refusal("{\"a\":1,\"a\":3}").message.find("\"a\"") != std::string::npos);
    CHECK(place(refusal("[1,2] x")) == "1:7");
    CHECK(place(refusal("[1]\0"s)) == "1:4");
    CHECK(place(refusal("[1\0]"s)) == "1:3");
    CHECK(place(refusal("[1,]")) == "1:4");
    CHECK(place(refusal("{,}")) == "1:2");
    CHECK(place(refusal("{\"a\" 1}")) == "1:6");
    CHECK(place(refusal("[\n\"\xFF\"]")) == "2:2");
    CHECK(place(refusal("[\"\xED\xA0\x80\"]")) == "1:3");
    CHECK(place(refusal(R"([1, "\udc00"])")) == "1:5");
    CHECK(place(refusal(R"([1, "a\ud800b"])")).substr(0, 2) == "1:");
    CHECK_FALSE(refusal("\"a\nb\"").message.empty());
    CHECK_FALSE(refusal("\"a").message.empty());
    CHECK_FALSE(refusal("01").message.empty());
    CHECK_FALSE(refusal("1.").message.empty());
    CHECK_FALSE(refusal(".5").message.empty());
    CHECK_FALSE(refusal("1e").message.empty());
    CHECK_FALSE(refusal("+1").message.empty());
    CHECK_FALSE(refusal("NaN").message.empty());
    CHECK_FALSE(refusal("nul").message.empty());
    CHECK_FALSE(refusal("// c\n1").message.empty());
    CHECK_FALSE(refusal("{'a':1}").message.empty());
    const Issue issue = refusal("[}");
    CHECK(issue.severity == Severity::error);
    CHECK(issue.code == "structure");
    CHECK(issue.location.file == "x.json");
}

TEST_CASE("A duplicate among many JSON names is found, the first one in the text") {
    std::string text = "{";
    for (int i = 0; i < 5000; ++i) {
        text += "\"n" + std::to_string(i) + "\":1,\n";
    }
    CHECK(parse_json(text + "\"x\":1}", "x").ok());
    const Issue issue = refusal(text + "\"n7\":1,\n\"n3\":1}");
    CHECK(issue.location.line == 5001);
    CHECK(issue.message.find("\"n7\"") != std::string::npos);
}

TEST_CASE("JSON limits of depth and size hold") {
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '[') + std::string(depth, ']');
    };
    CHECK(parse_json(nested(64), "x").ok());
    const Issue deep = refusal(nested(65));
    CHECK(deep.code == "too-costly");
    CHECK(deep.location.column == 65);
    CHECK(refusal(nested(1'000'000)).location.column == 65);
    CHECK(refusal(std::string(1'000'000, '[')).location.column == 65);
    ParseLimits generous;
    generous.depth = 4'000'000'000;
    CHECK(refusal(std::string(1'000'000, '['), generous).location.column == 1001);
    ParseLimits small;
    small.bytes = 3;
    CHECK(parse_json("[1]", "x", small).ok());
    CHECK(refusal("[12]", small).code == "too-long");
}

TEST_CASE("RapidJSON's known crashes are refused or read, never fatal") {
    // 49 bytes with this shape kill its full-precision mode.
    const std::string digits = "[128.74836467836484838364836483643636483648e-336]";
    auto parsed = parse_json(digits, "x");
    REQUIRE(parsed.ok());
    CHECK(parsed->root().items[0].text == digits.substr(1, digits.size() - 2));
}

TEST_CASE("Compact JSON is written from nodes") {
    const std::string text = R"({"a":[1.10,null,true,"\"\\\n\r\t\u0001/é"],"b":{},"c":[]})";
    auto parsed = parse_json(text, "x");
    REQUIRE(parsed.ok());
    std::string out;
    append_json(out, parsed->root());
    CHECK(out == text);
    out.clear();
    append_json_string(out, "");
    CHECK(out == "\"\"");
    out.clear();
    append_json_string(out, std::string_view("\x1f\0", 2));
    CHECK(out == "\"\\u001f\\u0000\"");
}
