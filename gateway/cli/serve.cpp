#include <csignal>
#include <cstdlib>
#include <iostream>

#include "command.h"
#include "service/service.h"

namespace linkway::cli {

namespace {

std::optional<std::string> environment(const std::string& name) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): before any thread starts
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

/// Waits for a signal that ends the service; one that asks for a reload is served meanwhile.
void wait(service::Service& service, const sigset_t& signals) {
    for (;;) {
        int signal = 0;
        sigwait(&signals, &signal);
        if (signal != SIGHUP) {
            return;
        }
        const text::Issues issues = service.reload();
        print(issues);
        std::cerr << (text::has_errors(issues) ? "linkway: the mappings stay as they were\n"
                                               : "linkway: mappings read anew\n");
    }
}

int run(const Arguments& arguments) {
    // Before any thread is made, so that none of them takes the signals.
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        sigaddset(&signals, signal);
    }
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);

    text::Issues issues;
    auto config = service::read_config(arguments.get("config", ""), environment, issues);
    print(issues);
    if (!config) {
        return failed;
    }
    if (arguments.has("data")) {
        config->data = arguments.get("data", "");
    }
    const std::string mappings =
        config->mappings.empty() ? mappings_folder(arguments) : config->mappings;
    if (arguments.has("check")) {
        std::cout << "configuration without mistakes\n";
        return done;
    }
    if (!*config->authentication) {
        std::cerr << "linkway: warning: no tokens are asked for; this is for this machine only\n";
    }
    auto started = service::Service::start(*config, mappings, LINKWAY_VERSION);
    if (!started) {
        std::cerr << "linkway: " << text::to_string(started.issue()) << '\n';
        return failed;
    }
    std::cout << "Linkway listens on " << (*started)->url() << "\n  FHIR API   "
              << (*started)->url() << "/fhir\n  inbox      " << config->data << "/inbox/<system>/\n"
              << std::flush;
    wait(**started, signals);
    (*started)->stop(std::chrono::seconds(30));
    return done;
}

}  // namespace

Command serve_command() {
    Command command;
    command.name = "serve";
    command.usage = "[--config FILE] [--check]";
    command.summary = "run the gateway as a service";
    command.description =
        "Serves the FHIR API, takes in extracts and keeps referrals in step. Without a "
        "configuration it listens on this\n"
        "machine only (127.0.0.1:8080, plain HTTP, no tokens) and keeps everything in "
        "./linkway-data. Elsewhere TLS and tokens\n"
        "are needed. SIGTERM ends it when what has begun is done; SIGHUP reads the mappings "
        "anew.\n\n"
        "Settings (in the file, in the environment):\n" +
        service::describe_settings();
    command.options = {
        {"config", "c", "FILE", "JSON configuration"},
        {"data", "", "DIR", "data folder (default: linkway-data)"},
        {"mappings", "", "DIR", "mappings folder (default: the one installed)"},
        {"check", "", "", "check the configuration and end"},
    };
    command.examples = {"linkway serve", "linkway serve --config /etc/linkway/linkway.json --check",
                        "LINKWAY_LISTEN_PORT=9090 linkway serve --data /var/lib/linkway"};
    command.run = run;
    return command;
}

}  // namespace linkway::cli
