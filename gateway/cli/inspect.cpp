#include <algorithm>
#include <filesystem>
#include <iostream>
#include <thread>

#include "command.h"
#include "progress.h"
#include "sources/inspection.h"

namespace linkway::cli {

namespace {

namespace fs = std::filesystem;

int run(const Arguments& arguments) {
    sources::TranslateOptions options;
    options.input = arguments.operands[0];
    options.access.gnupg_home = arguments.get("gnupg-home", "");
    options.threads = std::max(1U, std::thread::hardware_concurrency());
    const std::string mappings = mappings_folder(arguments);
    std::string system = arguments.get("system", "");
    if (system.empty()) {
        system = sources::recognise(options.input, mappings, options.access);
    }
    if (system.empty()) {
        std::cerr << "linkway: no file of " << options.input
                  << " has a name and columns that a system under " << mappings << " writes\n";
        return failed;
    }
    text::Issues issues;
    const auto mapping =
        sources::SystemMapping::load((fs::path(mappings) / system).string(), issues);
    print(issues);
    if (text::has_errors(issues)) {
        return failed;
    }
    const auto inspection = [&] {
        Progress progress;
        if (progress.is_shown()) {
            options.progress = [&](std::uint64_t bytes, std::uint64_t rows, std::uint64_t total) {
                progress.update(bytes, rows, total);
            };
        }
        return sources::inspect(*mapping, options);
    }();
    if (!inspection) {
        print({inspection.issue()});
        return failed;
    }
    std::cout << (arguments.has("json") ? sources::to_json(*inspection) + "\n"
                                        : sources::to_text(*inspection));
    return inspection->reconciliation.clean() ? done : incomplete;
}

}  // namespace

Command inspect_command() {
    Command command;
    command.name = "inspect";
    command.usage = "IN";
    command.summary = "say what a folder of files is and what it would yield";
    command.description =
        "Tells of an extract IN (a folder or a zip) which system wrote it, layout, batches, "
        "practices, tables with rows and encodings,\n"
        "what is missing, the social prescribing events and their dates, what linkway translate "
        "would make of them, and every defect\n"
        "of rows that matter. Every row is read and judged as in a run; nothing is written. Exit "
        "code 3: a run would reject or hold\n"
        "something.";
    command.options = {
        {"system", "", "NAME", "the GP system (default: the one whose files these are)"},
        {"json", "", "", "print one JSON object"},
        {"mappings", "", "DIR", "mappings folder (default: the one installed)"},
        {"gnupg-home", "", "DIR", "keyring folder for .gpg files (default: your own)"},
    };
    command.examples = {"linkway inspect /srv/drop/2026-11-20",
                        "linkway inspect extract.zip --json | jq .practices"};
    command.min_operands = command.max_operands = 1;
    command.run = run;
    return command;
}

}  // namespace linkway::cli
