#include "access/access_token.h"

#include <charconv>

#include "base64.h"
#include "text/json_writer.h"
#include "text/node.h"

namespace linkway::access {

namespace {

constexpr std::string_view version = "lw1.";
constexpr std::size_t most_bytes = 4096;

text::Issue refusal(std::string code, std::string message) {
    return {text::Severity::error, std::move(code), std::move(message), {}, "ask for a new token"};
}

}  // namespace

AccessTokens::AccessTokens(std::shared_ptr<Secrets> secrets, std::string issuer)
    : signer_(std::move(secrets), "access token v1 " + std::move(issuer)) {}

std::string AccessTokens::issue(const Client& client, const Scopes& granted, Instant now) const {
    std::string payload;
    text::JsonWriter json(payload);
    json.begin_object();
    json.member("sub", client.id);
    json.member("scope", granted.to_string());
    json.member("exp", (now + access_token_lifetime) / second);
    json.end_object();
    return std::string(version) + signer_.sign(to_base64url(payload));
}

text::Result<Identity> AccessTokens::verify(std::string_view token, const Clients& clients,
                                            Instant now) const {
    if (token.size() > most_bytes || token.substr(0, version.size()) != version) {
        return refusal("login", "the access token is none of this service");
    }
    // Once the signature is right, the rest is as `issue` wrote it.
    const auto opened = signer_.open(token.substr(version.size()));
    const auto payload = opened ? from_base64url(*opened) : std::nullopt;
    if (!payload) {
        return refusal("login", "the access token is none of this service");
    }
    const auto parsed = text::parse_json(*payload, "access token", {most_bytes, 2});
    const text::Node* expires = parsed ? parsed->root().find("exp") : nullptr;
    if (expires == nullptr) {
        return refusal("login", "the access token is none of this service");
    }
    Instant until = 0;
    std::from_chars(expires->text.data(), expires->text.data() + expires->text.size(), until);
    if (now >= until * second) {
        return refusal("expired", "the access token's time is over");
    }
    auto client = clients.find(parsed->root().string_or("sub", ""));
    if (client == nullptr) {
        return refusal("login", "the access token's client is registered no more");
    }
    auto scopes = Scopes::parse(parsed->root().string_or("scope", ""));
    if (!scopes) {
        return scopes.issue();
    }
    return Identity{std::move(client), std::move(*scopes), false};
}

}  // namespace linkway::access
