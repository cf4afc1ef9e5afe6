// linkway trace and linkway map explain as people ask them.
#include <algorithm>
#include <string>

#include "catch.h"
#include "run_program.h"
#include "text/node.h"

using namespace commands;
using linkway::text::Node;

namespace {

/// A translated case of EMIS, with a mappings folder of its own.
struct Folder {
    Folder() : root(fs::temp_directory_path() / ("linkway-trace-" + std::to_string(::getpid()))) {
        fs::remove_all(root);
        fs::create_directories(root);
        const fs::path emis = fs::path(LINKWAY_CASES) / "emis";
        fs::copy(emis / "base" / "input", root / "in");
        fs::copy(emis / "seen-and-closed" / "input", root / "in",
                 fs::copy_options::recursive | fs::copy_options::overwrite_existing);
        fs::copy(LINKWAY_MAPPINGS, root / "mappings", fs::copy_options::recursive);
        const Outcome translated = run("translate --system emis in -o out");
        INFO(translated.out << translated.log);
        CHECK(translated.code == 0);
        std::string line;
        std::ifstream tasks(root / "out" / "Task.ndjson");
        REQUIRE(std::getline(tasks, line));
        id = linkway::text::parse_json(line, "task")->root().string_or("id", "");
    }
    ~Folder() {
        std::error_code ignored;
        fs::remove_all(root, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    Outcome run(const std::string& arguments) const {
        return run_program(arguments + " --mappings mappings", root);
    }
    Outcome trace(const std::string& more) const {
        return run("trace out Task/" + id + " " + more);
    }

    fs::path root;
    std::string id;
};

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("trace tells file, row, column, raw value, template line and steps of a field") {
    const Folder folder;
    const Outcome date = folder.trace("authoredOn");
    CHECK(date.code == 0);
    CHECK(date.log.empty());
    CHECK(has(date.out, "made by mappings/emis/task.yaml"));
    CHECK(has(date.out, "Task.authoredOn = \"2025-11-03\"   (line 42)"));
    CHECK(has(date.out, "from EffectiveDate of CareRecord_Observation [1]: \"2025-11-03\""));
    CHECK(has(date.out, "[1] CareRecord_Observation row 1, line 2 of 291_CareRecord_Observation_"));
    const Outcome status = folder.trace("status");
    CHECK(has(status.out, "replayed: closed, "));
    // Everything, when no field is asked for.
    CHECK(folder.trace("").out.size() > status.out.size() * 2);
}

TEST_CASE("trace as JSON is what is printed, for programs") {
    const Folder folder;
    const Outcome outcome = folder.trace("authoredOn --json");
    const auto parsed = linkway::text::parse_json(outcome.out, "trace");
    REQUIRE(parsed.ok());
    const Node& root = parsed->root();
    CHECK(root.string_or("resourceType", "") == "Task");
    CHECK(root.string_or("id", "") == folder.id);
    CHECK(root.find("source")->string_or("table", "") == "CareRecord_Observation");
    const Node& step = root.find("steps")->items.back();
    CHECK(step.string_or("field", "") == "Task.authoredOn");
    CHECK(step.string_or("written", "") == "2025-11-03");
    const Node& cell = step.find("parts")->items.back().find("cells")->items.front();
    CHECK(cell.string_or("column", "") == "EffectiveDate");
    CHECK(cell.string_or("raw", "") == "2025-11-03");
    CHECK(linkway::text::parse_json(folder.trace("--json").out, "trace").ok());
}

TEST_CASE("trace suggests what was meant") {
    const Folder folder;
    const Outcome field = folder.trace("autoredOn");
    CHECK(field.code == 1);
    CHECK(has(field.log, "has nothing for autoredOn; did you mean authoredOn?"));
    const Outcome unknown = folder.run("trace out Task/" + folder.id.substr(1));
    CHECK(unknown.code == 1);
    CHECK(has(unknown.log, "did you mean Task/" + folder.id + "?"));
    CHECK(folder.run("trace out Task").code == 2);
    const Outcome nothing = folder.run("trace in Task/" + folder.id);
    CHECK(nothing.code == 1);
    CHECK(has(nothing.log, "the folder does not say what it was made from"));
}

TEST_CASE("trace finds a moved input, and tells what changed since") {
    const Folder folder;
    fs::rename(folder.root / "in", folder.root / "moved");
    CHECK(folder.trace("status").code == 1);
    CHECK(folder.trace("status --input moved").code == 0);

    fs::path code = folder.root / "mappings" / "emis" / "task.yaml";
    std::string content = read_file(code);
    content.replace(content.find("  intent: order"), 15, "  intent: plan ");
    std::ofstream(code) << content;
    const Outcome changed = folder.trace("intent --input moved");
    CHECK(changed.code == 0);
    CHECK(has(changed.out, "Task.intent = \"plan\""));
    CHECK(has(changed.log, "the resource in the folder is not what comes out now"));
}

TEST_CASE("trace tells of rows that came in earlier runs") {
    const Folder folder;
    const fs::path runs = fs::path(LINKWAY_CASES) / "emis" / "runs-delta-after-months";
    fs::copy(runs / "input", folder.root / "in",
             fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    fs::copy(runs / "input-2", folder.root / "delta");
    CHECK(folder.run("translate --system emis in -o first --state kept").code == 0);
    CHECK(folder.run("translate --system emis delta -o second --state kept").code == 0);
    std::string line;
    std::ifstream tasks(folder.root / "second" / "Task.ndjson");
    REQUIRE(std::getline(tasks, line));
    const std::string task =
        "Task/" + std::string(linkway::text::parse_json(line, "task")->root().string_or("id", ""));
    fs::remove_all(folder.root / "in");  // the store has it
    const std::string before = read_file(folder.root / "kept" / "emis.sqlite");

    const Outcome outcome = folder.run("trace second " + task);
    INFO(outcome.out);
    CHECK(outcome.code == 0);
    CHECK(outcome.log.empty());
    CHECK(has(outcome.out, " of 291_"));  // the bulk's
    CHECK(has(outcome.out, " of 292_"));
    CHECK(has(outcome.out, "Cells are as the staging store keeps them"));
    const Outcome patient = folder.run("trace second " + task + " for --json");
    CHECK(has(patient.out, "\"kept\":true"));
    CHECK(read_file(folder.root / "kept" / "emis.sqlite") == before);

    std::ifstream patients(folder.root / "second" / "Patient.ndjson");
    REQUIRE(std::getline(patients, line));
    const auto id = linkway::text::parse_json(line, "patient");
    CHECK(folder.run("trace second Patient/" + std::string(id->root().string_or("id", ""))).code ==
          0);

    fs::rename(folder.root / "kept", folder.root / "moved");
    const Outcome gone = folder.run("trace second " + task);
    CHECK(gone.code == 1);
    CHECK(has(gone.log, "there is no staging store; say where it is now: --state DIR"));
    CHECK_FALSE(fs::exists(folder.root / "kept"));
    CHECK(folder.run("trace second " + task + " status --state moved").code == 0);
}

TEST_CASE("trace reads bundles too") {
    const Folder folder;
    CHECK(folder.run("translate --system emis in -o bundled --format bundle").code == 0);
    const Outcome outcome = folder.run("trace bundled Task/" + folder.id + " status");
    CHECK(outcome.code == 0);
    CHECK(outcome.log.empty());
}

TEST_CASE("map explain tells the plan, and what each step did for a row") {
    const Folder folder;
    const Outcome plan = run_program("map explain mappings/emis", folder.root);
    CHECK(plan.code == 0);
    CHECK(has(plan.out, "Events: rows of CareRecord_Observation"));
    CHECK(has(plan.out, "first Coding_ClinicalCode is searched"));
    CHECK(has(plan.out, "Audit_PatientAudit: rows are counted only"));
    CHECK(has(plan.out,
              "codes resolved at start: "
              "https://linkway.uk/fhir/ConceptMap/legacy-to-snomed"));
    CHECK(has(plan.out, "write Task.status <- %episode.taskStatus"));
    CHECK(has(run_program("map explain mappings/emis Tsk", folder.root).log,
              "did you mean \"Task\"?"));

    const std::string task = folder.trace("").out;
    const std::size_t from = task.find("  key ") + 6;
    const std::string key = task.substr(from, task.find('\n', from) - from);
    const Outcome row = run_program(
        "map explain mappings/emis --input in --row 'CareRecord_Observation:" + key + "'",
        folder.root);
    CHECK(row.code == 0);
    CHECK(has(row.out, "ServiceRequest/"));
    CHECK(has(row.out, "Provenance/"));
    CHECK(has(row.out, "only when %event.kind = 'referred': yes"));
    CHECK(run_program("map explain mappings/emis --row x", folder.root).code == 2);
}

TEST_CASE("map explain tells of a template over resources") {
    const Folder folder;
    std::ofstream(folder.root / "form.yaml")
        << "input: Patient\nresource:\n  resourceType: Patient\n"
           "  active: \"{{ %resource.birthDate.exists() }}\"\n";
    std::ofstream(folder.root / "patient.ndjson")
        << "{\"resourceType\":\"Patient\",\"id\":\"a\"}\n"
           "{\"resourceType\":\"Patient\",\"id\":\"b\",\"birthDate\":\"1960-01-01\"}\n";
    CHECK(has(folder.run("map explain form.yaml").out, "Patient from each Patient"));
    const Outcome second = folder.run("map explain form.yaml --input patient.ndjson --row b");
    CHECK(has(second.out, "from Patient/b, line 2 of patient.ndjson"));
    CHECK(has(second.out, "Patient.active = true   (line 4)"));
    CHECK(has(second.out, "%resource.birthDate = 1960-01-01"));
    CHECK(folder.run("map explain form.yaml --input patient.ndjson --row c").code == 1);
}
