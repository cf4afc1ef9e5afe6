#include "mapping/plan.h"

#include <map>

#include "catch.h"

using namespace linkway::mapping;
using namespace linkway;
using fhirpath::ValueKind;
using text::Issues;

namespace {

/// A record with a fixed set of fields and given contents.
class TestRecord final : public fhirpath::Record {
  public:
    TestRecord() : Record(type_) {
        type_.name = "Row";
        type_.fields = {{"Id", ValueKind::string, nullptr, false},
                        {"Surname", ValueKind::string, nullptr, false},
                        {"Given", ValueKind::string, nullptr, true},
                        {"Born", ValueKind::date, nullptr, false},
                        {"Dead", ValueKind::boolean, nullptr, false},
                        {"Count", ValueKind::integer, nullptr, false},
                        {"Sex", ValueKind::string, nullptr, false}};
    }
    void field(std::size_t index, fhirpath::Collection& out,
               std::pmr::memory_resource& arena) const override {
        const auto found = contents.find(std::string(type_.fields[index].name));
        if (found == contents.end()) {
            return;
        }
        for (const std::string& text : found->second) {
            fhirpath::Value value = fhirpath::Value::of_text(type_.fields[index].kind, text);
            value.boolean = text == "true";
            value.integer = std::atoll(text.c_str());
            out.push_back(value, arena);
        }
    }
    std::map<std::string, std::vector<std::string>> contents;

  private:
    fhirpath::RecordType type_;
};

fhirpath::Environment environment(const TestRecord& row) {
    fhirpath::Environment result;
    result.variables.push_back(
        {"row",
         {fhirpath::StaticType::Of::record, ValueKind::record, nullptr, &row.type(), false}});
    return result;
}

std::optional<Plan> compile(const std::string& body, const TestRecord& row, Issues& issues) {
    const auto source =
        parse_template("each: Row\nresource:\n  resourceType: Patient\n" + body, "t.yaml", issues);
    if (!source) {
        return {};
    }
    return Plan::compile(*source, environment(row), issues);
}

/// The resource, or the message of why there is none.
std::string run(const std::string& body, const TestRecord& row) {
    Issues issues;
    const auto plan = compile(body, row, issues);
    if (!plan) {
        return issues.empty() ? "no plan" : text::to_string(issues.front());
    }
    std::pmr::monotonic_buffer_resource arena;
    const fhirpath::Collection variables[] = {
        fhirpath::Collection(fhirpath::Value::of_record(row))};
    fhirpath::Runtime runtime;
    runtime.variables = variables;
    runtime.arena = &arena;
    Runner runner;
    std::string out;
    if (const text::Status failed = runner.run(*plan, runtime, out)) {
        CHECK(out.empty());
        return text::to_string(*failed);
    }
    return out;
}

std::string mistake(const std::string& body) {
    const TestRecord row;
    Issues issues;
    CHECK_FALSE(compile(body, row, issues));
    REQUIRE_FALSE(issues.empty());
    return text::to_string(issues.front());
}

bool has(const std::string& text, const std::string& part) {
    INFO(text);
    CHECK(text.find(part) != std::string::npos);
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("values come out with their types, and what is empty is cleaned up upwards") {
    TestRecord row;
    row.contents = {{"Id", {"p1"}},
                    {"Surname", {"O\"Brien"}},
                    {"Given", {"A", "B"}},
                    {"Born", {"1980-02"}},
                    {"Dead", {"true"}}};
    CHECK(run("  id: \"{{ %row.Id }}\"\n", row) == R"({"resourceType":"Patient","id":"p1"})");
    CHECK(run("  birthDate: \"{{ %row.Born }}\"\n  deceasedBoolean: \"{{ %row.Dead }}\"\n", row) ==
          R"({"resourceType":"Patient","birthDate":"1980-02","deceasedBoolean":true})");
    CHECK(run("  name:\n    - family: \"{{ %row.Surname }}\"\n      given: \"{[ %row.Given ]}\"\n",
              row) ==
          R"({"resourceType":"Patient","name":[{"family":"O\"Brien","given":["A","B"]}]})");
    CHECK(run("  name:\n    - family: \"{{ %row.Sex }}\"\n      given:\n        - \"{{ %row.Sex "
              "}}\"\n  active: true\n",
              row) == R"({"resourceType":"Patient","active":true})");
    CHECK(run("  language: \"x-{{ %row.Id }}-y\"\n", row) ==
          R"({"resourceType":"Patient","language":"x-p1-y"})");
    CHECK(run("  language: \"x-{{ %row.Sex }}\"\n", row) == R"({"resourceType":"Patient"})");
}

