// Runs every case under tests/views/<case>: one view over a few resources.
//
//   view.yaml        its first comment says what it shows
//   input.ndjson
//   expected.csv or expected.ndjson   what `linkway view run` prints in that format
//
// LINKWAY_UPDATE=1 rewrites what is expected; read the diff before you commit it.
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

}  // namespace

TEST_CASE("every view gives the table that is expected of it") {
    std::vector<fs::path> folders;
    for (const auto& entry : fs::directory_iterator(LINKWAY_VIEWS)) {
        if (entry.is_directory()) {
            folders.push_back(entry.path());
        }
    }
    std::sort(folders.begin(), folders.end());
    REQUIRE(folders.size() >= 13);
    const fs::path work =
        fs::temp_directory_path() / ("linkway-views-" + std::to_string(::getpid()));
    fs::create_directories(work);
    for (const fs::path& folder : folders) {
        DYNAMIC_SECTION(folder.filename().string()) {
            const std::string format = fs::exists(folder / "expected.ndjson") ? "ndjson" : "csv";
            const std::string command =
                std::string("'") + LINKWAY_PROGRAM + "' view run --format " + format + " '" +
                (folder / "view.yaml").string() + "' '" + (folder / "input.ndjson").string() +
                "' > '" + (work / "out").string() + "' 2> '" + (work / "log").string() + "'";
            const int status = std::system(command.c_str());
            INFO(read_file(work / "log"));
            REQUIRE(WIFEXITED(status));
            REQUIRE(WEXITSTATUS(status) == 0);
            const std::string out = read_file(work / "out");
            const fs::path expected = folder / ("expected." + format);
            if (std::getenv("LINKWAY_UPDATE") != nullptr) {
                std::ofstream(expected, std::ios::binary) << out;
            }
            CHECK(out == read_file(expected));
        }
    }
    fs::remove_all(work);
}
