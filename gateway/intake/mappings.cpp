#include <algorithm>
#include <filesystem>

#include "intake/intake.h"

namespace linkway::intake {

namespace fs = std::filesystem;

std::vector<std::string> Mappings::systems() const {
    std::vector<std::string> names;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder_, error)) {
        if (fs::is_regular_file(entry.path() / "datapackage.json", error)) {
            names.push_back(entry.path().filename().string());
        }
    }
    std::sort(names.begin(), names.end());
    return names;
}

text::Result<Mappings::Mapping> Mappings::get(const std::string& system) {
    const std::lock_guard lock(mutex_);
    Mapping& mapping = loaded_[system];
    if (mapping) {
        return mapping;
    }
    const auto known = systems();
    if (std::find(known.begin(), known.end(), system) == known.end()) {
        loaded_.erase(system);
        std::string names;
        for (const std::string& name : known) {
            names += (names.empty() ? "" : ", ") + name;
        }
        const std::string meant = text::did_you_mean(system, known);
        return text::Issue{text::Severity::error,
                           "not-found",
                           system.empty() ? "it lies in the folder of no system"
                                          : "there is no system \"" + system + "\"",
                           {},
                           meant.empty() ? "known are: " + names : meant};
    }
    text::Issues issues;
    auto loaded = sources::SystemMapping::load((fs::path(folder_) / system).string(), issues);
    if (text::has_errors(issues)) {
        loaded_.erase(system);
        return issues.front();
    }
    return mapping = std::move(loaded);
}

text::Issues Mappings::reload() {
    const std::lock_guard lock(mutex_);
    text::Issues issues;
    std::map<std::string, Mapping> fresh;
    for (const auto& [system, mapping] : loaded_) {
        fresh[system] = sources::SystemMapping::load((fs::path(folder_) / system).string(), issues);
    }
    if (!text::has_errors(issues)) {
        loaded_ = std::move(fresh);
    }
    return issues;
}

}  // namespace linkway::intake
