// How fast a table file is searched for the few rows that matter: scan_table beside `wc -l`, a
// plain scalar reader and, when given, a peer program. All take turns on the same cached file, so
// that whatever else the machine does meets each of them alike.
#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <sstream>
#include <stdexcept>

#include "measure.h"
#include "observation_file.h"
#include "sources/table_scan.h"

extern char** environ;

namespace linkway::bench {
namespace {

constexpr const char* usage =
    "usage: bench_scan [--file FILE] [--megabytes N] [--rounds N] [--patience S] [--peer COMMAND]\n"
    "  --file FILE       use FILE, made by an earlier run, or make it there and leave it; else a "
    "temporary file\n"
    "  --megabytes N     size of the file that is made, in MiB (default 1024)\n"
    "  --rounds N        rounds of measurements (default 7)\n"
    "  --patience S      wait up to S seconds before each round until the machine is quiet "
    "(default 0)\n"
    "  --peer COMMAND    shell command run once a round with the file and the codes sought, "
    "comma-separated, as arguments;\n"
    "                    prints its seconds and the number of rows it found\n";

struct Options {
    std::string file;
    std::uint64_t bytes = 1ULL << 30U;
    int rounds = 7;
    double patience = 0;
    std::string peer;
    bool temporary = false;
};

/// What every reader must agree on.
struct Found {
    std::uint64_t rows = 0;
    std::uint64_t passed = 0;
    friend bool operator==(const Found&, const Found&) = default;
};

/// Runs `wc -l` on one core and gives its wall and processor time to the series.
void count_lines(const std::string& file, int core, Series& series) {
    const std::string on = std::to_string(core);
    std::vector<std::string> words = {"taskset", "-c", on, "wc", "-l", file};
    std::vector<char*> arguments;
    for (std::string& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    const double before = seconds(CLOCK_MONOTONIC);
    const int failed =
        posix_spawnp(&child, "taskset", &actions, nullptr, arguments.data(), environ);
    int status = 0;
    rusage used{};
    if (failed != 0 || wait4(child, &status, 0, &used) < 0 || status != 0) {
        throw std::runtime_error("wc -l could not be run with taskset");
    }
    series.wall.push_back(seconds(CLOCK_MONOTONIC) - before);
    posix_spawn_file_actions_destroy(&actions);
    const auto value = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    series.cpu.push_back(value(used.ru_utime) + value(used.ru_stime));
}

/// Scans as the translation does when it looks for events.
Found scan(const sources::InputFile& file, const sources::TableHeader& header,
           const sources::KeySet& relevant, const sources::KeySet& known, unsigned threads,
           bool count_only) {
    const sources::InputOptions access;
    sources::ScanRequest request;
    request.file = &file;
    request.options = &access;
    request.threads = threads;
    request.count_only = count_only;
    if (!count_only) {
        request.any_of = {{code_column, &relevant, false, &known}};
        request.watch_column = processing_id_column;
    }
    std::uint64_t passed = 0;
    const auto totals = sources::scan_table(
        request, header, [&](const sources::ScannedRow&) { ++passed; },
        [](const sources::BadRecord&) {});
    if (!totals || totals->bad != 0 || totals->watched_differs) {
        throw std::runtime_error("the file is not as it was made");
    }
    return {totals->rows, passed};
}

/// The plain reader: one character after another through a state machine, the code cell looked up
/// at the end of a row.
class ScalarReader {
  public:
    explicit ScalarReader(const sources::KeySet& relevant) : relevant_(relevant) {}

    Found read(const std::string& file) {
        const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC);
        std::vector<char> block(1U << 20U);
        for (ssize_t size = 0; (size = ::read(descriptor, block.data(), block.size())) > 0;) {
            take(block.data(), block.data() + size);
        }
        close(descriptor);
        --found_.rows;  // the header
        return found_;
    }

  private:
    enum class State : std::uint8_t { start, bare, quoted, after_quote };

    void take(const char* at, const char* end) {
        for (; at != end; ++at) {
            const char c = *at;
            if (state_ == State::quoted) {
                if (c == '"') {
                    state_ = State::after_quote;
                } else if (field_ == code_column) {
                    code_ += c;
                }
            } else if (c == '"') {
                state_ = State::quoted;  // also the second of two quotes
            } else if (c == ',') {
                ++field_;
                state_ = State::start;
            } else if (c == '\n') {
                end_row();
            } else if (c != '\r') {
                state_ = State::bare;
                if (field_ == code_column) {
                    code_ += c;
                }
            }
        }
    }

    void end_row() {
        if (field_ == processing_id_column) {
            ++found_.rows;
            found_.passed += relevant_.contains(code_) ? 1U : 0U;
        }
        field_ = 0;
        code_.clear();
        state_ = State::start;
    }

    const sources::KeySet& relevant_;
    Found found_;
    State state_ = State::start;
    std::uint32_t field_ = 0;
    std::string code_;
};

/// Runs the peer; what it prints last on standard output is its time and count.
Found ask_peer(const Options& options, const Codes& codes, Series& series) {
    std::string command = options.peer + " '" + options.file + "' ";
    for (const std::string& code : codes.relevant) {
        command += (&code == codes.relevant.data() ? "" : ",") + code;
    }
    std::FILE* pipe =
        popen(command.c_str(), "r");  // NOLINT(cert-env33-c): the command is the user's own
    double time = 0;
    unsigned long long passed = 0;
    const bool read = pipe != nullptr &&
                      std::fscanf(pipe, "%lf %llu", &time, &passed) == 2;  // NOLINT(cert-err34-c)
    if (pipe == nullptr || pclose(pipe) != 0 || !read) {
        throw std::runtime_error("the peer failed");
    }
    series.wall.push_back(time);
    series.cpu.push_back(time);
    return {0, passed};
}

void print(const Series& series, double gigabytes) {
    std::printf("%-28s %8.3f s least  %8.3f s median  %7.2f GB/s  %8.3f s processor\n",
                series.name.c_str(), series.least(), series.median(), gigabytes / series.least(),
                series.least_cpu());
}

/// What a is to b: by least times (judged), by medians and by processor time (for the record).
void compare(const char* what, const Series& a, const Series& b, const char* bar, double least,
             double most) {
    const double ratio = a.least() / b.least();
    report(what, ratio, bar, ratio >= least && ratio <= most,
           text_of("median %.2f", a.median() / b.median()) +
               text_of(", processor %.2f", a.least_cpu() / b.least_cpu()));
}

void run(const Options& options) {
    const std::string busy = load();
    const Codes codes;
    if (!std::filesystem::exists(options.file) &&
        !write_observations(options.file, codes, options.bytes)) {
        throw std::runtime_error("cannot write " + options.file);
    }
    const double gigabytes = static_cast<double>(std::filesystem::file_size(options.file)) / 1e9;
    sources::InputFile file;
    file.name = file.display = std::filesystem::path(options.file).filename().string();
    file.path = options.file;
    file.size = std::filesystem::file_size(options.file);
    const auto header = sources::read_header(file, {}, {});
    if (!header || header->columns.size() != processing_id_column + 1) {
        throw std::runtime_error("not a file that this program made: " + options.file);
    }
    sources::KeySet relevant;
    sources::KeySet known;
    for (const std::string& code : codes.common) {
        known.insert(code);
    }
    for (const std::string& code : codes.relevant) {
        known.insert(code);
        relevant.insert(code);
    }
    const std::vector<int> all = cores();
    const std::vector<int> one = {all.back()};
    const std::vector<int> two = {all[0], all.back()};

    Series wc{"wc -l", {}, {}};
    Series single{"scan, 1 thread", {}, {}};
    Series twin{"scan, 2 threads", {}, {}};
    Series count{"count only, 1 thread", {}, {}};
    Series scalar{"scalar reader", {}, {}};
    Series peer{"DuckDB, 1 thread", {}, {}};
    const Found expected =
        scan(file, *header, relevant, known, 1, false);  // warms the page cache too
    const double peak = peak_megabytes();
    const auto check = [&](const Found& found) {
        if (!(found == expected)) {
            throw std::runtime_error("two readers do not agree on the rows");
        }
    };
    int quiet = 0;
    for (int round = 0; round < options.rounds; ++round) {
        quiet += wait_for_quiet(options.patience) ? 1 : 0;
        count_lines(options.file, one[0], wc);
        pin(one);
        single.measure([&] { check(scan(file, *header, relevant, known, 1, false)); });
        pin(two);
        twin.measure([&] { check(scan(file, *header, relevant, known, 2, false)); });
        pin(one);
        count.measure([&] {
            check({scan(file, *header, relevant, known, 1, true).rows, expected.passed});
        });
        scalar.measure([&] { check(ScalarReader(relevant).read(options.file)); });
        if (!options.peer.empty()) {
            check({expected.rows, ask_peer(options, codes, peer).passed});
        }
        pin(all);
    }
    std::printf(
        "%.2f GB, %llu rows, %llu relevant, %d rounds (%d begun on a quiet machine), %s before\n",
        gigabytes, static_cast<unsigned long long>(expected.rows),
        static_cast<unsigned long long>(expected.passed), options.rounds, quiet, busy.c_str());
    for (const Series* series : {&wc, &single, &twin, &count, &scalar}) {
        print(*series, gigabytes);
    }
    if (!peer.wall.empty()) {
        print(peer, gigabytes);
    }
    constexpr double any = 1e9;
    compare("scan / wc -l", single, wc, "<= 4.0", 0, 4.0);
    compare("scalar reader / scan", scalar, single, "> 1", 1.0, any);
    if (all.size() > 1) {
        compare("scan: 1 thread / 2 threads", single, twin, ">= 1.7", 1.7, any);
    }
    if (!peer.wall.empty()) {
        compare("DuckDB / scan", peer, single, ">= 5", 5.0, any);
    }
    report("scan: peak resident set, MB", peak, "< 300", peak < 300,
           text_of("%.0f after all rounds", peak_megabytes()));
}

Options read_options(int argc, char** argv) {
    Options options;
    for (int i = 1; i < argc; i += 2) {
        const std::string_view name = argv[i];
        if (i + 1 == argc) {
            throw std::runtime_error(usage);
        }
        if (name == "--file") {
            options.file = argv[i + 1];
        } else if (name == "--megabytes") {
            options.bytes = std::stoull(argv[i + 1]) << 20U;
        } else if (name == "--rounds") {
            options.rounds = std::max(1, std::stoi(argv[i + 1]));
        } else if (name == "--patience") {
            options.patience = std::stod(argv[i + 1]);
        } else if (name == "--peer") {
            options.peer = argv[i + 1];
        } else {
            throw std::runtime_error(usage);
        }
    }
    if (options.file.empty()) {
        options.temporary = true;
        options.file = (std::filesystem::temp_directory_path() /
                        ("linkway-bench-" + std::to_string(getpid()) + ".csv"))
                           .string();
    }
    return options;
}

}  // namespace
}  // namespace linkway::bench

int main(int argc, char** argv) {
    using namespace linkway::bench;
    int status = 0;
    Options options;
    try {
        options = read_options(argc, argv);
        run(options);
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        status = 1;
    }
    if (options.temporary) {
        std::error_code ignored;
        std::filesystem::remove(options.file, ignored);
    }
    return status;
}
