// Folders of code files, sound and broken.
#include <filesystem>
#include <fstream>
#include <string>

#include "resources.h"

using namespace linkway;
using linkway::tests::Loaded;
using linkway::tests::value_set;
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

}  // namespace

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
        .add("07.json", value_set("u:b", R"({"include":[{"concept":[]},
            {"system":"s","concept":[{"display":"no code"},{"code":7},{"code":"1"}]}]})"))
        .add("08.json",
             value_set("u:c", R"({"include":[{"valueSet":["u:missing"]},{"system":"unknown"}]})"))
        .add("11.json", R"({"resourceType":"ConceptMap","url":"u:m","group":[
            {"source":"s","target":"http://snomed.info/sct","element":[{"code":"1","target":[
                {"code":"3457006","equivalence":"equal"},{"code":"3457005","equivalence":"equal"}]}]}]})")
        .add("12.json",
             R"({"resourceType":"CodeSystem","url":"cs","content":"complete","concept":["x"]})")
        .add(
            "13.json",
            R"({"resourceType":"CodeSystem","url":"cs2","content":"complete","concept":[{"code":"1"},{"code":"1"}]})")
        .add("14.json", R"({"resourceType":"ValueSet","url":"u:f"})")
        .add("15.json", value_set("u:g", R"({"include":{}})"))
        .add("16.json", value_set("u:h", R"({"include":[{"system":"s","valueSet":"u:a"}]})"))
        .add("17.json", value_set("u:i", R"({"inactive":"no","include":[{"system":"s",
"concept":[{"code":"1"}],"filter":[{"property":"concept","op":"=","value":"1"}]}]})"))
        .add("other.json", R"({"resourceType":"StructureDefinition"})")
        .add("notes.txt", "not read");
    Loaded loaded;
    const text::Issues issues = loaded.terminology.load(folder.path());
    for (const text::Issue& issue : issues) {
        CHECK(issue.location.file.find(folder.path()) == 0);
        CHECK(issue.location.line > 0);
        loaded.issues += text::to_string(issue).substr(folder.path().size() + 1) + "\n";
    }
    INFO(loaded.issues);
    CHECK(loaded.says("01.json:2:"));
    CHECK(loaded.says("02.json:1:1: error: url: this ValueSet has no url"));
    CHECK(loaded.says("03.json:2:9: error: code: \"871731000000105\""));
    CHECK(loaded.says("\"680946014\""));
    CHECK_FALSE(loaded.says("\"871731000000106\""));
    CHECK(loaded.says("04.json:1:52: error: url: the url u:a is already taken"));
    CHECK(
        loaded.says("05.json:1:1: error: resourceType: resourceType must be ValueSet, CodeSystem "
                    "or ConceptMap; did you mean ValueSet?"));
    CHECK(loaded.says("06.json"));
    CHECK(loaded.says("neither a system nor a value set"));
    CHECK(loaded.says("this concept has no code"));
    CHECK(loaded.says("no file defines the value set u:missing"));
    CHECK(loaded.says("the codes of unknown are not loaded"));
    CHECK(loaded.says("\"3457006\""));
    CHECK(loaded.says("12.json"));
    CHECK(loaded.says("13.json:1:87: error: code: the code \"1\" stands twice"));
    CHECK(loaded.says("neither compose nor expansion"));
    CHECK(loaded.says("15.json:1:79: error: include: an array was expected here"));
    CHECK(loaded.says("this compose includes nothing"));
    CHECK(loaded.says("16.json:1:105: error: valueSet: an array was expected here"));
    CHECK(loaded.says("17.json:1:80: error: inactive: true or false was expected here"));
    CHECK(loaded.says("17.json:2:35: error: filter: a filter cannot stand beside listed concepts"));

    CHECK(loaded.codes("u:a") == "871731000000106");
    CHECK(loaded.holds("u:b", "s", "1") == "yes");
    CHECK(loaded.holds("u:b", "s", "2") == "unknown");
    CHECK(loaded.terminology.translate("u:m", "s", "1").size() == 1);
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
    Loaded loaded;
    CHECK(loaded.terminology.load(first.path()).size() == 1);
    CHECK(loaded.codes("u:a") == "incomplete");
    CHECK(loaded.terminology.load(second.path()).empty());
    CHECK(loaded.codes("u:a") == "1");
    Loaded moved{std::move(loaded.terminology), {}};
    CHECK(moved.holds("u:a", "s", "1") == "yes");
    // The same folder once more: nothing changes, and it says why.
    CHECK(moved.terminology.load(second.path()).size() == 1);
    CHECK(moved.codes("u:a") == "1");
}
