#include <algorithm>
#include <map>
#include <string>

#include "catch.h"
#include "fhir/definitions.h"

using namespace linkway::fhir;

namespace {

const Definitions& r4() {
    return Definitions::r4();
}

const SearchParameter& parameter(std::string_view type, std::string_view code) {
    const SearchParameter* found = r4().search_parameter(type, code);
    INFO(type << " " << code);
    REQUIRE(found != nullptr);
    return *found;
}

std::string targets(const SearchParameter& parameter) {
    std::string out;
    for (const std::string_view each : parameter.targets) {
        out += (out.empty() ? "" : " ") + std::string(each);
    }
    return out;
}

}  // namespace

TEST_CASE("Every resource type has its own search parameters and those of all resources") {
    std::size_t types = 0;
    std::map<SearchType, int> count;
    for (const TypeDefinition* type : r4().types()) {
        if (type->kind != TypeKind::resource || type->is_abstract) {
            CHECK((type->is_abstract || r4().search_parameters(type->name).empty()));
            continue;
        }
        ++types;
        const auto all = r4().search_parameters(type->name);
        INFO(type->name);
        CHECK(std::adjacent_find(all.begin(), all.end(), [](const auto& a, const auto& b) {
                  return a.code >= b.code;
              }) == all.end());
        CHECK(r4().search_parameter(type->name, "_id") != nullptr);
        CHECK((r4().search_parameter(type->name, "_text") != nullptr) ==
              type->is_a("DomainResource"));
        for (const SearchParameter& each : all) {
            CHECK(r4().search_parameter(type->name, each.code) == &each);
            CHECK((each.targets.empty() || each.type == SearchType::reference));
            for (const std::string_view target : each.targets) {
                CHECK(r4().type(target) != nullptr);
            }
            ++count[each.type];
        }
    }
    CHECK(types == 146);
    // 1,697 of one type, 8 of each resource and one more of each DomainResource.
    CHECK(count[SearchType::token] == 668 + 146 * 4);
    CHECK(count[SearchType::reference] == 517);
    CHECK(count[SearchType::special] == 1);
}

TEST_CASE("A parameter that types share is about the type it is asked of") {
    CHECK(parameter("Task", "_lastUpdated").expression == "Resource.meta.lastUpdated");
    CHECK(parameter("Task", "_lastUpdated").type == SearchType::date);
    CHECK(parameter("Task", "authored-on").expression == "Task.authoredOn");
    CHECK(parameter("ServiceRequest", "authored").expression == "ServiceRequest.authoredOn");
    CHECK(parameter("AllergyIntolerance", "code").expression ==
          "AllergyIntolerance.code | AllergyIntolerance.reaction.substance");
    CHECK(parameter("Encounter", "identifier").expression == "Encounter.identifier");
    CHECK(parameter("Observation", "value-string").expression ==
          "Observation.value.ofType(string) | Observation.value.ofType(CodeableConcept).text");
}

TEST_CASE("The targets of a reference are those that its element can have") {
    CHECK(targets(parameter("Task", "patient")) == "Patient");
    CHECK(parameter("Task", "patient").expression == "Task.for");
    CHECK(targets(parameter("ServiceRequest", "patient")) == "Patient");
    CHECK(targets(parameter("ServiceRequest", "encounter")) == "Encounter");
    CHECK(targets(parameter("Task", "part-of")) == "Task");
    CHECK(targets(parameter("Task", "focus")).empty());
}

TEST_CASE("What is no type or no parameter is not found") {
    CHECK(r4().search_parameters("Patiant").empty());
    CHECK(r4().search_parameters("HumanName").empty());
    CHECK(r4().search_parameter("Patient", "authored") == nullptr);
    CHECK(r4().search_parameter("Patient", "") == nullptr);
    CHECK(r4().search_parameter("Patient", "zzz") == nullptr);
    CHECK(r4().search_parameter("Nothing", "_id") == nullptr);
}
