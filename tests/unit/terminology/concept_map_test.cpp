#include <string>

#include "resources.h"

using namespace linkway;
using linkway::tests::concept_map;
using linkway::tests::load;
using linkway::tests::Loaded;
using terminology::Coding;

namespace {

/// "code equivalence" of each.
std::string pairs(const std::vector<terminology::Translation>& translations) {
    std::string out;
    for (const auto& each : translations) {
        out += (out.empty() ? "" : ", ") + std::string(each.target.code) + " " +
               std::string(each.equivalence);
    }
    return out;
}

}  // namespace

TEST_CASE("Concept maps translate in file order") {
    const Loaded loaded =
        load({{"m", R"({"resourceType":"ConceptMap","url":"u:m","version":"2","group":[
        {"source":"s","target":"t","targetVersion":"7","element":[
            {"code":"1","target":[{"code":"a","equivalence":"wider"},
                                  {"code":"b","display":"B","equivalence":"equal"}]},
            {"code":"2","target":[{"equivalence":"unmatched"}]},
            {"code":"3"}],
         "unmapped":{"mode":"fixed","code":"z"}},
        {"source":"s","target":"v","element":[{"code":"1","target":[{"code":"c","equivalence":"inexact"}]}]},
        {"source":"p","target":"t","element":[{"code":"1","target":[{"code":"d","equivalence":"equal"}]}],
         "unmapped":{"mode":"provided"}}]})"}});
    CHECK(loaded.issues.empty());
    const auto& map = loaded.terminology;
    const auto one = map.translate("u:m", "s", "1");
    REQUIRE(one.size() == 3);
    CHECK(one[0].target == Coding{"t", "a", ""});
    CHECK(one[0].equivalence == "wider");
    CHECK(one[0].version == "7");
    CHECK(one[1].target == Coding{"t", "b", "B"});
    CHECK(one[2].target == Coding{"v", "c", ""});
    CHECK(pairs(map.translate("u:m", "s", "2")) == " unmatched");
    CHECK(map.translate("u:m", "s", "3").empty());
    const auto rest = map.translate("u:m", "s", "anything");
    REQUIRE(rest.size() == 1);
    CHECK(rest[0].target == Coding{"t", "z", ""});
    CHECK(rest[0].equivalence == "relatedto");
    const auto provided = map.translate("u:m", "p", "anything");
    REQUIRE(provided.size() == 1);
    CHECK(provided[0].target == Coding{"t", "anything", ""});
    CHECK(provided[0].equivalence == "equal");
    CHECK(map.translate("u:m", "", "1").size() == 4);
    CHECK(map.translate("u:n", "s", "1").empty());
    CHECK(map.translate("u:m|2", "p", "1").size() == 1);
    CHECK(map.translate("u:m|1", "p", "1").empty());
    CHECK_FALSE(map.check_concept_map("u:m|2"));
    CHECK(map.check_concept_map("u:m|1"));
    CHECK(map.check_concept_map("u:mm")->suggestion == "did you mean \"u:m\"?");
}

TEST_CASE("Concept maps read backwards turn what is wider into what is narrower") {
    const Loaded loaded = load({{"m", concept_map("u:m", R"([{"source":"s","target":"t","element":[
        {"code":"1","display":"One","target":[{"code":"a","equivalence":"wider"}]},
        {"code":"2","target":[{"code":"a","equivalence":"narrower"}]},
        {"code":"3","target":[{"code":"a","equivalence":"specializes"},{"code":"b","equivalence":"subsumes"}]},
        {"code":"4","target":[{"code":"a","equivalence":"equivalent"},{"equivalence":"unmatched"}]}],
        "unmapped":{"mode":"fixed","code":"a"}}])")}});
    CHECK(loaded.issues.empty());
    CHECK(pairs(loaded.terminology.translate_back("u:m", "t", "a")) ==
          "1 narrower, 2 wider, 3 subsumes, 4 equivalent");
    CHECK(pairs(loaded.terminology.translate_back("u:m", "", "b")) == "3 specializes");
    CHECK(loaded.terminology.translate_back("u:m", "t", "a")[0].target == Coding{"s", "1", "One"});
    CHECK(loaded.terminology.translate_back("u:m", "s", "a").empty());
    CHECK(loaded.terminology.translate_back("u:m", "t", "").empty());
    CHECK(loaded.terminology.translate_back("u:n", "t", "a").empty());
}

