// linkway fhirpath as a program is asked: one expression, and many on standard input.
#include <string>

#include "catch.h"
#include "run_program.h"

using namespace commands;

namespace {

/// Runs `linkway fhirpath ARGUMENTS` beside the files of this folder.
Outcome run(const std::string& arguments, const std::string& input = "") {
    return run_program("fhirpath " + arguments, fs::path(LINKWAY_COMMANDS) / "fhirpath", input);
}

}  // namespace

TEST_CASE("one expression on one file") {
    CHECK(run("name.given patient.xml").out == "Ann\nBea\n");
    CHECK(run("\"name.where(use = 'none')\" patient.xml").out.empty());
    CHECK(
        run("name.family -", read_file(fs::path(LINKWAY_COMMANDS) / "fhirpath/patient.xml")).out ==
        "Tester\n");
    CHECK(run("--json gender patient.xml").out ==
          "[{\"type\":\"FHIR.code\",\"value\":\"female\"}]\n");
    CHECK(run("'entry.resource.ofType(Task).for.resolve().birthDate' bundle.json").out ==
          "1974-12-25\n");
    CHECK(run("'%resource.id & %rootResource.id & %context.id' patient.xml").out == "p1p1p1\n");
    CHECK(run("\"%ucum & ' ' & %\\`vs-units\\`\" patient.xml").out ==
          "http://unitsofmeasure.org http://hl7.org/fhir/ValueSet/units\n");
}

TEST_CASE("codes are asked of the code files") {
    const std::string at = " --codes codes patient.xml";
    CHECK(run("\"gender.memberOf('http://example.org/sexes')\"" + at).out == "true\n");
    CHECK(run("\"maritalStatus.memberOf('http://example.org/sexes')\"" + at).out == "false\n");
    CHECK(run("\"maritalStatus.coding.memberOf('http://example.org/married')\"" + at).out ==
          "false\ntrue\n");
    CHECK(run("\"maritalStatus.memberOf('http://example.org/married')\"" + at).out == "true\n");
    CHECK(run("\"gender.memberOf('http://example.org/none')\"" + at).code == 1);
}

TEST_CASE("what goes wrong is said and shows in the exit code") {
    const Outcome plain = run("nme patient.xml");
    CHECK(plain.code == 1);
    CHECK(plain.out.empty());
    CHECK(plain.log.find("did you mean \"name\"?") != std::string::npos);
    const Outcome json = run("--json nme patient.xml");
    CHECK(json.code == 1);
    CHECK(json.out ==
          "{\"error\":\"expression:1:1: error: Patient has no element \\\"nme\\\"; did "
          "you mean \\\"name\\\"?\"}\n");
    CHECK(run("name").code == 2);
    CHECK(run("--batch a b").code == 2);
    CHECK(run("id none.json").log.find("none.json: error: the file can't be read") !=
          std::string::npos);
    CHECK(run("id -", "{\"resourceType\": \"Patent\"}").log.find("did you mean \"Patient\"?") !=
          std::string::npos);
    CHECK(run("id -", "[]").log.find("a FHIR resource is expected here") != std::string::npos);
}

TEST_CASE("a batch is answered line by line") {
    const Outcome outcome = run("--batch", R"({"expression": "1 + 1"}
{"expression": "birthDate", "file": "patient.xml"}

{"expression": "nme", "file": "patient.xml"}
{"file": "patient.xml"}
not JSON
{"expression": "id", "file": "none.json"}
{"expression": "birthDate", "file": "patient.xml"})");
    CHECK(outcome.code == 0);
    CHECK(outcome.log.empty());
    std::istringstream lines(outcome.out);
    std::vector<std::string> answers;
    for (std::string line; std::getline(lines, line);) {
        answers.push_back(line);
    }
    REQUIRE(answers.size() == 7);
    CHECK(answers[0] == R"({"result":[{"type":"System.Integer","value":2}]})");
    CHECK(answers[1] == R"({"result":[{"type":"FHIR.date","value":"1974-12-25"}]})");
    CHECK(answers[2].find(R"({"error":"expression:1:1: error: Patient has no element)") == 0);
    CHECK(answers[3].find("(standard input):5:1: error: expected") != std::string::npos);
    CHECK(answers[4].find("(standard input):6:2: error:") != std::string::npos);
    CHECK(answers[5].find("the file can't be read") != std::string::npos);
    CHECK(answers[6] == answers[1]);
}
