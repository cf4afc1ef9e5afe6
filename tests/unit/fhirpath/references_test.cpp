#include "fhirpath/references.h"

#include "catch.h"
#include "fhirpath/result.h"

using namespace linkway;
using namespace linkway::fhirpath;

namespace {

constexpr std::string_view bundle = R"({
  "resourceType": "Bundle",
  "type": "collection",
  "entry": [
    {"fullUrl": "http://example.org/fhir/Patient/p1",
     "resource": {"resourceType": "Patient", "id": "p1",
       "contained": [{"resourceType": "Organization", "id": "o", "name": "First",
                      "partOf": {"reference": "#top"}},
                     {"resourceType": "Organization", "id": "top", "name": "Top"}],
       "managingOrganization": {"reference": "#o"}}},
    {"fullUrl": "urn:uuid:8a2e1f2c-0000-4000-8000-000000000002",
     "resource": {"resourceType": "Task", "id": "t1",
       "contained": [{"resourceType": "Organization", "id": "o", "name": "Second"}],
       "for": {"reference": "Patient/p1"},
       "owner": {"reference": "#o"},
       "requester": {"reference": "Patient/none"},
       "focus": {"reference": "http://example.org/fhir/Patient/p1/_history/3"},
       "instantiatesUri": "urn:uuid:8a2e1f2c-0000-4000-8000-000000000002",
       "partOf": [{"reference": "#"}, {"display": "no reference"}]}}
  ]
})";

/// Results, comma-separated; "!message" for an error.
std::string run(std::string_view expression) {
    static const text::Document document = std::move(text::parse_json(bundle, "b.json")).value();
    static const ResourceIndex index(document.root());
    Environment environment;
    environment.strict = false;
    environment.context = fhir::Definitions::r4().type("Bundle");
    environment.functions = fhir_functions();
    text::Issues issues;
    const auto compiled =
        compile(std::move(parse(expression)).value(), environment, {"e", 1, 1, {}}, issues);
    if (!compiled) {
        return "!" + to_string(issues.front());
    }
    std::pmr::monotonic_buffer_resource arena;
    const Value context = Value::of_node(document.root(), environment.context);
    const Resolver resolver = [](std::string_view reference, const text::Node* from) {
        return index.find(reference, from);
    };
    Runtime runtime;
    runtime.arena = &arena;
    runtime.context = &context;
    runtime.resolver = &resolver;
    Collection out;
    if (const auto failure = compiled->evaluate(runtime, out)) {
        return "!" + to_string(*failure);
    }
    std::string shown;
    for (const Value& value : out) {
        shown += shown.empty() ? "" : ", ";
        append_text(shown, value);
    }
    return shown;
}

}  // namespace

TEST_CASE("references are resolved within what was read") {
    CHECK(run("entry.resource.ofType(Task).for.resolve().id") == "p1");
    CHECK(run("entry.resource.ofType(Task).focus.resolve().id") == "p1");
    CHECK(run("entry.resource.ofType(Task).instantiatesUri.resolve().id") == "t1");
    CHECK(run("entry.resource.ofType(Task).for.reference.resolve().id") == "p1");
    CHECK(run("entry.resource.ofType(Task).partOf.resolve().id") == "t1");
    CHECK(run("entry.resource.ofType(Task).requester.resolve()").empty());
    CHECK(run("('Patient/p1' | 'Patient/none').resolve().id") == "p1");
    CHECK(run("{}.resolve()").empty());
    CHECK(run("entry.resource.ofType(Task).for.resolve() is Patient") == "true");
}

TEST_CASE("a contained resource is that of the resource around the reference") {
    CHECK(run("entry[0].resource.ofType(Patient).managingOrganization.resolve().name") == "First");
    CHECK(run("entry[1].resource.ofType(Task).owner.resolve().name") == "Second");
    CHECK(run("entry[0].resource.ofType(Patient).managingOrganization.resolve().partOf.resolve()"
              ".name") == "Top");
    CHECK(run("'#o'.resolve()").empty());
}

TEST_CASE("conformsTo knows base profiles and refuses others") {
    const std::string base = "'http://hl7.org/fhir/StructureDefinition/";
    CHECK(run("conformsTo(" + base + "Bundle')") == "true");
    CHECK(run("conformsTo(" + base + "Resource')") == "true");
    CHECK(run("conformsTo(" + base + "Patient')") == "false");
    CHECK(run("entry.resource.conformsTo(" + base + "Patient')") == "true, false");
    CHECK(run("'x'.conformsTo(" + base + "string')") == "false");
    CHECK(run("conformsTo('http://example.org/p')").find("!e:1:1: error: conformsTo() knows") == 0);
    CHECK(run("conformsTo('http://example' & '.org/p')").find("knows the base profiles") !=
          std::string::npos);
    CHECK(run("conformsTo({})").find("needs the url of a profile") != std::string::npos);
}

TEST_CASE("without a resolver nothing is found") {
    Environment environment;
    environment.strict = false;
    environment.functions = fhir_functions();
    text::Issues issues;
    const auto compiled =
        compile(std::move(parse("'Patient/p1'.resolve()")).value(), environment, {}, issues);
    REQUIRE(compiled);
    std::pmr::monotonic_buffer_resource arena;
    Runtime runtime;
    runtime.arena = &arena;
    Collection out;
    CHECK_FALSE(compiled->evaluate(runtime, out));
    CHECK(out.empty());
}
