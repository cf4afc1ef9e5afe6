#include <string>

#include "resources.h"

using namespace linkway;
using linkway::tests::code_system;
using linkway::tests::load;
using linkway::tests::Loaded;
using linkway::tests::value_set;
using terminology::Coding;

namespace {

/// One include of system "cs" with that filter.
std::string filtered(const std::string& url, const std::string& property, const std::string& op,
                     const std::string& value) {
    return value_set(url, R"({"include":[{"system":"cs","filter":[{"property":")" + property +
                              R"(","op":")" + op + R"(","value":")" + value + R"("}]}]})");
}

/// top > (left > (ll, both), right > both, apart); "both" by a property too, "old" inactive.
std::string tree() {
    return code_system("cs", R"("version":"1","property":[{"code":"colour","type":"code"},
        {"code":"under","uri":"http://hl7.org/fhir/concept-properties#parent","type":"code"}],
      "concept":[{"code":"top","display":"Top","concept":[
          {"code":"left","display":"Left","concept":[{"code":"ll"},
             {"code":"both","property":[{"code":"under","valueCode":"right"},
                                        {"code":"colour","valueCode":"red"}]}]},
          {"code":"right","display":"Right","property":[{"code":"colour","valueCode":"green"}]},
          {"code":"apart","property":[{"code":"colour","valueCode":"red"},
                                      {"code":"colour","valueCode":"blue"}]}]},
        {"code":"old","property":[{"code":"inactive","valueBoolean":true}]}])");
}

}  // namespace

TEST_CASE("Value sets include, exclude and refer to each other") {
    const Loaded loaded = load({
        {"1", value_set("u:a", R"({"include":[{"system":"s","concept":[
            {"code":"1","display":"one"},{"code":"2"},{"code":"3"}]},
            {"system":"t","concept":[{"code":"1"}]}],
            "exclude":[{"system":"s","concept":[{"code":"3"}]}]})")},
        {"2", value_set("u:b", R"({"include":[{"valueSet":["u:a"]},
            {"system":"s","concept":[{"code":"9"},{"code":"1"}]}],
            "exclude":[{"valueSet":["u:c"]}]})")},
        {"3", value_set("u:c", R"({"include":[{"system":"s","concept":[{"code":"2"}]}]})")},
        {"4", value_set("u:both", R"({"include":[{"valueSet":["u:a","u:b"]}]})")},
        {"5", value_set("u:whole", R"({"include":[{"system":"cs"}]})")},
        {"6", value_set("u:narrow", R"({"include":[{"system":"t","valueSet":["u:a"]}]})")},
        {"7", code_system("cs", R"("concept":[{"code":"p","display":"P",
            "concept":[{"code":"q"}]},{"code":"r"}])")},
        {"8", R"({"resourceType":"ValueSet","url":"u:done","expansion":{"contains":[
            {"display":"group","contains":[{"system":"s","code":"7"}]},
            {"system":"s","code":"8","abstract":true}]}})"},
        {"9", R"({"resourceType":"StructureDefinition"})"},
    });
    CHECK(loaded.issues.empty());
    CHECK(loaded.codes("u:a") == "1 2 1");
    CHECK(loaded.codes("u:b") == "1 1 9");
    CHECK(loaded.codes("u:both") == "1 1");
    CHECK(loaded.codes("u:whole") == "p q r");
    CHECK(loaded.codes("u:narrow") == "1");
    CHECK(loaded.codes("u:done") == "7");
    CHECK(loaded.codes("u:none") == "not-found");
    CHECK(loaded.holds("u:a", "s", "1") == "yes");
    CHECK(loaded.holds("u:a", "t", "1") == "yes");
    CHECK(loaded.holds("u:a", "", "2") == "yes");
    CHECK(loaded.holds("u:a", "t", "2") == "no");
    CHECK(loaded.holds("u:a", "s", "3") == "no");
    CHECK(loaded.holds("u:a", "", "3") == "no");
    CHECK(loaded.holds("u:b", "", "2") == "no");
    CHECK(loaded.holds("u:both", "", "9") == "no");
    CHECK(loaded.holds("u:narrow", "s", "1") == "no");
    CHECK(loaded.holds("u:none", "s", "1") == "unknown");
    CHECK_FALSE(loaded.terminology.check_value_set("u:a"));
    CHECK(loaded.terminology.check_value_set("cs"));
    CHECK(loaded.terminology.display("s", "1") == "one");
    CHECK(loaded.terminology.display("t", "1").empty());
    CHECK(loaded.terminology.expand("u:b").value()[0].display == "one");
    CHECK(loaded.terminology.expand("u:whole").value()[0] == Coding{"cs", "p", "P"});
    CHECK(loaded.terminology.urls() == std::vector<std::string>{"cs", "u:a", "u:b", "u:both", "u:c",
                                                                "u:done", "u:narrow", "u:whole"});
}

