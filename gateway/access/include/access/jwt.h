// Signed JSON Web Tokens in their compact form (RFC 7519, 7515), as clients prove who they are.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "access/jwk.h"
#include "text/issue.h"
#include "text/node.h"

namespace linkway::access {

/// What SMART Backend Services takes.
inline constexpr Algorithm smart_algorithms[] = {Algorithm::rs384, Algorithm::es384};

/// Longer tokens are refused unread.
inline constexpr std::size_t most_token_bytes = 8192;

/// Whose signature is to be looked for.
struct Issuer {
    std::shared_ptr<const KeySet> keys;
    std::string jwks_uri;  ///< where the keys were registered to be found; empty when nowhere
};

/// Finds the issuer by the claim "iss" of a token *not yet verified* and the kid it names.
/// Issue: unknown, or its keys cannot be had.
using FindIssuer =
    std::function<text::Result<Issuer>(std::string_view issuer, std::string_view key_id)>;

/// Claims of a token whose signature is right. That says nothing about their meaning: expiry and
/// audience are for who asked (see token.h).
struct Claims {
    std::string key_id;
    text::Document document;  ///< its root is an object

    const text::Node* find(std::string_view name) const { return document.root().find(name); }
    /// Text of a string claim; empty when it is absent or no string.
    std::string_view text(std::string_view name) const {
        return document.root().string_or(name, "");
    }
};

/// Verifies a compact token. Refused, with an issue (code "login") that says why: algorithms that
/// are not allowed or not the key's own ("none" and "HS256" do not exist here), a missing or
/// unknown kid, keys that come with the token (jwk, x5c, x5u), a jku other than the registered one,
/// crit and zip, base64url with padding, foreign letters or spare bits, names that come twice, a
/// signature of the wrong length, and one that is wrong.
text::Result<Claims> verify_jwt(std::string_view compact, std::span<const Algorithm> allowed,
                                const FindIssuer& find_issuer);

/// The same for keys that are known beforehand.
text::Result<Claims> verify_jwt(std::string_view compact, std::span<const Algorithm> allowed,
                                const KeySet& keys);

/// The compact token of these claims (a JSON object) with the header {alg, kid, typ}.
/// The key must be private.
std::string sign_jwt(std::string_view claims, const Key& key);

}  // namespace linkway::access
