#include "access/jwt.h"

#include <openssl/ecdsa.h>

#include <algorithm>
#include <array>

#include "algorithm.h"
#include "base64.h"
#include "crypto.h"
#include "text/json_writer.h"

namespace linkway::access {

namespace {

constexpr text::ParseLimits limits = {most_token_bytes, 16};

text::Issue refusal(std::string message, std::string suggestion = "") {
    return {text::Severity::error, "login", std::move(message), {}, std::move(suggestion)};
}

/// The three parts between dots; nothing when there are more or fewer.
struct Parts {
    std::string_view header, claims, signature;
    std::string_view is_signed;  ///< the first two with their dot
};
std::optional<Parts> split(std::string_view compact) {
    const std::size_t first = compact.find('.');
    const std::size_t last = compact.rfind('.');
    if (first == std::string_view::npos || last == first || compact.find('.', first + 1) != last) {
        return std::nullopt;
    }
    return Parts{compact.substr(0, first), compact.substr(first + 1, last - first - 1),
                 compact.substr(last + 1), compact.substr(0, last)};
}

text::Result<text::Document> decode(std::string_view part, const std::string& name) {
    const auto json = from_base64url(part);
    if (!json) {
        return refusal("the " + name + " of the token is not base64url without padding");
    }
    auto parsed = text::parse_json(*json, name, limits);
    if (!parsed) {
        // Only the sentence: what the token holds is not ours to show.
        return refusal("the " + name + " of the token is not JSON: " + parsed.issue().message);
    }
    if (!parsed->root().is_object()) {
        return refusal("the " + name + " of the token is not a JSON object");
    }
    return parsed;
}

std::string list(std::span<const Algorithm> algorithms) {
    std::string result;
    for (const Algorithm algorithm : algorithms) {
        result += (result.empty() ? "" : " or ") + std::string(to_code(algorithm));
    }
    return result;
}

struct Header {
    Algorithm algorithm;
    std::string_view key_id;
    std::string_view key_url;  ///< jku
};

text::Result<Header> read_header(const text::Node& header, std::span<const Algorithm> allowed) {
    const auto algorithm = parse_algorithm(header.string_or("alg", ""));
    if (!algorithm || std::find(allowed.begin(), allowed.end(), *algorithm) == allowed.end()) {
        return refusal("the token is not signed with " + list(allowed));
    }
    for (const std::string_view name : {"jwk", "x5c", "x5u", "crit", "zip"}) {
        if (header.find(name) != nullptr) {
            return refusal("the token's header holds " + std::string(name) +
                           ", which is not accepted: keys are registered");
        }
    }
    const text::Node* type = header.find("typ");
    if (type != nullptr && type->text != "JWT" && type->text != "jwt") {
        return refusal("the token's typ is not JWT");
    }
    const std::string_view key_id = header.string_or("kid", "");
    if (key_id.empty()) {
        return refusal("the token's header has no kid");
    }
    const text::Node* url = header.find("jku");
    if (url != nullptr && (!url->is_string() || url->text.empty())) {
        return refusal("the token's jku is no URL");
    }
    return Header{*algorithm, key_id, url == nullptr ? std::string_view() : url->text};
}

/// r and s of one length after the other (RFC 7518, 3.4), as the DER that OpenSSL takes; nothing
/// for another length.
std::optional<std::string> to_der(std::string_view raw, std::size_t half) {
    if (raw.size() != 2 * half) {
        return std::nullopt;
    }
    const Owned<ECDSA_SIG, ECDSA_SIG_free> signature(ECDSA_SIG_new());
    BIGNUM* r = BN_bin2bn(bytes_of(raw), static_cast<int>(half), nullptr);
    BIGNUM* s = BN_bin2bn(bytes_of(raw) + half, static_cast<int>(half), nullptr);
    require(signature != nullptr && r != nullptr && s != nullptr &&
            ECDSA_SIG_set0(signature.get(), r, s) == 1);
    std::string der(static_cast<std::size_t>(i2d_ECDSA_SIG(signature.get(), nullptr)), '\0');
    unsigned char* out = bytes_of(der);
    i2d_ECDSA_SIG(signature.get(), &out);
    return der;
}

std::string from_der(std::string_view der, std::size_t half) {
    const unsigned char* in = bytes_of(der);
    const Owned<ECDSA_SIG, ECDSA_SIG_free> signature(
        d2i_ECDSA_SIG(nullptr, &in, static_cast<long>(der.size())));
    std::string raw(2 * half, '\0');
    require(signature != nullptr &&
            BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), bytes_of(raw),
                         static_cast<int>(half)) >= 0 &&
            BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), bytes_of(raw) + half,
                         static_cast<int>(half)) >= 0);
    return raw;
}