TEST_CASE("Excluding a code of one system leaves the same code of another") {
    const Loaded loaded =
        load({{"1", value_set("u:a", R"({"include":[{"system":"s","concept":[{"code":"1"}]}],
                                         "exclude":[{"system":"t","concept":[{"code":"1"}]}]})")}});
    CHECK(loaded.holds("u:a", "", "1") == "yes");
    CHECK(loaded.holds("u:a", "t", "1") == "no");
}

TEST_CASE("Filters pick concepts by where they stand and what is said of them") {
    struct Case {
        const char* property;
        const char* op;
        const char* value;
        const char* codes;
    };
    const std::vector<Case> cases = {
        {"concept", "is-a", "left", "left ll both"},
        {"code", "is-a", "right", "both right"},
        {"concept", "descendent-of", "left", "ll both"},
        {"concept", "descendent-of", "top", "left ll both right apart"},
        {"concept", "is-not-a", "left", "top right apart old"},
        {"concept", "generalizes", "both", "top left both right"},
        {"concept", "=", "ll", "ll"},
        {"concept", "in", "ll, old,none", "ll old"},
        {"concept", "not-in", "top,left,right,apart", "ll both old"},
        {"concept", "regex", "l+", "ll"},
        {"concept", "regex", ".*(ef|igh)t", "left right"},
        {"display", "regex", "[LR].*", "left right"},
        {"colour", "=", "red", "both apart"},
        {"colour", "in", "green,blue", "right apart"},
        {"colour", "not-in", "red,green", "top left ll old"},
        {"colour", "exists", "true", "both right apart"},
        {"colour", "exists", "false", "top left ll old"},
        {"under", "=", "right", "both"},
        {"under", "exists", "false", "top old"},
        {"child", "=", "both", "left right"},
        {"child", "in", "both,left", "top left right"},
        {"inactive", "=", "true", "old"},
        {"inactive", "=", "false", "top left ll both right apart"},
    };
    std::vector<tests::File> files = {{"tree", tree()}};
    for (std::size_t i = 0; i < cases.size(); ++i) {
        const std::string url = "u:" + std::to_string(i);
        files.push_back({url, filtered(url, cases[i].property, cases[i].op, cases[i].value)});
    }
    const Loaded loaded = load(files);
    CHECK(loaded.issues.empty());
    for (std::size_t i = 0; i < cases.size(); ++i) {
        INFO(cases[i].property << " " << cases[i].op << " " << cases[i].value);
        const std::string url = "u:" + std::to_string(i);
        const std::string codes = loaded.codes(url);
        CHECK(codes == cases[i].codes);
        // One code asked about and all of them listed must say the same.
        for (const char* code : {"top", "left", "ll", "both", "right", "apart", "old"}) {
            INFO(code);
            const bool is_listed =
                (" " + codes + " ").find(" " + std::string(code) + " ") != std::string::npos;
            CHECK(loaded.holds(url, "cs", code) == (is_listed ? "yes" : "no"));
            CHECK(loaded.holds(url, "", code) == (is_listed ? "yes" : "no"));
        }
        CHECK(loaded.holds(url, "cs", "nothing") == "no");
        CHECK(loaded.holds(url, "other", "ll") == "no");
    }
}

TEST_CASE("Filters, exclusions and value sets work together") {
    const Loaded loaded = load({
        {"1", tree()},
        {"2", value_set("u:two", R"({"include":[{"system":"cs","filter":[
            {"property":"concept","op":"is-a","value":"left"},
            {"property":"colour","op":"=","value":"red"}]}]})")},
        {"3", value_set("u:less", R"({"include":[{"system":"cs"}],"exclude":[{"system":"cs",
            "filter":[{"property":"concept","op":"is-a","value":"top"}]}]})")},
        {"4", value_set("u:meet", R"({"include":[{"system":"cs","valueSet":["u:some"],
            "filter":[{"property":"concept","op":"is-a","value":"left"}]}]})")},
        {"5", value_set("u:some", R"({"include":[{"system":"cs","concept":[{"code":"right"},
            {"code":"both"},{"code":"ll"}]}]})")},
        {"6", value_set("u:active", R"({"inactive":false,"include":[{"system":"cs"}]})")},
    });
    CHECK(loaded.issues.empty());
    CHECK(loaded.codes("u:two") == "both");
    CHECK(loaded.codes("u:less") == "old");
    CHECK(loaded.codes("u:meet") == "both ll");
    CHECK(loaded.holds("u:meet", "cs", "right") == "no");
    CHECK(loaded.codes("u:active") == "top left ll both right apart");
    CHECK(loaded.holds("u:active", "cs", "old") == "no");
}

