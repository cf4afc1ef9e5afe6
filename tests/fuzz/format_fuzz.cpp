// Any bytes as a file of a mapping: laid out canonically it must say the same, with every comment,
// and laying it out again must change nothing.
#include <cstddef>
#include <cstdint>
#include <string>

#include "mapping/format.h"

using namespace linkway;

namespace {

void check(std::string_view bytes, const std::string& file) {
    const auto once = mapping::format(bytes, file);
    if (!once) {
        return;
    }
    const auto again = mapping::format(*once, file);
    if (!again || *again != *once) {
        __builtin_trap();
    }
    const bool json = file.ends_with(".json");
    const auto before = json ? text::parse_json(bytes, file) : text::parse_yaml(bytes, file);
    const auto after = json ? text::parse_json(*once, file) : text::parse_yaml(*once, file);
    if (!before || !after) {
        __builtin_trap();
    }
    // Templates may have their header reordered and blanks in markers evened; anything else is the
    // same to the byte.
    if (before->root().find("resource") == nullptr) {
        std::string one;
        std::string other;
        text::append_json(one, before->root());
        text::append_json(other, after->root());
        if (one != other) {
            __builtin_trap();
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    check(bytes, "fuzz.yaml");
    check(bytes, "fuzz.json");
    return 0;
}
