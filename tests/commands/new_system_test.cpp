// A fourth system that nobody foresaw: files in a mappings folder, and every command works with it.
// CONTRIBUTING.md walks through the same files.
#include <algorithm>
#include <string>

#include "catch.h"
#include "run_program.h"
#include "text/node.h"

using namespace commands;

namespace {

/// The codes that come with the program, and Meadow beside them.
struct Meadow {
    Meadow() : root(fs::temp_directory_path() / ("linkway-meadow-" + std::to_string(::getpid()))) {
        fs::remove_all(root);
        const fs::path meadow = fs::path(LINKWAY_SYSTEMS) / "meadow";
        fs::create_directories(root / "mappings");
        for (const char* shared : {"codes", "referrals"}) {
            fs::copy(fs::path(LINKWAY_MAPPINGS) / shared, root / "mappings" / shared);
        }
        fs::copy(meadow / "mapping", root / "mappings" / "meadow");
        fs::copy(meadow / "input", root / "in");
    }
    ~Meadow() {
        std::error_code ignored;
        fs::remove_all(root, ignored);
    }
    Meadow(const Meadow&) = delete;
    Meadow& operator=(const Meadow&) = delete;

    Outcome run(const std::string& arguments) const { return run_program(arguments, root); }
    Outcome translate(const std::string& out) const {
        return run("translate --system meadow in -o " + out + " --mappings mappings");
    }

    fs::path root;
};

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a new system is checked, covered and explained") {
    const Meadow meadow;
    CHECK(meadow.run("map check mappings").code == 0);
    CHECK(meadow.run("map format --check mappings/meadow").code == 0);
    const Outcome coverage = meadow.run("map coverage mappings/meadow");
    CHECK(coverage.code == 0);
    CHECK(has(coverage.out, "left out: not part of a referral"));
    CHECK(has(meadow.run("map explain mappings/meadow").out,
              "the scan asks once for each content of concept"));
}

TEST_CASE("a new system is recognised, translated, traced and viewed") {
    const Meadow meadow;
    const Outcome inspected = meadow.run("inspect in --mappings mappings");
    CHECK(inspected.code == 3);
    CHECK(has(inspected.out, "Meadow extract, mapping meadow/1, layout 1"));
    CHECK(has(inspected.out, "Y99991 Meadow Lane Surgery: 1 referral"));

    const Outcome translated = meadow.translate("out");
    CHECK(translated.code == 3);  // one entry's patient is not there
    CHECK(has(translated.out, "held: its patient is not in the input: 1"));
    CHECK(meadow.translate("again").code == 3);
    for (const std::string name : {"Task.ndjson", "Patient.ndjson", "reconciliation.json"}) {
        CHECK(read_file(meadow.root / "out" / name) == read_file(meadow.root / "again" / name));
        CHECK_FALSE(read_file(meadow.root / "out" / name).empty());
    }
    const std::string tasks = read_file(meadow.root / "out" / "Task.ndjson");
    const std::string first = tasks.substr(0, tasks.find('\n'));
    const auto task = linkway::text::parse_json(first, "task");
    REQUIRE(task.ok());
    // Declined was removed again; the link worker's contact counts.
    CHECK(task->root().string_or("status", "") == "in-progress");
    CHECK(has(read_file(meadow.root / "out" / "warnings.ndjson"),
              "meadow-entries-20261101.csv:6 date"));

    const Outcome traced =
        meadow.run("trace out Task/" + std::string(task->root().string_or("id", "")) +
                   " status --mappings mappings");
    CHECK(traced.code == 0);
    CHECK(has(traced.out, "replayed: seen, 2026-01-07, entries [2]"));
    const Outcome viewed = meadow.run("view run '" LINKWAY_MAPPINGS "/views/tasks.yaml' out");
    CHECK(viewed.code == 0);
    CHECK(has(viewed.out, "in-progress"));
}

TEST_CASE("a new system keeps what came before, too") {
    const Meadow meadow;
    const std::string with_state = " --system meadow --state state --mappings mappings -o ";
    CHECK(meadow.run("translate in" + with_state + "first").code == 3);
    fs::create_directories(meadow.root / "later");
    std::ofstream(meadow.root / "later" / "meadow-entries-20261201.csv")
        << "entry_id|ods_code|patient_id|concept|term|date|staff_id|comment|state\n"
           "106|Y99991|7|1362721000000106|Social prescribing case closed|01/12/2026|2||\n";
    std::ofstream(meadow.root / "later" / "meadow-patients-20261201.csv")
        << "patient_id|ods_code|nhs_number|family|given|born|shoe_size\n";
    CHECK(meadow.run("translate later" + with_state + "second").code == 0);
    CHECK(has(read_file(meadow.root / "second" / "Task.ndjson"), "\"status\":\"completed\""));
}
