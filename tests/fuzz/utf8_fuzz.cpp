// The fast check must agree with a slow one that decodes, and Windows-1252 must always come out as
// UTF-8.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "text/utf8.h"

namespace {

/// Decodes one code point after the other and compares with its shortest encoding.
bool decodes(std::string_view bytes) {
    for (std::size_t i = 0; i < bytes.size();) {
        const auto lead = static_cast<unsigned char>(bytes[i]);
        const std::size_t length = lead < 0x80            ? 1
                                   : (lead >> 5U) == 0x06 ? 2
                                   : (lead >> 4U) == 0x0E ? 3
                                   : (lead >> 3U) == 0x1E ? 4
                                                          : 0;
        if (length == 0 || i + length > bytes.size()) {
            return false;
        }
        std::uint32_t point = length == 1 ? lead : lead & (0xFFU >> (length + 1));
        for (std::size_t k = 1; k < length; ++k) {
            const auto next = static_cast<unsigned char>(bytes[i + k]);
            if ((next & 0xC0U) != 0x80U) {
                return false;
            }
            point = (point << 6U) | (next & 0x3FU);
        }
        const std::size_t shortest = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
        if (shortest != length || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) {
            return false;
        }
        i += length;
    }
    return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace linkway::text;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const std::size_t prefix = utf8_prefix(bytes);
    if (is_utf8(bytes) != decodes(bytes) || !decodes(bytes.substr(0, prefix))) {
        std::abort();
    }
    std::string out;
    append_windows_1252(out, bytes);
    if (!decodes(out)) {
        std::abort();
    }
    return 0;
}
