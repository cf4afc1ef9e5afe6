// Evaluations a second of published invariants and search parameters over parsed resources, each
// expression compiled once, against HL7's npm engine when it is at hand. All take turns; both must
// find the same number of items.
#include <cstring>
#include <fstream>
#include <iostream>
#include <map>
#include <memory_resource>
#include <sstream>
#include <stdexcept>

#include "fhirpath/references.h"
#include "measure.h"
#include "text/node.h"

namespace {

using namespace linkway;
using bench::Series;

const char* const usage =
    "usage: bench_fhirpath --resources FILE --expressions FILE [--rounds N] [--patience S] [--peer "
    "COMMAND]\n"
    "  --resources FILE    NDJSON\n"
    "  --expressions FILE  JSON: type -> kind (invariants, search) -> name -> expression\n"
    "  --rounds N          measurements (5)\n"
    "  --patience S        seconds to wait before each for the machine to be quiet (10)\n"
    "  --peer COMMAND      shell command run once with both files and N; prints \"kind seconds "
    "evaluations items\" a line\n";

struct Options {
    std::string resources;
    std::string expressions;
    std::string peer;
    int rounds = 5;
    double patience = 10;
};

/// What one pass over everything did.
struct Work {
    std::size_t evaluations = 0;
    std::size_t items = 0;
};

using Compiled = std::map<const fhir::TypeDefinition*, std::vector<fhirpath::Expression>>;

text::Document parse_file(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream content;
    content << in.rdbuf();
    auto parsed = text::parse_json(content.str(), file);
    if (!parsed) {
        throw std::runtime_error(to_string(parsed.issue()));
    }
    return std::move(parsed).value();
}

std::vector<text::Document> parse_lines(const std::string& file) {
    std::vector<text::Document> documents;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
        auto parsed = text::parse_json(line, file);
        if (!parsed) {
            throw std::runtime_error(to_string(parsed.issue()));
        }
        documents.push_back(std::move(parsed).value());
    }
    return documents;
}

/// The npm engine calls resolve() only asynchronously, so neither is asked for it.
Compiled compile_all(const text::Node& lists, const std::string& kind) {
    Compiled compiled;
    for (const text::Member& type : lists.members) {
        fhirpath::Environment environment;
        environment.strict = false;
        environment.context = fhir::Definitions::r4().type(type.name);
        for (const text::Member& each : type.value.find(kind)->members) {
            if (each.value.text.find("resolve()") != std::string_view::npos) {
                continue;
            }
            text::Issues issues;
            auto parsed = fhirpath::parse(each.value.text);
            auto made = parsed
                            ? fhirpath::compile(std::move(parsed).value(), environment, {}, issues)
                            : std::nullopt;
            if (!made) {
                throw std::runtime_error(std::string(each.name) + " does not compile");
            }
            compiled[environment.context].push_back(std::move(*made));
        }
    }
    return compiled;
}

Work evaluate_all(const Compiled& compiled, const std::vector<fhirpath::Value>& resources) {
    Work work;
    std::vector<std::byte> room(std::size_t{1} << 20);
    for (const fhirpath::Value& resource : resources) {
        fhirpath::Walk walk(resource);  // made anew for each resource, and paid for here
        for (const fhirpath::Expression& expression : compiled.at(resource.type)) {
            std::pmr::monotonic_buffer_resource arena(room.data(), room.size());
            fhirpath::Runtime runtime;
            runtime.arena = &arena;
            runtime.context = &resource;
            runtime.walk = &walk;
            fhirpath::Collection out;
            if (auto failure = expression.evaluate(runtime, out)) {
                throw std::runtime_error(failure->message);
            }
            work.items += out.size();
            ++work.evaluations;
        }
    }
    return work;
}

struct PeerFigure {
    double seconds = 0;
    Work work;
};

std::map<std::string, PeerFigure> ask_peer(const Options& options) {
    std::map<std::string, PeerFigure> figures;
    const std::string command = options.peer + " '" + options.resources + "' '" +
                                options.expressions + "' " + std::to_string(options.rounds);
    FILE* pipe = popen(command.c_str(), "r");
    char line[256];
    while (pipe != nullptr && std::fgets(line, sizeof line, pipe) != nullptr) {
        std::istringstream words(line);
        std::string kind;
        PeerFigure figure;
        if (words >> kind >> figure.seconds >> figure.work.evaluations >> figure.work.items) {
            figures[kind] = figure;
        }
    }
    if (pipe == nullptr || pclose(pipe) != 0) {
        throw std::runtime_error("the peer failed");
    }
    return figures;
}

/// Invariants and search parameters together.
struct Total {
    void add(const Work& work, double spent) {
        evaluations += static_cast<double>(work.evaluations);
        seconds += spent;
    }
    double rate() const { return evaluations / seconds; }

    double evaluations = 0;
    double seconds = 0;
};

void run(const Options& options) {
    const std::vector<text::Document> documents = parse_lines(options.resources);
    std::vector<fhirpath::Value> resources;
    for (const text::Document& document : documents) {
        const text::Node& root = document.root();
        resources.push_back(fhirpath::Value::of_node(
            root, fhir::Definitions::r4().type(root.string_or("resourceType", {}))));
    }
    const text::Document lists = parse_file(options.expressions);
    std::map<std::string, PeerFigure> peer;
    if (!options.peer.empty()) {
        peer = ask_peer(options);
    }
    bench::pin({bench::cores().front()});
    Total ours;
    Total theirs;
    for (const char* kind : {"invariants", "search"}) {
        const Compiled compiled = compile_all(lists.root(), kind);
        Series series{kind, {}, {}};
        Work work;
        for (int round = 0; round < options.rounds; ++round) {
            bench::wait_for_quiet(options.patience);
            series.measure([&] { work = evaluate_all(compiled, resources); });
        }
        const double rate = static_cast<double>(work.evaluations) / series.least_cpu();
        std::printf("%-10s linkway: %zu evaluations, %zu items, %.0f evaluations/s\n", kind,
                    work.evaluations, work.items, rate);
        const auto found = peer.find(kind);
        if (found == peer.end()) {
            continue;
        }
        const PeerFigure& other = found->second;
        const double other_rate = static_cast<double>(other.work.evaluations) / other.seconds;
        std::printf("%-10s npm:     %zu evaluations, %zu items, %.0f evaluations/s\n", kind,
                    other.work.evaluations, other.work.items, other_rate);
        if (other.work.evaluations != work.evaluations || other.work.items != work.items) {
            throw std::runtime_error("the two engines did not do the same");
        }
        bench::report(std::string("FHIRPath ") + kind + " / npm", rate / other_rate, "-", true,
                      bench::text_of("%.2f M evaluations/s", rate / 1e6));
        ours.add(work, series.least_cpu());
        theirs.add(other.work, other.seconds);
    }
    if (theirs.seconds > 0) {
        const double ratio = ours.rate() / theirs.rate();
        bench::report("FHIRPath, all expressions / npm", ratio, ">= 50", ratio >= 50,
                      bench::text_of("%.2f M evaluations/s", ours.rate() / 1e6));
    }
}

bool read(int argc, char** argv, Options& options) {
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string name = argv[i];
        const char* value = argv[i + 1];
        if (name == "--resources") {
            options.resources = value;
        } else if (name == "--expressions") {
            options.expressions = value;
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
    return argc % 2 == 1 && !options.resources.empty() && !options.expressions.empty();
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
        std::cerr << "bench_fhirpath: " << error.what() << '\n';
        return 1;
    }
}
