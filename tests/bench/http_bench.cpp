// How many requests a second the HTTP server answers: 700 bytes, kept connections, driven by wrk on
// the same machine.
#include <sys/resource.h>

#include <cstdlib>
#include <iostream>
#include <string>

#include "http/server.h"

namespace linkway::bench {
namespace {

constexpr const char* usage =
    "usage: bench_http [--seconds N] [--threads N]\n"
    "  --seconds N  of each run (default 5)\n"
    "  --threads N  of the server (default 64)\n";

class Service final : public http::Service {
  public:
    std::variant<http::BodyPlan, http::Response> accept(const http::Head&) override {
        return http::BodyPlan{};
    }
    http::Response handle(http::Request&) override {
        return {200, {{"Content-Type", "application/fhir+json"}}, std::string(700, 'x')};
    }
};

int run(const std::string& seconds, std::size_t threads) {
    rlimit files{4096, 4096};  // of wrk and of the server
    ::setrlimit(RLIMIT_NOFILE, &files);
    Service service;
    http::Options options;
    options.threads = threads;
    auto server = http::Server::start(options, service);
    if (!server) {
        std::cerr << text::to_string(server.issue()) << "\n";
        return 1;
    }
    const std::string url = "http://127.0.0.1:" + std::to_string((*server)->port()) + "/x";
    for (const char* connections : {"16", "256", "1000"}) {
        const std::string command = std::string("wrk --latency -t 2 -c ") + connections + " -d " +
                                    seconds + "s " + url +
                                    " | grep -E '99%|Requests/sec|Socket errors|Non-2xx'";
        std::cout << connections << " connections:" << std::endl;
        if (std::system(command.c_str()) != 0) {
            std::cerr << "wrk is not installed, or failed\n";
            return 1;
        }
    }
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    std::cout << "peak memory: " << used.ru_maxrss / 1024 << " MB\n";
    return 0;
}

}  // namespace
}  // namespace linkway::bench

int main(int argc, char** argv) {
    std::string seconds = "5";
    std::size_t threads = 64;
    for (int i = 1; i < argc; ++i) {
        const std::string option = argv[i];
        if (option == "--seconds" && i + 1 < argc) {
            seconds = std::to_string(std::stoul(argv[++i]));
        } else if (option == "--threads" && i + 1 < argc) {
            threads = std::stoul(argv[++i]);
        } else {
            std::cerr << linkway::bench::usage;
            return 2;
        }
    }
    return linkway::bench::run(seconds, threads);
}
