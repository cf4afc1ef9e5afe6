#include "access/secret.h"

#include <sys/stat.h>

#include <atomic>
#include <thread>

#include "access/access_token.h"
#include "access/signed_link.h"
#include "fixture.h"

using namespace linkway;
using namespace linkway::access;
using linkway::tests::noon;
using linkway::tests::TemporaryFolder;

TEST_CASE("secrets are kept in a private file and rotate") {
    const TemporaryFolder folder;
    const std::string file = folder / "access.secrets";
    const auto secrets = Secrets::open(file, noon);
    REQUIRE(secrets.ok());
    struct stat facts {};
    REQUIRE(::stat(file.c_str(), &facts) == 0);
    CHECK((facts.st_mode & 0777) == 0600);
    CHECK((*secrets)->list()->size() == 1);

    const auto again = Secrets::open(file, noon + second);
    REQUIRE(again.ok());
    CHECK((*again)->list()->front().bytes == (*secrets)->list()->front().bytes);

    CHECK_FALSE(*(*again)->rotate(3600 * second, noon + 60 * second));
    CHECK(*(*again)->rotate(3600 * second, noon + 3600 * second));
    CHECK((*again)->list()->size() == 2);
    CHECK(*(*again)->rotate(3600 * second, noon + 7200 * second));
    CHECK((*again)->list()->size() == 2);
    const auto third = Secrets::open(file, noon);
    CHECK((*third)->list()->front().bytes == (*again)->list()->front().bytes);
    CHECK((*third)->list()->back().made == noon + 3600 * second);
}

TEST_CASE("secrets that others can read, or that are damaged, are refused") {
    const TemporaryFolder folder;
    const std::string file = folder / "access.secrets";
    REQUIRE(Secrets::open(file, noon).ok());
    ::chmod(file.c_str(), 0644);
    const auto open = Secrets::open(file, noon);
    REQUIRE_FALSE(open.ok());
    CHECK(open.issue().suggestion == "chmod 600 " + file);
    ::chmod(file.c_str(), 0600);
    const std::string whole = tests::read_file(file);
    for (std::size_t i = 0; i + 4 < whole.size(); i += 7) {
        tests::write_file(file, whole.substr(0, i));
        CHECK_FALSE(Secrets::open(file, noon).ok());
    }
    CHECK_FALSE(Secrets::open(folder / "absent/access.secrets", noon).ok());
}

TEST_CASE("what one purpose signed is nothing to another") {
    const auto secrets = Secrets::in_memory(noon);
    const Signer one(secrets, "one");
    const Signer other(secrets, "other");
    const std::string text = one.sign("message");
    CHECK(one.open(text) == "message");
    CHECK_FALSE(other.open(text));
    CHECK_FALSE(Signer(Secrets::in_memory(noon), "one").open(text));
    for (const char* bad : {"", ".", "..", "a.b", "a.b.c", "message"}) {
        CHECK_FALSE(one.open(bad));
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string changed = text;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        CHECK_FALSE(one.open(changed));
        CHECK_FALSE(one.open(text.substr(0, i)));
    }
    CHECK_FALSE(one.open(text + "A"));

    // After one rotation it still holds, after two it does not.
    REQUIRE(secrets->rotate(0, noon + 1).ok());
    CHECK(one.open(text) == "message");
    CHECK(one.open(one.sign("new")) == "new");
    REQUIRE(secrets->rotate(0, noon + 2).ok());
    CHECK_FALSE(one.open(text));
}

TEST_CASE("access tokens hold for their time, their issuer and their client") {
    const auto clients = tests::clients_of(
        "[" + tests::client_json("meadow", "\"jwks\":" + to_jwks({tests::curve_key()})) + "]");
    const auto secrets = Secrets::in_memory(noon);
    const AccessTokens tokens(secrets, "https://gateway.example/fhir");
    const auto client = clients.find("meadow");
    REQUIRE(client != nullptr);
    const std::string token = tokens.issue(*client, *Scopes::parse("system/Task.rs"), noon);
    CHECK(token.size() < 300);

    const auto identity = tokens.verify(token, clients, noon + 299 * second);
    REQUIRE(identity.ok());
    CHECK(identity->client->id == "meadow");
    CHECK(identity->scopes.to_string() == "system/Task.rs");
    CHECK_FALSE(identity->sees_everything);
    REQUIRE(identity->sees().size() == 1);
    CHECK(identity->sees()[0] == "8HK34");

    CHECK(tokens.verify(token, clients, noon + 300 * second).issue().code == "expired");
    CHECK(tokens.verify("lw2" + token.substr(3), clients, noon).issue().code == "login");
    CHECK(tokens.verify("", clients, noon).issue().code == "login");
    CHECK(tokens.verify(std::string(100'000, 'a'), clients, noon).issue().code == "login");
    const AccessTokens elsewhere(secrets, "https://other.example/fhir");
    CHECK(elsewhere.verify(token, clients, noon).issue().code == "login");
    CHECK(tokens.verify(token, Clients(), noon).issue().code == "login");
}

TEST_CASE("tokens are verified while secrets rotate") {
    const auto clients = tests::clients_of(
        "[" + tests::client_json("meadow", "\"jwks\":" + to_jwks({tests::curve_key()})) + "]");
    const auto secrets = Secrets::in_memory(noon);
    const AccessTokens tokens(secrets, "https://gateway.example/fhir");
    const auto client = clients.find("meadow");
    std::atomic<int> failures = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int j = 0; j < 200; ++j) {
                const std::string token = tokens.issue(*client, client->scopes, noon);
                failures += tokens.verify(token, clients, noon).ok() ? 0 : 1;
            }
        });
    }
    // Once: a token outlives one rotation.
    CHECK(secrets->rotate(0, noon).ok());
    for (std::thread& thread : threads) {
        thread.join();
    }
    CHECK(failures == 0);
}

TEST_CASE("links open one kind of page for their time") {
    const auto secrets = Secrets::in_memory(noon);
    const SignedLinks links(secrets, "record");
    const Link link{"00592dc4-2622-5148-8f71-735af097e2fa", "A81001", "Dr Łukasz O'Neill",
                    noon + 3600 * second};
    const auto text = links.sign(link);
    REQUIRE(text.ok());
    CHECK(text->find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789-_.") == std::string::npos);
    const auto opened = links.verify(*text, noon);
    REQUIRE(opened.ok());
    CHECK(opened->subject == link.subject);
    CHECK(opened->ods == link.ods);
    CHECK(opened->practitioner == link.practitioner);
    CHECK(opened->expires == link.expires);
    CHECK(links.verify(*text, link.expires - 1).ok());
    CHECK(links.verify(*text, link.expires).issue().code == "expired");
    CHECK(SignedLinks(secrets, "letter").verify(*text, noon).issue().code == "login");
    CHECK(links.verify(text->substr(1), noon).issue().code == "login");
    CHECK(links.verify("", noon).issue().code == "login");

    CHECK_FALSE(links.sign({"9434765919", "A81001", "", noon}).ok());
    CHECK_FALSE(links.sign({"943-476-5919", "A81001", "", noon}).ok());
    CHECK_FALSE(links.sign({"../etc", "A81001", "", noon}).ok());
    CHECK_FALSE(links.sign({"abc", "a81001", "", noon}).ok());
    CHECK_FALSE(links.sign({"abc", "A81001", "", -5}).ok());
}
