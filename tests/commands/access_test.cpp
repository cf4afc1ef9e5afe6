// The commands around access: keys and assertions for whoever connects a client, and the check of
// the audit log.
#include <chrono>

#include "access/audit.h"
#include "access/token.h"
#include "catch.h"
#include "run_program.h"

using namespace commands;
using namespace linkway;

namespace {

/// Empty at first, gone at the end.
class Folder {
  public:
    Folder() { fs::create_directories(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { fs::remove_all(path); }

    const fs::path path =
        fs::temp_directory_path() / ("linkway-access-commands-" + std::to_string(::getpid()));
};

access::Instant now() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

}  // namespace

TEST_CASE("keys that were made sign in with the assertion that is printed") {
    const Folder folder;
    const std::string url = "https://gateway.example/auth/token";
    for (const std::string algorithm : {"ES384", "RS384"}) {
        const std::string make = "keys new --algorithm " + algorithm + " -o " + algorithm;
        REQUIRE(run_program(make, folder.path).code == 0);
        CHECK(run_program(make, folder.path).code == 1);
        const fs::path key = folder.path / algorithm / "key.pem";
        CHECK((fs::status(key).permissions() & fs::perms::all) ==
              (fs::perms::owner_read | fs::perms::owner_write));

        const auto document = text::parse_json(
            R"([{"client_id":"meadow","organisation":{"kind":"provider","ods":"8HK34"},)"
            R"("scope":"system/Task.rs","jwks_file":")" +
                algorithm + R"(/jwks.json"}])",
            "clients");
        text::Issues issues;
        const auto clients =
            access::Clients::read(document->root(), *document, folder.path.string(), {}, issues);
        REQUIRE(clients.size() == 1);
        const Outcome token = run_program(
            "token --client meadow --key " + algorithm + "/key.pem --url " + url, folder.path);
        REQUIRE(token.code == 0);
        access::ReplaysInMemory replays;
        const access::AccessTokens tokens(access::Secrets::in_memory(0), url);
        const auto answer = access::answer_token_request(
            {{"grant_type", "client_credentials"},
             {"client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
             {"client_assertion", token.out.substr(0, token.out.find('\n'))},
             {"scope", "system/Task.rs"}},
            {url, clients, tokens, replays}, now());
        CHECK(answer.status == 200);
    }
    const Outcome form = run_program(
        "token --client meadow --key ES384/key.pem --url u --scope 'system/Task.rs'", folder.path);
    CHECK(form.out.find("&scope=system%2FTask.rs\n") != std::string::npos);
    CHECK(run_program("token --client meadow --url u", folder.path).code == 2);
    CHECK(run_program("token --client meadow --key none.pem --url u", folder.path).code == 1);
    CHECK(run_program("token --client meadow --key ES384/jwks.json --url u", folder.path)
              .log.find("no private key as PEM") != std::string::npos);
    CHECK(run_program("keys new --algorithm HS256", folder.path).code == 2);
}

TEST_CASE("audit verify names the first line that is not as it was") {
    const Folder folder;
    {
        const auto log = access::AuditLog::open((folder.path / "audit").string(), "n1", 0);
        REQUIRE(log.ok());
        for (int i = 0; i < 3; ++i) {
            REQUIRE_FALSE((*log)->append({}));
        }
    }
    const Outcome whole = run_program("audit verify audit", folder.path);
    CHECK(whole.code == 0);
    CHECK(whole.out ==
          "audit/n1: 3 lines in 1 files, 1970-01-01T00:00:00.000Z to "
          "1970-01-01T00:00:00.000Z, unbroken\n");

    const fs::path file = folder.path / "audit/n1/1970-01-01.ndjson";
    std::string content = read_file(file);
    content[content.find("\"outcome\":\"0\"", content.find('\n')) + 11] = '4';
    std::ofstream(file, std::ios::binary) << content;
    const Outcome changed = run_program("audit verify audit", folder.path);
    CHECK(changed.code == 1);
    CHECK(changed.out.find("audit/n1: broken at 1970-01-01.ndjson:2: the line was changed") == 0);
    const Outcome json = run_program("audit verify --json audit/n1", folder.path);
    CHECK(json.code == 1);
    CHECK(json.out.find(R"("broken":{"file":"1970-01-01.ndjson","line":2,)") != std::string::npos);
    CHECK(run_program("audit verify none", folder.path).code == 1);
    CHECK(run_program("audit verify", folder.path).code == 2);
}

TEST_CASE("the lines of the audit log are valid AuditEvents") {
    const Folder folder;
    std::string events;
    for (const auto interaction :
         {access::Interaction::read, access::Interaction::search_type, access::Interaction::create,
          access::Interaction::remove, access::Interaction::operation}) {
        access::AuditEntry entry;
        entry.interaction = interaction;
        events += access::to_audit_event(entry, "n1") + '\n';
        entry.outcome = access::Outcome::minor_failure;
        entry.client = "meadow";
        entry.ods = "8HK34";
        entry.practitioner = "Dr Okafor";
        entry.address = "192.0.2.7";
        entry.detail = "record page";
        entry.request = "r1";
        entry.resource = "Patient/00592dc4-2622-5148-8f71-735af097e2fa";
        events += access::to_audit_event(entry, "n1") + '\n';
        entry.resource = "Patient";
        entry.query = "family=Smith&_count=5";
        events += access::to_audit_event(entry, "n1") + '\n';
    }
    std::ofstream(folder.path / "events.ndjson", std::ios::binary) << events;
    const Outcome outcome = run_program("validate events.ndjson", folder.path);
    INFO(outcome.out << outcome.log);
    CHECK(outcome.code == 0);
}
