#include "fhir/operation_outcome.h"

#include "catch.h"
#include "text/node.h"

using namespace linkway;

namespace {

std::string outcome(const std::vector<text::Issue>& issues) {
    std::string out;
    fhir::append_operation_outcome(out, issues);
    return out;
}

}  // namespace

TEST_CASE("Issues become an OperationOutcome") {
    text::Issue row;
    row.code = "value";
    row.message = "\"date\" expected";
    row.suggestion = "check the export's date format";
    row.location = {"Admin_Patient.csv", 12, 3, "DateOfBirth"};
    text::Issue path;
    path.severity = text::Severity::warning;
    path.code = "required";
    path.message = "is missing";
    path.location.field = "Patient.name[0].family";
    CHECK(
        outcome({row, path}) ==
        R"({"resourceType":"OperationOutcome","issue":[)"
        R"({"severity":"error","code":"value","details":{"text":"check the export's date format"},)"
        R"("diagnostics":"Admin_Patient.csv:12:3 DateOfBirth: \"date\" expected"},)"
        R"({"severity":"warning","code":"required",)"
        R"("diagnostics":"Patient.name[0].family: is missing",)"
        R"("expression":["Patient.name[0].family"]}]})");
}

TEST_CASE("An OperationOutcome always has an issue with a severity and a code") {
    CHECK(outcome({}) == R"({"resourceType":"OperationOutcome","issue":[{"severity":"information",)"
                         R"("code":"informational","diagnostics":"no issues found"}]})");
    CHECK(
        outcome({text::Issue{}}) ==
        R"({"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"processing"}]})");
}

TEST_CASE("Only what is a FHIR path becomes an expression") {
    for (const char* field : {"PatientGuid", "a.b", "Patient.", "Patient..x", "Patient.Name",
                              "Patient.name[", "Patient.name[]", "Patient.name[x]", ".name",
                              "Admin_Patient.name", "Patient.name family"}) {
        text::Issue issue;
        issue.location.field = field;
        INFO(field);
        CHECK(outcome({issue}).find("expression") == std::string::npos);
    }
    for (const char* field : {"Task.status", "Timing.repeat.boundsPeriod", "Patient.name[12]"}) {
        text::Issue issue;
        issue.location.field = field;
        INFO(field);
        CHECK(outcome({issue}).find("expression") != std::string::npos);
    }
}

TEST_CASE("An OperationOutcome is valid JSON whatever its words") {
    text::Issue issue;
    issue.message = "a \"quote\", a \\ and a \n line end";
    issue.location = {"C:\\x.csv", 1, 0, {}};
    CHECK(text::parse_json(outcome({issue, issue}), "x").ok());
}
