// How long a delta of a thousand rows takes on a large staging store: `linkway translate --state`
// as a process of its own, from its start to its end, on a store that the same command made.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>

#include "measure.h"
#include "state_extract.h"

extern char** environ;

namespace linkway::bench {
namespace {

namespace fs = std::filesystem;

constexpr const char* usage =
    "usage: bench_state [--patients N] [--rounds N] [--keep DIR]\n"
    "  --patients N  in the store (default 3000000; takes 5 GB of temporary space)\n"
    "  --rounds N    deltas (default 11)\n"
    "  --keep DIR    make the store there, or go on with the one that is there\n";

/// What processes of one kind took, one entry a run.
struct Runs {
    Series time;
    double peak = 0;  ///< resident set, MB
};

/// Runs the program on an extract and waits for it; false when it did not end well.
bool translate(const std::string& input, const std::string& work, Runs& runs) {
    const std::string log = work + "/log";
    const std::string output = work + "/output";
    const std::string state = work + "/state";
    std::vector<const char*> arguments = {
        LINKWAY_BINARY, "translate",   "--mappings", LINKWAY_MAPPINGS, "--system",
        "emis",         input.c_str(), "-o",         output.c_str(),   "--state",
        state.c_str(),  "--overwrite", nullptr};
    posix_spawn_file_actions_t files{};
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 1, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    posix_spawn_file_actions_adddup2(&files, 1, 2);
    const double before = seconds(CLOCK_MONOTONIC);
    pid_t child = 0;
    int status = -1;
    rusage used{};
    const bool started = posix_spawn(&child, LINKWAY_BINARY, &files, nullptr,
                                     const_cast<char**>(arguments.data()), environ) == 0;
    const bool ended = started && wait4(child, &status, 0, &used) == child;
    runs.time.wall.push_back(seconds(CLOCK_MONOTONIC) - before);
    posix_spawn_file_actions_destroy(&files);
    const auto of = [](const timeval& each) {
        return static_cast<double>(each.tv_sec) + static_cast<double>(each.tv_usec) * 1e-6;
    };
    runs.time.cpu.push_back(of(used.ru_utime) + of(used.ru_stime));
    runs.peak = std::max(runs.peak, static_cast<double>(used.ru_maxrss) * 1024 / 1e6);
    if (!ended || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        std::cerr << "the run on " << input << " failed:\n" << std::ifstream(log).rdbuf();
        return false;
    }
    return true;
}

/// Has the kernel forget what it holds of the store, so that the next run reads it from the disk.
void forget(const std::string& path) {
    const int file = open(path.c_str(), O_RDONLY);
    if (file >= 0) {
        fsync(file);
        posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
        close(file);
    }
}

/// Has the kernel read all of it.
void remember(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::vector<char> block(std::size_t{1} << 20);
    while (file.read(block.data(), static_cast<std::streamsize>(block.size()))) {
    }
}

bool make_store(const std::string& work, const std::string& store, std::uint64_t patients) {
    StateExtract bulk(work + "/bulk", patients);
    bulk.write_bulk();
    std::uintmax_t size = 0;
    for (const auto& entry : fs::directory_iterator(bulk.folder())) {
        size += entry.file_size();
    }
    Runs runs;
    if (!translate(bulk.folder(), work, runs)) {
        return false;
    }
    fs::remove_all(bulk.folder());
    std::printf(
        "bulk of %llu patients, %.0f MB: %.1f s, processor time %.1f s, peak %.0f MB, store %.0f "
        "MB\n",
        static_cast<unsigned long long>(patients), static_cast<double>(size) / 1e6,
        runs.time.least(), runs.time.least_cpu(), runs.peak,
        static_cast<double>(fs::file_size(store)) / 1e6);
    return true;
}

int run(std::uint64_t patients, int rounds, const std::string& work) {
    const std::string store = work + "/state/emis.sqlite";
    if (!fs::exists(store) && !make_store(work, store, patients)) {
        return 1;
    }
    std::uint64_t day = 1;
    while (fs::exists(work + "/delta" + std::to_string(day))) {
        ++day;  // of earlier calls
    }
    Runs warm;
    Runs cold;
    for (int round = 0; round < 2 * rounds; ++round, ++day) {
        StateExtract delta(work + "/delta" + std::to_string(day), patients);
        delta.write_delta(day);
        const bool is_cold = round % 2 != 0;
        for (const auto& entry : fs::directory_iterator(work + "/state")) {
            (is_cold ? forget : remember)(entry.path().string());
        }
        if (!translate(delta.folder(), work, is_cold ? cold : warm)) {
            return 1;
        }
    }
    for (const auto& [name, runs] : {std::pair("store in the page cache", &warm),
                                     std::pair("store read from the disk", &cold)}) {
        const Series& time = runs->time;
        const double worst = *std::max_element(time.wall.begin(), time.wall.end());
        std::printf(
            "%s: least %.3f s, median %.3f s, most %.3f s; processor time %.3f s, peak %.0f MB\n",
            name, time.least(), time.median(), worst, time.least_cpu(), runs->peak);
        report(std::string("delta of 1,000 rows, ") + name + ", most, s", worst, "< 1", worst < 1,
               std::to_string(patients) + " patients");
    }
    return 0;
}

}  // namespace
}  // namespace linkway::bench

int main(int argc, char** argv) {
    std::uint64_t patients = 3'000'000;
    int rounds = 11;
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
    const int result = linkway::bench::run(patients, rounds, work);
    if (keep.empty()) {
        std::filesystem::remove_all(work);
    }
    return result;
}
