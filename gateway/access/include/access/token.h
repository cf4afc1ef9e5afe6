// The token endpoint of SMART Backend Services (client_credentials with private_key_jwt), values in
// and values out. Sources: SMART App Launch 2, "Backend Services" and "Client Authentication:
// Asymmetric"; RFC 6749, 4.4 and 5; RFC 7523.
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "access/access_token.h"
#include "access/client.h"
#include "access/instant.h"
#include "access/jwk.h"
#include "text/issue.h"

namespace linkway::access {

/// Ids of assertions that were used.
class Replays {
  public:
    virtual ~Replays() = default;
    /// True when the client has not used this id before; it is kept until `expires`. Durable when
    /// it returns. Issue: it cannot be known now. Thread-safe.
    virtual text::Result<bool> remember(std::string_view client, std::string_view token_id,
                                        Instant expires, Instant now) = 0;
};

/// Forgets when the process ends: for tests, and for loopback, where nobody replays.
class ReplaysInMemory : public Replays {
  public:
    text::Result<bool> remember(std::string_view client, std::string_view token_id, Instant expires,
                                Instant now) override;

  private:
    std::mutex mutex_;
    std::unordered_map<std::string, Instant> expires_;
    Instant cleaned_ = 0;
};

/// What the endpoint needs; all of it outlives the call.
struct TokenService {
    std::string token_url;  ///< as clients must name it in "aud"
    const Clients& clients;
    const AccessTokens& tokens;
    Replays& replays;
};

/// Parameters of application/x-www-form-urlencoded, decoded, in their order.
using Form = std::vector<std::pair<std::string, std::string>>;

/// To be sent as application/json with "Cache-Control: no-store".
struct TokenAnswer {
    int status = 200;  ///< 400, 401 (invalid_client), 503 (keys or store out of reach)
    std::string body;  ///< access_token, token_type, expires_in, scope; or error, error_description
    std::string client;  ///< who asked, once that is certain; for the audit
    std::string error;   ///< RFC 6749's code; empty when a token was given
};

/// Answers a POST. An assertion must be signed by a registered key; iss = sub = client id; aud is
/// the token URL or a list that holds it; exp at most five minutes ahead and not past, nbf and iat
/// not ahead (30 s of difference between clocks is allowed for); jti is used once. Scopes beyond
/// the client's own are left out of what is granted; nothing left is invalid_scope.
TokenAnswer answer_token_request(const Form& form, const TokenService& service, Instant now);

/// What a client signs to get a token: `linkway token`, the demo and tests are such clients.
std::string client_assertion(std::string_view client, std::string_view token_url, const Key& key,
                             Instant now, Instant lifetime = 240 * second);

/// "/.well-known/smart-configuration" as JSON; `token_url` is absolute.
std::string smart_configuration(std::string_view token_url);

}  // namespace linkway::access
