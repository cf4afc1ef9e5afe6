#include "terminology/terminology.h"

#include <filesystem>
#include <fstream>
#include <string>

#include "catch.h"

using namespace linkway;
using terminology::Coding;
using terminology::Terminology;

namespace {

/// A folder of its own for one test, gone afterwards.
class Folder {
  public:
    explicit Folder(const std::string& name)
        : path_(std::filesystem::temp_directory_path() / ("linkway_terminology_" + name)) {
        std::filesystem::remove_all(path_);
        std::filesystem::create_directories(path_);
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    Folder& add(const std::string& name, const std::string& content) {
        std::ofstream(path_ / name) << content;
        return *this;
    }
    std::string path() const { return path_.string(); }

  private:
    std::filesystem::path path_;
};

std::string value_set(const std::string& url, const std::string& compose) {
    return R"({"resourceType":"ValueSet","status":"active","url":")" + url + R"(","compose":)" +
           compose + "}";
}

std::string codes(const Terminology& terminology, std::string_view url) {
    std::string out;
    for (const Coding& coding : terminology.expand(url)) {
        out += out.empty() ? "" : " ";
        out += coding.code;
    }
    return out;
}

}  // namespace

TEST_CASE("Value sets include, exclude and refer to each other") {
    Folder folder("sets");
    folder
        .add("1.json", value_set("u:a", R"({"include":[{"system":"s","concept":[
            {"code":"1","display":"one"},{"code":"2"},{"code":"3"}]},
            {"system":"t","concept":[{"code":"1"}]}],
            "exclude":[{"system":"s","concept":[{"code":"3"}]}]})"))
        .add("2.json", value_set("u:b", R"({"include":[{"valueSet":["u:a"]},
            {"system":"s","concept":[{"code":"9"},{"code":"1"}]}],
            "exclude":[{"valueSet":["u:c"]}]})"))
        .add("3.json", value_set("u:c", R"({"include":[{"system":"s","concept":[{"code":"2"}]}]})"))
        .add("4.json", value_set("u:both", R"({"include":[{"valueSet":["u:a","u:b"]}]})"))
        .add("5.json", value_set("u:whole", R"({"include":[{"system":"cs"}]})"))
        .add("6.json", value_set("u:narrow", R"({"include":[{"system":"t","valueSet":["u:a"]}]})"))
        .add("7.json",
             R"({"resourceType":"CodeSystem","url":"cs","concept":[{"code":"p","display":"P",
            "concept":[{"code":"q"}]},{"code":"r"}]})")
        .add("8.json", R"({"resourceType":"ValueSet","url":"u:done","expansion":{"contains":[
            {"display":"group","contains":[{"system":"s","code":"7"}]},
            {"system":"s","code":"8","abstract":true}]}})")
        .add("other.json", R"({"resourceType":"StructureDefinition"})")
        .add("notes.txt", "not read");
    Terminology terminology;
    const text::Issues issues = terminology.load(folder.path());
    for (const text::Issue& issue : issues) {
        UNSCOPED_INFO(text::to_string(issue));
    }
    REQUIRE(issues.empty());
    CHECK(codes(terminology, "u:a") == "1 2 1");
    CHECK(codes(terminology, "u:b") == "1 1 9");
    CHECK(codes(terminology, "u:both") == "1 1");
    CHECK(codes(terminology, "u:whole") == "p q r");
    CHECK(codes(terminology, "u:narrow") == "1");
    CHECK(codes(terminology, "u:done") == "7");
    CHECK(codes(terminology, "u:none").empty());
    CHECK(terminology.member_of("u:a", "s", "1"));
    CHECK(terminology.member_of("u:a", "t", "1"));
    CHECK(terminology.member_of("u:a", "", "2"));
    CHECK_FALSE(terminology.member_of("u:a", "t", "2"));
    CHECK_FALSE(terminology.member_of("u:a", "s", "3"));
    CHECK_FALSE(terminology.member_of("u:a", "", "3"));
    CHECK_FALSE(terminology.member_of("u:none", "s", "1"));
    CHECK(terminology.has_value_set("u:a"));
    CHECK_FALSE(terminology.has_value_set("cs"));
    CHECK(terminology.display("s", "1") == "one");
    CHECK(terminology.display("t", "1").empty());
    CHECK(terminology.expand("u:b")[0].display == "one");
    CHECK(terminology.expand("u:whole")[0] == Coding{"cs", "p", "P"});
    CHECK(terminology.urls() == std::vector<std::string>{"cs", "u:a", "u:b", "u:both", "u:c",
                                                         "u:done", "u:narrow", "u:whole"});
}

