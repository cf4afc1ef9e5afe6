// SIGKILL while extracts are taken in: in the end everything is as if nothing had happened.
#include <sqlite3.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>
#include <thread>

#include "expect.h"
#include "gateway.h"
#include "random.h"
#include "text/node.h"

using namespace service_test;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

const std::vector<std::string> systems = {"emis", "systmone", "vision"};

/// An extract of each system; people and referrals of one are known in the others.
void make_samples(const fs::path& folder) {
    for (const std::string& system : systems) {
        const auto made = commands::run_program("sample --mappings " LINKWAY_MAPPINGS " --system " +
                                                    system + " --patients 150 --seed 7 " + system,
                                                folder);
        INFO(made.log);
        REQUIRE(made.code == 0);
    }
}

void drop(const fs::path& samples, const fs::path& data, const std::string& system) {
    const fs::path inbox = data / "inbox" / system;
    fs::create_directories(inbox);
    fs::copy(samples / system, inbox / "extract", fs::copy_options::recursive);
    std::ofstream(inbox / "extract" / ".done");
}

/// Those extracts, and something that is none.
void fill_inbox(const fs::path& samples, const fs::path& data) {
    for (const std::string& system : systems) {
        drop(samples, data, system);
    }
    std::ofstream(data / "inbox" / "emis" / "broken.zip") << "no zip at all";
    std::ofstream(data / "inbox" / "emis" / "broken.zip.done");
}

/// Whether nothing is left to do: what is worked on lies in one of these.
bool is_worked_off(const fs::path& data) {
    std::vector<fs::path> folders = {data / "raw", data / "work"};
    for (const std::string& system : systems) {
        folders.push_back(data / "inbox" / system);
    }
    return std::all_of(folders.begin(), folders.end(), [](const fs::path& folder) {
        return !fs::exists(folder) || fs::is_empty(folder);
    });
}

bool works_off(const fs::path& data, Clock::duration patience) {
    const auto until = Clock::now() + patience;
    while (Clock::now() < until) {
        if (is_worked_off(data)) {
            return true;
        }
        std::this_thread::sleep_for(2ms);
    }
    return false;
}

using Rows = std::map<std::string, std::string>;

Rows rows_of(const fs::path& file, const char* sql) {
    Rows rows;
    sqlite3* handle = nullptr;
    REQUIRE(sqlite3_open_v2(file.c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK);
    const auto take = [](void* out, int, char** values, char**) {
        (*static_cast<Rows*>(out))[values[0]] = values[1];
        return 0;
    };
    CHECK(sqlite3_exec(handle, sql, take, &rows, nullptr) == SQLITE_OK);
    sqlite3_close(handle);
    return rows;
}

/// What a run leads to, without times. Nor how many versions it took: people and episodes are
/// shared among the systems, and which extract comes first is another after a kill.
struct Result {
    Rows resources, intakes, quarantine;
};
Result result_of(const fs::path& data) {
    const fs::path file = data / "store.sqlite";
    return {rows_of(file,
                    "SELECT n.text || '/' || r.id, r.json"
                    " FROM resource r JOIN name n ON n.id = r.type"),
            rows_of(file, "SELECT system || ' ' || id, state || ' ' || reconciliation FROM intake"),
            rows_of(file, "SELECT id, content FROM quarantine")};
}

Complaints differences(const char* what, const Rows& expected, const Rows& found) {
    Complaints complaints;
    for (const auto& [key, value] : expected) {
        const auto other = found.find(key);
        if (other == found.end() || other->second != value) {
            complaints.push_back(std::string(what) + " " + key + ": " + value +
                                 "\nbut: " + (other == found.end() ? "nothing" : other->second));
        }
    }
    for (const auto& [key, value] : found) {
        if (expected.count(key) == 0) {
            complaints.push_back(std::string(what) + " " + key + ": nothing\nbut: " + value);
        }
    }
    return complaints;
}

long sum(const linkway::text::Node* reasons) {
    long all = 0;
    for (const auto& reason : reasons == nullptr ? linkway::text::Members() : reasons->members) {
        all += std::stol(std::string(reason.value.text));
    }
    return all;
}

/// Every row of every extract went somewhere.
Complaints check_reconciliation(const Rows& intakes) {
    Complaints complaints;
    int done = 0;
    for (const auto& [key, value] : intakes) {
        if (value.rfind("2 ", 0) != 0) {
            continue;  // not done: the one that is no extract
        }
        ++done;
        const auto document = linkway::text::parse_json(value.substr(2), key);
        const auto* total = document ? document->root().find("total") : nullptr;
        const auto number = [&](const char* name) {
            const auto* member = total == nullptr ? nullptr : total->find(name);
            return member == nullptr ? 0L : std::stol(std::string(member->text));
        };
        const auto reasons = [&](const char* name) {
            return total == nullptr ? 0L : sum(total->find(name));
        };
        const long rows = number("rows");
        if (rows == 0 || rows != number("translated") + number("superseded") + number("deleted") +
                                     reasons("notRelevant") + reasons("held") +
                                     reasons("rejected")) {
            complaints.push_back(key + " does not add up: " + value);
        }
    }
    if (done != static_cast<int>(systems.size())) {
        complaints.push_back(std::to_string(done) + " extracts are done");
    }
    return complaints;
}

/// Kills the service while it works the inbox off; how often.
unsigned kill_until_done(const fs::path& data, const fs::path& log, unsigned most,
                         Clock::duration longest, Moments& moments) {
    unsigned kills = 0;
    while (kills < most) {
        Gateway gateway(data, log);
        if (works_off(data, moments.within(longest))) {
            break;
        }
        gateway.kill();
        ++kills;
    }
    return kills;
}

}  // namespace

