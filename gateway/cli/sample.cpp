#include "sample/sample.h"

#include <filesystem>
#include <iostream>

#include "command.h"
#include "progress.h"
#include "sources/data_package.h"

namespace linkway::cli {

namespace {

int run(const Arguments& arguments) {
    sample::SampleOptions options;
    options.system = arguments.get("system", "emis");
    options.layout = arguments.get("layout", options.layout);
    options.defects = arguments.has("defects");
    unsigned long long patients = options.patients;
    unsigned long long seed = options.seed;
    unsigned long long practices = options.practices;
    if (!read_number(arguments, "patients", patients) || !read_number(arguments, "seed", seed) ||
        !read_number(arguments, "practices", practices)) {
        return usage_error;
    }
    const std::string density = arguments.get("density", "light");
    if (density != "light" && density != "full") {
        std::cerr << "linkway: --density is light or full\n";
        return usage_error;
    }
    options.patients = patients;
    options.seed = seed;
    options.practices = static_cast<unsigned>(practices);
    options.observations_per_patient =
        density == "full" ? sample::full_density : sample::default_density;
    text::Issues issues;
    const auto folder = std::filesystem::path(mappings_folder(arguments)) / options.system;
    const sources::DataPackage package = sources::read_data_package(folder.string(), issues);
    print(issues);
    if (!issues.empty()) {
        return failed;
    }
    sample::SampleReport report;
    options.report = &report;
    const text::Status problem = [&] {
        Progress progress;
        if (progress.is_shown()) {
            options.progress = [&](const sample::SampleProgress& at) {
                progress.update(
                    at.bytes, at.patients_done,
                    at.patients_done == 0 ? 0 : at.bytes * at.patients / at.patients_done);
            };
        }
        return sample::write_sample(options, package, arguments.operands[0]);
    }();
    if (problem) {
        std::cerr << "linkway: " << text::to_string(*problem) << '\n';
        return failed;
    }
    std::cout << report.patients << " patients (" << report.social_prescribing_patients
              << " with social prescribing), " << report.bytes / 1'000'000 << " MB in "
              << arguments.operands[0] << '\n';
    return done;
}

}  // namespace

Command sample_command() {
    Command command;
    command.name = "sample";
    command.usage = "--system SYSTEM --patients N --seed S OUT";
    command.summary = "write a synthetic extract in a system's exact format";
    command.description =
        "Writes a whole batch of made-up patients with plausible histories into the new folder "
        "OUT. Social prescribing is as\n"
        "rare as in life. NHS numbers are of the 999 test range; no name is a person's. The same "
        "seed gives the same bytes.";
    command.options = {
        {"system", "", "NAME", "the GP system: emis (default), systmone or vision"},
        {"patients", "", "N", "how many patients (default 1000)"},
        {"seed", "", "S", "another seed, other patients (default 1)"},
        {"practices", "", "N", "how many practices (default: one for each 5,000 patients)"},
        {"layout", "", "VERSION", "version of the export's layout (default: the one in use)"},
        {"density", "", "HOW",
         "light (default, about 18 MB for 1,000 patients) or full (as in life, about 500 MB)"},
        {"defects", "", "", "switch on every known defect of the format (emis only)"},
        {"mappings", "", "DIR", "mappings folder (default: the one installed)"},
    };
    command.examples = {
        "linkway sample --system emis --patients 1000 --seed 1 extract",
        "linkway sample --system vision --patients 1000 --seed 1 extract",
        "linkway sample --system emis --patients 100000 --seed 7 --defects --layout 5.4 extract"};
    command.min_operands = command.max_operands = 1;
    command.run = run;
    return command;
}

}  // namespace linkway::cli
