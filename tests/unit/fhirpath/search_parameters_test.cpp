#include <memory_resource>
#include <string>

#include "catch.h"
#include "fhirpath/expression.h"

using namespace linkway;

namespace {

/// The expression compiled for resources of the type, or what is wrong with it.
std::optional<fhirpath::Expression> compiled(const fhir::TypeDefinition& type,
                                             std::string_view expression, std::string& wrong) {
    fhirpath::Environment environment;
    environment.strict = false;
    environment.context = &type;
    text::Result<fhirpath::ExprPtr> parsed = fhirpath::parse(expression);
    if (!parsed) {
        wrong = text::to_string(parsed.issue());
        return {};
    }
    text::Issues issues;
    auto made = fhirpath::compile(std::move(*parsed), environment, {}, issues);
    for (const text::Issue& each : issues) {
        wrong += text::to_string(each);
    }
    return made;
}

std::size_t count_of(const fhir::SearchParameter& parameter, const fhir::TypeDefinition& type,
                     const text::Document& resource) {
    std::string wrong;
    const auto expression = compiled(type, parameter.expression, wrong);
    REQUIRE(expression.has_value());
    std::pmr::monotonic_buffer_resource arena;
    const auto root = fhirpath::Value::of_node(resource.root(), &type);
    fhirpath::Runtime runtime;
    runtime.arena = &arena;
    runtime.context = &root;
    fhirpath::Collection found;
    CHECK_FALSE(expression->evaluate(runtime, found));
    return found.size();
}

}  // namespace

TEST_CASE("Every search parameter's expression compiles for its type") {
    const auto& r4 = fhir::Definitions::r4();
    int expressions = 0;
    for (const fhir::TypeDefinition* type : r4.types()) {
        if (type->is_abstract) {
            continue;
        }
        for (const fhir::SearchParameter& each : r4.search_parameters(type->name)) {
            if (each.expression.empty()) {
                CHECK(each.code.front() == '_');
                continue;
            }
            std::string wrong;
            const bool fine = compiled(*type, each.expression, wrong).has_value();
            INFO(type->name << " " << each.code << ": " << each.expression);
            CHECK(fine);
            CHECK(wrong.empty());
            ++expressions;
        }
    }
    CHECK(expressions == 1697 + 146 * 6);
}

TEST_CASE("Expressions find their values where the specification's `as` would refuse several") {
    const auto& r4 = fhir::Definitions::r4();
    const auto found = text::parse_json(R"({"resourceType": "Observation", "component": [
        {"valueQuantity": {"value": 1}}, {"valueQuantity": {"value": 2}}, {"valueString": "x"}]})",
                                        "o.json");
    REQUIRE(found.ok());
    const auto* parameter = r4.search_parameter("Observation", "component-value-quantity");
    REQUIRE(parameter != nullptr);
    CHECK(count_of(*parameter, *r4.type("Observation"), *found) == 2);
}
