#include <string>

#include "resources.h"

using namespace linkway;
using linkway::tests::code_system;
using linkway::tests::load;
using linkway::tests::Loaded;
using linkway::tests::value_set;

TEST_CASE("Nested concepts, parents and children make one hierarchy") {
    const Loaded loaded = load({{"1", code_system("cs", R"("concept":[
        {"code":"a","concept":[{"code":"b"}]},
        {"code":"c","property":[{"code":"parent","valueCode":"b"}]},
        {"code":"d","property":[{"code":"child","valueCode":"a"}]},
        {"code":"e"}])")}});
    CHECK(loaded.issues.empty());
    const auto& terminology = loaded.terminology;
    CHECK(terminology.subsumes("cs", "a", "a") == true);
    CHECK(terminology.subsumes("cs", "a", "b") == true);
    CHECK(terminology.subsumes("cs", "d", "c") == true);
    CHECK(terminology.subsumes("cs", "c", "d") == false);
    CHECK(terminology.subsumes("cs", "a", "e") == false);
    CHECK_FALSE(terminology.subsumes("cs", "a", "none").has_value());
    CHECK_FALSE(terminology.subsumes("cs", "none", "a").has_value());
    CHECK_FALSE(terminology.subsumes("other", "a", "a").has_value());
    CHECK_FALSE(terminology.check_hierarchy("cs"));
    CHECK(terminology.check_hierarchy("ca")->suggestion == "did you mean \"cs\"?");
}

TEST_CASE("A hierarchy of parts says nothing of what is what") {
    const Loaded loaded = load({{"1", code_system("cs", R"("hierarchyMeaning":"part-of","concept":[
            {"code":"a","concept":[{"code":"b"}]}])")},
                                {"v.json", value_set("u:v", R"({"include":[{"system":"cs","filter":[
{"property":"concept","op":"is-a","value":"a"}]}]})")}});
    CHECK_FALSE(loaded.terminology.subsumes("cs", "a", "b").has_value());
    CHECK(loaded.terminology.check_hierarchy("cs")->code == "business-rule");
    CHECK(loaded.says("v.json:2:1: error: filter: the hierarchy of cs does not mean \"is a\""));
    CHECK(loaded.holds("u:v", "cs", "b") == "unknown");
}

TEST_CASE("What stands above itself is reported and the rest holds") {
    const Loaded loaded = load({{"c.json", code_system("cs", R"("concept":[{"code":"a",
"property":[{"code":"parent","valueCode":"b"}],"concept":[{"code":"b","concept":[{"code":"c"}]}]},
{"code":"d","property":[{"code":"parent","valueCode":"d"}]}])")}});
    CHECK(loaded.says("c.json:2:"));
    CHECK(loaded.says("stands above itself, by way of"));
    CHECK(loaded.says("c.json:3:"));
    CHECK(loaded.terminology.subsumes("cs", "b", "c") == true);
}

TEST_CASE("Every chain of a long hierarchy is followed without recursion") {
    std::string concepts = R"({"code":"0"})";
    for (int i = 1; i < 5000; ++i) {
        concepts += R"(,{"code":")" + std::to_string(i) +
                    R"(","property":[{"code":"parent","valueCode":")" + std::to_string(i - 1) +
                    R"("}]})";
    }
    const Loaded loaded = load({{"1", code_system("cs", R"("concept":[)" + concepts + "]")}});
    CHECK(loaded.issues.empty());
    CHECK(loaded.terminology.subsumes("cs", "0", "4999") == true);
    CHECK(loaded.terminology.subsumes("cs", "4999", "0") == false);
}