bool is_right(const Key& key, std::string_view message, std::string_view signature) {
    const AlgorithmFacts& facts = facts_of(key.algorithm);
    const DigestContext context(EVP_MD_CTX_new());
    require(context != nullptr &&
            EVP_DigestVerifyInit_ex(context.get(), nullptr, facts.digest, nullptr, nullptr,
                                    key.handle.get(), nullptr) == 1);
    return succeeded(EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(),
                                      bytes_of(message), message.size()));
}

text::Status check_signature(const Key& key, const Parts& parts) {
    auto signature = from_base64url(parts.signature);
    if (!signature) {
        return refusal("the signature of the token is not base64url without padding");
    }
    const AlgorithmFacts& facts = facts_of(key.algorithm);
    const std::size_t length = facts.group != nullptr
                                   ? 2 * facts.bytes
                                   : (static_cast<std::size_t>(bits_of(key.handle.get())) + 7) / 8;
    if (signature->size() != length) {
        return refusal(
            "the signature of the token has " + std::to_string(signature->size()) +
                " bytes, with this key it has " + std::to_string(length),
            facts.group != nullptr ? "sign with r and s one after the other, not as DER" : "");
    }
    if (facts.group != nullptr) {
        signature = to_der(*signature, facts.bytes);
    }
    if (!is_right(key, parts.is_signed, *signature)) {
        return refusal("the signature of the token is wrong",
                       "sign with the private half of the key that the kid names");
    }
    return {};
}

}  // namespace

text::Result<Claims> verify_jwt(std::string_view compact, std::span<const Algorithm> allowed,
                                const FindIssuer& find_issuer) {
    if (compact.size() > most_token_bytes) {
        return refusal("the token is longer than " + std::to_string(most_token_bytes) + " bytes");
    }
    const auto parts = split(compact);
    if (!parts) {
        return refusal("the token does not have three parts with dots between them");
    }
    const auto header_document = decode(parts->header, "header");
    if (!header_document) {
        return header_document.issue();
    }
    const auto header = read_header(header_document->root(), allowed);
    if (!header) {
        return header.issue();
    }
    auto claims = decode(parts->claims, "payload");
    if (!claims) {
        return claims.issue();
    }
    const auto issuer = find_issuer(claims->root().string_or("iss", ""), header->key_id);
    if (!issuer) {
        return issuer.issue();
    }
    if (!header->key_url.empty() && header->key_url != issuer->jwks_uri) {
        return refusal("the token's jku is not the URL that was registered");
    }
    const auto key = std::find_if(issuer->keys->begin(), issuer->keys->end(),
                                  [&](const Key& each) { return each.id == header->key_id; });
    if (key == issuer->keys->end()) {
        return refusal("the token's kid is that of no registered key");
    }
    if (key->algorithm != header->algorithm) {
        return refusal("the key that the token's kid names signs with " +
                       std::string(to_code(key->algorithm)));
    }
    if (auto wrong = check_signature(*key, *parts)) {
        return std::move(*wrong);
    }
    return Claims{key->id, std::move(*claims)};
}

text::Result<Claims> verify_jwt(std::string_view compact, std::span<const Algorithm> allowed,
                                const KeySet& keys) {
    // Not owned: the keys outlive the call.
    const std::shared_ptr<const KeySet> borrowed(std::shared_ptr<const KeySet>(), &keys);
    return verify_jwt(compact, allowed, [&](std::string_view, std::string_view) {
        return text::Result<Issuer>(Issuer{borrowed, ""});
    });
}

std::string sign_jwt(std::string_view claims, const Key& key) {
    std::string header;
    text::JsonWriter json(header);
    json.begin_object();
    json.member("alg", to_code(key.algorithm));
    json.member("kid", key.id);
    json.member("typ", "JWT");
    json.end_object();
    const std::string message = to_base64url(header) + '.' + to_base64url(claims);

    const AlgorithmFacts& facts = facts_of(key.algorithm);
    const DigestContext context(EVP_MD_CTX_new());
    std::size_t size = 0;
    require(context != nullptr && key.is_private &&
            EVP_DigestSignInit_ex(context.get(), nullptr, facts.digest, nullptr, nullptr,
                                  key.handle.get(), nullptr) == 1 &&
            EVP_DigestSign(context.get(), nullptr, &size, bytes_of(message), message.size()) == 1);
    std::string signature(size, '\0');
    require(EVP_DigestSign(context.get(), bytes_of(signature), &size, bytes_of(message),
                           message.size()) == 1);
    signature.resize(size);
    if (facts.group != nullptr) {
        signature = from_der(signature, facts.bytes);
    }
    return message + '.' + to_base64url(signature);
}

}  // namespace linkway::access
