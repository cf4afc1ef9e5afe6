#include "text/issue.h"

#include "catch.h"

using namespace linkway::text;

TEST_CASE("An issue prints the parts that are known") {
    Issue issue;
    issue.message = "unknown column";
    CHECK(to_string(issue) == "error: unknown column");
    issue.location.file = "a.csv";
    CHECK(to_string(issue) == "a.csv: error: unknown column");
    issue.location.line = 3;
    CHECK(to_string(issue) == "a.csv:3: error: unknown column");
    issue.location.column = 7;
    issue.suggestion = "did you mean Sex?";
    issue.severity = Severity::warning;
    CHECK(to_string(issue) == "a.csv:3:7: warning: unknown column; did you mean Sex?");
    issue.location.field = "Gender";
    issue.location.file.clear();
    CHECK(to_string(issue) == "line 3:7: warning: Gender: unknown column; did you mean Sex?");
    Issue same = issue;
    CHECK(same == issue);
    same.location.column = 8;
    CHECK_FALSE(same == issue);
    CHECK(to_code(Severity::information) == "information");
    CHECK(to_code(Severity::fatal) == "fatal");
}

TEST_CASE("The nearest name is suggested, or none") {
    const std::vector<std::string> columns = {"PatientGuid", "ObservationGuid", "CodeId", "Sex",
                                              "Ssx"};
    CHECK(nearest("patientguid", columns) == "PatientGuid");
    CHECK(nearest("PatientGiud", columns) == "PatientGuid");
    CHECK(nearest("ObservatonGuid", columns) == "ObservationGuid");
    CHECK(nearest("CodeIds", columns) == "CodeId");
    CHECK(nearest("Sx", columns) == "Sex");
    CHECK_FALSE(nearest("DateOfBirth", columns).has_value());
    CHECK_FALSE(nearest("Q", columns).has_value());
    CHECK_FALSE(nearest("", columns).has_value());
    CHECK_FALSE(nearest("x", {}).has_value());
}

TEST_CASE("A result holds a value or an issue") {
    Result<int> good = 5;
    CHECK(good.ok());
    CHECK(*good == 5);
    Issue why;
    why.message = "no";
    Result<int> bad = why;
    CHECK_FALSE(static_cast<bool>(bad));
    CHECK(bad.issue().message == "no");
}