TEST_CASE("What one map does not have another may") {
    const auto chained = [](const std::string& url, const std::string& code,
                            const std::string& next) {
        return concept_map(url, R"([{"source":"s","target":"t","element":[{"code":")" + code +
                                    R"(","target":[{"code":"of )" + url +
                                    R"(","equivalence":"equal"}]}],
"unmapped":{"mode":"other-map","url":")" +
                                    next + R"("}}])");
    };
    const Loaded loaded = load({{"a.json", chained("u:a", "1", "u:b")},
                                {"b.json", chained("u:b", "2", "u:c")},
                                {"c.json", chained("u:c", "3", "u:a")},
                                {"d.json", chained("u:d", "4", "u:none")}});
    CHECK(loaded.says("c.json:2:38: error: by way of u:a this one refers to itself"));
    CHECK(loaded.says("d.json:2:38: error: no file defines the concept map u:none"));
    const auto& terminology = loaded.terminology;
    CHECK(pairs(terminology.translate("u:a", "s", "1")) == "of u:a equal");
    CHECK(pairs(terminology.translate("u:a", "s", "2")) == "of u:b equal");
    CHECK(pairs(terminology.translate("u:a", "s", "3")) == "of u:c equal");
    CHECK(terminology.translate("u:a", "s", "4").empty());
    CHECK(terminology.translate("u:c", "s", "1").empty());
}

TEST_CASE("What a concept map leaves open is an issue at the place") {
    const auto said = [](const std::string& group, const std::string& expected) {
        const Loaded loaded = load({{"m.json", concept_map("u:m", "[\n" + group + "]")}});
        INFO(loaded.issues);
        CHECK(loaded.says("m.json:2:"));
        CHECK(loaded.says(expected));
        CHECK(loaded.terminology.translate("u:m", "s", "1").empty());
    };
    const auto element = [](const std::string& target) {
        return R"({"source":"s","target":"t","element":[{"code":"1","target":[)" + target + "]}]}";
    };
    said(R"({"target":"t","element":[]})", "does not say which system it maps from");
    said(R"({"source":"s","target":"t"})", "this group maps no code");
    said(R"({"source":"s","element":[{"code":"1","target":[{"code":"a","equivalence":"equal"}]}]})",
         "which system its targets are of; give the group a target");
    said(R"({"source":"s","target":"t","element":[{"display":"One"}]})",
         "this concept has no code");
    said(element(R"({"code":"a"})"), "equivalence is missing here; one of relatedto, equivalent");
    said(element(R"({"code":"a","equivalence":"equivalant"})"),
         "\"equivalant\" is no equivalence; did you mean \"equivalent\"?");
    said(element(R"({"code":"a","equivalence":"same"})"), "\"same\" is no equivalence; one of");
    said(element(R"({"equivalence":"equal"})"), "this concept has no code");
    said(
        element(R"({"code":"a","equivalence":"equal","dependsOn":[{"property":"p","value":"v"}]})"),
        "dependsOn of a target cannot be followed here");
    said(element(R"({"code":"a","equivalence":"equal","product":[{"property":"p","value":"v"}]})"),
         "product of a target cannot be followed here");
    said(R"({"source":"s","target":"t","element":[],"unmapped":{"mode":"fixd","code":"a"}})",
         "\"fixd\" is no mode; did you mean \"fixed\"?");
    said(R"({"source":"s","target":"t","element":[],"unmapped":{"mode":"fixed"}})",
         "this concept has no code");
    said(R"({"source":"s","target":"t","element":[],"unmapped":{"mode":"other-map"}})",
         "this unmapped of mode other-map has no url");
    said(R"({"source":"s","element":[],"unmapped":{"mode":"provided"}})",
         "which system its targets are of");
}
