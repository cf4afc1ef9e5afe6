#include <string>
#include <vector>

#include "catch.h"
#include "evaluate_helpers.h"

using namespace linkway;
using namespace linkway::fhirpath::testing;

TEST_CASE("mistakes are found before anything runs, with place and suggestion") {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"%rov.Code", "m.yaml:3:11: error: unknown variable %rov; did you mean \"%row\"?\n"},
        {"%row.Cod",
         "m.yaml:3:16: error: CareRecord_Observation has no field \"Cod\"; did you mean "
         "\"Code\"?\n"},
        {"%row.practice.Nme",
         "m.yaml:3:25: error: Admin_Organisation has no field \"Nme\"; did you mean \"Name\"?\n"},
        {"%row.Code.trm()", "m.yaml:3:21: error: unknown function trm(); did you mean \"trim\"?\n"},
        {"%row.Code.substring()",
         "m.yaml:3:21: error: substring() takes 1 to 2 operands but 0 are given\n"},
        {"%patient.nam",
         "m.yaml:3:20: error: Patient has no element \"nam\"; did you mean \"name\"?\n"},
        {"%patient.name.famly",
         "m.yaml:3:25: error: HumanName has no element \"famly\"; did you mean \"family\"?\n"},
        {"%patient.deceasedBoolean",
         "m.yaml:3:20: error: in FHIRPath deceasedBoolean is called deceased; write "
         "deceased.ofType(boolean)\n"},
        {"%row.where(Cde = 'x')",
         "m.yaml:3:22: error: CareRecord_Observation has no field \"Cde\"; did you mean "
         "\"Code\"?\n"},
        {"%row.EffectiveDate + true",
         "m.yaml:3:30: error: operator + between Date and Boolean has no meaning\n"},
        {"%row.Code < 5",
         "m.yaml:3:21: error: operator < between String and Integer has no meaning; convert one "
         "side, for example with toInteger() or toDate()\n"},
        {"%row.Code = 5",
         "m.yaml:3:21: warning: operator = between String and Integer never finds them equal; "
         "convert one side, for example with toString() or toInteger()\n"},
        {"%row.CodeId & 'x'",
         "m.yaml:3:23: error: operator & between Integer and String has no meaning; use "
         "toString()\n"},
        {"%row.EffectiveDate.substring(0, 4)",
         "m.yaml:3:30: error: substring() works on text, not on Date; use toString() before it\n"},
        {"%row.practice.upper()",
         "m.yaml:3:25: error: upper() works on text, not on Row of Admin_Organisation\n"},
        {"%row.where(Code)",
         "m.yaml:3:22: error: a condition must be true or false, not String; compare it with "
         "something, or use exists()\n"},
        {"%row.Code is Strng",
         "m.yaml:3:21: error: unknown type Strng; did you mean \"String\"?\n"},
        {"%row.Code.ofType(1)",
         "m.yaml:3:28: error: expected the name of a type here; such as Patient, string or "
         "System.Integer\n"},
        {"$total", "m.yaml:3:11: error: $total has a value only inside aggregate()\n"},
        {"$this",
         "m.yaml:3:11: error: $this has no value at the start of an expression; start at a "
         "%variable\n"},
        {"Code = 'x'",
         "m.yaml:3:11: error: \"Code\" stands at the start of an expression; start at a %variable, "
         "such as %row.Code\n"},
        {"row.Code",
         "m.yaml:3:11: error: \"row\" stands at the start of an expression; start at a %variable: "
         "%row\n"},
        {"exists()",
         "m.yaml:3:11: error: \"exists\" stands at the start of an expression; start at a "
         "%variable, such as %row.exists\n"},
        {"99999999999999999999",
         "m.yaml:3:11: error: the integer is beyond 64 bits; write it with a decimal part or as "
         "text in quotes\n"},
        {"%row\n .Cod",
         "m.yaml:4:3: error: CareRecord_Observation has no field \"Cod\"; did you mean "
         "\"Code\"?\n"},
        {"'a'.length",
         "m.yaml:3:15: error: String has no element \"length\"; write length() for "
         "the function\n"},
        {"-'a'",
         "m.yaml:3:11: error: a sign stands before a number or a quantity, not before "
         "String\n"},
        {"'a'.skip('x')", "m.yaml:3:20: error: expected an integer here, not String\n"},
        {"%text.shout('bad')", "m.yaml:3:17: error: no such suffix; use 'ok'\n"},
    };
    for (const auto& [expression, expected] : cases) {
        CAPTURE(expression);
        CHECK(mistakes(expression) == expected);
    }
    // Two mistakes, both told.
    const std::string both = mistakes("%row.Cod = %row.Valu");
    CHECK(both.find("\"Code\"") != std::string::npos);
    CHECK(both.find("\"Value\"") != std::string::npos);
    CHECK(mistakes("'a'.matches('(')").find("regular expression is wrong") != std::string::npos);
    CHECK(mistakes("Observation.value", false).find("starts at Observation but works on Patient") !=
          std::string::npos);
}

