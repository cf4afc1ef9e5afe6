// From a file renamed into the inbox to its resources in the store: a bulk, then deltas of a
// thousand rows, with validation and episodes as in the service.
//   bench_intake [PATIENTS]
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "intake/worker.h"
#include "service/offline.h"
#include "state_extract.h"
#include "store/sqlite_store.h"

namespace fs = std::filesystem;
using namespace linkway;
using Clock = std::chrono::steady_clock;

namespace {

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Renames the folder into the inbox and waits until all of it is stored; resources.
std::uint64_t take(service::Offline& data, const fs::path& extract, double& seconds) {
    const auto start = Clock::now();
    fs::rename(extract, data.folder().inbox() / "emis" / extract.filename());
    for (;;) {
        std::vector<store::Intake> entries;
        const auto failed = data.store().read([&](store::Reader& reader) {
            entries = reader.intakes({});
            return text::Status();
        });
        for (const auto& entry : entries) {
            if (entry.name == extract.filename().string() &&
                (failed || entry.state == store::Intake::State::done ||
                 entry.state == store::Intake::State::failed)) {
                seconds = seconds_since(start);
                if (entry.state == store::Intake::State::failed) {
                    std::printf("failed: %s\n", entry.reason.c_str());
                }
                return entry.resources;
            }
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

}  // namespace

int main(int count, char** words) {
    const std::uint64_t patients = count > 1 ? std::strtoull(words[1], nullptr, 10) : 100'000;
    const fs::path root =
        fs::temp_directory_path() / ("linkway-intake-bench-" + std::to_string(::getpid()));
    fs::create_directories(root / "data/inbox/emis");
    {
        // Offline asks for a store that is there.
        const auto made = store::open_sqlite({(root / "data/store.sqlite").string(), 1, 1024});
    }
    service::Config config;
    config.data = (root / "data").string();
    auto opened = service::Offline::open(config, LINKWAY_MAPPINGS);
    if (!opened) {
        std::printf("%s\n", text::to_string(opened.issue()).c_str());
        return 1;
    }
    bench::StateExtract bulk((root / "bulk").string(), patients);
    bulk.write_bulk();
    {
        intake::Worker worker((*opened)->intake());
        double seconds = 0;
        std::uint64_t resources = take(**opened, root / "bulk", seconds);
        std::printf("bulk of %llu patients: %llu resources in %.2f s\n",
                    static_cast<unsigned long long>(patients),
                    static_cast<unsigned long long>(resources), seconds);
        for (int day = 1; day <= 8; ++day) {
            const fs::path folder = root / ("delta-" + std::to_string(day));
            bench::StateExtract delta(folder.string(), patients);
            delta.write_delta(static_cast<std::uint64_t>(day));
            resources = take(**opened, folder, seconds);
            std::printf("delta of 1,000 rows: %llu resources in %.3f s\n",
                        static_cast<unsigned long long>(resources), seconds);
        }
    }
    opened->reset();
    std::error_code ignored;
    fs::remove_all(root, ignored);
    return 0;
}
