// A call of a hook is read or refused with a reason; what is read is what the specification allows.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "pages/cds_cards.h"
#include "text/utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace linkway;
    const auto request = pages::parse_cds_request({reinterpret_cast<const char*>(data), size});
    if (!request.ok()) {
        if (request.issue().message.empty() || !text::is_utf8(text::to_string(request.issue()))) {
            std::abort();
        }
        return 0;
    }
    if (request->hook_instance.size() != 36 || request->patient.empty() ||
        request->patient.size() > 64 || request->patient.find('/') != std::string::npos) {
        std::abort();
    }
    return 0;
}
