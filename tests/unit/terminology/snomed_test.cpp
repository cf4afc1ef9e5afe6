// SNOMED CT releases, by a small one that is made up (rf2/make.py).
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "resources.h"

using namespace linkway;
using linkway::tests::load;
using linkway::tests::Loaded;
using linkway::tests::value_set;
namespace fs = std::filesystem;

namespace {

constexpr std::string_view snomed = "http://snomed.info/sct";
const std::string release = LINKWAY_SOURCE_DIR "/tests/unit/terminology/rf2";

// As rf2/make.py numbers them.
constexpr std::string_view root = "19999999103";
constexpr std::string_view need = "29999999105";
constexpr std::string_view housing = "39999999107";
constexpr std::string_view debt = "49999999102";
constexpr std::string_view rent = "59999999104";
constexpr std::string_view activity = "69999999101";
constexpr std::string_view gardening = "79999999109";
constexpr std::string_view walk = "89999999106";
constexpr std::string_view digging = "99999999108";
constexpr std::string_view needs_refset = "109999999109";

Loaded with_release(const std::string& folder = release) {
    Loaded loaded;
    loaded.note(loaded.terminology.load_snomed(folder));
    return loaded;
}

/// A copy of the release that a test may break, gone afterwards.
class Copy {
  public:
    explicit Copy(const std::string& name)
        : path_(fs::temp_directory_path() / ("linkway_rf2_" + name)) {
        fs::remove_all(path_);
        fs::create_directories(path_);
        fs::copy(release + "/Snapshot", path_, fs::copy_options::recursive);
    }
    ~Copy() { fs::remove_all(path_); }
    Copy(const Copy&) = delete;
    Copy& operator=(const Copy&) = delete;

    std::string path() const { return path_.string(); }
    static std::string file(const std::string& kind) {
        const std::string folder = kind.starts_with("sct2")             ? "Terminology/"
                                   : kind.find("Language") != kind.npos ? "Refset/Language/"
                                                                        : "Refset/Content/";
        return folder + kind + "_XX9999999_20250101.txt";
    }
    std::string read(const std::string& kind) const {
        std::ifstream in(path_ / file(kind), std::ios::binary);
        std::ostringstream content;
        content << in.rdbuf();
        return std::move(content).str();
    }
    void write(const std::string& kind, const std::string& content) const {
        std::ofstream(path_ / file(kind), std::ios::binary) << content;
    }
    void replace(const std::string& kind, const std::string& find, const std::string& with) const {
        std::string content = read(kind);
        const std::size_t at = content.find(find);
        REQUIRE(at != std::string::npos);
        content.replace(at, find.size(), with);
        write(kind, content);
    }
    void remove(const std::string& kind) const { fs::remove(path_ / file(kind)); }

  private:
    fs::path path_;
};

const std::string concepts = "sct2_Concept_Snapshot";
const std::string relationships = "sct2_Relationship_Snapshot";
const std::string descriptions = "sct2_Description_Snapshot-en";
const std::string languages = "der2_cRefset_LanguageSnapshot-en";
const std::string simple = "der2_Refset_SimpleSnapshot";

}  // namespace

TEST_CASE("A release says what is a what") {
    const Loaded loaded = with_release();
    CHECK(loaded.issues.empty());
    const auto subsumes = [&](std::string_view a, std::string_view b) {
        return loaded.terminology.subsumes(snomed, a, b);
    };
    CHECK(subsumes(root, rent) == true);
    CHECK(subsumes(housing, rent) == true);
    CHECK(subsumes(debt, rent) == true);
    CHECK(subsumes(rent, rent) == true);
    CHECK(subsumes(rent, housing) == false);
    CHECK(subsumes(activity, rent) == false);
    // An inactive relationship, and an inactive concept.
    CHECK(subsumes(need, walk) == false);
    CHECK(subsumes(activity, digging) == false);
    CHECK_FALSE(subsumes(root, "871731000000106").has_value());
}

TEST_CASE("Terms are those that British English prefers") {
    const Loaded loaded = with_release();
    CHECK(loaded.terminology.display(snomed, walk) == "Neighbour walk");
    CHECK(loaded.terminology.display(snomed, rent) == "Rent owed");
    const auto found = loaded.terminology.lookup(snomed, walk);
    REQUIRE(found);
    REQUIRE(found->designations.size() == 1);
    CHECK(found->designations[0].value == "Neighbor walk (activity)");
    CHECK_FALSE(found->inactive);

    Copy copy("languages");
    copy.remove(languages);
    CHECK(with_release(copy.path()).terminology.display(snomed, walk) == "Neighbor walk");
    copy.remove(descriptions);
    CHECK(with_release(copy.path()).terminology.display(snomed, walk).empty());
}

