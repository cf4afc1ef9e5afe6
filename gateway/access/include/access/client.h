// Who may talk to the gateway: the registry of clients, and who a request is.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "access/instant.h"
#include "access/jwk.h"
#include "access/jwt.h"
#include "access/rate_limit.h"
#include "access/scope.h"
#include "text/issue.h"
#include "text/node.h"

namespace linkway::access {

/// Three to ten capital letters and digits (A81001, 8HK34, QOX): the shape of the codes that the
/// Organisation Data Service gives. Says nothing about whether there is such an organisation.
bool is_ods_code(std::string_view text);

enum class OrganisationKind : std::uint8_t {
    practice,  ///< sees its patients
    provider,  ///< sees what was addressed to it
    icb,       ///< sees what its practices see
};
std::string_view to_code(OrganisationKind kind);

/// A system that may ask for tokens.
struct Client {
    std::string id;
    std::string name;  ///< for people
    OrganisationKind kind = OrganisationKind::provider;
    std::string ods;
    std::vector<std::string> sees;  ///< ods codes whose resources it may see; its own is among them
    Scopes scopes;                  ///< the most it may be given
    Rate rate;
    std::string jwks_uri;  ///< empty when its keys were given
    KeySet keys;           ///< those given
};

/// Who a request is, and what it may do.
struct Identity {
    std::shared_ptr<const Client> client;
    Scopes scopes;
    bool sees_everything = false;

    /// Ods codes whose resources it may see, unless it sees everything.
    std::span<const std::string> sees() const { return client->sees; }

    /// Everybody, where tokens are off: only ever on loopback.
    static Identity loopback();
};

/// A key set as it was fetched.
struct FetchedJwks {
    std::string json;
    Instant lifetime = 0;  ///< how long it may be kept, by its Cache-Control
};

/// Fetches a key set. Called by one thread at a time for each client, others do not wait for it;
/// must give up after some seconds.
using FetchJwks = std::function<text::Result<FetchedJwks>(const std::string& url)>;

/// The clients of a configuration. Thread-safe, and never changed but for the key sets it has
/// fetched; a changed configuration makes another one.
class Clients {
  public:
    Clients();
    ~Clients();
    Clients(Clients&&) noexcept;
    Clients& operator=(Clients&&) noexcept;

    /// Reads a list of clients:
    ///
    ///     { "client_id": "meadow", "client_name": "Meadow Social Prescribing",
    ///       "organisation": { "kind": "provider", "ods": "8HK34" },
    ///       "jwks_file": "meadow.json",
    ///       "scope": "system/ServiceRequest.rs system/Task.rus",
    ///       "rate": { "requests_per_second": 50, "burst": 100 } }
    ///
    /// Keys are one of "jwks" (the set itself), "jwks_file" (a path from `folder`) and "jwks_uri"
    /// (https; fetched when they are needed). "kind" is practice, provider or icb; an icb lists its
    /// practices' ods codes as "practices". "rate" may be left out. All mistakes become issues with
    /// their place; a client with one is not among the clients.
    static Clients read(const text::Node& list, const text::Document& document,
                        const std::string& folder, FetchJwks fetch, text::Issues& issues);

    std::size_t size() const;

    /// By client id, or null.
    std::shared_ptr<const Client> find(std::string_view id) const;

    /// Keys of a client. A set from a URL is fetched when there is none, when its time is over, and
    /// when it lacks `key_id` (not again within 30 s, nor so soon after a failure). Issue: code
    /// "login" when there is no such client, "transient" when its set cannot be had now.
    text::Result<Issuer> issuer(std::string_view id, std::string_view key_id, Instant now) const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace linkway::access
