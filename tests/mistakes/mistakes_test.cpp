// Runs every case under tests/mistakes/<case>: `linkway map check` on mappings/emis with the case's
// changes.
//
//   case.yaml   fact: what mistake it is; file: which file of mappings/ is changed; find, replace:
//   the change (first occurrence);
//               expect: lines that standard error must hold
//
// The mapping is copied first; the case never touches the real one.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "catch.h"
#include "text/node.h"

namespace fs = std::filesystem;

namespace {

std::string read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream content;
    content << in.rdbuf();
    return std::move(content).str();
}

}  // namespace

TEST_CASE("every mistake is named with its place and what was meant") {
    std::vector<fs::path> cases;
    for (const auto& entry : fs::directory_iterator(LINKWAY_MISTAKES)) {
        if (fs::exists(entry.path() / "case.yaml")) {
            cases.push_back(entry.path());
        }
    }
    std::sort(cases.begin(), cases.end());
    REQUIRE(cases.size() >= 12);
    const fs::path work =
        fs::temp_directory_path() / ("linkway-mistakes-" + std::to_string(::getpid()));
    for (const fs::path& folder : cases) {
        DYNAMIC_SECTION(folder.filename().string()) {
            fs::remove_all(work);
            fs::create_directories(work);
            fs::copy(LINKWAY_MAPPINGS, work / "mappings", fs::copy_options::recursive);
            const auto parsed =
                linkway::text::parse_yaml(read_file(folder / "case.yaml"), "case.yaml");
            REQUIRE(parsed.ok());
            const auto& root = parsed->root();
            const fs::path file = work / "mappings" / std::string(root.string_or("file", ""));
            std::string content = read_file(file);
            const std::string find(root.string_or("find", ""));
            const std::size_t at = content.find(find);
            REQUIRE(at != std::string::npos);
            content.replace(at, find.size(), root.string_or("replace", ""));
            std::ofstream(file, std::ios::binary) << content;
            const std::string command = std::string("cd '") + work.string() + "' && '" +
                                        LINKWAY_PROGRAM + "' map check mappings/emis > log 2>&1";
            const int status = std::system(command.c_str());
            const std::string log = read_file(work / "log");
            INFO(log);
            CHECK(WIFEXITED(status));
            CHECK(WEXITSTATUS(status) == 1);
            REQUIRE(root.find("expect") != nullptr);
            for (const auto& line : root.find("expect")->items) {
                INFO("expected: " << line.text);
                CHECK(log.find(line.text) != std::string::npos);
            }
        }
    }
    fs::remove_all(work);
}
