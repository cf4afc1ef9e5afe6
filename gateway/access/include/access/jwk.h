// Keys that sign and verify, and the JSON Web Key Sets they are published in (RFC 7517, 7518).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/issue.h"
#include "text/node.h"

struct evp_pkey_st;  // OpenSSL's key

namespace linkway::access {

/// How a key signs (RFC 7518, 3.1). SMART Backend Services asks for the first two. Only asymmetric
/// ones are known here, so that nothing can be taken for "none" or for a shared secret.
enum class Algorithm : std::uint8_t {
    rs384,  ///< RSA of 2048 to 8192 bits, PKCS #1 v1.5, SHA-384
    es384,  ///< ECDSA on P-384, SHA-384
    es256,  ///< ECDSA on P-256, SHA-256
};
std::string_view to_code(Algorithm algorithm);  ///< "RS384"
std::optional<Algorithm> parse_algorithm(std::string_view code);

/// A key of one algorithm and no other. Copies share what OpenSSL holds; safe from any thread.
struct Key {
    std::string id;  ///< kid
    Algorithm algorithm = Algorithm::es384;
    bool is_private = false;  ///< can sign
    std::shared_ptr<evp_pkey_st> handle;
};
using KeySet = std::vector<Key>;

/// Public keys of a key set: RSA, P-384 and P-256 with a kid; "alg", "use" and "key_ops", where
/// they stand, must agree. Each key that cannot be used is an issue with its place, the others
/// stay: secrets (kty "oct"), keys published with their private half, kids that come twice, points
/// that are on no curve, short moduli. `document` holds `jwks`.
KeySet read_jwks(const text::Node& jwks, const text::Document& document, text::Issues& issues);

/// The same of a text of its own, at most 256 KiB and 100 keys. Issue: it is no key set.
text::Result<KeySet> parse_jwks(std::string_view json, const std::string& file,
                                text::Issues& issues);

/// {"keys":[...]} with the public halves, each with kid, alg and use "sig".
std::string to_jwks(const KeySet& keys);

/// SHA-256 thumbprint of the public half, base64url (RFC 7638): what `generate_key` takes as kid.
std::string thumbprint(const Key& key);

/// A new private key; RSA has 3072 bits. Its id is its thumbprint.
Key generate_key(Algorithm algorithm);

/// PKCS #8 without a passphrase, as `openssl genpkey` writes it.
std::string to_pem(const Key& private_key);

/// A private key of one of the algorithms; RFC 5915 and PKCS #1 files do as well. Its id is `id`,
/// or its thumbprint when that is empty. Issue: no such key, or one with a passphrase.
text::Result<Key> parse_pem(std::string_view pem, const std::string& file, std::string id = "");

}  // namespace linkway::access
