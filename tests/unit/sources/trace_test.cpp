#include "sources/trace.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "cases.h"
#include "catch.h"
#include "sources/run_record.h"
#include "temporary_folder.h"
#include "traced_resource.h"

using namespace linkway;
using namespace linkway::sources;
using tests::mapping_of;
namespace fs = std::filesystem;

namespace {

struct Translated {
    explicit Translated(const std::string& system, const std::string& name) {
        tests::lay_out(system, name, work.path() / "input");
        options.input = (work.path() / "input").string();
        options.output = (work.path() / "output").string();
        done = translate(mapping_of(system), options).ok();
    }
    std::vector<std::string> resources() const {
        std::vector<std::string> lines;
        for (const auto& entry : fs::directory_iterator(options.output)) {
            const std::string name = entry.path().filename().string();
            if (std::isupper(static_cast<unsigned char>(name[0])) == 0) {
                continue;
            }
            std::ifstream in(entry.path());
            for (std::string line; std::getline(in, line);) {
                lines.push_back(line);
            }
        }
        return lines;
    }

    tests::TemporaryFolder work;
    TranslateOptions options;
    bool done = false;
};

TraceRequest about(const std::string& resource) {
    const auto parsed = text::parse_json(resource, "resource");
    return {std::string(parsed->root().string_or("resourceType", "")),
            std::string(parsed->root().string_or("id", "")), "", ""};
}

std::vector<mapping::TracedStep> engine_steps(const ResourceTrace& trace) {
    std::vector<mapping::TracedStep> steps;
    for (const SourceStep& each : trace.steps) {
        steps.push_back(each.step);
    }
    return steps;
}

/// Every cell read for a field, as "Table.Column raw".
std::vector<std::string> cells(const ResourceTrace& trace, const std::string& field) {
    std::vector<std::string> result;
    for (const std::size_t step : steps_for(trace, field)) {
        for (const SourcePart& part : trace.steps[step].parts) {
            for (const SourceCell& cell : part.cells) {
                result.push_back(cell.row.table + "." + cell.column + " " + cell.raw);
            }
        }
    }
    return result;
}

bool holds(const std::vector<std::string>& all, const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

std::string find(const std::vector<std::string>& resources, const std::string& type) {
    for (const std::string& each : resources) {
        if (each.starts_with("{\"resourceType\":\"" + type + "\"")) {
            return each;
        }
    }
    FAIL("no " << type);
    return {};
}

}  // namespace

TEST_CASE("Put together again, the steps of a trace are the resource: every case") {
    std::size_t traced_resources = 0;
    for (const std::string system : {"emis", "vision"}) {
        for (const auto& entry :
             fs::directory_iterator(LINKWAY_SOURCE_DIR "/tests/cases/" + system)) {
            const std::string name = entry.path().filename().string();
            if (name == "base") {
                continue;
            }
            const Translated run(system, name);
            if (!run.done) {
                continue;
            }
            for (const std::string& resource : run.resources()) {
                INFO(system << " " << name << " " << resource);
                const auto traces = trace(mapping_of(system), run.options, about(resource));
                REQUIRE(traces.ok());
                REQUIRE(traces->size() == 1);
                CHECK(traces->front().resource == resource);
                CHECK(traced::leaves(engine_steps(traces->front())) == traced::leaves(resource));
                ++traced_resources;
            }
        }
    }
    CHECK(traced_resources > 400);
}

TEST_CASE("A field leads to its cell as the file has it") {
    const Translated run("emis", "guids-lower-case-without-braces");
    REQUIRE(run.done);
    const auto traces =
        trace(mapping_of("emis"), run.options, about(find(run.resources(), "ServiceRequest")));
    REQUIRE(traces.ok());
    const auto subject = cells(traces->front(), "subject.reference");
    REQUIRE_FALSE(subject.empty());
    // Staged in capitals; told as it stands there.
    CHECK(std::any_of(subject.begin(), subject.end(), [](const std::string& cell) {
        return cell.starts_with("CareRecord_Observation.PatientGuid ") &&
               cell.find_first_of("abcdef", 35) != std::string::npos;
    }));
}

TEST_CASE("A status leads to the events it was replayed from") {
    const Translated run("emis", "seen-and-closed");
    REQUIRE(run.done);
    const auto traces =
        trace(mapping_of("emis"), run.options, about(find(run.resources(), "Task")));
    REQUIRE(traces.ok());
    std::vector<std::string> kinds;
    for (const std::size_t step : steps_for(traces->front(), "Task.status")) {
        for (const SourcePart& part : traces->front().steps[step].parts) {
            for (const SourceEvent& event : part.events) {
                kinds.push_back(event.kind);
                CHECK_FALSE(event.row.file.empty());
            }
        }
    }
    CHECK(kinds == std::vector<std::string>{"referred", "seen", "closed"});
}

TEST_CASE("An absent field leads to the condition that kept it out; an unknown one to nothing") {
    const Translated run("emis", "referral-code-only");
    REQUIRE(run.done);
    const auto traces =
        trace(mapping_of("emis"), run.options, about(find(run.resources(), "Task")));
    REQUIRE(traces.ok());
    const ResourceTrace& task = traces->front();
    CHECK(task.resource.find("statusReason") == std::string::npos);
    const auto steps = steps_for(task, "statusReason");
    REQUIRE_FALSE(steps.empty());
    CHECK(task.steps[steps.back()].step.text == "if %episode.decision.exists()");
    CHECK_FALSE(task.steps[steps.back()].step.holds);
    CHECK(steps_for(task, "statusReasn").empty());
    CHECK(holds(fields(task), "statusReason.text"));
}

TEST_CASE("An event's kind leads to the code it was recognised by") {
    const Translated run("emis", "referral-code-only");
    REQUIRE(run.done);
    const auto traces =
        trace(mapping_of("emis"), run.options, about(find(run.resources(), "Provenance")));
    REQUIRE(traces.ok());
    std::vector<std::string> rules;
    for (const SourceStep& step : traces->front().steps) {
        for (const SourcePart& part : step.parts) {
            for (const SourcePart& inner : part.rule_parts) {
                rules.push_back(part.rule);
                for (const SourceCell& cell : inner.cells) {
                    rules.push_back(cell.row.table + "." + cell.column);
                }
            }
        }
    }
    CHECK(holds(rules, "kind"));
    CHECK(holds(rules, "Coding_ClinicalCode.SnomedCTConceptId"));
}

TEST_CASE("All that is made of one row is told; of a row that gave nothing, why") {
    const Translated run("emis", "seen-and-closed");
    REQUIRE(run.done);
    const auto task = trace(mapping_of("emis"), run.options, about(find(run.resources(), "Task")));
    REQUIRE(task.ok());
    const SourceRow& row = task->front().row;
    const auto all = trace(mapping_of("emis"), run.options, {"", "", row.table, row.key});
    REQUIRE(all.ok());
    std::vector<std::string> types;
    for (const ResourceTrace& each : *all) {
        types.push_back(each.resource_type);
    }
    CHECK(types == std::vector<std::string>{"Provenance", "ServiceRequest", "Task"});

    const auto no_table = trace(mapping_of("emis"), run.options, {"", "", "Admin_Pateint", "x"});
    REQUIRE_FALSE(no_table.ok());
    CHECK(no_table.issue().suggestion == "did you mean \"Admin_Patient\"?");
    const auto no_row = trace(mapping_of("emis"), run.options, {"", "", "Admin_Patient", "x"});
    REQUIRE_FALSE(no_row.ok());
    CHECK(no_row.issue().message.find("not among the rows that matter") != std::string::npos);
}

TEST_CASE("A run record names the input as seen from the output") {
    const Translated run("emis", "seen-and-closed");
    REQUIRE(run.done);
    const auto record = read_run_record(run.options.output);
    REQUIRE(record.ok());
    CHECK(record->system == "emis");
    CHECK(fs::equivalent(record->input, run.options.input));
    CHECK_FALSE(read_run_record(run.options.input).ok());
    const fs::path moved = run.work.path() / "elsewhere";
    fs::create_directories(moved);
    fs::rename(run.options.input, moved / "input");
    fs::rename(run.options.output, moved / "output");
    CHECK(fs::equivalent(read_run_record((moved / "output").string())->input, moved / "input"));
}
