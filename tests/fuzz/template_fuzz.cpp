// Any bytes as a template: parsed, compiled against a small row type or an R4 resource, and run on
// one; issues are fine, crashes and output that is no JSON are not.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mapping/plan.h"
#include "mapping/resource_mapping.h"

using namespace linkway;

namespace {

void run(const mapping::Template& source, text::Issues& issues) {
    static const terminology::Terminology terminology;
    static const auto input = text::parse_json(
        R"({"resourceType":"Patient","id":"p1","active":true,"gender":"female","birthDate":"1980-02",
            "name":[{"family":"A","given":["B","C"]},{"given":["D"]}],"multipleBirthInteger":2})",
        "input");
    auto mapping = mapping::ResourceMapping::compile(source, terminology, issues);
    if (!mapping) {
        if (issues.empty()) {
            __builtin_trap();
        }
        return;
    }
    std::string out;
    if (mapping->input() != "Patient" || !mapping->run(input->root(), out) || out.empty()) {
        return;
    }
    // Output may nest deeper than input may: a template adds its own levels.
    if (!text::parse_json(out, "output", {std::size_t{64} << 20, 256})) {
        __builtin_trap();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const fhirpath::RecordType row = [] {
        fhirpath::RecordType type;
        type.name = "Row";
        type.fields = {{"Id", fhirpath::ValueKind::string, nullptr, false},
                       {"Born", fhirpath::ValueKind::date, nullptr, false}};
        return type;
    }();
    text::Issues issues;
    const auto source =
        mapping::parse_template({reinterpret_cast<const char*>(data), size}, "fuzz.yaml", issues);
    if (!source) {
        if (issues.empty()) {
            __builtin_trap();  // refused without a word
        }
        return 0;
    }
    if (!source->input.empty()) {
        run(*source, issues);
        return 0;
    }
    fhirpath::Environment environment;
    environment.variables.push_back(
        {"row",
         {fhirpath::StaticType::Of::record, fhirpath::ValueKind::record, nullptr, &row, false}});
    const auto plan = mapping::Plan::compile(*source, environment, issues);
    if (!plan && issues.empty()) {
        __builtin_trap();
    }
    return 0;
}
