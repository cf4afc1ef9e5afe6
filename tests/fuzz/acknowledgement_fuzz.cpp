// What a practice may put beside a file: any bytes are an acknowledgement or a reason why not.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "acknowledgement.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace linkway::delivery;
    const auto read = read_acknowledgement({reinterpret_cast<const char*>(data), size}, 1);
    if (read && !read->all && read->entries.empty()) {
        std::abort();
    }
    return 0;
}