TEST_CASE("whichever system sends first, the service comes to say the same") {
    const Folder folder("ingest-order");
    make_samples(folder.path());
    std::vector<std::string> order = systems;
    std::optional<Result> expected;
    do {
        const fs::path data = folder / (order[0] + '-' + order[1] + '-' + order[2]);
        {
            Gateway gateway(data, folder / "log");
            REQUIRE(gateway.listens());
            for (const std::string& system : order) {
                drop(folder.path(), data, system);
                REQUIRE(works_off(data, 60s));
            }
            REQUIRE(gateway.stop() == 0);
        }
        INFO(data);
        const Result found = result_of(data);
        expected = expected.value_or(found);
        expect_none(differences("resource", expected->resources, found.resources));
        expect_none(differences("intake", expected->intakes, found.intakes));
        expect_none(differences("quarantine", expected->quarantine, found.quarantine));
        expect_none(check_reconciliation(found.intakes));
        CHECK(
            rows_of(data / "state" / "identity.sqlite", "SELECT system, record FROM news").empty());
        fs::remove_all(data);
    } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("killed at any moment, the service takes in what landed as if nothing had happened") {
    const Folder folder("ingest-kill");
    make_samples(folder.path());
    const auto run = [&](const fs::path& data) {
        INFO(commands::read_file(folder / "log"));
        Gateway gateway(data, folder / "log");
        REQUIRE(gateway.listens());
        REQUIRE(works_off(data, 60s));
        REQUIRE(gateway.stop() == 0);
        return result_of(data);
    };
    const auto began = Clock::now();
    fill_inbox(folder.path(), folder / "undisturbed");
    const Result expected = run(folder / "undisturbed");
    const auto longest = Clock::now() - began;
    CHECK(expected.resources.size() > 20);
    expect_none(check_reconciliation(expected.intakes));

    Moments moments;
    unsigned kills = 0;
    for (unsigned round = 0; kills < moments.kills(); ++round) {
        const fs::path data = folder / ("killed-" + std::to_string(round));
        fill_inbox(folder.path(), data);
        kills += kill_until_done(data, folder / "log", moments.kills() - kills, longest, moments);
        const Result found = run(data);
        expect_none(differences("resource", expected.resources, found.resources));
        expect_none(differences("intake", expected.intakes, found.intakes));
        expect_none(differences("quarantine", expected.quarantine, found.quarantine));
        expect_none(check_store(data / "store.sqlite"));
        CHECK(fs::exists(data / "inbox" / "failed" / "broken.zip"));
        REQUIRE(round < 1000);
        fs::remove_all(data);
    }
    std::cout << expected.resources.size() << " resources, " << kills << " kills\n";
}
