// Resources validated a second against the base R4 definitions, parsed before, on one core; against
// Medplum's validator when it is at hand. Both must find nothing wrong with them.
#include <cstring>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <stdexcept>

#include "measure.h"
#include "profiles/validator.h"
#include "text/node.h"

namespace {

using namespace linkway;
using bench::Series;

const char* const usage =
    "usage: bench_validate --resources FILE [--rounds N] [--patience S] [--peer COMMAND]\n"
    "  --resources FILE    NDJSON of valid resources\n"
    "  --rounds N          measurements (5)\n"
    "  --patience S        seconds to wait before each for the machine to be quiet (10)\n"
    "  --peer COMMAND      shell command run once with the file and N; prints \"type seconds "
    "resources errors\" a line\n";

struct Options {
    std::string resources;
    std::string peer;
    int rounds = 5;
    double patience = 10;
};

struct PeerFigure {
    double seconds = 0;
    std::size_t resources = 0;
    std::size_t errors = 0;
};

using Documents = std::vector<text::Document>;

std::vector<std::string> read_lines(const std::string& file) {
    std::vector<std::string> lines;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
        lines.push_back(line);
    }
    return lines;
}

text::Document parsed(const std::string& line) {
    auto document = text::parse_json(line, "resources");
    if (!document) {
        throw std::runtime_error(to_string(document.issue()));
    }
    return std::move(document).value();
}

void validate_all(const profiles::Validator& validator, const Documents& documents,
                  const profiles::Options& options) {
    for (const text::Document& document : documents) {
        const text::Issues issues = validator.validate(document.root(), options);
        if (!issues.empty()) {
            throw std::runtime_error("not valid: " + to_string(issues.front()));
        }
    }
}

std::map<std::string, PeerFigure> ask_peer(const Options& options) {
    std::map<std::string, PeerFigure> figures;
    const std::string command =
        options.peer + " '" + options.resources + "' " + std::to_string(options.rounds);
    FILE* pipe = popen(command.c_str(), "r");
    char line[256];
    while (pipe != nullptr && std::fgets(line, sizeof line, pipe) != nullptr) {
        std::istringstream words(line);
        std::string type;
        PeerFigure figure;
        if (words >> type >> figure.seconds >> figure.resources >> figure.errors) {
            figures[type] = figure;
        }
    }
    if (pipe == nullptr || pclose(pipe) != 0) {
        throw std::runtime_error("the peer failed");
    }
    return figures;
}

/// Resources a second of the best round, by processor time.
template <class Job>
double rate(const Options& options, std::size_t resources, const Job& job) {
    Series series{"", {}, {}};
    for (int round = 0; round < options.rounds; ++round) {
        bench::wait_for_quiet(options.patience);
        series.measure(job);
    }
    return static_cast<double>(resources) / series.least_cpu();
}

void run_type(const Options& options, const profiles::Validator& validator, const std::string& type,
              const std::vector<std::string>& lines,
              const std::map<std::string, PeerFigure>& peer) {
    Documents documents;
    for (const std::string& line : lines) {
        documents.push_back(parsed(line));
    }
    profiles::Options structure;
    structure.invariants = false;
    const double plain =
        rate(options, lines.size(), [&] { validate_all(validator, documents, structure); });
    const double whole =
        rate(options, lines.size(), [&] { validate_all(validator, documents, {}); });
    const double text = rate(options, lines.size(), [&] {
        for (const std::string& line : lines) {
            const text::Document document = parsed(line);
            if (!validator.validate(document.root()).empty()) {
                throw std::runtime_error("not valid");
            }
        }
    });
    std::printf(
        "%-15s %zu resources: structure %.0f/s, with invariants %.0f/s, and parsing %.0f/s\n",
        type.c_str(), lines.size(), plain, whole, text);
    const bool bar = type == "ServiceRequest";
    bench::report("validation of " + type + ", structure", plain, bar ? ">= 100000" : "-",
                  !bar || plain >= 100'000, bench::text_of("%.0f/s with invariants", whole));
    const auto found = peer.find(type);
    if (found == peer.end()) {
        return;
    }
    if (found->second.resources != lines.size() || found->second.errors != 0) {
        throw std::runtime_error("the peer did not do the same");
    }
    const double other = static_cast<double>(lines.size()) / found->second.seconds;
    bench::report("validation of " + type + " / Medplum", whole / other, "-", true,
                  bench::text_of("Medplum %.0f/s; here with invariants", other));
}

void run(const Options& options) {
    std::map<std::string, std::vector<std::string>> by_type;
    for (std::string& line : read_lines(options.resources)) {
        const std::string type(parsed(line).root().string_or("resourceType", {}));
        by_type[type].push_back(std::move(line));
    }
    std::map<std::string, PeerFigure> peer;
    if (!options.peer.empty()) {
        peer = ask_peer(options);
    }
    bench::pin({bench::cores().front()});
    const profiles::Validator validator;
    for (const auto& [type, lines] : by_type) {
        run_type(options, validator, type, lines, peer);
    }
}

bool read(int argc, char** argv, Options& options) {
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string name = argv[i];
        const char* value = argv[i + 1];
        if (name == "--resources") {
            options.resources = value;
        } else if (name == "--peer") {
            options.peer = value;
        } else if (name == "--rounds") {
            options.rounds = std::atoi(value);
        } else if (name == "--patience") {
            options.patience = std::atof(value);
        } else {
            return false;
        }
    }
    return argc % 2 == 1 && !options.resources.empty();
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    if (!read(argc, argv, options)) {
        std::cerr << usage;
        return 2;
    }
    try {
        run(options);
    } catch (const std::exception& error) {
        std::cerr << "bench_validate: " << error.what() << '\n';
        return 1;
    }
}
