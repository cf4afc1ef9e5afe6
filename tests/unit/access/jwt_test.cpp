#include "access/jwt.h"

#include "access/base64.h"
#include "access/token.h"
#include "fixture.h"

using namespace linkway;
using namespace linkway::access;
using linkway::tests::curve_key;
using linkway::tests::noon;
using linkway::tests::rsa_key;

TEST_CASE("base64url is read in the one way it is written") {
    for (std::size_t size = 0; size < 70; ++size) {
        std::string bytes;
        for (std::size_t i = 0; i < size; ++i) {
            bytes += static_cast<char>(i * 37 + size);
        }
        CHECK(from_base64url(to_base64url(bytes)) == bytes);
    }
    CHECK(to_base64url("\xFB\xEF\xBE\xFF") == "----_w");
    CHECK(to_base64("\xFB\xEF\xBE\xFF") == "++++/w==");
    CHECK(to_base64("abc") == "YWJj");
    CHECK(from_base64url("") == "");
    // Padding, foreign letters, a lonely letter, bits to spare that are not zero.
    for (const char* text : {"YQ==", "YQ=", "Y+", "Y/", "Y Q", "YQ\n", "Y", "YWJjZ", "YR", "YWK"}) {
        INFO(text);
        CHECK_FALSE(from_base64url(text));
    }
}

TEST_CASE("a token says what was signed, and nothing when a letter is changed") {
    for (const Key& key : {rsa_key(), curve_key()}) {
        const std::string token = sign_jwt(R"({"iss":"meadow"})", key);
        const auto claims = verify_jwt(token, smart_algorithms, KeySet{key});
        REQUIRE(claims.ok());
        CHECK(claims->text("iss") == "meadow");
        CHECK(claims->key_id == key.id);
        for (std::size_t i = 0; i < token.size(); i += 3) {
            std::string changed = token;
            changed[i] = changed[i] == 'A' ? 'B' : 'A';
            CHECK_FALSE(verify_jwt(changed, smart_algorithms, KeySet{key}).ok());
            CHECK_FALSE(verify_jwt(token.substr(0, i), smart_algorithms, KeySet{key}).ok());
        }
        CHECK_FALSE(verify_jwt(token, smart_algorithms, KeySet{}).ok());
    }
}

TEST_CASE("a token that is too long is not read") {
    const std::string claims = R"({"iss":")" + std::string(most_token_bytes, 'a') + R"("})";
    const auto refused =
        verify_jwt(sign_jwt(claims, curve_key()), smart_algorithms, KeySet{curve_key()});
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.issue().message == "the token is longer than 8192 bytes");
    std::string deep = "{\"a\":";
    deep += std::string(100, '[') + std::string(100, ']') + "}";
    CHECK_FALSE(
        verify_jwt(sign_jwt(deep, curve_key()), smart_algorithms, KeySet{curve_key()}).ok());
}

TEST_CASE("P-256 does where it is allowed") {
    const Key key = generate_key(Algorithm::es256);
    const std::string token = sign_jwt("{}", key);
    constexpr Algorithm both[] = {Algorithm::es384, Algorithm::es256};
    CHECK(verify_jwt(token, both, KeySet{key}).ok());
    CHECK_FALSE(verify_jwt(token, smart_algorithms, KeySet{key}).ok());
}

TEST_CASE("a jku is taken when it is the one that was registered") {
    const std::string url = "https://meadow.example/jwks";
    const std::string header = R"({"alg":"ES384","kid":")" + curve_key().id + R"(","jku":")" + url;
    const auto with = [&](const std::string& rest) {
        const std::string message = to_base64url(header + rest) + '.' + to_base64url("{}");
        return message + '.' + to_base64url(sign_message(message, curve_key()));
    };
    const auto keys = std::make_shared<const KeySet>(KeySet{curve_key()});
    const FindIssuer registered = [&](std::string_view, std::string_view) {
        return text::Result<Issuer>(Issuer{keys, url});
    };
    CHECK(verify_jwt(with("\"}"), smart_algorithms, registered).ok());
    CHECK_FALSE(verify_jwt(with("/2\"}"), smart_algorithms, registered).ok());
    CHECK_FALSE(verify_jwt(with("\"}"), smart_algorithms, *keys).ok());
}

TEST_CASE("a replay is known until it could not be used any more") {
    ReplaysInMemory replays;
    CHECK(*replays.remember("a", "1", noon + 60 * second, noon));
    CHECK_FALSE(*replays.remember("a", "1", noon + 60 * second, noon + 59 * second));
    CHECK(*replays.remember("b", "1", noon + 60 * second, noon));
    CHECK(*replays.remember("a", "1", noon + 600 * second, noon + 120 * second));
}

TEST_CASE("keys or store out of reach are not the client's fault") {
    class NoReplays : public Replays {
      public:
        text::Result<bool> remember(std::string_view, std::string_view, Instant, Instant) override {
            return text::Issue{text::Severity::error, "no-store", "the disk is full", {}, ""};
        }
    };
    const std::string url = "https://gateway.example/auth/token";
    const auto clients = tests::clients_of(
        "[" + tests::client_json("meadow", "\"jwks\":" + to_jwks({curve_key()})) + "," +
        tests::client_json("river", R"("jwks_uri":"https://river.example/jwks")") + "]");
    const AccessTokens tokens(Secrets::in_memory(noon), url);
    const auto ask = [&](const std::string& client, Replays& replays) {
        return answer_token_request(
            {{"grant_type", "client_credentials"},
             {"client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
             {"client_assertion", client_assertion(client, url, curve_key(), noon)},
             {"scope", "system/Task.rs"}},
            {url, clients, tokens, replays}, noon);
    };
    NoReplays none;
    ReplaysInMemory replays;
    CHECK(ask("meadow", replays).status == 200);
    CHECK(ask("meadow", none).status == 503);
    CHECK(ask("river", replays).status == 503);
    CHECK(ask("river", replays).error == "temporarily_unavailable");
}

TEST_CASE("the SMART configuration says where and how tokens are given") {
    const auto parsed =
        text::parse_json(smart_configuration("https://gateway.example/auth/token"), "smart");
    REQUIRE(parsed.ok());
    const text::Node& root = parsed->root();
    CHECK(root.string_or("token_endpoint", "") == "https://gateway.example/auth/token");
    CHECK(root.find("grant_types_supported")->items[0].text == "client_credentials");
    CHECK(root.find("capabilities")->items[0].text == "client-confidential-asymmetric");
    CHECK(root.find("token_endpoint_auth_signing_alg_values_supported")->items.size() == 2);
    CHECK(root.find("code_challenge_methods_supported")->items[0].text == "S256");
}
