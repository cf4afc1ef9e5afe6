// Runs every case under tests/access/<case>: a request to the token endpoint, and what it answers.
//
//   case.yaml   fact: what is so;
//               assertion: what differs from a good one of client meadow:
//                 key: who signs (`meadow-es384` when it is not said; one that clients.yaml does
//                   not name is made as well);
//                 header, claims: members that are added or replaced, or left out (null);
//                   "now+60" is a time in seconds;
//                 header-text, claims-text: what stands there instead, whatever it is;
//                 signature: none, changed, cut, der, padded, or hs256 (with the public key set as
//                   the secret);
//               form: parameters that are added or replaced, or left out (null);
//               again: parameters that come a second time;
//               requests: how often it is sent; the last answer counts (1);
//               expect: status (200), error, says (part of error_description), scope
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "access/base64.h"
#include "access/jwt.h"
#include "access/secret.h"
#include "access/token.h"
#include "catch.h"

namespace fs = std::filesystem;
using namespace linkway;
using namespace linkway::access;

namespace {

constexpr Instant now = 1795435200000;  // 2026-11-23T12:00:00Z
const std::string token_url = "https://gateway.example/auth/token";

text::Document read_yaml(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream content;
    content << in.rdbuf();
    auto document = text::parse_yaml(content.str(), file.string());
    if (!document) {
        FAIL(text::to_string(document.issue()));
    }
    return std::move(document).value();
}

/// By its name, made when first asked for: making keys takes time.
const Key& key_named(const std::string& name) {
    static std::map<std::string, Key> keys;
    const auto found = keys.find(name);
    if (found != keys.end()) {
        return found->second;
    }
    std::string code = name.substr(name.rfind('-') + 1);
    std::transform(code.begin(), code.end(), code.begin(),
                   [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
    const auto algorithm = parse_algorithm(code);
    REQUIRE(algorithm);
    Key key = generate_key(*algorithm);
    key.id = name;
    return keys.emplace(name, std::move(key)).first->second;
}

const Clients& registry() {
    static const Clients clients = [] {
        const auto list = read_yaml(fs::path(LINKWAY_ACCESS) / "clients.yaml");
        std::string json;
        for (const text::Node& client : list.root().items) {
            KeySet keys;
            json += json.empty() ? "[{" : ",{";
            for (const text::Member& member : client.members) {
                if (member.name == "keys") {
                    for (const text::Node& name : member.value.items) {
                        keys.push_back(key_named(std::string(name.text)));
                    }
                    continue;
                }
                text::append_json_string(json, member.name);
                json += ':';
                text::append_json(json, member.value);
                json += ',';
            }
            json += "\"jwks\":" + to_jwks(keys) + "}";
        }
        const auto document = text::parse_json(json + "]", "clients");
        REQUIRE(document.ok());
        text::Issues issues;
        auto read = Clients::read(document->root(), *document, ".", {}, issues);
        REQUIRE(issues.empty());
        return read;
    }();
    return clients;
}

/// JSON of a value; "now+60" and "now-60" are seconds.
std::string value_of(const text::Node& node) {
    if (node.is_string() && node.text.substr(0, 3) == "now") {
        const std::string_view offset = node.text.substr(3);
        return std::to_string(now / second + (offset.empty() ? 0 : std::stol(std::string(offset))));
    }
    std::string json;
    text::append_json(json, node);
    return json;
}

using Members = std::map<std::string, std::string>;  // values are JSON

void change(Members& members, const text::Node* changes) {
    for (std::size_t i = 0; changes != nullptr && i < changes->members.size(); ++i) {
        const text::Member& member = changes->members[i];
        if (member.value.kind == text::NodeKind::null) {
            members.erase(std::string(member.name));
        } else {
            members[std::string(member.name)] = value_of(member.value);
        }
    }
}

std::string to_json(const Members& members) {
    std::string json = "{";
    for (const auto& [name, value] : members) {
        json += json.size() == 1 ? "" : ",";
        text::append_json_string(json, name);
        json += ':' + value;
    }
    return json + "}";
}

std::string signature_of(const std::string& message, const Key& key, std::string_view how) {
    if (how == "none") {
        return "";
    }
    if (how == "hs256") {
        const Mac mac = MacKey(to_jwks({key})).of(message);
        return to_base64url({reinterpret_cast<const char*>(mac.data()), mac.size()});
    }
    std::string signature = sign_message(message, key);
    if (how == "changed") {
        signature.back() = static_cast<char>(signature.back() ^ 1);
    } else if (how == "cut") {
        signature.pop_back();
    } else if (how == "der") {
        // SEQUENCE of two INTEGERs, as OpenSSL's own programs sign.
        const std::string r = '\0' + signature.substr(0, signature.size() / 2);
        const std::string s = '\0' + signature.substr(signature.size() / 2);
        const auto with_length = [](char tag, const std::string& bytes) {
            return tag + std::string(1, static_cast<char>(bytes.size())) + bytes;
        };
        signature = with_length('\x30', with_length('\x02', r) + with_length('\x02', s));
    }
    return to_base64url(signature) + (how == "padded" ? "==" : "");
}

std::string assertion_of(const text::Node& root) {
    static const auto empty = text::parse_json("{}", "");
    const text::Node* found = root.find("assertion");
    const text::Node& assertion = found != nullptr ? *found : empty->root();
    const Key& key = key_named(std::string(assertion.string_or("key", "meadow-es384")));
    Members header = {{"alg", '"' + std::string(to_code(key.algorithm)) + '"'},
                      {"kid", '"' + key.id + '"'},
                      {"typ", "\"JWT\""}};
    Members claims = {{"iss", "\"meadow\""},
                      {"sub", "\"meadow\""},
                      {"aud", '"' + token_url + '"'},
                      {"exp", std::to_string(now / second + 240)},
                      {"jti", "\"1\""}};
    change(header, assertion.find("header"));
    change(claims, assertion.find("claims"));
    const std::string message = to_base64url(assertion.string_or("header-text", to_json(header))) +
                                '.' +
                                to_base64url(assertion.string_or("claims-text", to_json(claims)));
    return message + '.' + signature_of(message, key, assertion.string_or("signature", ""));
}

Form form_of(const text::Node& root) {
    std::map<std::string, std::string> parameters = {
        {"grant_type", "client_credentials"},
        {"client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
        {"client_assertion", assertion_of(root)},
        {"scope", "system/Task.rs"}};
    const text::Node* changes = root.find("form");
    for (std::size_t i = 0; changes != nullptr && i < changes->members.size(); ++i) {
        const text::Member& member = changes->members[i];
        if (member.value.kind == text::NodeKind::null) {
            parameters.erase(std::string(member.name));
        } else {
            parameters[std::string(member.name)] = member.value.text;
        }
    }
    Form form(parameters.begin(), parameters.end());
    const text::Node* again = root.find("again");
    for (std::size_t i = 0; again != nullptr && i < again->members.size(); ++i) {
        form.emplace_back(again->members[i].name, again->members[i].value.text);
    }
    return form;
}

void run(const fs::path& folder) {
    INFO(folder.filename().string());
    const auto document = read_yaml(folder / "case.yaml");
    const text::Node& root = document.root();
    for (const text::Member& member : root.members) {
        INFO(member.name);
        const std::vector<std::string> known = {"fact",  "assertion", "form",
                                                "again", "requests",  "expect"};
        REQUIRE(std::find(known.begin(), known.end(), member.name) != known.end());
    }
    const text::Node* expect = root.find("expect");
    REQUIRE(expect != nullptr);

    ReplaysInMemory replays;
    const AccessTokens tokens(Secrets::in_memory(now), token_url);
    const TokenService service{token_url, registry(), tokens, replays};
    const Form form = form_of(root);
    const text::Node* requests = root.find("requests");
    TokenAnswer answer;
    for (int i = 0; i < (requests == nullptr ? 1 : std::stoi(std::string(requests->text))); ++i) {
        answer = answer_token_request(form, service, now);
    }
    INFO(answer.body);
    const auto body = text::parse_json(answer.body, "answer");
    REQUIRE(body.ok());
    const text::Node* status = expect->find("status");
    REQUIRE(std::to_string(answer.status) == (status == nullptr ? "200" : status->text));
    if (answer.status == 200) {
        CHECK(body->root().string_or("scope", "") == expect->string_or("scope", "system/Task.rs"));
        CHECK(body->root().string_or("token_type", "") == "bearer");
        CHECK(body->root().find("expires_in")->text == "300");
        const auto identity =
            tokens.verify(body->root().string_or("access_token", ""), registry(), now);
        REQUIRE(identity.ok());
        CHECK(identity->client->id == answer.client);
        return;
    }
    const std::string_view said = body->root().string_or("error_description", "");
    CHECK(body->root().string_or("error", "") == expect->string_or("error", "?"));
    CHECK(said.find(expect->string_or("says", "?")) != std::string_view::npos);
    // RFC 6749, 5.2.
    CHECK(std::all_of(said.begin(), said.end(),
                      [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; }));
}

}  // namespace

TEST_CASE("the token endpoint answers every case as expected") {
    std::vector<fs::path> cases;
    for (const auto& entry : fs::directory_iterator(LINKWAY_ACCESS)) {
        if (fs::exists(entry.path() / "case.yaml")) {
            cases.push_back(entry.path());
        }
    }
    std::sort(cases.begin(), cases.end());
    REQUIRE(cases.size() >= 40);
    for (const fs::path& folder : cases) {
        run(folder);
    }
}
