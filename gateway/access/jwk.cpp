#include "access/jwk.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include <algorithm>

#include "access/base64.h"
#include "algorithm.h"
#include "crypto.h"

namespace linkway::access {

namespace {

constexpr std::size_t most_bytes = std::size_t{256} << 10;
constexpr std::size_t most_keys = 100;
constexpr std::size_t most_id_bytes = 256;
constexpr int least_rsa_bits = 2048;
constexpr int most_rsa_bits = 8192;
constexpr std::size_t most_exponent_bytes = 4;  // 65537 nearly always; a long one is slow to use

using Number = Owned<BIGNUM, BN_free>;
using Parameters = Owned<OSSL_PARAM, OSSL_PARAM_free>;
using ParameterBuilder = Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;

/// Makes a public key; null when OpenSSL finds fault with it, e.g. a point on no curve. It looks
/// for factors of an RSA modulus at random: a weak one is found out sooner or later, not each time.
OwnedKey make_public(const char* type, OSSL_PARAM_BLD* builder) {
    const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
    const KeyContext making(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    require(parameters != nullptr && making != nullptr &&
            EVP_PKEY_fromdata_init(making.get()) == 1);
    EVP_PKEY* made = nullptr;
    if (!succeeded(EVP_PKEY_fromdata(making.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters.get()))) {
        return nullptr;
    }
    OwnedKey key(made);
    const KeyContext checking(EVP_PKEY_CTX_new_from_pkey(nullptr, made, nullptr));
    require(checking != nullptr);
    return succeeded(EVP_PKEY_public_check(checking.get())) ? std::move(key) : nullptr;
}

/// Reads one JWK; what is wrong becomes an issue at its place.
class KeyReader {
  public:
    KeyReader(const text::Document& document, text::Issues& issues)
        : document_(document), issues_(issues) {}

    std::optional<Key> read(const text::Node& jwk) {
        if (!jwk.is_object()) {
            return refuse(jwk, "a key is an object");
        }
        const std::string_view id = jwk.string_or("kid", "");
        if (id.empty() || id.size() > most_id_bytes) {
            return refuse(jwk, "the key has no kid, by which tokens name it");
        }
        for (const std::string_view name : {"d", "p", "q", "dp", "dq", "qi", "k"}) {
            if (const text::Node* secret = jwk.find(name)) {
                return refuse(*secret,
                              "the private half of the key stands here: it is a secret no more, "
                              "make a new one and give only its public half");
            }
        }
        Key key;
        key.id = id;
        if (!agrees(jwk, "use", "sig") || !can_verify(jwk) || !fill(jwk, key) ||
            !agrees(jwk, "alg", to_code(key.algorithm))) {
            return std::nullopt;
        }
        return key;
    }

  private:
    std::nullopt_t refuse(const text::Node& at, std::string message, std::string suggestion = "") {
        issues_.push_back({text::Severity::error, "value", std::move(message), document_.at(at),
                           std::move(suggestion)});
        return std::nullopt;
    }

    /// A member that may be absent must say this.
    bool agrees(const text::Node& jwk, std::string_view name, std::string_view wanted) {
        const text::Node* member = jwk.find(name);
        if (member == nullptr || (member->is_string() && member->text == wanted)) {
            return true;
        }
        refuse(*member, "\"" + std::string(name) + "\" of this key must be " + std::string(wanted) +
                            ", or be left out");
        return false;
    }

    bool can_verify(const text::Node& jwk) {
        const text::Node* operations = jwk.find("key_ops");
        if (operations == nullptr ||
            std::any_of(operations->items.begin(), operations->items.end(),
                        [](const text::Node& each) { return each.text == "verify"; })) {
            return true;
        }
        refuse(*operations, "\"key_ops\" of this key must hold verify, or be left out");
        return false;
    }

    bool fill(const text::Node& jwk, Key& key) {
        const std::string_view type = jwk.string_or("kty", "");
        if (type == "RSA") {
            return fill_rsa(jwk, key);
        }
        if (type == "EC") {
            return fill_curve(jwk, key);
        }
        const text::Node* at = jwk.find("kty");
        refuse(at != nullptr ? *at : jwk, "\"kty\" must be RSA or EC");
        return false;
    }

    std::optional<std::string> bytes(const text::Node& jwk, std::string_view name) {
        const text::Node* member = jwk.find(name);
        auto decoded =
            member != nullptr && member->is_string() ? from_base64url(member->text) : std::nullopt;
        if (!decoded || decoded->empty()) {
            return refuse(member != nullptr ? *member : jwk,
                          "\"" + std::string(name) + "\" must be base64url without padding");
        }
        return decoded;
    }

    bool fill_rsa(const text::Node& jwk, Key& key) {
        const auto modulus = bytes(jwk, "n");
        const auto exponent = bytes(jwk, "e");
        if (!modulus || !exponent) {
            return false;
        }
        const Number n(BN_bin2bn(bytes_of(*modulus), static_cast<int>(modulus->size()), nullptr));
        const Number e(BN_bin2bn(bytes_of(*exponent), static_cast<int>(exponent->size()), nullptr));
        require(n != nullptr && e != nullptr);
        if (BN_num_bits(n.get()) < least_rsa_bits || BN_num_bits(n.get()) > most_rsa_bits) {
            refuse(*jwk.find("n"), "an RSA key has 2048 to 8192 bits, this one " +
                                       std::to_string(BN_num_bits(n.get())));
            return false;
        }
        if (exponent->size() > most_exponent_bytes || BN_is_odd(e.get()) == 0 ||
            BN_is_one(e.get()) == 1) {
            refuse(*jwk.find("e"), "the exponent of an RSA key is an odd number from 3 to 2^32");
            return false;
        }
        const ParameterBuilder builder(OSSL_PARAM_BLD_new());
        require(builder != nullptr &&
                OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) == 1 &&
                OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) == 1);
        key.algorithm = Algorithm::rs384;
        return keep(jwk, key, make_public("RSA", builder.get()), "\"n\" and \"e\" are no RSA key");
    }