TEST_CASE("A filter that cannot be answered is an issue where it stands, and not an empty answer") {
    const auto said = [](const std::string& set, const std::string& expected) {
        const Loaded loaded = load({{"tree.json", tree()}, {"set.json", set}});
        INFO(loaded.issues);
        CHECK(loaded.says("set.json:1:"));
        CHECK(loaded.says(expected));
        CHECK(loaded.holds("u:f", "cs", "ll") == "unknown");
        CHECK(loaded.codes("u:f") == "incomplete");
    };
    said(filtered("u:f", "concept", "is-a", "lefd"),
         "filter: cs has no code \"lefd\" here; did you mean \"left\"?");
    said(filtered("u:f", "color", "=", "red"),
         "cs declares no property \"color\"; did you mean \"colour\"?");
    said(filtered("u:f", "concept", "isa", "left"), "\"isa\" is no op; did you mean \"is-a\"?");
    said(filtered("u:f", "concept", "regex", "(l"), "this is no regular expression of RE2");
    said(filtered("u:f", "colour", "exists", "yes"), "exists takes \"true\" or \"false\"");
    said(filtered("u:f", "colour", "is-a", "red"), "which is of the property concept");
    said(filtered("u:f", "child", "exists", "true"), "only = and in can be asked");
    said(value_set("u:f", R"({"include":[{"system":"cs","filter":[{"op":"="}]}]})"),
         "this filter has no property");
    said(value_set("u:f", R"({"include":[{"filter":[{"property":"a","op":"=","value":"b"}]}]})"),
         "neither a system nor a value set is named here");
    said(value_set("u:f", R"({"include":[{"system":"cs","version":"2"}]})"),
         "version 2 of cs is not loaded; version 1 is");

    const Loaded unloaded = load(
        {{"set.json", value_set("u:f", R"({"include":[{"system":"http://snomed.info/sct","filter":[
{"property":"concept","op":"is-a","value":"138875005"}]},{"system":"s","concept":[{"code":"1"}]}]})")}});
    CHECK(
        unloaded.says("set.json:2:1: error: the codes of http://snomed.info/sct are not loaded; "
                      "load a SNOMED CT release first, or list the concepts"));
    CHECK(unloaded.holds("u:f", "http://snomed.info/sct", "138875005") == "unknown");
    CHECK(unloaded.holds("u:f", "s", "1") == "yes");
    CHECK(unloaded.holds("u:f", "s", "2") == "no");
    CHECK(unloaded.codes("u:f") == "incomplete");
}

