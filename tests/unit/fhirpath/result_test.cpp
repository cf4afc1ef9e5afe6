#include "fhirpath/result.h"

#include "catch.h"
#include "evaluate_helpers.h"

using namespace linkway;
using namespace linkway::fhirpath;

namespace {

std::string typed(std::string_view expression) {
    return testing::run_written(expression, append_typed_json);
}

std::string line(std::string_view expression) {
    return testing::run_written(expression, append_text);
}

}  // namespace

TEST_CASE("results are written with their types") {
    CHECK(typed("true") == R"({"type":"System.Boolean","value":true})");
    CHECK(typed("5") == R"({"type":"System.Integer","value":5})");
    CHECK(typed("1.50") == R"({"type":"System.Decimal","value":1.50})");
    CHECK(typed("'a\"b'") == R"({"type":"System.String","value":"a\"b"})");
    CHECK(typed("@2023-05") == R"({"type":"System.Date","value":"2023-05"})");
    CHECK(typed("@T14:30") == R"({"type":"System.Time","value":"14:30"})");
    CHECK(typed("4.0 'mg'") == R"({"type":"System.Quantity","value":{"value":4.0,"unit":"mg"}})");
    CHECK(typed("%patient.gender") == R"({"type":"FHIR.code","value":"female"})");
    CHECK(typed("%patient.deceased") == R"({"type":"FHIR.boolean","value":false})");
    CHECK(typed("%patient.contact.name") ==
          R"({"type":"FHIR.HumanName","value":{"family":"Helper"}})");
    CHECK(typed("%patient.language") == R"({"type":"FHIR.code","value":null})");
    CHECK(typed("%any.name.family") == R"({"type":"System.String","value":"Tester"})");
    CHECK(typed("%patient.gender.type()") ==
          R"({"type":"TypeInfo","value":{"namespace":"FHIR","name":"code"}})");
    CHECK(typed("%row.practice") ==
          R"({"type":"Admin_Organisation","value":{"Name":"North Surgery","Opened":"1990-04-01",)"
          R"("parent":"Admin_Organisation"}})");
}

TEST_CASE("a result as text stays on its line") {
    CHECK(line("'plain'") == "plain");
    CHECK(line("'\\'quoted\\' \"twice\" back\\\\slash'") == "'quoted' \"twice\" back\\slash");
    CHECK(line("'two\\nlines\\tand a tab'") == "two\\nlines\\tand a tab");
    CHECK(line("4 'mg'") == "4 'mg'");
    CHECK(line("4 days") == "4 'days'");
    CHECK(line("@2023") == "2023");
    CHECK(line("%patient.contact.name") == R"({"family":"Helper"})");
}