TEST_CASE("Concept maps translate in file order") {
    Folder folder("maps");
    folder.add("m.json", R"({"resourceType":"ConceptMap","url":"u:m","version":"2","group":[
        {"source":"s","target":"t","element":[
            {"code":"1","target":[{"code":"a","equivalence":"wider"},{"code":"b","display":"B","equivalence":"equal"}]},
            {"code":"2","target":[{"equivalence":"unmatched"}]},
            {"code":"3"}],
         "unmapped":{"mode":"fixed","code":"z"}},
        {"source":"s","target":"v","element":[{"code":"1","target":[{"code":"c","equivalence":"inexact"}]}]},
        {"source":"p","target":"t","element":[{"code":"1","target":[{"code":"d","equivalence":"equal"}]}],
         "unmapped":{"mode":"provided"}}]})");
    Terminology terminology;
    REQUIRE(terminology.load(folder.path()).empty());
    const auto one = terminology.translate("u:m", "s", "1");
    REQUIRE(one.size() == 3);
    CHECK(one[0].target == Coding{"t", "a", ""});
    CHECK(one[0].equivalence == "wider");
    CHECK(one[1].target == Coding{"t", "b", "B"});
    CHECK(one[2].target == Coding{"v", "c", ""});
    const auto two = terminology.translate("u:m", "s", "2");
    REQUIRE(two.size() == 1);
    CHECK(two[0].target.code.empty());
    CHECK(two[0].equivalence == "unmatched");
    CHECK(terminology.translate("u:m", "s", "3").empty());
    const auto rest = terminology.translate("u:m", "s", "anything");
    REQUIRE(rest.size() == 1);
    CHECK(rest[0].target == Coding{"t", "z", ""});
    CHECK(terminology.translate("u:m", "p", "anything").empty());
    CHECK(terminology.translate("u:m", "", "1").size() == 4);
    CHECK(terminology.translate("u:n", "s", "1").empty());
    CHECK(terminology.targets("u:m|2", "p", "1").size() == 1);
    CHECK(terminology.targets("u:m|1", "p", "1").empty());
    CHECK(terminology.has_concept_map("u:m|2"));
    CHECK_FALSE(terminology.has_concept_map("u:m|1"));
}

