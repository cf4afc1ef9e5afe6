// Input: the three parts of a token, a line each, before base64url, or a token as it is sent. No
// input verifies with a key that never signed anything, and every refusal says why in words that
// may stand in an answer.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "access/base64.h"
#include "access/jwt.h"
#include "text/utf8.h"

namespace {

using namespace linkway;
using namespace linkway::access;

void check_refused(std::string_view token, const KeySet& keys) {
    constexpr Algorithm all[] = {Algorithm::rs384, Algorithm::es384, Algorithm::es256};
    const auto claims = verify_jwt(token, all, keys);
    if (claims || claims.issue().message.empty() || !text::is_utf8(claims.issue().message)) {
        std::abort();
    }
}

KeySet named(KeySet keys) {
    keys[0].id = "e";
    keys[1].id = "p";
    return keys;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const KeySet keys =
        named({generate_key(Algorithm::es384), generate_key(Algorithm::es256)});
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check_refused(text, keys);

    std::string token;
    std::size_t at = 0;
    for (int part = 0; part < 3; ++part) {
        const std::size_t end = part < 2 ? std::min(text.find('\n', at), size) : size;
        token += (part == 0 ? "" : ".") + to_base64url(text.substr(at, end - at));
        at = std::min(end + 1, size);
    }
    check_refused(token, keys);

    // What base64url takes it writes in the same way again.
    if (const auto bytes = from_base64url(text); bytes && to_base64url(*bytes) != text) {
        std::abort();
    }
    return 0;
}