    bool fill_curve(const text::Node& jwk, Key& key) {
        const std::string_view curve = jwk.string_or("crv", "");
        if (curve != "P-384" && curve != "P-256") {
            const text::Node* at = jwk.find("crv");
            refuse(at != nullptr ? *at : jwk, "\"crv\" must be P-384 (or P-256)");
            return false;
        }
        key.algorithm = curve == "P-384" ? Algorithm::es384 : Algorithm::es256;
        const AlgorithmFacts& facts = facts_of(key.algorithm);
        const auto x = bytes(jwk, "x");
        const auto y = bytes(jwk, "y");
        if (!x || !y) {
            return false;
        }
        if (x->size() != facts.bytes || y->size() != facts.bytes) {
            refuse(*jwk.find(x->size() != facts.bytes ? "x" : "y"),
                   "a coordinate on " + std::string(curve) + " has " + std::to_string(facts.bytes) +
                       " bytes");
            return false;
        }
        const std::string point = '\x04' + *x + *y;  // uncompressed (SEC 1, 2.3.3)
        const ParameterBuilder builder(OSSL_PARAM_BLD_new());
        require(builder != nullptr &&
                OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME,
                                                facts.group, 0) == 1 &&
                OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY,
                                                 point.data(), point.size()) == 1);
        return keep(jwk, key, make_public("EC", builder.get()),
                    "\"x\" and \"y\" are no point on " + std::string(curve));
    }

    bool keep(const text::Node& jwk, Key& key, OwnedKey made, std::string otherwise) {
        if (made == nullptr) {
            refuse(jwk, std::move(otherwise));
            return false;
        }
        key.handle = std::move(made);
        return true;
    }

    const text::Document& document_;
    text::Issues& issues_;
};

text::Issue no_key_set(text::Location at) {
    return {text::Severity::error, "structure",
            "a key set is an object with \"keys\", a list of at most " + std::to_string(most_keys),
            std::move(at), ""};
}

bool is_key_set(const text::Node& jwks) {
    const text::Node* keys = jwks.find("keys");
    return keys != nullptr && keys->is_array() && keys->items.size() <= most_keys;
}

}  // namespace

KeySet read_jwks(const text::Node& jwks, const text::Document& document, text::Issues& issues) {
    KeySet result;
    if (!is_key_set(jwks)) {
        issues.push_back(no_key_set(document.at(jwks)));
        return result;
    }
    KeyReader reader(document, issues);
    for (const text::Node& jwk : jwks.find("keys")->items) {
        auto key = reader.read(jwk);
        if (!key) {
            continue;
        }
        if (std::any_of(result.begin(), result.end(),
                        [&](const Key& other) { return other.id == key->id; })) {
            issues.push_back({text::Severity::error, "duplicate",
                              "the kid of this key is that of one before it", document.at(jwk),
                              "give each key a kid of its own"});
            continue;
        }
        result.push_back(std::move(*key));
    }
    return result;
}

text::Result<KeySet> parse_jwks(std::string_view json, const std::string& file,
                                text::Issues& issues) {
    const auto parsed = text::parse_json(json, file, {most_bytes, 16});
    if (!parsed) {
        return parsed.issue();
    }
    if (!is_key_set(parsed->root())) {
        return no_key_set(parsed->at(parsed->root()));
    }
    return read_jwks(parsed->root(), *parsed, issues);
}

}  // namespace linkway::access