TEST_CASE("Defects of code files are issues, what is sound is kept") {
    Folder folder("defects");
    folder.add("01.json", "{\"resourceType\":\"ValueSet\",\n \"url\":}")
        .add("02.json", R"({"resourceType":"ValueSet","compose":{}})")
        .add("03.json",
             value_set("u:a", R"({"include":[{"system":"http://snomed.info/sct","concept":[
{"code":"871731000000105"},{"code":"871731000000106"},{"code":"680946014"}]}]})"))
        .add("04.json", value_set("u:a", R"({"include":[]})"))
        .add("05.json", R"({"resourceType":"Valueset","url":"u:x"})")
        .add("06.json", "[]")
        .add("07.json", value_set("u:b", R"({"include":[{"system":"s","filter":[{}]},{"concept":[]},
            {"system":"s","concept":[{"display":"no code"},{"code":7},{"code":"1"}]}]})"))
        .add("08.json",
             value_set("u:c", R"({"include":[{"valueSet":["u:missing"]},{"system":"unknown"}]})"))
        .add("09.json", value_set("u:d", R"({"include":[{"valueSet":["u:e"]}]})"))
        .add("10.json",
             value_set(
                 "u:e",
                 R"({"include":[{"valueSet":["u:d"]},{"system":"s","concept":[{"code":"5"}]}]})"))
        .add("11.json", R"({"resourceType":"ConceptMap","url":"u:m","group":[{"element":[]},
            {"source":"s","target":"http://snomed.info/sct","element":[{"code":"1","target":[
                {"code":"3457005","equivalence":"same"},{"code":"3457005"},{"equivalence":"equal"},
                {"code":"3457006","equivalence":"equal"},{"code":"3457005","equivalence":"equal"}]}]}]})")
        .add(
            "12.json",
            R"({"resourceType":"CodeSystem","url":"cs","concept":[{"code":"1"},{"code":"1"},"x"]})")
        .add("13.json",
             R"({"resourceType":"CodeSystem","url":"cs2","concept":[{"code":"1"},{"code":"1"}]})")
        .add("14.json", R"({"resourceType":"ValueSet","url":"u:f"})")
        .add("15.json", value_set("u:g", R"({"include":{}})"));
    Terminology terminology;
    const text::Issues issues = terminology.load(folder.path());
    std::string all;
    for (const text::Issue& issue : issues) {
        CHECK(issue.location.file.find(folder.path()) == 0);
        CHECK(issue.location.line > 0);
        all += text::to_string(issue).substr(folder.path().size() + 1) + "\n";
    }
    INFO(all);
    const auto says = [&](std::string_view what) { return all.find(what) != std::string::npos; };
    CHECK(says("01.json:2:"));
    CHECK(says("02.json:1:1: error: url: this ValueSet has no url"));
    CHECK(says("03.json:2:9: error: code: \"871731000000105\""));
    CHECK(says("\"680946014\""));
    CHECK_FALSE(says("\"871731000000106\""));
    CHECK(says("04.json:1:52: error: url: the url u:a is already taken"));
    CHECK(
        says("05.json:1:1: error: resourceType: resourceType must be ValueSet, CodeSystem or "
             "ConceptMap; did you mean ValueSet?"));
    CHECK(says("06.json"));
    CHECK(says("07.json:1:103: error: filter"));
    CHECK(says("neither a system nor a value set"));
    CHECK(says("this concept has no code"));
    CHECK(says("no file defines the value set u:missing"));
    CHECK(says("the codes of unknown are in no CodeSystem file"));
    CHECK(says("includes itself"));
    CHECK(says("does not say which system it maps from"));
    CHECK(says("a ConceptMapEquivalence of FHIR R4 was expected"));
    CHECK(says("\"3457006\""));
    CHECK(says("12.json"));
    CHECK(says("13.json:1:66: error: code: the code \"1\" stands twice"));
    CHECK(says("neither compose nor expansion"));
    CHECK(says("an array was expected"));

    CHECK(codes(terminology, "u:a") == "871731000000106");
    CHECK(codes(terminology, "u:b") == "1");
    CHECK(codes(terminology, "u:e") == "5");
    CHECK(terminology.translate("u:m", "s", "1").size() == 1);
}

TEST_CASE("A folder that cannot be read is an issue") {
    Terminology terminology;
    const text::Issues issues = terminology.load("/nonexistent/linkway");
    REQUIRE(issues.size() == 1);
    CHECK(issues[0].location.file == "/nonexistent/linkway");
    CHECK(terminology.urls().empty());
}

TEST_CASE("Folders are loaded one after the other") {
    Folder first("first");
    Folder second("second");
    first.add("a.json", value_set("u:a", R"({"include":[{"valueSet":["u:b"]}]})"));
    second.add("b.json",
               value_set("u:b", R"({"include":[{"system":"s","concept":[{"code":"1"}]}]})"));
    Terminology terminology;
    CHECK(terminology.load(first.path()).size() == 1);
    CHECK(codes(terminology, "u:a").empty());
    CHECK(terminology.load(second.path()).empty());
    CHECK(codes(terminology, "u:a") == "1");
    Terminology moved = std::move(terminology);
    CHECK(moved.member_of("u:a", "s", "1"));
    // The same folder once more: nothing changes, and it says why.
    CHECK(moved.load(second.path()).size() == 1);
    CHECK(codes(moved, "u:a") == "1");
}