TEST_CASE("What a code system says of a code can be looked up, supplements included") {
    const Loaded loaded =
        load({{"1", code_system("cs", R"("version":"3","property":[{"code":"colour","type":"code"}],
            "concept":[{"code":"a","display":"A","designation":[
                {"language":"cy","use":{"code":"short"},"value":"Welsh A"}],
                "property":[{"code":"colour","valueCoding":{"system":"s","code":"red"}},
                            {"code":"status","valueCode":"retired"}]},{"code":"b"}])")},
              {"2", R"({"resourceType":"CodeSystem","url":"more","content":"supplement",
            "supplements":"cs|3","property":[{"code":"size","type":"integer"}],
            "concept":[{"code":"a","designation":[{"language":"ur","value":"Urdu A"}],
                        "property":[{"code":"size","valueInteger":4}]}]})"},
              {"3", value_set("u:size", R"({"include":[{"system":"cs","filter":[
            {"property":"size","op":"=","value":"4"}]}]})")}});
    CHECK(loaded.issues.empty());
    const auto found = loaded.terminology.lookup("cs", "a");
    REQUIRE(found);
    CHECK(found->coding.display == "A");
    CHECK(found->inactive);
    REQUIRE(found->designations.size() == 2);
    CHECK(found->designations[0].use == "short");
    CHECK(found->designations[1].value == "Urdu A");
    REQUIRE(found->properties.size() == 3);
    CHECK(found->properties[0].value == "red");
    CHECK(found->properties[2].value == "4");
    CHECK(loaded.codes("u:size") == "a");
    CHECK_FALSE(loaded.terminology.lookup("cs", "c"));
    CHECK_FALSE(loaded.terminology.lookup("none", "a"));
}

TEST_CASE("A supplement is no code system of its own") {
    const std::string supplement = R"({"resourceType":"CodeSystem","url":"more",
"content":"supplement","supplements":"cs","concept":[{"code":"a"},
{"code":"x"}]})";
    const Loaded alone = load({{"s.json", supplement}});
    CHECK(alone.says("s.json:2:38: error: no file defines the code system cs"));
    const Loaded both = load({{"s.json", supplement},
                              {"cs.json", code_system("cs", R"("concept":[{"code":"a"}])")},
                              {"v.json", value_set("u:v", R"({"include":[{"system":"more"}]})")}});
    CHECK(both.says("s.json:3:1: error: the code system cs has no code \"x\""));
    CHECK(both.says("v.json:1:"));
    CHECK(both.says("more only adds to cs; name the code system that it adds to"));
    CHECK(both.holds("u:v", "more", "a") == "unknown");
}

TEST_CASE("Of a fragment only what it holds is known") {
    const Loaded loaded = load(
        {{"1", R"({"resourceType":"CodeSystem","url":"cs","content":"fragment",
            "concept":[{"code":"a","concept":[{"code":"b"}]},{"code":"c"}]})"},
         {"2", R"({"resourceType":"CodeSystem","url":"none","content":"not-present"})"},
         {"v.json", value_set("u:v", R"({"include":[{"system":"cs","filter":[
{"property":"concept","op":"is-a","value":"a"}]}]})")},
         {"w.json", value_set("u:w", R"({"include":[{"system":"none"}]})")},
         {"x", value_set("u:x", R"({"include":[{"system":"cs","concept":[{"code":"z"}]}]})")}});
    CHECK(loaded.says("v.json:2:1: warning: only a part of cs is loaded"));
    CHECK(loaded.says("w.json:1:"));
    CHECK(loaded.says("the codes of none are not loaded"));
    CHECK(loaded.holds("u:v", "cs", "b") == "yes");
    CHECK(loaded.holds("u:v", "cs", "c") == "no");
    CHECK(loaded.holds("u:v", "cs", "z") == "unknown");
    CHECK(loaded.holds("u:w", "none", "a") == "unknown");
    CHECK(loaded.holds("u:x", "cs", "z") == "yes");
    CHECK(loaded.codes("u:v") == "incomplete");
    CHECK(loaded.codes("u:x") == "z");
}

