// Cases of tests/cases, laid out as the program gets them.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>

#include "catch.h"
#include "sources/system_mapping.h"

namespace linkway::tests {

/// mappings/<system>, loaded once.
inline const sources::SystemMapping& mapping_of(const std::string& system) {
    static std::map<std::string, std::unique_ptr<sources::SystemMapping>> loaded;
    auto& mapping = loaded[system];
    if (!mapping) {
        text::Issues issues;
        mapping = sources::SystemMapping::load(LINKWAY_SOURCE_DIR "/mappings/" + system, issues);
        REQUIRE(issues.empty());
    }
    return *mapping;
}

/// Copies a case's input, over the system's base unless it stands alone.
inline void lay_out(const std::string& system, const std::string& name,
                    const std::filesystem::path& input) {
    namespace fs = std::filesystem;
    const fs::path folder = fs::path(LINKWAY_SOURCE_DIR "/tests/cases") / system / name;
    std::ifstream in(folder / "case.yaml");
    std::ostringstream content;
    content << in.rdbuf();
    const auto over = fs::copy_options::overwrite_existing;
    fs::create_directories(input);
    if (content.str().find("base: false") == std::string::npos) {
        fs::copy(folder.parent_path() / "base" / "input", input,
                 over | fs::copy_options::recursive);
    }
    for (const auto& entry : fs::recursive_directory_iterator(folder / "input")) {
        const std::string file = entry.path().filename().string();
        if (file.starts_with('-')) {  // the base's file is taken away
            fs::remove(input / file.substr(1));
        } else {
            const fs::path to = input / fs::relative(entry.path(), folder / "input");
            fs::copy(entry.path(), to, entry.is_directory() ? fs::copy_options::none : over);
        }
    }
}

}  // namespace linkway::tests
