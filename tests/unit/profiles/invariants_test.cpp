#include <string>

#include "catch.h"
#include "fhirpath/expression.h"
#include "fhirpath/references.h"

using namespace linkway;

TEST_CASE("Every invariant of R4 compiles for its type") {
    const auto& r4 = fhir::Definitions::r4();
    int invariants = 0;
    int warnings = 0;
    int best_practice = 0;
    for (const fhir::TypeDefinition* type : r4.types()) {
        for (const fhir::Invariant& each : type->invariants) {
            ++invariants;
            warnings += each.weight == fhir::Invariant::Weight::warning ? 1 : 0;
            best_practice += each.weight == fhir::Invariant::Weight::best_practice ? 1 : 0;
            fhirpath::Environment environment;
            environment.strict = false;
            environment.context = type;
            environment.variables = {{"resource", {}}, {"rootResource", {}}};
            environment.functions = fhirpath::fhir_functions();
            auto parsed = fhirpath::parse(each.expression);
            INFO(type->name << " " << each.key << ": " << each.expression);
            REQUIRE(parsed.ok());
            text::Issues issues;
            const auto made = fhirpath::compile(std::move(*parsed), environment, {}, issues);
            for (const text::Issue& issue : issues) {
                UNSCOPED_INFO(text::to_string(issue));
            }
            CHECK(made.has_value());
        }
    }
    CHECK(invariants == 233);
    CHECK(warnings == 31);
    CHECK(best_practice == 2);  // con-3 and dom-6
}

TEST_CASE("No type has more elements than the validator has bits for") {
    std::size_t most = 0;
    for (const fhir::TypeDefinition* type : fhir::Definitions::r4().types()) {
        most = std::max(most, type->elements.size());
        CHECK(fhir::Definitions::r4().types()[type->place] == type);
    }
    CHECK(most <= 64);
    CHECK(most == 54);
}

TEST_CASE("Value sets of codings know the systems of their codes") {
    const auto& r4 = fhir::Definitions::r4();
    CHECK(
        r4.code_systems("http://hl7.org/fhir/ValueSet/condition-clinical") ==
        std::vector<std::string_view>{"http://terminology.hl7.org/CodeSystem/condition-clinical"});
    CHECK(r4.code_systems("http://example.org/none").empty());
}
