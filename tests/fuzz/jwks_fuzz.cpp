// Whatever a key set holds, keys that were read can be written and are read the same way again, and
// every other key left an issue with its place. One thing is left to chance: OpenSSL looks for
// factors of an RSA modulus at random, so one that is no product of two large primes may pass at
// one time and be refused at another.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "access/jwk.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace linkway;
    using namespace linkway::access;
    text::Issues issues;
    const auto keys = parse_jwks({reinterpret_cast<const char*>(data), size}, "keys.json", issues);
    if (!keys) {
        return keys.issue().message.empty() ? (std::abort(), 0) : 0;
    }
    for (const text::Issue& issue : issues) {
        if (issue.message.empty() || issue.location.line == 0) {
            std::abort();
        }
    }
    const std::string written = to_jwks(*keys);
    text::Issues more;
    const auto again = parse_jwks(written, "keys.json", more);
    if (!again || (more.empty() && to_jwks(*again) != written)) {
        std::abort();
    }
    for (const text::Issue& issue : more) {
        if (issue.message != "\"n\" and \"e\" are no RSA key") {
            std::abort();
        }
    }
    return 0;
}
