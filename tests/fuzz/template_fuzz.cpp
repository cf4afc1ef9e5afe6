// Any bytes as a template: parsed and compiled against a small row type; issues are fine, crashes
// are not.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mapping/plan.h"

using namespace linkway;

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
