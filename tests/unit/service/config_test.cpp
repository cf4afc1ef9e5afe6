// What the service is told, and what it says of mistakes.
#include "service/config.h"

#include <filesystem>
#include <fstream>
#include <map>

#include "catch.h"

using namespace linkway;
using namespace linkway::service;

namespace {

struct Read {
    std::optional<Config> config;
    std::string said;
};

Read read(const std::string& json, const std::map<std::string, std::string>& environment = {}) {
    std::string path;
    if (!json.empty()) {
        path = (std::filesystem::temp_directory_path() / "linkway-config.json").string();
        std::ofstream(path) << json;
    }
    text::Issues issues;
    Read result;
    result.config = read_config(
        path,
        [&](const std::string& name) {
            const auto found = environment.find(name);
            return found == environment.end() ? std::nullopt
                                              : std::optional<std::string>(found->second);
        },
        issues);
    for (const text::Issue& issue : issues) {
        result.said += to_string(issue) + "\n";
    }
    return result;
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("nothing said is loopback without tokens", "[service]") {
    const auto [config, said] = read("");
    REQUIRE(config);
    CHECK(said.empty());
    CHECK(config->is_loopback());
    CHECK_FALSE(*config->authentication);
    CHECK(config->url(8080) == "http://127.0.0.1:8080");
    CHECK(config->data == "linkway-data");
}

TEST_CASE("the environment stands over the file", "[service]") {
    const auto [config, said] =
        read(R"({"listen":{"port":9000},"data":"a","limits":{"headerSeconds":3}})",
             {{"LINKWAY_LISTEN_PORT", "9001"}, {"LINKWAY_LIMITS_HEADER_SECONDS", "4"}});
    INFO(said);
    REQUIRE(config);
    CHECK(config->port == 9001);
    CHECK(config->header_seconds == 4);
    CHECK(config->data == "a");
    CHECK(has(read("", {{"LINKWAY_LISTEN_PORT", "http"}}).said, "LINKWAY_LISTEN_PORT"));
}

TEST_CASE("practices have a system, a provider and a policy", "[service]") {
    const auto [config, said] = read(
        R"({"practices":{"A81001":{"system":"emis","provider":"P1","policy":{"confirm":"by-person"}}}})");
    INFO(said);
    REQUIRE(config);
    const Practice& practice = config->practices.at("A81001");
    CHECK(practice.system == "emis");
    CHECK(practice.provider == "P1");
    CHECK(practice.policy.confirm == referrals::Confirm::by_person);
}

TEST_CASE("naming clients turns tokens on", "[service]") {
    const auto [config, said] = read(R"({"clients":[]})");
    REQUIRE(config);
    CHECK(*config->authentication);
}

TEST_CASE("mistakes are told with their place and what was meant", "[service]") {
    CHECK(has(read(R"({"listen":{"prot":1}})").said, "did you mean \"listen.port\""));
    CHECK(has(read(R"({"listen":{"prot":1}})").said, ":1:12:"));
    CHECK(has(read(R"({"listen":{"port":"x"}})").said, "must be a whole number"));
    CHECK(has(read(R"({"listen":{"port":70000}})").said, "must be a whole number"));
    CHECK(has(read(R"({"listen":1})").said, "object"));
    CHECK(has(read(R"({"authentication":"yes"})").said, "true or false"));
    CHECK(has(read(R"({"practices":{"a b":{}}})").said, "ods code"));
    CHECK(
        has(read(R"({"practices":{"A81001":{"sistem":"emis"}}})").said, "did you mean \"system\""));
    CHECK(has(read(R"({"logLevel":"loud"})").said, "logLevel"));
    CHECK(has(read(R"({"threads":0})").said, "threads"));
    CHECK(has(read("{").said, "linkway-config.json"));
    text::Issues issues;
    CHECK_FALSE(read_config(
        "/nowhere/at/all", [](const std::string&) { return std::nullopt; }, issues));
}

TEST_CASE("what others can reach needs TLS and tokens", "[service]") {
    CHECK(has(read(R"({"listen":{"address":"0.0.0.0"}})").said, "needs TLS"));
    CHECK(has(read(R"({"listen":{"address":"0.0.0.0","certificate":"c","key":"k"},)"
                   R"("authentication":false})")
                  .said,
              "needs authentication"));
    CHECK(has(read(R"({"listen":{"certificate":"c"}})").said, "go together"));
    const auto [config, said] =
        read(R"({"listen":{"address":"0.0.0.0","certificate":"c","key":"k"}})");
    REQUIRE(config);
    CHECK(*config->authentication);
    CHECK(config->url(443) == "https://0.0.0.0:443");
}

TEST_CASE("every setting is described", "[service]") {
    const std::string described = describe_settings();
    CHECK(has(described, "listen.port"));
    CHECK(has(described, "LINKWAY_INBOX_ONLY_KNOWN_PRACTICES"));
}
