#include "mapping/trace.h"

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "catch.h"
#include "mapping/resource_mapping.h"
#include "traced_resource.h"

using namespace linkway;
namespace fs = std::filesystem;

namespace {

std::string read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream content;
    content << in.rdbuf();
    return std::move(content).str();
}

/// A template over resources, compiled.
struct Mapped {
    explicit Mapped(const std::string& content) {
        text::Issues issues;
        const auto source = mapping::parse_template(content, "test.yaml", issues);
        for (const text::Issue& issue : issues) {
            FAIL(text::to_string(issue));
        }
        compiled = mapping::ResourceMapping::compile(*source, terminology, issues);
        for (const text::Issue& issue : issues) {
            FAIL(text::to_string(issue));
        }
    }
    mapping::Trace trace(const std::string& resource) {
        document = text::parse_json(resource, "input").value();
        return compiled->trace(document->root());
    }

    terminology::Terminology terminology;
    std::optional<mapping::ResourceMapping> compiled;
    std::optional<text::Document> document;
};

const mapping::TracedStep& step_of(const mapping::Trace& trace, const std::string& field) {
    for (const mapping::TracedStep& step : trace.steps) {
        if (step.field == field && !step.replaced) {
            return step;
        }
    }
    FAIL("nothing for " << field);
    return trace.steps.front();
}

std::string value_of(const mapping::TracedStep& step, const std::string& expression) {
    for (const mapping::TracedPart& part : step.parts) {
        if (part.expression == expression) {
            std::string text = part.failed;
            for (const mapping::TracedValue& value : part.values) {
                text += (text.empty() ? "" : " | ") + value.text;
            }
            return text;
        }
    }
    return "not told";
}

const std::string patient = R"(input: Patient
resource:
  resourceType: Patient
  "{% assign %}":
    - shout: "{{ %resource.name.family.upper() }}"
  active: true
  name:
    - "{% if %resource.name.exists() %}":
        family: "{{ %shout }}"
        given:
          - "{% for given in %resource.name.given %}": "{{ %given.lower() }}"
      "{% else %}":
        text: unknown
  "{% if %resource.deceased is boolean %}":
    deceasedBoolean: "{{ %resource.deceased }}"
)";

}  // namespace

TEST_CASE("A trace tells what each step gave, innermost first") {
    Mapped mapped(patient);
    const auto trace = mapped.trace(
        R"({"resourceType":"Patient","name":[{"family":"Dunn","given":["Ann","Bo"]}]})");
    CHECK(
        trace.resource ==
        R"({"resourceType":"Patient","active":true,"name":[{"family":"DUNN","given":["ann","bo"]}]})");
    CHECK_FALSE(trace.failed);
    const auto& set = step_of(trace, "%shout");
    CHECK(value_of(set, "%resource.name.family") == "Dunn");
    CHECK(value_of(set, "%resource.name.family.upper()") == "DUNN");
    CHECK(set.at.line == 5);
    const auto& given = step_of(trace, "Patient.name[0].given[1]");
    CHECK(given.written == "\"bo\"");
    CHECK(given.at.line == 11);
    CHECK(value_of(given, "%given.lower()") == "bo");
}

TEST_CASE("A step names the condition, the loop and the variable it depends on") {
    Mapped mapped(patient);
    const auto trace = mapped.trace(
        R"({"resourceType":"Patient","name":[{"family":"Dunn","given":["Ann","Bo"]}]})");
    std::vector<std::string> reasons;
    for (const std::size_t each : step_of(trace, "Patient.name[0].family").because) {
        reasons.push_back(trace.steps[each].text);
    }
    CHECK(reasons == std::vector<std::string>{"set %shout <- %resource.name.family.upper()",
                                              "if %resource.name.exists()"});
    reasons.clear();
    for (const std::size_t each : step_of(trace, "Patient.name[0].given[0]").because) {
        reasons.push_back(trace.steps[each].text);
    }
    CHECK(reasons == std::vector<std::string>{"if %resource.name.exists()",
                                              "for each %given of %resource.name.given"});
}

