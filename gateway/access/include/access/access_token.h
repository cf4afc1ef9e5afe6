// Access tokens: short-lived, carrying all that verifying them takes.
#pragma once

#include <string>
#include <string_view>

#include "access/client.h"
#include "access/instant.h"
#include "access/secret.h"
#include "text/issue.h"

namespace linkway::access {

/// How long a token holds: 300 s, the most that SMART Backend Services recommends.
inline constexpr Instant access_token_lifetime = 300 * second;

/// Issues and verifies the tokens of one issuer (the service's base URL): those of another are not
/// valid here, even with the same secrets. Thread-safe; verifying takes a few microseconds and no
/// look anywhere but at the registry.
///
/// A token is "lw1.<secret>.<payload>.<mac>"; nobody but the gateway reads it. What it grants is in
/// it, whom it is for is looked up: a client taken out of the registry is out at once.
class AccessTokens {
  public:
    AccessTokens(std::shared_ptr<Secrets> secrets, std::string issuer);

    std::string issue(const Client& client, const Scopes& granted, Instant now) const;

    /// Who it stands for. Issue: code "login" for no token of ours or no such client, "expired".
    text::Result<Identity> verify(std::string_view token, const Clients& clients,
                                  Instant now) const;

  private:
    Signer signer_;
};

}  // namespace linkway::access