TEST_CASE("An inactive concept is known as one, with what took its place") {
    Loaded loaded = with_release();
    const auto found = loaded.terminology.lookup(snomed, digging);
    REQUIRE(found);
    CHECK(found->inactive);
    CHECK(found->replaced_by == std::vector<std::string_view>{gardening});
    loaded.add({{"v.json", value_set("u:v", R"({"include":[{"system":"http://snomed.info/sct",
"concept":[{"code":"99999999108"},{"code":"871731000000106"}]}]})")}});
    CHECK(
        loaded.says("v.json:2:12: warning: the code \"99999999108\" is inactive; its release "
                    "names 79999999109 instead"));
    CHECK(
        loaded.says("v.json:2:35: warning: the SNOMED CT release loaded has no concept "
                    "\"871731000000106\"; is the edition that defines it loaded?"));
    CHECK(loaded.holds("u:v", snomed, digging) == "yes");
}

TEST_CASE("Value sets over a release need no expansion") {
    Loaded loaded = with_release();
    const auto filter = [](const std::string& url, const std::string& op, std::string_view value) {
        return value_set(url, R"({"include":[{"system":"http://snomed.info/sct","filter":[
{"property":"concept","op":")" + op +
                                  R"(","value":")" + std::string(value) + R"("}]}]})");
    };
    loaded.add({{"1", filter("u:isa", "is-a", need)},
                {"2", filter("u:below", "descendent-of", need)},
                {"3", filter("u:refset", "in", needs_refset)},
                {"4", value_set("u:import",
                                R"({"include":[{"valueSet":["http://snomed.info/sct?fhir_vs=isa/)" +
                                    std::string(activity) + R"("]}]})")}});
    CHECK(loaded.issues.empty());
    CHECK(loaded.codes("u:isa") == "29999999105 39999999107 49999999102 59999999104");
    CHECK(loaded.codes("u:below") == "39999999107 49999999102 59999999104");
    CHECK(loaded.codes("u:refset") == "39999999107 49999999102 59999999104");
    CHECK(loaded.codes("u:import") == "69999999101 79999999109 89999999106");
    CHECK(loaded.holds("u:isa", snomed, rent) == "yes");
    CHECK(loaded.holds("u:isa", snomed, walk) == "no");
    CHECK(loaded.holds("u:import", snomed, walk) == "yes");
    CHECK(loaded.holds("u:import", "", gardening) == "yes");
    CHECK(loaded.holds("u:refset", snomed, gardening) == "no");
    // A concept of another edition may or may not be one; what is no concept id is none.
    CHECK(loaded.holds("u:isa", snomed, "871731000000106") == "unknown");
    CHECK(loaded.holds("u:isa", snomed, "871731000000105") == "no");

    loaded.add({{"e.json", value_set("u:ecl", R"({"include":[{"system":"http://snomed.info/sct",
"filter":[{"property":"constraint","op":"=","value":"<< 19999999103"}]}]})")},
                {"f.json", filter("u:f", "in", housing)},
                {"g.json", value_set("u:g", R"({"include":[{"system":"http://snomed.info/sct",
"filter":[{"property":"363698007","op":"=","value":"19999999103"}]}]})")},
                {"h.json", value_set("u:h", R"({"include":[{"system":"http://snomed.info/sct",
"version":"http://snomed.info/sct/9009999999108/version/20240101"}]})")},
                {"i.json", value_set("u:i", R"({"include":[{"system":"http://snomed.info/sct",
"version":"http://snomed.info/sct/9009999999108/version/20250101"}]})")}});
    CHECK(loaded.says("e.json:2:11: error: filter: expression constraints (ECL) of SNOMED CT"));
    CHECK(loaded.says("no simple reference set 39999999107"));
    CHECK(loaded.says("g.json:2:11: error: filter: of SNOMED CT only concept"));
    CHECK(loaded.says("h.json:1:"));
    CHECK(loaded.says("/version/20240101 of http://snomed.info/sct is not loaded"));
    CHECK_FALSE(loaded.says("i.json"));
    CHECK(loaded.holds("u:ecl", snomed, rent) == "unknown");
}

