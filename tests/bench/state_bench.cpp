// How long a delta of a thousand rows takes on a large staging store: from reading the mapping and
// opening the store to the commit, as `linkway translate --state` does it.
#include <unistd.h>

#include <filesystem>
#include <iostream>

#include "measure.h"
#include "sources/translate.h"
#include "state_extract.h"

namespace linkway::bench {
namespace {

constexpr const char* usage =
    "usage: bench_state [--patients N] [--rounds N] [--keep DIR]\n"
    "  --patients N  in the store (default 3000000; takes 2 GB of temporary space)\n"
    "  --rounds N    deltas (default 7)\n"
    "  --keep DIR    make the store there, or measure the one that is there\n";

bool translate(const std::string& input, const std::string& work) {
    text::Issues issues;
    const auto mapping =
        sources::SystemMapping::load(std::string(LINKWAY_MAPPINGS) + "/emis", issues);
    sources::TranslateOptions options;
    options.input = input;
    options.output = work + "/output";
    options.overwrite = true;
    options.state = work + "/state";
    const auto result = sources::translate(*mapping, options);
    if (!result) {
        std::cerr << text::to_string(result.issue()) << '\n';
        return false;
    }
    std::uint64_t resources = 0;
    for (const auto& [type, count] : result->resources) {
        resources += count;
    }
    std::cout << "  " << result->total().rows << " rows, " << resources << " resources out\n";
    return true;
}

int run(std::uint64_t patients, int rounds, std::string work, bool keep) {
    namespace fs = std::filesystem;
    std::uint64_t first = 1;
    if (!fs::exists(work + "/state")) {
        StateExtract bulk(work + "/bulk", patients);
        bulk.write_bulk();
        Series series{"bulk", {}, {}};
        bool good = false;
        series.measure([&] { good = translate(bulk.folder(), work); });
        std::cout << "bulk of " << patients << " patients: " << series.least() << " s, store "
                  << fs::file_size(work + "/state/emis.sqlite") / 1'000'000 << " MB\n";
        fs::remove_all(bulk.folder());
        if (!good) {
            return 1;
        }
    }
    while (fs::exists(work + "/delta" + std::to_string(first))) {
        ++first;
    }
    Series series{"delta", {}, {}};
    for (std::uint64_t day = first; day < first + static_cast<std::uint64_t>(rounds); ++day) {
        StateExtract delta(work + "/delta" + std::to_string(day), patients);
        delta.write_delta(day);
        bool good = false;
        series.measure([&] { good = translate(delta.folder(), work); });
        if (!good) {
            return 1;
        }
    }
    const double worst = *std::max_element(series.wall.begin(), series.wall.end());
    std::cout << "delta of 1,000 rows: least " << series.least() << " s, median " << series.median()
              << " s, most " << worst << " s; processor time " << series.least_cpu() << " s\n";
    std::printf("RATIO\tdelta on a staging store, most, s\t%.2f\t< 1\t%s\t%llu patients\n", worst,
                worst < 1 ? "met" : "MISSED", static_cast<unsigned long long>(patients));
    if (!keep) {
        fs::remove_all(work);
    }
    return 0;
}

}  // namespace
}  // namespace linkway::bench

int main(int argc, char** argv) {
    std::uint64_t patients = 3'000'000;
    int rounds = 7;
    std::string keep;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string name = argv[i];
        if (name == "--patients") {
            patients = std::strtoull(argv[i + 1], nullptr, 10);
        } else if (name == "--rounds") {
            rounds = std::atoi(argv[i + 1]);
        } else if (name == "--keep") {
            keep = argv[i + 1];
        } else {
            std::cerr << linkway::bench::usage;
            return 2;
        }
    }
    const std::string work = keep.empty() ? (std::filesystem::temp_directory_path() /
                                             ("linkway-bench-state-" + std::to_string(getpid())))
                                                .string()
                                          : keep;
    return linkway::bench::run(patients, rounds, work, !keep.empty());
}
