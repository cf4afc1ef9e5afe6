#include "access/jwk.h"

#include "fixture.h"

using namespace linkway;
using namespace linkway::access;
using linkway::tests::curve_key;
using linkway::tests::rsa_key;

namespace {

std::string replaced(std::string text, const std::string& find, const std::string& with) {
    const auto at = text.find(find);
    REQUIRE(at != std::string::npos);
    return text.replace(at, find.size(), with);
}

/// The only issue of a key set.
text::Issue only_issue(const std::string& json, std::size_t keys_left = 0) {
    text::Issues issues;
    const auto keys = parse_jwks(json, "keys.json", issues);
    REQUIRE(keys.ok());
    INFO(json);
    REQUIRE(issues.size() == 1);
    CHECK(keys->size() == keys_left);
    return issues[0];
}

}  // namespace

TEST_CASE("a key set is read as it was written") {
    const Key small = generate_key(Algorithm::es256);
    text::Issues issues;
    const auto keys = parse_jwks(to_jwks({rsa_key(), curve_key(), small}), "keys.json", issues);
    REQUIRE(keys.ok());
    CHECK(issues.empty());
    REQUIRE(keys->size() == 3);
    CHECK((*keys)[0].algorithm == Algorithm::rs384);
    CHECK((*keys)[1].algorithm == Algorithm::es384);
    CHECK((*keys)[2].algorithm == Algorithm::es256);
    for (const Key& key : *keys) {
        CHECK_FALSE(key.is_private);
        CHECK(key.id == thumbprint(key));
    }
}

TEST_CASE("the thumbprint is that of RFC 7638's example") {
    text::Issues issues;
    const auto keys = parse_jwks(
        R"({"keys":[{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","kid":"2011-04-29"}]})",
        "keys.json", issues);
    REQUIRE(keys.ok());
    REQUIRE(keys->size() == 1);
    CHECK(thumbprint((*keys)[0]) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

TEST_CASE("a bad key is named, the others stay") {
    const std::string good = to_jwks({curve_key()});
    const std::string jwk = good.substr(9, good.size() - 11);  // without {"keys":[ and ]}

    const auto of = [&](const std::string& bad) {
        return only_issue("{\"keys\":[" + bad + ",\n" + jwk + "]}", 1);
    };
    CHECK(of(replaced(jwk, "\"kid\":\"", "\"id\":\"")).message ==
          "the key has no kid, by which tokens name it");
    CHECK(of(R"({"kid":"1","kty":"oct","k":"AAAA"})").message.find("secret") != std::string::npos);
    CHECK(of(R"({"kid":"1","kty":"OKP","x":"AAAA"})").message == "\"kty\" must be RSA or EC");
    CHECK(of(replaced(jwk, "\"kty\"", "\"d\":\"AAAA\",\"kty\"")).message.find("private half") !=
          std::string::npos);
    CHECK(of(replaced(jwk, "\"use\":\"sig\"", "\"use\":\"enc\"")).message ==
          "\"use\" of this key must be sig, or be left out");
    CHECK(of(replaced(jwk, "ES384", "ES256")).message ==
          "\"alg\" of this key must be ES384, or be left out");
    CHECK(of(replaced(jwk, "\"kty\"", "\"key_ops\":[\"sign\"],\"kty\"")).message ==
          "\"key_ops\" of this key must hold verify, or be left out");
    CHECK(of(replaced(jwk, "\"P-384\"", "\"P-521\"")).message ==
          "\"crv\" must be P-384 (or P-256)");
    CHECK(of(replaced(jwk, "\"P-384\"", "\"P-256\"")).message ==
          "a coordinate on P-256 has 32 bytes");
    CHECK(of("1").message == "a key is an object");

    const std::size_t y = jwk.find("\"y\":\"") + 5;
    std::string off_curve = jwk;
    off_curve[y] = off_curve[y] == 'A' ? 'B' : 'A';
    CHECK(of(off_curve).message == "\"x\" and \"y\" are no point on P-384");
    std::string padded = jwk;
    padded.insert(y, "=");
    CHECK(of(padded).message == "\"y\" must be base64url without padding");

    const auto twice = only_issue("{\"keys\":[" + jwk + ",\n" + jwk + "]}", 1);
    CHECK(twice.code == "duplicate");
    CHECK(twice.location.line == 2);
}

TEST_CASE("weak and odd RSA keys are refused") {
    const std::string zeros(342, 'A');                              // 256 bytes of nothing
    const std::string short_modulus = std::string(170, 'z') + 'w';  // no bits to spare
    const auto of = [](const std::string& n, const std::string& e) {
        return only_issue(R"({"keys":[{"kid":"1","kty":"RSA","n":")" + n + R"(","e":")" + e +
                          "\"}]}")
            .message;
    };
    CHECK(of(short_modulus, "AQAB") == "an RSA key has 2048 to 8192 bits, this one 1024");
    CHECK(of(zeros, "AQAB") == "an RSA key has 2048 to 8192 bits, this one 0");
    const std::string jwks = to_jwks({rsa_key()});
    const std::size_t n = jwks.find("\"n\":\"") + 5;
    const std::string modulus = jwks.substr(n, jwks.find('"', n) - n);
    CHECK(of(modulus, "AQ").find("exponent") != std::string::npos);  // 1
    CHECK(of(modulus, "Ag").find("exponent") != std::string::npos);  // 2
    CHECK(of(modulus, "AQAAAAAB").find("exponent") != std::string::npos);
    CHECK(of(std::string(1024, 'z') + modulus, "AQAB").find("8192 bits") != std::string::npos);
}

TEST_CASE("what is no key set is refused as a whole") {
    for (const char* json : {"[]", "{}", R"({"keys":{}})", R"({"keys":[)", "", "null"}) {
        text::Issues issues;
        INFO(json);
        CHECK_FALSE(parse_jwks(json, "keys.json", issues).ok());
    }
    std::string many = R"({"keys":[)";
    for (int i = 0; i < 101; ++i) {
        many += i == 0 ? "1" : ",1";
    }
    text::Issues issues;
    CHECK_FALSE(parse_jwks(many + "]}", "keys.json", issues).ok());
    CHECK_FALSE(parse_jwks(std::string(300'000, ' '), "keys.json", issues).ok());
}

TEST_CASE("private keys go through PEM and back") {
    for (const Key& key : {rsa_key(), curve_key(), generate_key(Algorithm::es256)}) {
        const auto back = parse_pem(to_pem(key), "key.pem");
        REQUIRE(back.ok());
        CHECK(back->is_private);
        CHECK(back->algorithm == key.algorithm);
        CHECK(back->id == key.id);
        CHECK(parse_pem(to_pem(key), "key.pem", "mine")->id == "mine");
    }
}

TEST_CASE("what is no private key is refused") {
    CHECK_FALSE(parse_pem("", "key.pem").ok());
    CHECK_FALSE(
        parse_pem("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "key.pem")
            .ok());
    // On Ed25519.
    const auto other = parse_pem(
        "-----BEGIN PRIVATE KEY-----\n"
        "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
        "-----END PRIVATE KEY-----\n",
        "key.pem");
    REQUIRE_FALSE(other.ok());
    CHECK(other.issue().message == "the key is neither RSA nor on P-384 or P-256");
}