TEST_CASE("conditions, loops and assignments") {
    TestRecord row;
    row.contents = {{"Given", {"A", "B"}}, {"Dead", {"false"}}};
    CHECK(run("  \"{% if %row.Dead %}\":\n    active: false\n  \"{% else %}\":\n    active: true\n",
              row) == R"({"resourceType":"Patient","active":true})");
    CHECK(run("  name:\n    - \"{% for i, g in %row.Given %}\":\n        text: \"{{ %g }}{{ %i "
              "}}\"\n",
              row) == R"({"resourceType":"Patient","name":[{"text":"A0"},{"text":"B1"}]})");
    CHECK(run("  name:\n    - \"{% if %row.Dead %}\":\n        text: x\n    - text: y\n", row) ==
          R"({"resourceType":"Patient","name":[{"text":"y"}]})");
    CHECK(
        run("  \"{% assign %}\":\n    - last: \"{{ %row.Given.last() }}\"\n  id: \"{{ %last }}\"\n",
            row) == R"({"resourceType":"Patient","id":"B"})");
}

TEST_CASE(
    "a required element that comes out empty, or a value that is no valid code, makes no "
    "resource") {
    TestRecord row;
    row.contents = {{"Sex", {"femal"}}, {"Surname", {"has spaces and / slashes"}}};
    has(run("  gender: \"{{ %row.Sex }}\"\n", row),
        "Patient.gender: the code is not in the required value set");
    has(run("  id: \"{{ %row.Surname }}\"\n", row), "Patient.id: the value is no valid id");
    has(run("  link:\n    - type: seealso\n      other:\n        reference: \"{{ "
            "%row.Born.toString() }}\"\n",
            row),
        "Patient.link.other is required and came out empty");
    CHECK(run("  link:\n    - other:\n        reference: \"{{ %row.Id }}\"\n      type: \"{{ "
              "%row.Id }}\"\n",
              row) == R"({"resourceType":"Patient"})");
}

TEST_CASE("the checker names place, expectation and the nearest right name") {
    has(mistake("  gendre: male\n"),
        "t.yaml:4:3: error: Patient has no element \"gendre\"; did you mean \"gender\"?");
    has(mistake("  birthDate: \"{{ %row.Bron }}\"\n"), "Born");
    has(mistake("  birthDate: \"{{ %row.Surname }}\"\n"),
        "Patient.birthDate is a date, but the expression gives");
    has(mistake("  birthDate: 1980-02-30\n"), "is no valid date");
    has(mistake("  gender: femal\n"), "did you mean \"female\"?");
    has(mistake("  name: { family: x }\n"), "Patient.name is a list of HumanName");
    has(mistake("  active:\n    - true\n"), "Patient.active holds one boolean, not a list");
    has(mistake("  name: [ x ]\n"), "an object is expected");
    has(mistake("  link:\n    - type: seealso\n"), "Patient.link.other is required and missing");
    has(mistake("  id: a\n  \"{% if %row.Dead %}\":\n    id: b\n"), "\"id\" is given twice");
    has(mistake("  deceasedBool: true\n"), "deceasedBoolean");
    has(mistake("  active: \"yes\"\n"), "no valid boolean");
    has(mistake("  id: \"{{ %rwo.Id }}\"\n"), "row");
    has(mistake("  _name:\n    extension: []\n"), "only primitive elements");
}

TEST_CASE("all mistakes of a template are reported at once") {
    const TestRecord row;
    Issues issues;
    CHECK_FALSE(
        compile("  gendre: male\n  birthDate: \"{{ %row.Surname }}\"\n  nmae: []\n", row, issues));
    CHECK(issues.size() == 3);
}

