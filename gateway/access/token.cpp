#include "access/token.h"

#include <algorithm>
#include <charconv>

#include "access/jwt.h"
#include "access/secret.h"
#include "text/json_writer.h"

namespace linkway::access {

namespace {

constexpr Instant clock_difference = 30 * second;  // between ours and a client's
constexpr Instant longest_assertion = 300 * second;
constexpr std::size_t most_id_bytes = 256;
constexpr std::string_view assertion_type =
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

TokenAnswer refuse(int status, std::string error, std::string_view description,
                   std::string client = "") {
    // RFC 6749, 5.2 leaves quotes, backslashes and all beyond ASCII out of descriptions.
    std::string plain;
    for (const char c : description) {
        plain += c == '"' || c == '\\' ? '\'' : c >= ' ' && c <= '~' ? c : '?';
    }
    TokenAnswer answer{status, {}, std::move(client), std::move(error)};
    text::JsonWriter json(answer.body);
    json.begin_object();
    json.member("error", answer.error);
    json.member("error_description", plain);
    json.end_object();
    return answer;
}

TokenAnswer invalid_client(const text::Issue& issue, std::string client = "") {
    if (issue.code == "transient") {
        return refuse(503, "temporarily_unavailable", issue.message, std::move(client));
    }
    std::string description = issue.message;
    if (!issue.suggestion.empty()) {
        description += "; " + issue.suggestion;
    }
    return refuse(401, "invalid_client", description, std::move(client));
}

text::Issue refusal(std::string message) {
    return {text::Severity::error, "login", std::move(message), {}, ""};
}

/// A parameter; "" for one that is not there, as RFC 6749, 3.1 has it.
std::string_view parameter(const Form& form, std::string_view name) {
    const auto found = std::find_if(form.begin(), form.end(),
                                    [&](const auto& each) { return each.first == name; });
    return found == form.end() ? std::string_view() : std::string_view(found->second);
}

std::optional<TokenAnswer> check_form(const Form& form) {
    for (auto each = form.begin(); each != form.end(); ++each) {
        if (std::any_of(form.begin(), each,
                        [&](const auto& other) { return other.first == each->first; })) {
            return refuse(400, "invalid_request", "a parameter comes more than once");
        }
    }
    const std::string_view grant = parameter(form, "grant_type");
    if (grant.empty()) {
        return refuse(400, "invalid_request", "grant_type is missing: client_credentials");
    }
    if (grant != "client_credentials") {
        return refuse(400, "unsupported_grant_type", "grant_type must be client_credentials");
    }
    if (parameter(form, "scope").empty()) {
        return refuse(400, "invalid_request", "scope is missing, such as system/Task.rs");
    }
    if (parameter(form, "client_assertion").empty()) {
        return refuse(401, "invalid_client",
                      "client_assertion is missing: clients sign in with private_key_jwt");
    }
    if (parameter(form, "client_assertion_type") != assertion_type) {
        return refuse(400, "invalid_request",
                      "client_assertion_type must be " + std::string(assertion_type));
    }
    return std::nullopt;
}

/// Whole seconds of a NumericDate (RFC 7519, 2) in milliseconds; nothing for anything else.
std::optional<Instant> numeric_date(const text::Node* claim) {
    if (claim == nullptr || claim->kind != text::NodeKind::number) {
        return std::nullopt;
    }
    const std::string_view whole = claim->text.substr(0, claim->text.find('.'));
    if (whole.size() > 11 ||
        claim->text.find_first_not_of("0123456789.") != std::string_view::npos) {
        return std::nullopt;
    }
    Instant seconds = 0;
    std::from_chars(whole.data(), whole.data() + whole.size(), seconds);
    return seconds * second;
}

bool names(const text::Node* audience, std::string_view url) {
    const auto is_url = [&](const text::Node& node) {
        return node.is_string() && node.text == url;
    };
    return audience != nullptr && (is_url(*audience) || std::any_of(audience->items.begin(),
                                                                    audience->items.end(), is_url));
}

text::Status check_times(const Claims& claims, Instant now) {
    const auto expires = numeric_date(claims.find("exp"));
    if (!expires) {
        return refusal("exp of the assertion must be a number of seconds since 1970");
    }
    if (*expires + clock_difference <= now) {
        return refusal("the assertion has expired (exp)");
    }
    if (*expires > now + longest_assertion + clock_difference) {
        return refusal("exp of the assertion is more than five minutes ahead");
    }
    for (const std::string_view name : {"nbf", "iat"}) {
        const text::Node* claim = claims.find(name);
        const auto at = numeric_date(claim);
        if (claim != nullptr && (!at || *at > now + clock_difference)) {
            return refusal(std::string(name) + " of the assertion is no time up to now");
        }
    }
    return {};
}

text::Status check_claims(const Claims& claims, std::string_view form_client,
                          const std::string& token_url, Instant now) {
    const std::string_view client = claims.text("iss");
    if (claims.text("sub") != client) {
        return refusal("sub of the assertion must be the client id, as iss is");
    }
    if (!form_client.empty() && form_client != client) {
        return refusal("client_id must be the one that the assertion names");
    }
    if (!names(claims.find("aud"), token_url)) {
        return refusal("aud of the assertion must be " + token_url);
    }
    const std::string_view id = claims.text("jti");
    if (id.empty() || id.size() > most_id_bytes) {
        return refusal("jti of the assertion must be a text of up to 256 bytes");
    }
    return check_times(claims, now);
}

TokenAnswer grant(const Client& client, std::string_view wanted, const TokenService& service,
                  Instant now) {
    const auto asked = Scopes::parse(wanted);
    if (!asked) {
        return refuse(400, "invalid_scope", asked.issue().message, client.id);
    }
    const Scopes granted = asked->intersect(client.scopes);
    if (granted.empty()) {
        return refuse(
            400, "invalid_scope",
            "nothing of this scope may be given: the client's is " + client.scopes.to_string(),
            client.id);
    }
    TokenAnswer answer{200, {}, client.id, {}};
    text::JsonWriter json(answer.body);
    json.begin_object();
    json.member("access_token", service.tokens.issue(client, granted, now));
    json.member("token_type", "bearer");
    json.member("expires_in", access_token_lifetime / second);
    json.member("scope", granted.to_string());
    json.end_object();
    return answer;
}

}  // namespace

text::Result<bool> ReplaysInMemory::remember(std::string_view client, std::string_view token_id,
                                             Instant expires, Instant now) {
    const std::scoped_lock lock(mutex_);
    // Those whose time is over go once a minute, so that the rest is what minutes can bring.
    if (now - cleaned_ >= 60 * second) {
        for (auto each = expires_.begin(); each != expires_.end();) {
            each = each->second <= now ? expires_.erase(each) : std::next(each);
        }
        cleaned_ = now;
    }
    return expires_.emplace(std::string(client) + '\n' + std::string(token_id), expires).second;
}

TokenAnswer answer_token_request(const Form& form, const TokenService& service, Instant now) {
    if (auto refused = check_form(form)) {
        return std::move(*refused);
    }
    const auto claims = verify_jwt(parameter(form, "client_assertion"), smart_algorithms,
                                   [&](std::string_view issuer, std::string_view key_id) {
                                       return service.clients.issuer(issuer, key_id, now);
                                   });
    if (!claims) {
        return invalid_client(claims.issue());
    }
    const auto client = service.clients.find(claims->text("iss"));
    if (auto wrong = check_claims(*claims, parameter(form, "client_id"), service.token_url, now)) {
        return invalid_client(*wrong, client->id);
    }
    const Instant expires = *numeric_date(claims->find("exp")) + clock_difference;
    const auto first = service.replays.remember(client->id, claims->text("jti"), expires, now);
    if (!first) {
        return refuse(503, "temporarily_unavailable", "what was used before can't be looked up",
                      client->id);
    }
    if (!*first) {
        return invalid_client(refusal("the assertion was used before (jti)"), client->id);
    }
    return grant(*client, parameter(form, "scope"), service, now);
}

std::string client_assertion(std::string_view client, std::string_view token_url, const Key& key,
                             Instant now, Instant lifetime) {
    std::string claims;
    text::JsonWriter json(claims);
    json.begin_object();
    json.member("iss", client);
    json.member("sub", client);
    json.member("aud", token_url);
    json.member("iat", now / second);
    json.member("exp", (now + lifetime) / second);
    json.member("jti", random_text(16));
    json.end_object();
    return sign_jwt(claims, key);
}

std::string smart_configuration(std::string_view token_url) {
    std::string out;
    text::JsonWriter json(out);
    const auto list = [&](std::string_view name, std::initializer_list<std::string_view> values) {
        json.name(name);
        json.begin_array();
        for (const std::string_view value : values) {
            json.value(value);
        }
        json.end_array();
    };
    json.begin_object();
    json.member("token_endpoint", token_url);
    list("grant_types_supported", {"client_credentials"});
    list("token_endpoint_auth_methods_supported", {"private_key_jwt"});
    list("token_endpoint_auth_signing_alg_values_supported",
         {to_code(smart_algorithms[0]), to_code(smart_algorithms[1])});
    list("scopes_supported", {"system/*.cruds", "system/*.rs"});
    list("capabilities", {"client-confidential-asymmetric", "permission-v1", "permission-v2"});
    // SMART asks for it even where nobody is sent to an authorisation endpoint.
    list("code_challenge_methods_supported", {"S256"});
    json.end_object();
    return out;
}

}  // namespace linkway::access
