// Any JSON or XML as a resource: the validator comes to an end, places every issue, and prints
// nothing that is not UTF-8.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "fhir/resource_xml.h"
#include "profiles/validator.h"
#include "text/utf8.h"

using namespace linkway;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const profiles::Validator validator;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto parsed = fhir::parse_resource(text, "fuzz");
    if (!parsed) {
        return 0;
    }
    profiles::Options options;
    options.best_practice = true;
    const text::Issues issues = validator.validate(parsed->root(), options);
    if (issues.size() > profiles::most_issues) {
        std::abort();
    }
    for (const text::Issue& issue : issues) {
        if (issue.location.line == 0 || issue.code.empty() || issue.message.empty() ||
            !text::is_utf8(to_string(issue))) {
            std::abort();
        }
    }
    return 0;
}
