// SIGKILL at random moments: what was acknowledged is there, once and whole, and in the audit.
#include <thread>

#include "expect.h"
#include "gateway.h"
#include "random.h"

using namespace service_test;
using namespace std::chrono_literals;

namespace {

/// The store as a killed process left it, looked at aside: who opens the file itself would do what
/// the service has to do when it starts.
void check_left_behind(const fs::path& data, const fs::path& aside) {
    fs::remove_all(aside);
    fs::create_directories(aside);
    for (const char* name : {"store.sqlite", "store.sqlite-wal"}) {
        if (fs::exists(data / name)) {
            fs::copy_file(data / name, aside / name);
        }
    }
    expect_none(check_store(aside / "store.sqlite"));
}

}  // namespace

TEST_CASE("killed at any moment, the service keeps what it acknowledged") {
    Moments moments;
    const unsigned kills = moments.kills();
    const Folder folder("kill");
    std::vector<Acknowledged> all;
    Memory memory;

    for (unsigned round = 0; round <= kills; ++round) {
        INFO("round " << round << "\n" << commands::read_file(folder / "log"));
        Gateway gateway(folder / "data", folder / "log");
        if (round != 0 && round != kills && moments.up_to(5) == 0) {
            std::this_thread::sleep_for(moments.within(100ms));  // while it starts
            gateway.kill();
            continue;
        }
        REQUIRE(gateway.listens());
        Web web(gateway.url());
        if (round == 0) {
            make_counters(web);
        }
        expect_none(check_memory(web, memory));
        all.insert(all.end(), memory.acknowledged.begin(), memory.acknowledged.end());
        memory.acknowledged.clear();
        memory.conditional.clear();
        if (round == kills) {
            break;
        }
        std::vector<std::thread> clients;
        for (int client = 0; client < 6; ++client) {
            clients.emplace_back([&, client] {
                const std::string shared = "r" + std::to_string(round);
                write_until_gone(gateway.url(), shared + "-c" + std::to_string(client), shared,
                                 memory);
            });
        }
        std::this_thread::sleep_for(moments.within(200ms));
        gateway.kill();
        for (std::thread& client : clients) {
            client.join();
        }
        if (round % 10 == 0) {
            check_left_behind(folder / "data", folder / "aside");
        }
    }

    Gateway gateway(folder / "data", folder / "log");
    REQUIRE(gateway.listens());
    Web web(gateway.url());
    Memory everything;
    everything.acknowledged = all;
    expect_none(check_memory(web, everything));
    expect_none(check_counters(web));
    CHECK(gateway.stop() == 0);
    expect_none(check_store(folder / "data" / "store.sqlite"));
    expect_none(check_audit(folder / "data" / "audit", all));
    std::cout << all.size() << " acknowledged writes over " << kills << " kills\n";
}
