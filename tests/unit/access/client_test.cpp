#include "access/client.h"

#include <thread>

#include "fixture.h"

using namespace linkway;
using namespace linkway::access;
using linkway::tests::client_json;
using linkway::tests::noon;

namespace {

/// What reading one client says.
std::string mistakes(const std::string& client) {
    const auto document = text::parse_json("[" + client + "]", "clients.json");
    REQUIRE(document.ok());
    text::Issues issues;
    const auto clients = Clients::read(document->root(), *document, ".", {}, issues);
    CHECK(clients.size() + issues.size() > 0);
    std::string all;
    for (const text::Issue& issue : issues) {
        CHECK(issue.location.line > 0);
        all += text::to_string(issue) + '\n';
    }
    return all;
}

const std::string url = R"("jwks_uri":"https://meadow.example/jwks")";

}  // namespace

TEST_CASE("clients are read with what they may see") {
    const std::string keys = "\"jwks\":" + to_jwks({tests::curve_key()});
    const auto clients = tests::clients_of(
        "[" + client_json("a", keys) + "," +
        client_json("b", url, R"({"kind":"practice","ods":"A81001"})") + "," +
        client_json("c", url, R"({"kind":"icb","ods":"QOX","practices":["B81001","A81002"]})") +
        "]");
    REQUIRE(clients.size() == 3);
    CHECK(clients.find("a")->sees == std::vector<std::string>{"8HK34"});
    CHECK(clients.find("b")->kind == OrganisationKind::practice);
    CHECK(clients.find("c")->sees == std::vector<std::string>{"A81002", "B81001", "QOX"});
    CHECK(clients.find("a")->rate == Rate());
    CHECK(clients.find("d") == nullptr);
    CHECK(Identity::loopback().sees_everything);
    CHECK(Identity::loopback().scopes.to_string() == "system/*.cruds");
}

TEST_CASE("mistakes in clients are named at their place") {
    CHECK(mistakes(client_json("meadow", url)).empty());
    CHECK(mistakes("1").find("a client is an object") != std::string::npos);
    CHECK(mistakes(client_json("me adow", url)).find("client_id") != std::string::npos);
    CHECK(mistakes(client_json("meadow", R"("jwks_url":"https://meadow.example/jwks")"))
              .find("clients.json:2:1: error: a client has no \"jwks_url\"; did you mean "
                    "\"jwks_uri\"?") != std::string::npos);
    CHECK(mistakes(client_json("meadow", url + R"(,"jwks":{"keys":[]})"))
              .find("one of \"jwks\", \"jwks_file\" and \"jwks_uri\"") != std::string::npos);
    CHECK(mistakes(client_json("meadow", R"("jwks":{"keys":[]})")).find("holds no key") !=
          std::string::npos);
    CHECK(mistakes(client_json("meadow", R"("jwks_file":"absent.json")")).find("can't be opened") !=
          std::string::npos);
    CHECK(mistakes(client_json("meadow", R"("jwks_uri":"http://meadow.example/jwks")"))
              .find("https://") != std::string::npos);
    CHECK(mistakes(client_json("meadow", url, R"({"kind":"providr","ods":"8HK34"})"))
              .find("did you mean \"provider\"?") != std::string::npos);
    CHECK(mistakes(client_json("meadow", url, R"({"kind":"provider","ods":"8hk34"})"))
              .find("did you mean \"8HK34\"?") != std::string::npos);
    CHECK(mistakes(client_json("meadow", url, R"({"kind":"icb","ods":"QOX"})")).find("practices") !=
          std::string::npos);
    CHECK(mistakes(client_json("meadow", url,
                               R"({"kind":"provider","ods":"8HK34","practices":["A81001"]})"))
              .find("only an icb") != std::string::npos);
    CHECK(mistakes(client_json("meadow", url + R"(,"rate":{"requests_per_second":-1})"))
              .find("requests_per_second") != std::string::npos);
    CHECK(mistakes(R"({"client_id":"meadow",)" + url +
                   R"(,"organisation":{"kind":"provider","ods":"8HK34"},"scope":"system/Task.sr"})")
              .find("did you mean .rs?") != std::string::npos);
    CHECK(mistakes(client_json("meadow", url) + "," + client_json("meadow", url))
              .find("there is a client meadow already") != std::string::npos);
}

TEST_CASE("ods codes are known by their shape") {
    for (const char* code : {"A81001", "8HK34", "QOX", "Y00001", "RJ122", "A1B2C3D4E5"}) {
        CHECK(is_ods_code(code));
    }
    for (const char* code : {"", "A8", "a81001", "A81 01", "A81001\n", "A1B2C3D4E5F", "A8100'"}) {
        CHECK_FALSE(is_ods_code(code));
    }
}

TEST_CASE("key sets are fetched when needed and kept as long as allowed") {
    int fetched = 0;
    bool down = false;
    KeySet published = {tests::curve_key()};
    const auto clients =
        tests::clients_of("[" + client_json("meadow", url) + "]", [&](const std::string& from) {
            CHECK(from == "https://meadow.example/jwks");
            ++fetched;
            return down ? text::Result<FetchedJwks>(text::Issue{})
                        : FetchedJwks{to_jwks(published), 60 * second};
        });
    const std::string kid = tests::curve_key().id;
    const auto at = [&](Instant after, const std::string& id) {
        return clients.issuer("meadow", id, noon + after * second);
    };
    CHECK(at(0, kid)->keys->size() == 1);
    CHECK(at(59, kid)->jwks_uri == "https://meadow.example/jwks");
    CHECK(fetched == 1);
    CHECK(at(60, kid).ok());
    CHECK(fetched == 2);

    // Made-up kids do not make us fetch again and again; a real new one is found.
    CHECK(at(70, "made up").ok());
    CHECK(fetched == 2);
    published.push_back(tests::other_curve_key());
    CHECK(at(91, tests::other_curve_key().id)->keys->size() == 2);
    CHECK(fetched == 3);
    CHECK(at(92, "made up").ok());
    CHECK(fetched == 3);

    down = true;
    CHECK(at(151, kid).issue().code == "transient");
    CHECK(fetched == 4);
    CHECK(at(152, kid).issue().code == "transient");
    CHECK(fetched == 4);
    down = false;
    CHECK(at(181, kid).ok());
    CHECK(fetched == 5);
    CHECK(clients.issuer("other", kid, noon).issue().code == "login");
}

TEST_CASE("while one fetches the others do not wait") {
    const Clients* self = nullptr;
    const auto clients =
        tests::clients_of("[" + client_json("meadow", url) + "]", [&](const std::string&) {
            std::thread([&] {
                CHECK(self->issuer("meadow", "k", noon).issue().code == "transient");
            }).join();
            return FetchedJwks{to_jwks({tests::curve_key()}), 0};
        });
    self = &clients;
    CHECK(clients.issuer("meadow", "k", noon).ok());
    // Not to be kept at all: fetched every time.
    CHECK(clients.issuer("meadow", "k", noon + 1).ok());
}