TEST_CASE("What a value set leaves out must be known as well") {
    const Loaded loaded = load({{"1", value_set("u:a", R"({
        "include":[{"system":"s","concept":[{"code":"1"}]}],"exclude":[{"system":"s"}]})")}});
    CHECK(loaded.holds("u:a", "s", "1") == "unknown");
    CHECK(loaded.holds("u:a", "s", "2") == "no");
    CHECK(loaded.codes("u:a") == "incomplete");
}

TEST_CASE("Value sets that go in circles are refused at the place") {
    const Loaded loaded = load({
        {"d.json", value_set("u:d", R"({"include":[{"valueSet":["u:e"]}]})")},
        {"e.json", value_set("u:e", R"({"include":[
{"valueSet":["u:d"]},{"system":"s","concept":[{"code":"5"}]}]})")},
        {"f.json", value_set("u:f", R"({"include":[{"valueSet":["u:f"]}]})")},
    });
    CHECK(loaded.says("e.json:2:14: error: by way of u:d this one refers to itself"));
    CHECK(loaded.says("f.json:1:"));
    CHECK(loaded.holds("u:e", "s", "5") == "yes");
    CHECK(loaded.holds("u:e", "s", "6") == "unknown");
    CHECK(loaded.holds("u:d", "s", "5") == "yes");
    CHECK(loaded.codes("u:e") == "incomplete");
}

TEST_CASE("Value sets that double at each step are refused before they cost time") {
    std::vector<tests::File> files = {
        {"0", value_set("u:0", R"({"include":[{"system":"s","concept":[{"code":"1"}]}]})")}};
    for (int i = 1; i <= 60; ++i) {
        const std::string below = "u:" + std::to_string(i - 1);
        files.push_back({std::to_string(i),
                         value_set("u:" + std::to_string(i), R"({"include":[{"valueSet":[")" +
                                                                 below + R"("]},{"valueSet":[")" +
                                                                 below + R"("]}]})")});
    }
    const Loaded loaded = load(files);
    CHECK(loaded.says("too many references below"));
    CHECK(loaded.holds("u:3", "s", "1") == "yes");
    CHECK(loaded.holds("u:60", "s", "1") == "yes");
    CHECK(loaded.holds("u:60", "s", "2") == "unknown");
    CHECK(loaded.codes("u:60") == "incomplete");
}

TEST_CASE("A chain of value sets that is too long is refused, whichever end comes first") {
    for (const bool down : {false, true}) {
        std::vector<tests::File> files = {
            {"0", value_set("u:0", R"({"include":[{"system":"s","concept":[{"code":"1"}]}]})")}};
        for (int i = 1; i <= 3000; ++i) {
            files.insert(down ? files.begin() : files.end(),
                         {std::to_string(i), value_set("u:" + std::to_string(i),
                                                       R"({"include":[{"valueSet":["u:)" +
                                                           std::to_string(i - 1) + R"("]}]})")});
        }
        const Loaded loaded = load(files);
        CHECK(loaded.says("too many references below"));
        CHECK(loaded.holds("u:3000", "s", "1") != "no");
    }
}

TEST_CASE("An expansion stops at its limit and says so") {
    std::string concepts;
    for (int i = 0; i < 50; ++i) {
        concepts += (i == 0 ? "" : ",") + (R"({"code":")" + std::to_string(i) + R"("})");
    }
    const Loaded loaded = load({{"1", code_system("cs", R"("concept":[)" + concepts + "]")},
                                {"2", value_set("u:a", R"({"include":[{"system":"cs"}]})")}});
    REQUIRE(loaded.terminology.expand("u:a", 50).ok());
    CHECK(loaded.terminology.expand("u:a", 50)->size() == 50);
    const auto refused = loaded.terminology.expand("u:a", 49);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.issue().code == "too-costly");
    CHECK(refused.issue().message.find("more than 49 codes") != std::string::npos);
}

TEST_CASE("An expansion that a server cut short is not taken for the whole") {
    const Loaded loaded = load({{"e.json", R"({"resourceType":"ValueSet","url":"u:e","expansion":{
"total":3,"contains":[{"system":"s","code":"1"}]}})"}});
    CHECK(loaded.says("e.json:2:9: error: total: this expansion lists 1 of its 3 codes"));
    CHECK(loaded.holds("u:e", "s", "1") == "yes");
    CHECK(loaded.holds("u:e", "s", "2") == "unknown");
}

TEST_CASE("A url with a version asks for that version") {
    const Loaded loaded =
        load({{"1", R"({"resourceType":"ValueSet","url":"u:a","version":"2","compose":{"include":[
        {"system":"s","concept":[{"code":"1"}]}]}})"},
              {"2", value_set("u:b", R"({"include":[{"valueSet":["u:a|2"]}]})")},
              {"3", value_set("u:c", R"({"include":[{"valueSet":["u:a|1"]}]})")}});
    CHECK_FALSE(loaded.terminology.check_value_set("u:a|2"));
    CHECK(loaded.terminology.check_value_set("u:a|1"));
    CHECK(loaded.holds("u:b", "s", "1") == "yes");
    CHECK(loaded.holds("u:c", "s", "1") == "unknown");
    CHECK(loaded.says("no file defines the value set u:a|1"));
}
