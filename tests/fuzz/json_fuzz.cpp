// What parse_json accepts it must write back as something it reads the same way again.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "text/node.h"
#include "text/utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace linkway::text;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    auto parsed = parse_json(text, "fuzz");
    if (!parsed.ok()) {
        // A refusal always says why, in words that can be printed.
        if (parsed.issue().message.empty() || !is_utf8(to_string(parsed.issue()))) {
            std::abort();
        }
        return 0;
    }
    std::string once;
    append_json(once, parsed->root());
    auto again = parse_json(once, "fuzz");
    if (!again.ok()) {
        std::abort();
    }
    std::string twice;
    append_json(twice, again->root());
    if (once != twice) {
        std::abort();
    }
    return 0;
}
