#include "sources/inspection.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "cases.h"
#include "catch.h"
#include "temporary_folder.h"
#include "text/node.h"

using namespace linkway;
using namespace linkway::sources;
using tests::mapping_of;
namespace fs = std::filesystem;

namespace {

const std::string mappings = LINKWAY_SOURCE_DIR "/mappings";

struct Extract {
    Extract(const std::string& name, const std::string& of) : system(of) {
        tests::lay_out(system, name, work.path() / "input");
        options.input = (work.path() / "input").string();
        options.output = (work.path() / "output").string();
    }
    Inspection inspect() const {
        auto result = sources::inspect(mapping_of(system), options);
        REQUIRE(result.ok());
        return std::move(result).value();
    }

    tests::TemporaryFolder work;
    TranslateOptions options;
    std::string system;
};

const TableInspection& table(const Inspection& inspection, const std::string& name) {
    const auto found = std::find_if(inspection.tables.begin(), inspection.tables.end(),
                                    [&](const TableInspection& each) { return each.name == name; });
    REQUIRE(found != inspection.tables.end());
    return *found;
}

bool mentions(const std::map<std::string, std::uint64_t>& defects, const std::string& what) {
    return std::any_of(defects.begin(), defects.end(), [&](const auto& each) {
        return each.first.find(what) != std::string::npos;
    });
}

}  // namespace

TEST_CASE("A folder's system is known by its files") {
    for (const std::string system : {"emis", "vision"}) {
        const Extract extract(
            system == "emis" ? "seen-and-closed" : "referral-joined-through-links", system);
        CHECK(recognise(extract.options.input, mappings, {}) == system);
    }
    CHECK(recognise(LINKWAY_SOURCE_DIR "/gateway", mappings, {}).empty());
    CHECK(recognise("/nowhere", mappings, {}).empty());
}

TEST_CASE("An inspection says what a run would give, and writes nothing") {
    const Extract extract("seen-and-closed", "emis");
    const Inspection inspection = extract.inspect();
    CHECK_FALSE(fs::exists(extract.options.output));
    const auto run = translate(mapping_of("emis"), extract.options);
    REQUIRE(run.ok());
    CHECK(inspection.reconciliation.resources == run->resources);
    CHECK(inspection.reconciliation.total().rows == run->total().rows);
    CHECK(inspection.reconciliation.layout == run->layout);
    CHECK(inspection.patients == 1);
    CHECK(inspection.events.at("referred").count == 1);
    CHECK(inspection.events.at("seen").count == 1);
    CHECK(inspection.events.at("referred").first == inspection.events.at("referred").last);
    REQUIRE(inspection.batches.size() == 1);
    CHECK(inspection.batches[0].held.empty());
    REQUIRE(inspection.practices.size() == 1);
    CHECK(inspection.practices[0].referrals == 1);
    CHECK_FALSE(inspection.practices[0].ods_code.empty());
    CHECK_FALSE(inspection.practices[0].name.empty());
    CHECK(inspection.defects.empty());
}

TEST_CASE("Tables are told with rows and encoding, missing ones after them") {
    const Extract extract("windows-1252-bytes", "emis");
    const Inspection inspection = extract.inspect();
    CHECK(table(inspection, "CareRecord_Observation").encoding == "Windows-1252");
    CHECK(table(inspection, "Admin_Location").encoding == "ASCII");
    CHECK(table(inspection, "Admin_Location").files == 1);
    const TableInspection& absent = table(inspection, "Audit_PatientAudit");
    CHECK(absent.files == 0);
    CHECK_FALSE(absent.used);
    CHECK(mentions(inspection.defects, "it was read as Windows-1252"));
    CHECK(to_text(inspection).find("missing, not used") != std::string::npos);
}

TEST_CASE("UTF-8 is told also where a block ends inside a letter") {
    const Extract extract("seen-and-closed", "emis");
    for (const auto& entry : fs::directory_iterator(extract.options.input)) {
        if (entry.path().filename().string().find("Coding_ClinicalCode") != std::string::npos) {
            std::ofstream out(entry.path(), std::ios::binary | std::ios::app);
            // Two-byte letters at odd and even places around every megabyte.
            for (int i = 0; i < 40000; ++i) {
                out << "\"" << i << "\",\"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
                    << std::string(static_cast<std::size_t>(i % 2), 'x')
                    << "\",\"\",\"\",\"\",\"\",\"\",\"\",\"1\"\r\n";
            }
        }
    }
    CHECK(table(extract.inspect(), "Coding_ClinicalCode").encoding == "UTF-8");
}

TEST_CASE("What would be held and rejected is told with its reason") {
    const Extract missing("missing-table", "emis");
    const auto failed = sources::inspect(mapping_of("emis"), missing.options);
    REQUIRE(failed.ok());
    REQUIRE(failed->batches.size() == 1);
    CHECK_FALSE(failed->batches[0].held.empty());
    CHECK(failed->events.empty());

    const Extract ragged("rows-too-short-and-too-long", "emis");
    const Inspection inspection = ragged.inspect();
    CHECK(mentions(inspection.defects, "too few fields"));
    CHECK_FALSE(inspection.reconciliation.clean());
    CHECK(to_text(inspection).find("would be rejected: too few fields") != std::string::npos);
}

TEST_CASE("An inspection as JSON holds all of it") {
    const Extract extract("two-practices", "emis");
    const auto parsed = text::parse_json(to_json(extract.inspect()), "inspection");
    REQUIRE(parsed.ok());
    const text::Node& root = parsed->root();
    CHECK(root.string_or("system", "") == "emis");
    CHECK(root.find("practices")->items.size() == 2);
    CHECK(root.find("tables")->items.size() == mapping_of("emis").package().tables.size());
    CHECK(root.find("reconciliation")->find("total") != nullptr);
}
