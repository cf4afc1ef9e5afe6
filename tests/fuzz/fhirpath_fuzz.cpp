// Any text as an expression: it is refused with a place, or prints to text that parses to the same
// tree, and what compiles runs over a patient and over nothing within its limits.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory_resource>
#include <string_view>
#include <vector>

#include "fhirpath/expression.h"
#include "text/node.h"

namespace {

using namespace linkway;
using namespace linkway::fhirpath;

const text::Document& patient() {
    static const text::Document document = [] {
        auto parsed = text::parse_json(
            R"({"resourceType":"Patient","id":"p","active":true,"name":[{"family":"A","given":["B","C"],"_given":[null,{"id":"x"}]}],
                "birthDate":"1974-12-25","deceasedDateTime":"2020-01-01T00:00:00Z","multipleBirthInteger":2,
                "telecom":[{"system":"phone","value":"1","rank":1}],
                "extension":[{"url":"u","valueQuantity":{"value":1.5,"code":"kg","system":"http://unitsofmeasure.org"}}]})",
            "");
        if (!parsed.ok()) {
            std::abort();
        }
        return std::move(parsed).value();
    }();
    return document;
}

void evaluate(ExprPtr tree, bool strict) {
    Environment environment;
    environment.strict = strict;
    environment.context = strict ? nullptr : fhir::Definitions::r4().type("Patient");
    environment.variables = {{"v", {}}};
    text::Issues issues;
    const auto compiled = compile(std::move(tree), environment, {}, issues);
    if (!compiled) {
        if (issues.empty()) {
            std::abort();  // a refusal must say why
        }
        return;
    }
    std::pmr::monotonic_buffer_resource arena;
    const Value context = Value::of_node(patient().root(), environment.context);
    const std::vector<Collection> variables = {Collection(context)};
    Runtime runtime;
    runtime.arena = &arena;
    runtime.context = strict ? nullptr : &context;
    runtime.variables = variables;
    runtime.now = "2024-02-29T10:11:12Z";
    runtime.steps_left = 5'000;
    Collection out;
    (void)compiled->evaluate(runtime, out);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // Long inputs only make the same things slower.
    const std::string_view text(reinterpret_cast<const char*>(data),
                                std::min<std::size_t>(size, 4096));
    auto parsed = parse(text);
    if (!parsed.ok()) {
        if (parsed.issue().location.line == 0 || parsed.issue().message.empty()) {
            std::abort();
        }
        return 0;
    }
    const auto again = parse(print(**parsed));
    if (!again.ok() || !equal(**parsed, **again)) {
        std::abort();
    }
    evaluate((*parsed)->clone(), true);
    evaluate(std::move(parsed).value(), false);
    return 0;
}
