// What the benchmarks share: clocks, pinning to cores, rounds of alternating measurements, and the
// table of ratios they print.
#pragma once

#include <sched.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace linkway::bench {

inline double seconds(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// One way to do a job, timed once a round. All times in seconds.
struct Series {
    std::string name;
    std::vector<double> wall;
    std::vector<double> cpu;  ///< of all its threads

    double least() const { return *std::min_element(wall.begin(), wall.end()); }
    double least_cpu() const { return *std::min_element(cpu.begin(), cpu.end()); }
    double median() const {
        std::vector<double> sorted = wall;
        std::sort(sorted.begin(), sorted.end());
        const std::size_t half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    template <class Job>
    void measure(const Job& job) {
        const double wall_before = seconds(CLOCK_MONOTONIC);
        const double cpu_before = seconds(CLOCK_PROCESS_CPUTIME_ID);
        job();
        cpu.push_back(seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu_before);
        wall.push_back(seconds(CLOCK_MONOTONIC) - wall_before);
    }
};

/// The cores this process may use.
inline std::vector<int> cores() {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    sched_getaffinity(0, sizeof allowed, &allowed);
    std::vector<int> result;
    for (int core = 0; core < CPU_SETSIZE; ++core) {
        if (CPU_ISSET(core, &allowed)) {
            result.push_back(core);
        }
    }
    return result;
}

/// Keeps this thread, and those it starts, on these cores.
inline void pin(const std::vector<int>& to) {
    cpu_set_t wanted;
    CPU_ZERO(&wanted);
    for (const int core : to) {
        CPU_SET(core, &wanted);
    }
    sched_setaffinity(0, sizeof wanted, &wanted);
}

inline std::string text_of(const char* format, double value) {
    char buffer[96];
    std::snprintf(buffer, sizeof buffer, format,
                  value);  // NOLINT(cppcoreguidelines-pro-type-vararg)
    return buffer;
}

/// How busy the machine is with other work; figures taken on a busy machine are worst on wall time
/// and on two threads.
inline std::string load() {
    double average[1] = {0};
    return getloadavg(average, 1) == 1 ? text_of("load average %.1f", average[0]) : "load unknown";
}

/// Processor seconds that anyone spent so far, all cores together; negative when that cannot be
/// known.
inline double spent() {
    std::ifstream file("/proc/stat");
    std::string name;
    double user = 0;
    double nice = 0;
    double system = 0;
    const bool read = static_cast<bool>(file >> name >> user >> nice >> system);
    return read ? (user + nice + system) / static_cast<double>(sysconf(_SC_CLK_TCK)) : -1;
}

/// Waits until the rest of the machine is nearly idle, so that a measurement has its cores to
/// itself; `patience` seconds at most. Returns whether it became quiet.
inline bool wait_for_quiet(double patience) {
    constexpr double sample = 0.1;
    const double start = seconds(CLOCK_MONOTONIC);
    for (;;) {
        const double before = spent();
        std::this_thread::sleep_for(std::chrono::duration<double>(sample));
        const double busy = (spent() - before) / sample;
        if (before < 0 || busy < 0.25) {
            return before >= 0;
        }
        if (seconds(CLOCK_MONOTONIC) - start >= patience) {
            return false;
        }
    }
}

/// Peak resident set of this process so far, in MB (10^6 bytes).
inline double peak_megabytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) * 1024 / 1e6;
}

/// One line of the closing table, in a form that run.sh gathers. `value` is judged; `detail` says
/// what else was seen.
inline void report(const std::string& what, double value, const char* bar, bool met,
                   const std::string& detail = {}) {
    std::printf("RATIO\t%s\t%.2f\t%s\t%s\t%s\n", what.c_str(), value, bar,
                *bar == '-' ? ""
                : met       ? "met"
                            : "MISSED",
                detail.c_str());
}

}  // namespace linkway::bench