TEST_CASE("SNOMED CT urls are value sets by themselves") {
    const Loaded loaded = with_release();
    const auto url = [](const std::string& what) { return "http://snomed.info/sct" + what; };
    const std::string isa = url("?fhir_vs=isa/" + std::string(need));
    CHECK_FALSE(loaded.terminology.check_value_set(isa));
    CHECK(loaded.holds(isa, snomed, rent) == "yes");
    CHECK(loaded.holds(isa, "", rent) == "yes");
    CHECK(loaded.holds(isa, snomed, walk) == "no");
    CHECK(loaded.codes(url("?fhir_vs=refset/" + std::string(needs_refset))) ==
          "39999999107 49999999102 59999999104");
    CHECK(loaded.holds(url("?fhir_vs"), snomed, digging) == "yes");
    CHECK(loaded.holds(url("/9009999999108/version/20250101?fhir_vs"), snomed, rent) == "yes");
    CHECK(loaded.terminology.check_value_set(url("/9009999999108/version/20240101?fhir_vs")));
    const auto refused = [&](const std::string& what) {
        const auto issue = loaded.terminology.check_value_set(url(what));
        return issue ? issue->message : "";
    };
    CHECK(refused("?fhir_vs=ecl/<<19999999103").find("(ECL)") != std::string::npos);
    CHECK(refused("?fhir_vs=refset").find("is not understood here") != std::string::npos);
    CHECK(refused("?fhir_vs=isa/871731000000106").find("has no code") != std::string::npos);
    CHECK(loaded.terminology.expand(url("?fhir_vs"), 5).issue().code == "too-costly");
    const Loaded nothing;
    CHECK(nothing.terminology.check_value_set(isa)->message == "no SNOMED CT release is loaded");
    CHECK(nothing.holds(isa, snomed, rent) == "unknown");
}

TEST_CASE("Broken rows of a release are reported with file and line, and the rest is read") {
    Copy copy("rows");
    copy.replace(concepts, "39999999107\t2025", "39999999108\t2025");
    copy.replace(concepts, "49999999102\t20250101\t1", "49999999102\t2025\t1");
    copy.replace(concepts, "79999999109\t20250101\t1", "79999999109\t20250101\tyes");
    copy.replace(concepts, "900000000000074008\r\n8", "900000000000074008\textra\r\n8");
    copy.replace(concepts, "109999999109\t", "19999999103\t");
    copy.replace(descriptions, "Rent owed (need)", "Rent \xFF owed (need)");
    copy.write(concepts, copy.read(concepts) + "\r\n");
    Loaded loaded = with_release(copy.path());
    INFO(loaded.issues);
    CHECK(loaded.says("Concept_Snapshot_XX9999999_20250101.txt:4:1: error: id: this is no SNOMED"));
    CHECK(loaded.says(".txt:5:13: error: effectiveTime: a date such as 20250101 was expected"));
    CHECK(loaded.says(".txt:8: error: this row has 6 fields instead of 5"));
    CHECK(loaded.says(".txt:11:1: error: id: this concept stands twice in the release"));
    CHECK(loaded.says(".txt:13: error: this row has 1 fields instead of 5"));
    CHECK(loaded.says("Relationship_Snapshot_XX9999999_20250101.txt:3:"));
    CHECK(loaded.says("error: sourceId: no Concept file of this release has the concept"));
    CHECK(loaded.says("error: destinationId: no Concept file of this release has the concept"));
    CHECK(loaded.says("this row is no valid UTF-8"));
    CHECK(loaded.terminology.subsumes(snomed, need, root) == false);
    CHECK(loaded.terminology.subsumes(snomed, root, need) == true);
    CHECK(loaded.terminology.display(snomed, rent) == "Rent owed");

    Copy active("active");
    active.replace(concepts, "79999999109\t20250101\t1", "79999999109\t20250101\tyes");
    CHECK(with_release(active.path()).says(".txt:8:22: error: active: 0 or 1 was expected here"));
}

TEST_CASE("Mistakes without end are counted, not listed") {
    Copy copy("many");
    std::string rows;
    for (int i = 0; i < 5000; ++i) {
        rows += "nonsense\n";
    }
    copy.write(concepts, copy.read(concepts) + rows);
    const Loaded loaded = with_release(copy.path());
    CHECK(std::count(loaded.issues.begin(), loaded.issues.end(), '\n') == 101);
    CHECK(loaded.says("4900 more mistakes in this file are not listed"));
    CHECK(loaded.terminology.subsumes(snomed, root, rent) == true);
}