TEST_CASE("assigned objects and merges work on rows, and booked are the columns behind variables") {
    TestRecord row;
    row.contents = {{"Given", {"A", "B"}}, {"Surname", {"X"}}, {"Count", {"2"}}};
    CHECK(
        run("  \"{% assign %}\":\n    n: { family: \"{{ %row.Surname }}\", given: \"{[ %row.Given "
            "]}\" }\n"
            "    c: \"{{ %row.Count }}\"\n  multipleBirthInteger: \"{{ %c + 1 }}\"\n  name:\n    - "
            "\"{{ %n }}\"\n"
            "    - text: \"{{ %n.given.join('-') }}\"\n",
            row) ==
        R"({"resourceType":"Patient","multipleBirthInteger":3,"name":[{"family":"X","given":["A","B"]},{"text":"A-B"}]})");
    CHECK(run("  active: true\n  \"{% merge %}\":\n    - active: false\n    - active: \"{{ "
              "%row.Dead }}\"\n",
              row) == R"({"resourceType":"Patient","active":false})");
    Issues issues;
    const auto plan = compile(
        "  \"{% assign %}\":\n    - r: \"{{ %row }}\"\n  id: \"{{ %r.Id }}\"\n", row, issues);
    REQUIRE(plan);
    REQUIRE(plan->uses().size() == 2);
    REQUIRE(plan->uses()[1].locals.size() == 1);
    CHECK(plan->uses()[1].locals[0].name == "r");
    CHECK(plan->uses()[1].locals[0].type.record == &row.type());
}

TEST_CASE("members that merge are told apart by name, whatever their values hold") {
    TestRecord row;
    row.contents = {{"Surname", {"a\\\",{}[]:"}}};
    CHECK(
        run("  name:\n    - \"{% merge %}\":\n        - family: \"{{ %row.Surname }}\"\n          "
            "text: x\n        - "
            "given: [a]\n        - text: \"{{ %row.Surname }}\"\n",
            row) ==
        R"({"resourceType":"Patient","name":[{"family":"a\\\",{}[]:","given":["a"],"text":"a\\\",{}[]:"}]})");
}

TEST_CASE("a run ends when its steps are used up") {
    TestRecord row;
    row.contents = {{"Given", std::vector<std::string>(200, "A")}};
    const std::string body =
        "  name:\n    - \"{% for a in %row.Given %}\":\n        \"{% for b in %row.Given %}\":\n   "
        "       \"{% for c "
        "in %row.Given %}\":\n            text: x\n";
    has(run(body, row), "too many steps");
    CHECK(run("  active: true\n", row) == R"({"resourceType":"Patient","active":true})");
}

TEST_CASE("a required element that only a condition or a merge gives is asked for while running") {
    TestRecord row;
    row.contents = {{"Dead", {"true"}}, {"Id", {"a"}}};
    const auto link = [](const std::string& type) {
        return "  link:\n    - other: { reference: x }\n      " + type;
    };
    CHECK(run(link("\"{% if %row.Dead %}\": { type: seealso }\n"), row) ==
          R"({"resourceType":"Patient","link":[{"other":{"reference":"x"},"type":"seealso"}]})");
    has(run(link("\"{% if %row.Dead = false %}\": { type: seealso }\n"), row),
        "Patient.link.type is required and missing");
    CHECK(run(link("\"{% if %row.Dead = false %}\": { type: seealso }\n      \"{% else %}\": { "
                   "type: refer }\n"),
              row) ==
          R"({"resourceType":"Patient","link":[{"other":{"reference":"x"},"type":"refer"}]})");
    has(run(link("\"{% merge %}\":\n        - { id: a }\n"), row),
        "Patient.link.type is required and missing");
    CHECK(run(link("\"{% merge %}\":\n        - type: \"{{ %row.Sex }}\"\n        - type: refer\n"),
              row) ==
          R"({"resourceType":"Patient","link":[{"other":{"reference":"x"},"type":"refer"}]})");
    CHECK(run(link("type: \"{{ %row.Sex }}\"\n      \"{% merge %}\": { type: refer }\n"), row) ==
          R"({"resourceType":"Patient","link":[{"other":{"reference":"x"},"type":"refer"}]})");
}