TEST_CASE("Where case does not matter, codes are the same in any") {
    const Loaded loaded = load(
        {{"1", code_system("cs", R"("caseSensitive":false,"concept":[
            {"code":"Red","concept":[{"code":"PINK"}]},{"code":"blue"}])")},
         {"2", value_set("u:v", R"({"include":[{"system":"cs","concept":[{"code":"RED"}]}]})")},
         {"3", value_set("u:w", R"({"include":[{"system":"cs","filter":[
             {"property":"concept","op":"in","value":"BLUE"}]}]})")},
         {"4", tests::concept_map("u:m", R"([{"source":"cs","target":"t","element":[
             {"code":"BLUE","target":[{"code":"b","equivalence":"equal"}]}]}])")},
         {"5", code_system("strict", R"("concept":[{"code":"Red"}])")},
         {"6",
          value_set("u:s", R"({"include":[{"system":"strict","concept":[{"code":"Red"}]}]})")}});
    CHECK(loaded.issues.empty());
    CHECK(loaded.holds("u:v", "cs", "red") == "yes");
    CHECK(loaded.holds("u:v", "cs", "pink") == "no");
    CHECK(loaded.holds("u:w", "cs", "Blue") == "yes");
    CHECK(loaded.terminology.subsumes("cs", "red", "pink") == true);
    CHECK(loaded.terminology.translate("u:m", "cs", "blue").size() == 1);
    CHECK(loaded.terminology.translate_back("u:m", "t", "b").size() == 1);
    CHECK(loaded.holds("u:s", "strict", "red") == "no");
    const Loaded twice =
        load({{"c", code_system(
                        "cs", R"("caseSensitive":false,"concept":[{"code":"a"},{"code":"A"}])")}});
    CHECK(twice.says("the code \"A\" stands twice"));
}

TEST_CASE("Codes listed elsewhere must be codes of their system") {
    const Loaded loaded =
        load({{"cs.json", code_system("cs", R"("concept":[{"code":"referred"},
            {"code":"gone","property":[{"code":"inactive","valueBoolean":true}]}])")},
              {"v.json", value_set("u:v", R"({"include":[{"system":"cs","concept":[
{"code":"refered"},
{"code":"gone"}]}]})")},
              {"m.json", tests::concept_map("u:m", R"([{"source":"s","target":"cs","element":[
{"code":"1","target":[
{"code":"refferred","equivalence":"equal"}]}],"unmapped":{"mode":"fixed",
"code":"other"}}])")}});
    CHECK(
        loaded.says("v.json:2:1: error: the code system cs has no code \"refered\"; did you mean "
                    "\"referred\"?"));
    CHECK(loaded.says("v.json:3:1: warning: the code \"gone\" is inactive"));
    CHECK(loaded.says("m.json:3:1: error: the code system cs has no code \"refferred\""));
    CHECK(loaded.says("the code system cs has no code \"other\""));
}

TEST_CASE("Properties must be declared and name what there is") {
    const Loaded loaded = load({{"c.json", code_system("cs", R"("count":9,
"property":[{"code":"colour"}],"concept":[
{"code":"a","property":[{"code":"color","valueCode":"red"}]},
{"code":"b","property":[{"code":"parent","valueCode":"x"}]},
{"code":"c","property":[{"code":"colour"}]},
{"code":"d","property":[{"valueCode":"red"}]}])")}});
    CHECK(loaded.says("c.json:1:"));
    CHECK(loaded.says("warning: count: this code system states 9 concepts and lists 4"));
    CHECK(
        loaded.says("c.json:3:25: warning: code: this code system declares no property "
                    "\"color\"; did you mean \"colour\"?"));
    CHECK(loaded.says("c.json:4:25: error: valueCode: this code system has no code \"x\""));
    CHECK(loaded.says("c.json:5:25: error: value: this property has no value"));
    CHECK(loaded.says("c.json:6:25: error: code: this property has no code"));
    CHECK(load({{"c", R"({"resourceType":"CodeSystem","url":"cs"})"}})
              .says("c:1:1: error: content: content is missing here; one of not-present, example"));
}
