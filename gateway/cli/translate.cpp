#include "sources/translate.h"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <thread>

#include "command.h"
#include "progress.h"
#include "translate_to.h"

namespace linkway::cli {

namespace {

namespace fs = std::filesystem;

/// The systems that have a folder under mappings/.
std::vector<std::string> systems(const std::string& mappings) {
    std::vector<std::string> names;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(mappings, error)) {
        if (fs::is_regular_file(entry.path() / "datapackage.json", error)) {
            names.push_back(entry.path().filename().string());
        }
    }
    std::sort(names.begin(), names.end());
    return names;
}

bool read_options(const Arguments& arguments, sources::TranslateOptions& options) {
    options.input = arguments.operands[0];
    options.output = arguments.get("output", "");
    if (options.output.empty()) {
        std::cerr << "linkway: say where the output goes: -o OUT\n";
        return false;
    }
    const std::string format = arguments.get("format", "ndjson");
    if (format != "ndjson" && format != "bundle") {
        std::cerr << "linkway: --format is ndjson or bundle\n";
        return false;
    }
    options.format =
        format == "bundle" ? sources::OutputFormat::bundle : sources::OutputFormat::ndjson;
    options.overwrite = arguments.has("overwrite");
    options.state = arguments.get("state", "");
    options.access.gnupg_home = arguments.get("gnupg-home", "");
    unsigned long long threads = std::max(1U, std::thread::hardware_concurrency());
    unsigned long long share = 20;
    if (!read_number(arguments, "threads", threads) ||
        !read_number(arguments, "max-deleted", share)) {
        return false;
    }
    options.threads = static_cast<unsigned>(std::clamp(threads, 1ULL, 256ULL));
    options.max_deleted_share = static_cast<double>(share) / 100.0;
    if (arguments.has("include-test-patients")) {
        options.include.insert("test-patients");
    }
    if (arguments.has("nhs-number")) {
        const std::string policy = arguments.get("nhs-number", "");
        if (policy != "warn" && policy != "quarantine" && policy != "reject") {
            std::cerr << "linkway: --nhs-number is warn, quarantine or reject\n";
            return false;
        }
        options.policies["nhs-number"] = policy;
    }
    return true;
}

int run(const Arguments& arguments) {
    if (arguments.has("to")) {
        return translate_to(arguments);
    }
    sources::TranslateOptions options;
    if (!read_options(arguments, options)) {
        return usage_error;
    }
    const std::string mappings = mappings_folder(arguments);
    const std::string system = arguments.get("system", "");
    const auto known = systems(mappings);
    if (std::find(known.begin(), known.end(), system) == known.end()) {
        std::string names;
        for (const std::string& name : known) {
            names += ' ' + name;
        }
        std::cerr << "linkway: --system is one of:"
                  << (names.empty() ? " (no mappings found in " + mappings + ")" : names) << '\n';
        return usage_error;
    }
    text::Issues issues;
    const auto mapping =
        sources::SystemMapping::load((fs::path(mappings) / system).string(), issues);
    print(issues);
    if (text::has_errors(issues)) {
        std::cerr << "linkway: the mapping has mistakes; nothing was translated\n";
        return failed;
    }
    auto result = [&] {
        Progress progress;
        if (progress.is_shown()) {
            options.progress = [&](std::uint64_t bytes, std::uint64_t rows, std::uint64_t total) {
                progress.update(bytes, rows, total);
            };
        }
        return sources::translate(*mapping, options);
    }();
    if (!result) {
        std::cerr << "linkway: " << text::to_string(result.issue()) << '\n';
        return failed;
    }
    print(result->issues);
    std::cout << (arguments.has("json") ? sources::to_json(*result) + "\n"
                                        : sources::to_table(*result));
    return result->clean() ? done : incomplete;
}

}  // namespace

Command translate_command() {
    Command command;
    command.name = "translate";
    command.usage = "--system SYSTEM IN -o OUT | --to SYSTEM IN -o OUT";
    command.summary = "turn a GP system's extract into FHIR referrals";
    command.description =
        "Reads the extract IN (a folder or a zip; .csv, or .csv.gpg which is decrypted and its "
        "signature verified),\n"
        "finds the social prescribing referrals in it and writes FHIR R4 to the folder OUT: one "
        "NDJSON file a resource\n"
        "type, rejected.ndjson and warnings.ndjson (OperationOutcomes that name file, line, column "
        "and reason) and\n"
        "reconciliation.json, which accounts for every row of every file. OUT appears whole or not "
        "at all. The same\n"
        "input gives the same bytes. Bulk and deltas may lie in one folder: they are applied in "
        "order.\n"
        "With --state DIR the run goes on where earlier ones ended: a delta finds the patients, "
        "staff and "
        "codes that came\n"
        "before, only what changed goes out, a file sent again changes nothing, and what was "
        "deleted "
        "in the record goes\n"
        "out as entered-in-error. Systems may share DIR: the same patient (NHS number and date of "
        "birth) and referral are then\n"
        "linked over all of them. DIR and OUT are committed together; killed in between, the next "
        "run puts the same out again.\n"
        "With --to it goes the other way: what a link worker did, from FHIR resources (IN as for "
        "linkway view run), to rows for\n"
        "the record of a practice on that system (entries.csv), or with text to the message back, "
        "one file a referral. What\n"
        "stands in that record already is left out.";
    command.options = {
        {"system", "", "NAME", "the GP system: a folder of mappings/, e.g. emis"},
        {"to", "", "NAME", "write entries for the record: emis, systmone, vision or text"},
        {"output", "o", "OUT", "folder to write"},
        {"state", "", "DIR",
         "staging store: remembers what was read, so that a delta finds what came before"},
        {"format", "", "FORMAT", "ndjson (default) or bundle: one transaction Bundle a patient"},
        {"overwrite", "", "", "replace OUT when it exists"},
        {"nhs-number", "", "POLICY", "wrong check digit: warn (default), quarantine or reject"},
        {"include-test-patients", "", "", "translate test and dummy patients too"},
        {"max-deleted", "", "PERCENT",
         "hold a delta that would delete more of a practice's patients (default 20)"},
        {"gnupg-home", "", "DIR", "keyring folder for .gpg files (default: your own)"},
        {"mappings", "", "DIR", "mappings folder (default: the one installed)"},
        {"threads", "", "N", "threads to use (default: one a core)"},
        {"json", "", "", "print the reconciliation as JSON"},
    };
    command.examples = {"linkway translate --system emis /srv/emis/2026-11-20 -o fhir",
                        "linkway translate --system emis x.zip -o fhir --nhs-number quarantine",
                        "linkway translate --system emis delta -o fhir --state /var/lib/linkway",
                        "linkway translate --system emis extract -o fhir --json | jq .total",
                        "linkway translate --to emis service.ndjson -o entries"};
    command.min_operands = command.max_operands = 1;
    command.run = run;
    return command;
}

}  // namespace linkway::cli
