// What View::compile accepts must run over any resource without harm.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "mapping/view.h"
#include "text/utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace linkway;
    static const auto resource = text::parse_json(
        R"({"resourceType":"Patient","id":"p1","active":true,"birthDate":"1970-01-02",)"
        R"("name":[{"family":"Bramble","given":["Sorrel","Fern"]},{"use":"usual"}],)"
        R"("telecom":[{"system":"phone","value":"01632 960100"}]})",
        "resource");
    text::Issues issues;
    const auto view = mapping::View::compile(
        std::string_view(reinterpret_cast<const char*>(data), size), "view.yaml", issues);
    for (const text::Issue& issue : issues) {
        if (issue.message.empty() || !text::is_utf8(text::to_string(issue))) {
            std::abort();
        }
    }
    if (!view) {
        return issues.empty() ? (std::abort(), 0) : 0;
    }
    mapping::ViewRunner runner;
    std::size_t rows = 0;
    std::string out;
    const auto failed =
        runner.run(*view, resource->root(), [&](std::span<const fhirpath::Collection> cells) {
            out.clear();
            for (std::size_t i = 0; ++rows < 1000 && i < cells.size(); ++i) {
                mapping::append_csv_cell(out, view->columns()[i], cells[i]);
                mapping::append_json_cell(out, view->columns()[i], cells[i]);
            }
        });
    return failed && failed->message.empty() ? (std::abort(), 0) : 0;
}
