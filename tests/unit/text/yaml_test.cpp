#include <string>

#include "catch.h"
#include "text/node.h"

using namespace linkway::text;

namespace {

std::string json_of(std::string_view yaml) {
    auto parsed = parse_yaml(yaml, "x.yaml");
    if (!parsed.ok()) {
        return to_string(parsed.issue());
    }
    std::string out;
    append_json(out, parsed->root());
    return out;
}

Issue refusal(std::string_view text, ParseLimits limits = {}) {
    auto parsed = parse_yaml(text, "x.yaml", limits);
    REQUIRE_FALSE(parsed.ok());
    return parsed.issue();
}

std::string place(const Issue& issue) {
    return std::to_string(issue.location.line) + ":" + std::to_string(issue.location.column);
}

std::string place(std::uint32_t line, std::uint32_t column) {
    return std::to_string(line) + ":" + std::to_string(column);
}

}  // namespace

TEST_CASE("YAML scalars follow the core schema, numbers as JSON writes them") {
    CHECK(json_of("[1, -1.10, 0, 1e5, 2.5E-3]") == "[1,-1.10,0,1e5,2.5E-3]");
    CHECK(json_of("[01, 0x1F, .5, 1., +1, .inf, .nan, 1_0, 1e, -, 0o7, 12:30]") ==
          R"(["01","0x1F",".5","1.","+1",".inf",".nan","1_0","1e","-","0o7","12:30"])");
    CHECK(json_of("[1e308, 1e309, -9999]") == R"([1e308,"1e309",-9999])");
    CHECK(json_of("[true, False, TRUE, yes, no, on]") == R"([true,false,true,"yes","no","on"])");
    CHECK(json_of("[null, ~, Null, NULL, nil]") == R"([null,null,null,null,"nil"])");
    CHECK(json_of("{a: , b: ''}") == R"({"a":null,"b":""})");
    CHECK(json_of("['1', \"true\", 'null', \"~\"]") == R"(["1","true","null","~"])");
    CHECK(json_of("a: |\n  1\n  2\nb: >-\n  3\n") == "{\"a\":\"1\\n2\\n\",\"b\":\"3\"}");
    CHECK(json_of("a: 2023-05-01\nb: 8T09.\n") == R"({"a":"2023-05-01","b":"8T09."})");
    CHECK(json_of("1: a\ntrue: b\n'null': c\n") == R"({"1":"a","true":"b","null":"c"})");
    CHECK(json_of("'<<': x") == R"({"<<":"x"})");
    CHECK(json_of("\xEF\xBB\xBF"
                  "a: caf\xC3\xA9") == "{\"a\":\"caf\xC3\xA9\"}");
    CHECK(json_of("--- 5\n...\n") == "5");
}

TEST_CASE("YAML positions are lines and code points, of keys and of values") {
    const std::string text =
        "# comment\r\n"
        "resourceType: Patient\r\n"
        "'na\xC3\xAFve': {x: [1, \"two\"], y: \n"
        "   deep}\n"
        "list:\n"
        "  - first\n"
        "  - k: v\n"
        "    l: |\n"
        "      block\n";
    auto parsed = parse_yaml(text, "x.yaml");
    REQUIRE(parsed.ok());
    const Node& root = parsed->root();
    CHECK(place(root.line, root.column) == "2:1");
    REQUIRE(root.members.size() == 3);
    const auto at = [](const auto& thing) { return place(thing.line, thing.column); };
    CHECK(at(root.members[0]) == "2:1");
    CHECK(at(root.members[0].value) == "2:15");
    CHECK(at(root.members[1]) == "3:1");
    const Node& map = root.members[1].value;
    CHECK(at(map) == "3:10");
    CHECK(at(map.members[0]) == "3:11");
    CHECK(at(map.members[0].value) == "3:14");
    CHECK(at(map.members[0].value.items[1]) == "3:18");
    CHECK(at(map.members[1]) == "3:26");
    CHECK(at(map.members[1].value) == "4:4");
    const Node& list = root.members[2].value;
    CHECK(at(list) == "6:3");
    CHECK(at(list.items[0]) == "6:5");
    CHECK(at(list.items[1]) == "7:5");
    CHECK(at(list.items[1].members[0]) == "7:5");
    CHECK(at(list.items[1].members[1]) == "8:5");
    CHECK(at(list.items[1].members[1].value) == "8:8");
}

