#include "sample/sample.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "emis_writer.h"
#include "systmone_writer.h"
#include "vision_writer.h"

namespace linkway::sample {

namespace {

namespace fs = std::filesystem;

text::Issue refusal(std::string code, std::string message, std::string suggestion,
                    const std::string& file = {}) {
    return {text::Severity::error,
            std::move(code),
            std::move(message),
            {file, 0, 0, {}},
            std::move(suggestion)};
}

std::string joined(const std::vector<std::string>& words) {
    std::string result;
    for (const std::string& word : words) {
        result += (result.empty() ? "" : ", ") + word;
    }
    return result;
}

/// The layout that a system's exports have today; empty for a system without samples.
std::string usual_layout(const std::string& system) {
    return system == "emis"       ? "8.2"
           : system == "systmone" ? "93"
           : system == "vision"   ? "live"
                                  : "";
}

text::Status check(const SampleOptions& options, const sources::DataPackage& package) {
    if (usual_layout(options.system).empty()) {
        return refusal("not-supported",
                       "there are no samples of the system \"" + options.system + "\"",
                       text::did_you_mean(options.system, {"emis", "systmone", "vision"}));
    }
    if (options.defects && options.system != "emis") {
        return refusal("not-supported",
                       "samples of " + options.system + " are made without defects only",
                       "leave --defects out; the cases under tests/cases/" + options.system +
                           " show each known one");
    }
    if (package.system != options.system) {
        return refusal(
            "invalid",
            "the data package describes \"" + package.system + "\", not \"" + options.system + "\"",
            "");
    }
    if (std::find(package.versions.begin(), package.versions.end(), options.layout) ==
        package.versions.end()) {
        return refusal("invalid", "there is no layout \"" + options.layout + "\"",
                       "known are " + joined(package.versions));
    }
    if (options.patients == 0) {
        return refusal("invalid", "a sample has at least one patient", "");
    }
    if (options.patients > 4000000000ULL || options.practices > 1000000 ||
        options.observations_per_patient > 100000) {
        return refusal("invalid",
                       "more than 4,000,000,000 patients, 1,000,000 practices or 100,000 "
                       "observations a patient",
                       "ask for less");
    }
    return {};
}

}  // namespace

text::Status write_sample(const SampleOptions& wanted, const sources::DataPackage& package,
                          const std::string& out_folder) {
    SampleOptions options = wanted;
    if (options.layout.empty()) {
        options.layout = usual_layout(options.system);
    }
    if (auto issue = check(options, package)) {
        return issue;
    }
    std::error_code error;
    const fs::path target(out_folder);
    if (fs::exists(target, error) &&
        !(fs::is_directory(target, error) && fs::is_empty(target, error))) {
        return refusal("duplicate", "the output folder is in use",
                       "name one that does not exist or is empty", out_folder);
    }
    // Beside the target, so that the last step is one rename on one file system.
    fs::path name = target.filename().empty() ? target.parent_path().filename() : target.filename();
    const fs::path parent =
        target.filename().empty() ? target.parent_path().parent_path() : target.parent_path();
    const fs::path staging = parent / ("." + name.string() + ".incomplete");
    if (!parent.empty()) {
        fs::create_directories(parent, error);
    }
    if (!fs::create_directory(staging, error)) {
        return refusal("exception",
                       error ? "the folder cannot be made: " + error.message()
                             : "another run is writing this sample, or one was interrupted",
                       error ? "name another output folder"
                             : "if no other run is going on, remove this folder",
                       staging.string());
    }
    text::Status status =
        options.system == "emis"       ? EmisWriter(options, package, staging.string()).write()
        : options.system == "systmone" ? SystmOneWriter(options, package, staging.string()).write()
                                       : VisionWriter(options, package, staging.string()).write();
    if (!status) {
        fs::remove(target, error);  // an empty folder, or nothing
        fs::rename(staging, target, error);
        if (error) {
            status = refusal("exception",
                             "the finished sample cannot be moved into place: " + error.message(),
                             "", out_folder);
        }
    }
    if (status) {
        std::error_code ignored;
        fs::remove_all(staging, ignored);
    }
    return status;
}

}  // namespace linkway::sample
