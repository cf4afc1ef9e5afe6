#include "sources/reads.h"

#include "catch.h"
#include "fhirpath/ast.h"

using namespace linkway;
using namespace linkway::sources;

namespace {

/// Two record types: a Visit with a code and a patient, who has a name and visits.
struct Types {
    Types() {
        patient.name = "Patient";
        visit.name = "Visit";
        patient.fields = {{"Name", fhirpath::ValueKind::string, nullptr, false},
                          {"visits", fhirpath::ValueKind::record, &visit, true}};
        visit.fields = {{"Code", fhirpath::ValueKind::string, nullptr, false},
                        {"Date", fhirpath::ValueKind::date, nullptr, false},
                        {"patient", fhirpath::ValueKind::record, &patient, false}};
    }
    Types(const Types&) = delete;
    Types& operator=(const Types&) = delete;
    fhirpath::RecordType patient;
    fhirpath::RecordType visit;
};

/// "Visit.patient Patient.Name": every read of the expression in the order met.
std::string read_by(const std::string& expression) {
    const Types types;
    const auto ast = fhirpath::parse(expression);
    REQUIRE(ast.ok());
    std::string result;
    for (const Read& read : reads(**ast, {{"row", &types.visit}})) {
        result += result.empty() ? "" : " ";
        result += std::string(read.type->name) + "." +
                  std::string(read.type->fields[static_cast<std::size_t>(read.field)].name);
    }
    return result;
}

std::string path_of(const std::string& expression) {
    const auto ast = fhirpath::parse(expression);
    REQUIRE(ast.ok());
    return std::string(only_path(**ast, "row"));
}

}  // namespace

TEST_CASE("reads follow navigation, functions that keep items, and criteria") {
    CHECK(read_by("%row.Code") == "Visit.Code");
    CHECK(read_by("%row.patient.Name.trim()") == "Visit.patient Patient.Name");
    CHECK(read_by("%row.patient.visits.where(Code = 'x').Date") ==
          "Visit.patient Patient.visits Visit.Code Visit.Date");
    CHECK(read_by("%row.patient.visits.first().Date > @2020 and %row.Code.exists()") ==
          "Visit.patient Patient.visits Visit.Date Visit.Code");
    CHECK(read_by("%row.patient.visits[0].Code") == "Visit.patient Patient.visits Visit.Code");
    CHECK(read_by("iif(%row.Code = 'a', %row.Date, {})") == "Visit.Code Visit.Date");
    CHECK(read_by("%row.raw('Date')") == "Visit.Date");
    CHECK(read_by("%other.Code").empty());
    CHECK(read_by("%row.Nothing").empty());
}

TEST_CASE("an expression hangs on one link when it reads nothing else of the row") {
    CHECK(path_of("%row.code.A.exists() or %row.code.B = 'x'") == "code");
    CHECK(path_of("(%row.code.A | %row.code.B).first()") == "code");
    CHECK(path_of("%row.code.A = %row.Date").empty());
    CHECK(path_of("%row.exists()").empty());
    CHECK(path_of("1 = 1").empty());
}

TEST_CASE("a shortened expression starts at the link") {
    const auto ast =
        fhirpath::parse("%row.code.A.where($this = 'x').exists() and %row.code.B.empty()");
    REQUIRE(ast.ok());
    CHECK(fhirpath::print(*shortened(**ast, "row", "code")) ==
          fhirpath::print(
              **fhirpath::parse("%code.A.where($this = 'x').exists() and %code.B.empty()")));
}