TEST_CASE("what is right has no issues") {
    for (const char* expression :
         {"%row.Code", "%row.where(Code = 'x' and $this.Deleted.not()).exists()",
          "%patient.name.given", "%any.whatever.deeper", "now()", "iif(%row.Deleted, 1, 2)",
          "%list.select($this.length())", "%patient.contained.name",
          "%patient.contained.descendants().ofType(string)", "{}", "%row.Value + 1",
          "today() > %row.EffectiveDate"}) {
        CAPTURE(expression);
        CHECK(mistakes(expression).empty());
    }
}

TEST_CASE("static types") {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"%row", "Row of CareRecord_Observation"},
        {"%row.practice", "Row of Admin_Organisation"},
        {"%row.EffectiveDate", "Date"},
        {"%row.tags", "String (many)"},
        {"%row.tags.first()", "String"},
        {"%row.tags[0]", "String"},
        {"%row.Value * 2", "Decimal"},
        {"%row.CodeId * 2", "Integer"},
        {"%row.CodeId / 2", "Decimal"},
        {"%row.Code & 'x'", "String"},
        {"%row.EffectiveDate + 1 day", "Date"},
        {"%row.Code = 'x'", "Boolean"},
        {"%row.select(Code)", "String"},
        {"%list.select($this.length())", "Integer (many)"},
        {"%list.where($this = 'a')", "String (many)"},
        {"iif(true, 'a', %row.Code)", "String"},
        {"iif(true, 'a', 1)", "anything"},
        {"iif(true, 'a', {})", "String"},
        {"{}", "nothing"},
        {"%patient.name", "FHIR HumanName (many)"},
        {"%patient.name.first().family", "FHIR string"},
        {"%patient.deceased", "anything"},
        {"%patient.deceased.ofType(dateTime)", "FHIR dateTime"},
        {"%patient.birthDate", "FHIR date"},
        {"%patient.gender | %row.Code", "String (many)"},
        {"4 'mg'", "Quantity"},
        {"@2023", "Date"},
        {"@2023T", "DateTime"},
        {"@T10", "Time"},
        {"now()", "DateTime"},
        {"'a'.split(',')", "String (many)"},
        {"%text.shout()", "String"},
        {"%patient.extension('x')", "FHIR Extension (many)"},
    };
    for (const auto& [expression, expected] : cases) {
        CAPTURE(expression);
        CHECK(type_of(expression) == expected);
    }
}

TEST_CASE("conditions") {
    std::pmr::monotonic_buffer_resource arena;
    const auto test = [&arena](std::string_view expression) -> std::string {
        text::Issues issues;
        const auto compiled = fhirpath::compile(std::move(fhirpath::parse(expression)).value(),
                                                environment(), {}, issues);
        REQUIRE(compiled);
        fhirpath::Runtime runtime;
        runtime.arena = &arena;
        const auto result = compiled->test(runtime);
        return !result.ok() ? "error" : *result ? "true" : "false";
    };
    CHECK(test("true") == "true");
    CHECK(test("1 = 2") == "false");
    CHECK(test("{}") == "false");
    CHECK(test("'x'") == "error");
    CHECK(test("true | false") == "error");
}
