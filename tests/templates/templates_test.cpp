// Runs every case under tests/templates/<case>: one template over one input of FHIR resources.
//
//   template.yaml or .json   its first comment says what it shows
//   input.json or .ndjson
//   expected.json            what `linkway map run --pretty` prints
//
// LINKWAY_UPDATE=1 rewrites expected.json from what came out; read the diff before you commit it.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "catch.h"

namespace fs = std::filesystem;

namespace {

std::string read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream content;
    content << in.rdbuf();
    return std::move(content).str();
}

std::string quoted(const fs::path& path) {
    return " '" + path.string() + "'";
}

fs::path existing(const fs::path& folder, const char* one, const char* other) {
    return fs::exists(folder / one) ? folder / one : folder / other;
}

}  // namespace

TEST_CASE("every template makes what is expected of it") {
    std::vector<fs::path> folders;
    for (const auto& entry : fs::directory_iterator(LINKWAY_TEMPLATES)) {
        if (entry.is_directory()) {
            folders.push_back(entry.path());
        }
    }
    std::sort(folders.begin(), folders.end());
    REQUIRE(folders.size() >= LINKWAY_TEMPLATES_AT_LEAST);
    const fs::path work =
        fs::temp_directory_path() / ("linkway-templates-" + std::to_string(::getpid()));
    fs::create_directories(work);
    for (const fs::path& folder : folders) {
        DYNAMIC_SECTION(folder.filename().string()) {
            const std::string command = std::string("'") + LINKWAY_PROGRAM +
                                        "' map run --pretty --mappings '" + LINKWAY_MAPPINGS + "'" +
                                        quoted(existing(folder, "template.yaml", "template.json")) +
                                        quoted(existing(folder, "input.json", "input.ndjson")) +
                                        " >" + quoted(work / "out") + " 2>" + quoted(work / "log");
            const int status = std::system(command.c_str());
            INFO(read_file(work / "log"));
            REQUIRE(WIFEXITED(status));
            REQUIRE(WEXITSTATUS(status) == 0);
            const std::string out = read_file(work / "out");
            if (std::getenv("LINKWAY_UPDATE") != nullptr) {
                std::ofstream(folder / "expected.json", std::ios::binary) << out;
            }
            REQUIRE(fs::exists(folder / "expected.json"));
            CHECK(out == read_file(folder / "expected.json"));
        }
    }
    fs::remove_all(work);
}