TEST_CASE("What was passed over names the condition that did it") {
    Mapped mapped(patient);
    const auto trace = mapped.trace(R"({"resourceType":"Patient"})");
    CHECK(step_of(trace, "Patient.name[0].text").written == "\"unknown\"");
    const auto passed = [&](const std::string& path) -> std::string {
        for (const mapping::PassedOver& each : trace.passed_over) {
            if (each.path == path) {
                return trace.steps[each.because].text;
            }
        }
        return "not told";
    };
    CHECK(passed("Patient.name.family") == "if %resource.name.exists()");
    CHECK(passed("Patient.deceasedBoolean") == "if %resource.deceased is boolean");
    CHECK(passed("Patient.active") == "not told");
}

TEST_CASE("Criteria are told for each item, and the branch of iif() that was taken") {
    Mapped mapped(R"(input: Patient
resource:
  resourceType: Patient
  gender: "{{ iif(%resource.active, %resource.name.where(use = 'official').text, 'unknown') }}"
)");
    const auto trace = mapped.trace(
        R"({"resourceType":"Patient","active":true,"name":[{"use":"old","text":"male"},{"use":"official","text":"female"}]})");
    const auto& step = step_of(trace, "Patient.gender");
    CHECK(value_of(step, "%resource.name[0].use") == "old");
    CHECK(value_of(step, "%resource.name[1].use = 'official'") == "true");
    CHECK(value_of(step, "%resource.name.where(use = 'official').text") == "female");
    CHECK(value_of(step, "'unknown'") == "not told");
}

TEST_CASE("A run that fails is told up to where it failed") {
    Mapped mapped(R"(input: Patient
resource:
  resourceType: Patient
  active: "{{ %resource.active }}"
  gender: "{{ %resource.name.text }}"
)");
    const auto trace =
        mapped.trace(R"({"resourceType":"Patient","active":true,"name":[{"text":"purple"}]})");
    REQUIRE(trace.failed);
    CHECK(trace.failed->location.line == 5);
    CHECK(trace.resource.empty());
    CHECK(step_of(trace, "Patient.active").written == "true");
}

TEST_CASE("A condition that leaves a resource out is told") {
    Mapped mapped(R"(input: Patient
when: "%resource.active"
resource:
  resourceType: Patient
  active: true
)");
    const auto trace = mapped.trace(R"({"resourceType":"Patient","active":false})");
    REQUIRE(trace.steps.size() == 1);
    CHECK(trace.steps[0].text == "only when %resource.active");
    CHECK_FALSE(trace.steps[0].holds);
    CHECK(trace.failed);
}

TEST_CASE("Put together again, the steps of a trace are the resource: every template case") {
    std::size_t resources = 0;
    for (const auto& entry : fs::directory_iterator(LINKWAY_SOURCE_DIR "/tests/templates")) {
        const fs::path file = entry.path() / "template.yaml";
        if (!fs::exists(file) || !fs::exists(entry.path() / "input.json")) {
            continue;
        }
        terminology::Terminology terminology;
        text::Issues issues = terminology.load(LINKWAY_SOURCE_DIR "/mappings/codes");
        const auto source = mapping::parse_template(read_file(file), file.string(), issues);
        auto compiled = mapping::ResourceMapping::compile(*source, terminology, issues);
        const auto input = text::parse_json(read_file(entry.path() / "input.json"), "input");
        if (!compiled || !input ||
            input->root().string_or("resourceType", "") != compiled->input()) {
            continue;
        }
        INFO(file.string());
        const mapping::Trace trace = compiled->trace(input->root());
        std::string plain;
        const auto made = compiled->run(input->root(), plain);
        CHECK(trace.resource == plain);
        if (made && *made) {
            CHECK(traced::leaves(trace.steps) == traced::leaves(trace.resource));
            ++resources;
        }
    }
    CHECK(resources >= 50);
}
