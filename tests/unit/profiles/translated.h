// The resources that the cases of tests/cases expect `linkway translate` to write.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace linkway::tests {

struct Line {
    std::string file;
    std::uint64_t number = 0;
    std::string text;
};

inline std::vector<Line> translated_resources() {
    namespace fs = std::filesystem;
    std::vector<fs::path> files;
    for (const auto& entry :
         fs::recursive_directory_iterator(fs::path(LINKWAY_SOURCE_DIR) / "tests" / "cases")) {
        const fs::path& path = entry.path();
        const std::string name = path.filename().string();
        const bool expected = path.string().find("/expected") != std::string::npos;
        if (expected && name.ends_with(".ndjson") && name != "rejected.ndjson" &&
            name != "warnings.ndjson") {  // which are no FHIR
            files.push_back(path);
        }
    }
    std::sort(files.begin(), files.end());
    std::vector<Line> lines;
    for (const fs::path& path : files) {
        std::ifstream in(path);
        std::uint64_t number = 0;
        for (std::string text; std::getline(in, text);) {
            lines.push_back({path.string(), ++number, text});
        }
    }
    return lines;
}

}  // namespace linkway::tests
