// What is to be known of each algorithm, in one table.
#pragma once

#include <string_view>

#include "access/jwk.h"
#include "crypto.h"

namespace linkway::access {

struct AlgorithmFacts {
    std::string_view code;
    const char* digest;      ///< as OpenSSL calls it
    const char* group;       ///< curve, as OpenSSL calls it; null for RSA
    std::string_view curve;  ///< as a JWK calls it
    std::size_t bytes;       ///< of a coordinate, and of each half of a signature
};

const AlgorithmFacts& facts_of(Algorithm algorithm);

/// Modulus in bits, or of the curve.
int bits_of(const EVP_PKEY* key);

/// The public numbers, big-endian, as a JWK holds them: modulus and exponent without leading
/// zeros; coordinates padded to the curve's bytes.
struct PublicNumbers {
    std::string first;   ///< n or x
    std::string second;  ///< e or y
};
PublicNumbers public_numbers(const Key& key);

}  // namespace linkway::access
