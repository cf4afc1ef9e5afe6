// Runs every case under tests/mistakes/<kind>/<case>: a command of linkway on something broken.
//
//   case.yaml   fact: what mistake it is;
//               command: what is run (`map check mappings/emis` when it is not said);
//               file, find, replace: a change to a file of mappings/ (first occurrence), if any;
//               incomplete: true when the rest goes on (exit code 3 instead of 1);
//               expect: lines that standard error must hold
//
// It runs in a folder that holds a copy of mappings/, of the case's other files and of those beside
// the case's folder.
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
    for (const auto& entry : fs::recursive_directory_iterator(LINKWAY_MISTAKES)) {
        if (entry.path().filename() == "case.yaml") {
            cases.push_back(entry.path().parent_path());
        }
    }
    std::sort(cases.begin(), cases.end());
    REQUIRE(cases.size() >= 50);
    const fs::path work =
        fs::temp_directory_path() / ("linkway-mistakes-" + std::to_string(::getpid()));
    for (const fs::path& folder : cases) {
        DYNAMIC_SECTION(fs::relative(folder, LINKWAY_MISTAKES).string()) {
            fs::remove_all(work);
            fs::create_directories(work);
            fs::copy(folder.parent_path(), work);  // files that all cases of a kind share
            fs::copy(folder, work, fs::copy_options::recursive);
            fs::copy(LINKWAY_MAPPINGS, work / "mappings", fs::copy_options::recursive);
            const auto parsed =
                linkway::text::parse_yaml(read_file(folder / "case.yaml"), "case.yaml");
            REQUIRE(parsed.ok());
            const auto& root = parsed->root();
            if (root.find("file") != nullptr) {
                const fs::path file = work / "mappings" / std::string(root.string_or("file", ""));
                std::string content = read_file(file);
                const std::string find(root.string_or("find", ""));
                const std::size_t at = content.find(find);
                REQUIRE(at != std::string::npos);
                content.replace(at, find.size(), root.string_or("replace", ""));
                std::ofstream(file, std::ios::binary) << content;
            }
            const std::string command =
                std::string("cd '") + work.string() + "' && '" + LINKWAY_PROGRAM + "' " +
                std::string(root.string_or("command", "map check mappings/emis")) + " > out 2> log";
            const int status = std::system(command.c_str());
            const std::string log = read_file(work / "log");
            INFO(log);
            CHECK(WIFEXITED(status));
            CHECK(WEXITSTATUS(status) == (root.find("incomplete") == nullptr ? 1 : 3));
            REQUIRE(root.find("expect") != nullptr);
            for (const auto& line : root.find("expect")->items) {
                INFO("expected: " << line.text);
                CHECK(log.find(line.text) != std::string::npos);
            }
        }
    }
    fs::remove_all(work);
}
