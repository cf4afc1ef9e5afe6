// What parse_yaml accepts must be a tree that JSON can hold.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "text/node.h"
#include "text/utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace linkway::text;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    auto parsed = parse_yaml(text, "fuzz");
    if (!parsed.ok()) {
        if (parsed.issue().message.empty() || !is_utf8(to_string(parsed.issue()))) {
            std::abort();
        }
        return 0;
    }
    std::string json;
    append_json(json, parsed->root());
    auto again = parse_json(json, "fuzz");
    if (!again.ok()) {
        std::abort();
    }
    std::string twice;
    append_json(twice, again->root());
    if (json != twice) {
        std::abort();
    }
    return 0;
}