TEST_CASE("What YAML offers beyond plain data is refused by name") {
    const auto says = [](std::string_view text, std::string_view word) {
        const Issue issue = refusal(text);
        CHECK(issue.location.file == "x.yaml");
        CHECK(issue.location.line > 0);
        INFO(to_string(issue));
        return issue.message.find(word) != std::string::npos;
    };
    CHECK(says("a: &x 1\nb: *x\n", "anchors"));
    CHECK(says("a: 1\nb: *x\n", "alias"));
    CHECK(says("a: !!str 1", "tags"));
    CHECK(says("a: ! 1", "tags"));
    CHECK(says("a: !mine {b: 1}", "tags"));
    CHECK(says("a: !!null ~", "tags"));
    CHECK(says("!!map {}", "tags"));
    CHECK(says("&x {}", "anchors"));
    CHECK(says(R"(a: "b\N")", "\\N"));  // yaml-cpp makes a byte of Latin-1 of it
    CHECK(says(R"(a: "b\_")", "\\_"));
    CHECK(json_of(R"(a: "\x85\xA0\L")") == "{\"a\":\"\xC2\x85\xC2\xA0\xE2\x80\xA8\"}");
    CHECK(says("&x []", "anchors"));
    CHECK(says("a: 1\n<<: {b: 2}\n", "merge"));
    CHECK(says("a: 1\n---\nb: 2\n", "second"));
    CHECK(says("--- 1\n--- 2\n", "second"));
    CHECK(says("? [a]\n: 1\n", "name of a mapping"));
    CHECK(says("? {a: 1}\n: 1\n", "name of a mapping"));
    CHECK(says("~: 1\n", "name of a mapping"));
    CHECK(says("a: {{ name }}\n", "name of a mapping"));
    CHECK(place(refusal("a: 1\nb:\n  c: 2\n  d: 3\n  c: 4\n")) == "5:3");
    CHECK(refusal("{a: 1, a: 2}").message.find("\"a\"") != std::string::npos);
}

TEST_CASE("YAML syntax errors have a place") {
    CHECK(place(refusal("")) == "1:1");
    CHECK(place(refusal("# only a comment\n")) == "1:1");
    CHECK(refusal("a: [1, 2\nb: 3\n").location.line >= 1);
    CHECK(place(refusal("a: 'x\n")) == "1:4");
    CHECK(place(refusal("a: 'it''")) == "1:9");
    CHECK(place(refusal("a: \"x\\\"\n")) == "1:4");
    CHECK(json_of("a: 'it''s'\nb: \"\\\"\"") == R"({"a":"it's","b":"\""})");
    CHECK(refusal("a: b: c\n").location.line == 1);
    CHECK(refusal("a: 1\n\tb: 2\n").location.line == 2);
    CHECK(refusal("a: }\n").location.line == 1);
    CHECK(place(refusal(std::string("a: 1\nb: \0", 9))) == "2:4");
    CHECK(place(refusal("a: \x01")) == "1:4");
    CHECK(place(refusal("a: \xC3(")) == "1:4");
    CHECK(refusal("a: \"\\q\"").location.line == 1);
}

TEST_CASE("YAML limits of depth and size hold, whatever the style of nesting") {
    ParseLimits limits;
    CHECK(parse_yaml(std::string(64, '[') + std::string(64, ']'), "x").ok());
    CHECK(refusal(std::string(65, '[') + std::string(65, ']')).code == "too-costly");
    const auto repeated = [](std::string_view piece, int times) {
        std::string out;
        for (int i = 0; i < times; ++i) {
            out += piece;
        }
        return out;
    };
    constexpr int many = 200'000;
    CHECK_FALSE(parse_yaml(repeated("[", many), "x").ok());
    CHECK_FALSE(parse_yaml(repeated("[\n", many), "x").ok());
    CHECK_FALSE(parse_yaml(repeated("{a: ", many), "x").ok());
    CHECK_FALSE(parse_yaml(repeated("- ", many), "x").ok());
    CHECK_FALSE(parse_yaml(repeated("? ", many), "x").ok());
    CHECK_FALSE(parse_yaml(repeated("- ? ", many), "x").ok());
    CHECK_FALSE(parse_yaml(repeated("a: ", many), "x").ok());
    std::string indented;
    for (std::size_t i = 0; i < 300; ++i) {
        indented += std::string(i, ' ') + "a:\n";
    }
    CHECK(refusal(indented).code == "too-costly");
    limits.bytes = 3;
    CHECK(refusal("a: 12", limits).code == "too-long");
}

TEST_CASE("YAML positions are right after values that are left out") {
    // yaml-cpp places what is missing before the place it has already reported.
    const auto parsed =
        parse_yaml("\xC3\xA9: 1\n? b\n? \"\xC3\xA9\xC3\xA9\"\n? d\ne: {? f, ? g}\n", "x");
    REQUIRE(parsed.ok());
    const auto members = parsed->root().members;
    REQUIRE(members.size() == 5);
    CHECK(place(members[1].line, members[1].column) == "2:3");
    CHECK(members[1].value.kind == NodeKind::null);
    CHECK(place(members[2].line, members[2].column) == "3:3");
    CHECK(place(members[3].line, members[3].column) == "4:3");
    CHECK(place(members[4].line, members[4].column) == "5:1");
    const auto inner = members[4].value.members;
    REQUIRE(inner.size() == 2);
    CHECK(place(inner[0].line, inner[0].column) == "5:7");
    CHECK(place(inner[1].line, inner[1].column) == "5:12");
}
