#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <array>

#include "access/jwk.h"
#include "algorithm.h"
#include "base64.h"
#include "crypto.h"
#include "text/json_writer.h"

namespace linkway::access {

namespace {

// In the order of the enumeration.
constexpr std::array<AlgorithmFacts, 3> algorithms = {{
    {"RS384", "SHA384", nullptr, "", 0},
    {"ES384", "SHA384", "P-384", "P-384", 48},
    {"ES256", "SHA256", "P-256", "P-256", 32},
}};

constexpr unsigned new_rsa_bits = 3072;

using Number = Owned<BIGNUM, BN_free>;

/// A number of a key, big-endian in `size` bytes; as many as it has when that is 0.
std::string number_of(const EVP_PKEY* key, const char* name, std::size_t size) {
    BIGNUM* found = nullptr;
    require(EVP_PKEY_get_bn_param(key, name, &found) == 1);
    const Number number(found);
    std::string bytes(size == 0 ? static_cast<std::size_t>(BN_num_bytes(found)) : size, '\0');
    require(BN_bn2binpad(found, bytes_of(bytes), static_cast<int>(bytes.size())) >= 0);
    return bytes;
}

/// The members of RFC 7638's thumbprint, in the order of their names; so a JWK may begin.
void write_public_members(text::JsonWriter& json, const Key& key) {
    const auto [first, second] = public_numbers(key);
    const AlgorithmFacts& facts = facts_of(key.algorithm);
    if (facts.group == nullptr) {
        json.member("e", to_base64url(second));
        json.member("kty", "RSA");
        json.member("n", to_base64url(first));
        return;
    }
    json.member("crv", facts.curve);
    json.member("kty", "EC");
    json.member("x", to_base64url(first));
    json.member("y", to_base64url(second));
}

/// A passphrase is never asked for: there may be nobody at the terminal.
int no_passphrase(char*, int, int, void*) {
    return -1;
}

text::Issue unusable(const std::string& file, std::string message) {
    return {text::Severity::error,
            "value",
            std::move(message),
            {file, 0, 0, {}},
            "linkway keys new makes one that can be used"};
}

std::optional<Algorithm> algorithm_of(const EVP_PKEY* key) {
    if (EVP_PKEY_is_a(key, "RSA") == 1) {
        return Algorithm::rs384;
    }
    std::array<char, 64> group{};
    if (EVP_PKEY_is_a(key, "EC") == 1 &&
        EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group.data(), group.size(),
                                       nullptr) == 1) {
        const std::string_view name = group.data();
        if (name == "P-384" || name == "secp384r1") {
            return Algorithm::es384;
        }
        if (name == "P-256" || name == "prime256v1") {
            return Algorithm::es256;
        }
    }
    return std::nullopt;
}

}  // namespace

const AlgorithmFacts& facts_of(Algorithm algorithm) {
    return algorithms[static_cast<std::size_t>(algorithm)];
}

std::string_view to_code(Algorithm algorithm) {
    return facts_of(algorithm).code;
}

std::optional<Algorithm> parse_algorithm(std::string_view code) {
    for (std::size_t i = 0; i < algorithms.size(); ++i) {
        if (algorithms[i].code == code) {
            return static_cast<Algorithm>(i);
        }
    }
    return std::nullopt;
}

int bits_of(const EVP_PKEY* key) {
    return EVP_PKEY_get_bits(key);
}

PublicNumbers public_numbers(const Key& key) {
    const AlgorithmFacts& facts = facts_of(key.algorithm);
    if (facts.group == nullptr) {
        return {number_of(key.handle.get(), OSSL_PKEY_PARAM_RSA_N, 0),
                number_of(key.handle.get(), OSSL_PKEY_PARAM_RSA_E, 0)};
    }
    return {number_of(key.handle.get(), OSSL_PKEY_PARAM_EC_PUB_X, facts.bytes),
            number_of(key.handle.get(), OSSL_PKEY_PARAM_EC_PUB_Y, facts.bytes)};
}

std::string to_jwks(const KeySet& keys) {
    std::string out;
    text::JsonWriter json(out);
    json.begin_object();
    json.name("keys");
    json.begin_array();
    for (const Key& key : keys) {
        json.begin_object();
        write_public_members(json, key);
        json.member("kid", key.id);
        json.member("alg", to_code(key.algorithm));
        json.member("use", "sig");
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return out;
}

std::string thumbprint(const Key& key) {
    std::string members;
    text::JsonWriter json(members);
    json.begin_object();
    write_public_members(json, key);
    json.end_object();
    return to_base64url(sha256(members));
}

Key generate_key(Algorithm algorithm) {
    const AlgorithmFacts& facts = facts_of(algorithm);
    Key key;
    key.algorithm = algorithm;
    key.is_private = true;
    key.handle = std::shared_ptr<EVP_PKEY>(
        facts.group == nullptr ? EVP_RSA_gen(new_rsa_bits) : EVP_EC_gen(facts.group),
        Freed<EVP_PKEY_free>());
    require(key.handle != nullptr);
    key.id = thumbprint(key);
    return key;
}

std::string to_pem(const Key& private_key) {
    const Owned<BIO, BIO_free> memory(BIO_new(BIO_s_mem()));
    require(memory != nullptr &&
            PEM_write_bio_PKCS8PrivateKey(memory.get(), private_key.handle.get(), nullptr, nullptr,
                                          0, nullptr, nullptr) == 1);
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

text::Result<Key> parse_pem(std::string_view pem, const std::string& file, std::string id) {
    const Owned<BIO, BIO_free> memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    require(memory != nullptr);
    Key key;
    key.is_private = true;
    key.handle = std::shared_ptr<EVP_PKEY>(
        PEM_read_bio_PrivateKey(memory.get(), nullptr, no_passphrase, nullptr),
        Freed<EVP_PKEY_free>());
    if (!succeeded(key.handle != nullptr ? 1 : 0)) {
        return unusable(file, "the file holds no private key as PEM without a passphrase");
    }
    const auto algorithm = algorithm_of(key.handle.get());
    if (!algorithm) {
        return unusable(file, "the key is neither RSA nor on P-384 or P-256");
    }
    key.algorithm = *algorithm;
    if (*algorithm == Algorithm::rs384 && bits_of(key.handle.get()) < 2048) {
        return unusable(file, "the RSA key has less than 2048 bits");
    }
    key.id = id.empty() ? thumbprint(key) : std::move(id);
    return key;
}

}  // namespace linkway::access
