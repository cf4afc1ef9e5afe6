// What each request costs in gateway/access: verifying its token, and the line it leaves in the
// audit log. And what a client costs that signs in.
#include <filesystem>
#include <iostream>
#include <stdexcept>

#include "access/access_token.h"
#include "access/audit.h"
#include "access/jwt.h"
#include "access/signed_link.h"
#include "measure.h"

namespace linkway::bench {
namespace {

constexpr access::Instant noon = 1795435200000;

/// How often a second, at best, over rounds of `count` calls.
template <class Call>
double rate(const std::string& what, int rounds, int count, const Call& call) {
    Series series{what, {}, {}};
    for (int round = 0; round < rounds; ++round) {
        series.measure([&] {
            for (int i = 0; i < count; ++i) {
                call();
            }
        });
    }
    std::printf("%-44s %10.0f/s best %10.0f median %8.2f us\n", what.c_str(),
                count / series.least(), count / series.median(), series.least() / count * 1e6);
    return count / series.least();
}

void check(bool right) {
    if (!right) {
        throw std::runtime_error("what is measured does not work");
    }
}

access::Clients one_client(const access::Key& key) {
    const std::string json =
        R"([{"client_id":"meadow","organisation":{"kind":"provider","ods":"8HK34"},)"
        R"("scope":"system/ServiceRequest.rs system/Task.rus system/Patient.rs","jwks":)" +
        access::to_jwks({key}) + "}]";
    const auto document = text::parse_json(json, "clients");
    text::Issues issues;
    auto clients = access::Clients::read(document->root(), *document, "", {}, issues);
    check(clients.size() == 1);
    return clients;
}

void measure_tokens(int rounds) {
    const auto key = access::generate_key(access::Algorithm::es384);
    const auto clients = one_client(key);
    const auto secrets = access::Secrets::in_memory(noon);
    const access::AccessTokens tokens(secrets, "https://gateway.example/fhir");
    const auto client = clients.find("meadow");
    const std::string token = tokens.issue(*client, client->scopes, noon);
    const double verified = rate("access token verified", rounds, 20'000,
                                 [&] { check(tokens.verify(token, clients, noon).ok()); });
    report("access tokens verified, 1000/s", verified / 1000, ">= 200", verified >= 200'000);
    rate("access token issued", rounds, 20'000,
         [&] { check(!tokens.issue(*client, client->scopes, noon).empty()); });
    const access::SignedLinks links(secrets, "record");
    const auto link =
        links.sign({"00592dc4-2622-5148-8f71-735af097e2fa", "A81001", "", noon + 60000});
    rate("signed link verified", rounds, 20'000, [&] { check(links.verify(*link, noon).ok()); });

    for (const auto algorithm : access::smart_algorithms) {
        const access::KeySet keys = {access::generate_key(algorithm)};
        const std::string name(access::to_code(algorithm));
        const std::string jwt =
            access::sign_jwt(R"({"iss":"meadow","sub":"meadow","exp":1795435440})", keys[0]);
        rate(name + " verified", rounds, 300,
             [&] { check(access::verify_jwt(jwt, access::smart_algorithms, keys).ok()); });
        rate(name + " signed", rounds, 100,
             [&] { check(!access::sign_jwt("{}", keys[0]).empty()); });
    }
}

access::AuditEntry an_entry() {
    access::AuditEntry entry;
    entry.recorded = noon;
    entry.client = "meadow";
    entry.ods = "8HK34";
    entry.address = "192.0.2.7";
    entry.resource = "Task/00592dc4-2622-5148-8f71-735af097e2fa";
    entry.request = "0123456789abcdef";
    return entry;
}

/// Appends by several threads, each syncing after every one of its lines, or not at all.
void measure_appends(const std::string& folder, int threads, bool synced, int each) {
    auto log = access::AuditLog::open(folder, "n" + std::to_string(threads), noon);
    check(log.ok());
    Series series{"", {}, {}};
    series.measure([&] {
        std::vector<std::thread> running;
        for (int i = 0; i < threads; ++i) {
            running.emplace_back([&] {
                const access::AuditEntry entry = an_entry();
                for (int j = 0; j < each; ++j) {
                    const auto failed = (*log)->append(entry);
                    const auto unsynced = synced ? (*log)->sync() : text::Status();
                    if (failed || unsynced) {
                        std::abort();
                    }
                }
            });
        }
        for (std::thread& thread : running) {
            thread.join();
        }
    });
    std::printf("audit lines, %2d threads%-21s %10.0f/s\n", threads, synced ? ", each synced" : "",
                threads * each / series.least());
}

void measure_audit(const std::string& folder) {
    measure_appends(folder, 1, false, 50'000);
    measure_appends(folder, 8, false, 10'000);
    measure_appends(folder, 1, true, 200);
    measure_appends(folder, 8, true, 200);
    measure_appends(folder, 32, true, 200);
    Series series{"", {}, {}};
    std::uint64_t lines = 0;
    series.measure([&] {
        const auto reports = access::verify_audit(folder);
        check(reports.ok());
        for (const auto& found : *reports) {
            check(!found.broken);
            lines += found.lines;
        }
    });
    std::printf("audit lines verified%24s %10.0f/s\n", "",
                static_cast<double>(lines) / series.least());
}

}  // namespace
}  // namespace linkway::bench

int main(int argc, char** argv) {
    namespace fs = std::filesystem;
    const fs::path folder =
        fs::path(argc > 1 ? argv[1] : fs::temp_directory_path().string()) / "linkway-audit-bench";
    fs::remove_all(folder);
    try {
        linkway::bench::measure_tokens(7);
        linkway::bench::measure_audit(folder.string());
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
    fs::remove_all(folder);
    return 0;
}