TEST_CASE("Lines longer than any release has are stepped over") {
    Copy copy("long");
    copy.replace(concepts, "39999999107\t",
                 std::string(std::size_t{5} << 20, '7') + "\r\n39999999107\t");
    const Loaded loaded = with_release(copy.path());
    CHECK(loaded.says(".txt:4: error: this line is longer than 64 KiB"));
    CHECK(loaded.terminology.subsumes(snomed, housing, rent) == true);
    copy.write(concepts, copy.read(concepts) + std::string(std::size_t{5} << 20, '7'));
    CHECK(with_release(copy.path()).says(".txt:14: error: this line is longer than 64 KiB"));
}

TEST_CASE("A file with another header is left out") {
    Copy copy("header");
    copy.replace(simple, "refsetId", "refSetId");
    const Loaded loaded = with_release(copy.path());
    CHECK(
        loaded.says("SimpleSnapshot_XX9999999_20250101.txt:1:34: error: refsetId: column 5 of "
                    "the header must be refsetId"));
    CHECK(loaded.terminology.check_value_set("http://snomed.info/sct?fhir_vs=refset/" +
                                             std::string(needs_refset)));
    CHECK(loaded.terminology.subsumes(snomed, root, rent) == true);

    copy.write(concepts, "");
    CHECK(with_release(copy.path()).says("this file is empty; a header was expected"));
    copy.write(concepts, "id\teffectiveTime\n");
    CHECK(with_release(copy.path()).says("column 3 of the header must be active"));
    copy.write(concepts, "id\teffectiveTime\tactive\tmoduleId\tdefinitionStatusId\tmore\n");
    CHECK(with_release(copy.path()).says("the header has 6 columns instead of 5"));
}

TEST_CASE("A row that puts a concept above itself is left out") {
    Copy copy("circle");
    std::string rows = copy.read(relationships);
    rows +=
        "1009999999127\t20250101\t1\t9009999999108\t29999999105\t59999999104\t0\t116680003\t"
        "900000000000011006\t900000000000451002\r\n";
    copy.write(relationships, rows);
    const Loaded loaded = with_release(copy.path());
    CHECK(loaded.says("Relationship_Snapshot_XX9999999_20250101.txt:"));
    CHECK(loaded.says("stands above itself; the row is left out"));
    CHECK(loaded.terminology.subsumes(snomed, rent, rent) == true);
}

TEST_CASE("Of several packages the latest row of a concept or relationship holds") {
    Copy copy("packages");
    const auto extension = [&](const std::string& kind, const std::string& rows) {
        std::ofstream(copy.path() + "/" + kind + "_YY9999999_20250201.txt", std::ios::binary)
            << rows;
    };
    extension(concepts,
              "id\teffectiveTime\tactive\tmoduleId\tdefinitionStatusId\r\n"
              "89999999106\t20250201\t0\t9009999999108\t900000000000074008\r\n"
              "29999999105\t20240101\t0\t9009999999108\t900000000000074008\r\n");
    // The row by which rent is a debt need no longer holds.
    const std::string all = copy.read(relationships);
    const std::size_t at = all.find("59999999104\t49999999102");
    REQUIRE(at != std::string::npos);
    std::string row = all.substr(all.rfind('\n', at) + 1);
    row = row.substr(0, row.find('\n') + 1);
    row.replace(row.find("20250101\t1"), 10, "20250201\t0");
    extension(relationships, all.substr(0, all.find('\n') + 1) + row);
    const Loaded loaded = with_release(copy.path());
    CHECK(loaded.issues.empty());
    CHECK(loaded.terminology.lookup(snomed, walk)->inactive);
    CHECK_FALSE(loaded.terminology.lookup(snomed, need)->inactive);
    CHECK(loaded.terminology.subsumes(snomed, debt, rent) == false);
    CHECK(loaded.terminology.subsumes(snomed, housing, rent) == true);
}

TEST_CASE("What is no release says so") {
    CHECK(with_release("/nonexistent/linkway").says("the folder cannot be read"));
    Copy copy("none");
    copy.remove(relationships);
    Loaded flat = with_release(copy.path());
    CHECK(flat.says("no file named sct2_Relationship_*Snapshot*.txt"));
    CHECK(flat.terminology.check_hierarchy(snomed));
    CHECK_FALSE(flat.terminology.subsumes(snomed, root, rent).has_value());
    copy.remove(concepts);
    CHECK(with_release(copy.path()).says("no file named sct2_Concept_*Snapshot*.txt"));

    Loaded twice = with_release();
    twice.note(twice.terminology.load_snomed(release));
    CHECK(twice.says("a code system http://snomed.info/sct is loaded already"));
    Loaded file = load({{"1", tests::code_system(std::string(snomed), R"("concept":[])")}});
    file.note(file.terminology.load_snomed(release));
    CHECK(file.says("is loaded already"));
}
