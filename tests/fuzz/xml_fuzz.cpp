// What parse_xml accepts it must write back as something it reads the same way again; what
// parse_resource_xml accepts is a tree that JSON can hold.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "fhir/resource_xml.h"
#include "text/utf8.h"
#include "text/xml.h"

using namespace linkway;

namespace {

/// A refusal always says why, in words that can be printed.
void check(const text::Issue& issue) {
    if (issue.message.empty() || !text::is_utf8(to_string(issue))) {
        std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    auto parsed = text::parse_xml(text, "fuzz");
    if (!parsed.ok()) {
        check(parsed.issue());
        return 0;
    }
    std::string once;
    append_xml(once, parsed->root());
    auto again = text::parse_xml(once, "fuzz");
    if (!again.ok()) {
        std::abort();
    }
    std::string twice;
    append_xml(twice, again->root());
    if (once != twice) {
        std::abort();
    }
    auto resource = fhir::parse_resource_xml(text, "fuzz");
    if (!resource.ok()) {
        check(resource.issue());
        return 0;
    }
    std::string json;
    append_json(json, resource->root());
    // XML may nest narratives and arrays a little deeper than JSON counts.
    if (!text::parse_json(json, "fuzz", {text.size() * 8 + 1024, 1000}).ok()) {
        std::abort();
    }
    return 0;
}
