// The functions on codes, called from FHIRPath.
#include "mapping/code_functions.h"

#include <memory_resource>

#include "catch.h"
#include "text/node.h"

using namespace linkway;

namespace {

const terminology::Terminology& codes() {
    static const terminology::Terminology loaded = [] {
        std::vector<text::Document> documents;
        for (const char* content :
             {R"({"resourceType":"CodeSystem","url":"u:cs","content":"complete","concept":[
                  {"code":"need","display":"Need","concept":[{"code":"debt"},{"code":"7"}]},
                  {"code":"walk"}]})",
              R"({"resourceType":"ValueSet","url":"u:needs","compose":{"include":[
                  {"system":"u:cs","filter":[
                      {"property":"concept","op":"descendent-of","value":"need"}]}]}})",
              R"({"resourceType":"ValueSet","url":"u:open","compose":{"include":[
                  {"system":"u:elsewhere"}]}})",
              R"({"resourceType":"ConceptMap","url":"u:map","group":[{"source":"u:cs",
                  "target":"u:t","element":[{"code":"debt","target":[
                      {"code":"d","equivalence":"equal"},{"equivalence":"unmatched"}]}],
                  "unmapped":{"mode":"provided"}}]})"}) {
            documents.push_back(std::move(text::parse_json(content, "test.json")).value());
        }
        terminology::Terminology result;
        CHECK(result.load(std::move(documents)).size() == 1);
        return result;
    }();
    return loaded;
}

/// The items with blanks between, or "?" and the first mistake.
std::string run(std::string_view expression) {
    fhirpath::Environment environment;
    environment.functions = mapping::code_functions(codes());
    auto parsed = fhirpath::parse(expression);
    REQUIRE(parsed.ok());
    text::Issues issues;
    const auto compiled =
        fhirpath::compile(std::move(parsed).value(), environment, {"t", 1, 1, {}}, issues);
    if (!compiled) {
        return "?" + issues.front().message +
               (issues.front().suggestion.empty() ? "" : "; " + issues.front().suggestion);
    }
    std::pmr::monotonic_buffer_resource arena;
    fhirpath::Runtime runtime;
    runtime.arena = &arena;
    fhirpath::Collection out;
    REQUIRE_FALSE(compiled->evaluate(runtime, out));
    std::string result;
    for (const auto& value : out) {
        result += result.empty() ? "" : " ";
        result += value.kind == fhirpath::ValueKind::boolean ? (value.boolean ? "true" : "false")
                                                             : std::string(value.text);
    }
    return result;
}

}  // namespace

TEST_CASE("Codes are asked whether they are in a value set") {
    CHECK(run("'debt'.memberOf('u:needs')") == "true");
    CHECK(run("'need'.memberOf('u:needs', 'u:cs')") == "false");
    CHECK(run("7.memberOf('u:needs', 'u:cs')") == "true");
    CHECK(run("'debt'.memberOf('u:needs', 'u:other')") == "false");
    // Not "false": it cannot be told.
    CHECK(run("'a'.memberOf('u:open', 'u:elsewhere')").empty());
    CHECK(run("'debt'.memberOf('u:neds')") ==
          "?no code file defines the value set \"u:neds\"; did you mean \"u:needs\"?");
    CHECK(run("'1'.memberOf('http://snomed.info/sct?fhir_vs=isa/138875005')") ==
          "?no SNOMED CT release is loaded; load one first, or list the concepts in a ValueSet "
          "file");
}

TEST_CASE("Codes are asked what they are above or below") {
    CHECK(run("'need'.subsumes('debt', 'u:cs')") == "true");
    CHECK(run("'debt'.subsumes('need', 'u:cs')") == "false");
    CHECK(run("'debt'.subsumedBy('need', 'u:cs')") == "true");
    CHECK(run("7.subsumedBy('need', 'u:cs')") == "true");
    CHECK(run("'walk'.subsumedBy('need', 'u:cs')") == "false");
    CHECK(run("'stranger'.subsumedBy('need', 'u:cs')").empty());
    CHECK(run("'debt'.subsumedBy('ned', 'u:cs')") ==
          "?the code system u:cs has no code \"ned\" here");
    CHECK(run("'debt'.subsumes('need', 'u:css')") ==
          "?no code file defines the code system \"u:css\"; did you mean \"u:cs\"?");
}

TEST_CASE("Codes are translated, and numbers stay what they were") {
    CHECK(run("'debt'.translate('u:map', 'u:cs')") == "d");
    CHECK(run("7.translate('u:map', 'u:cs')") == "7");
    CHECK(run("'need'.display('u:cs')") == "Need");
    CHECK(run("'debt'.translate('u:mop', 'u:cs')") ==
          "?no code file defines the concept map \"u:mop\"; did you mean \"u:map\"?");
}
