// Runs every case under tests/record/<target>/<case>: what a link worker did, to entries for that
// record.
//
//   case.yaml   fact: what the case shows; exit: expected exit code (0)
//   input/      FHIR resources as a service sends them, one a line
//   expected/   what the output folder must hold
//
// LINKWAY_UPDATE=1 rewrites expected/; read the diff before you commit it.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <vector>

#include "catch.h"
#include "commands/run_program.h"
#include "text/node.h"

using commands::read_file;
using commands::run_program;
namespace fs = std::filesystem;

namespace {

std::set<std::string> names(const fs::path& folder) {
    std::set<std::string> result;
    for (const auto& each : fs::directory_iterator(folder)) {
        result.insert(each.path().filename().string());
    }
    return result;
}

int expected_exit(const fs::path& folder) {
    const auto parsed = linkway::text::parse_yaml(read_file(folder / "case.yaml"), "case.yaml");
    REQUIRE(parsed.ok());
    CHECK_FALSE(parsed->root().string_or("fact", "").empty());
    const auto* exit = parsed->root().find("exit");
    return exit == nullptr ? 0 : std::stoi(std::string(exit->text));
}

}  // namespace

TEST_CASE("every case gives the entries that are expected of it") {
    std::vector<fs::path> folders;
    for (const auto& target : fs::directory_iterator(LINKWAY_RECORD)) {
        for (const auto& each :
             target.is_directory() ? fs::directory_iterator(target) : fs::directory_iterator()) {
            folders.push_back(each.path());
        }
    }
    std::sort(folders.begin(), folders.end());
    REQUIRE(folders.size() >= 20);
    const fs::path work =
        fs::temp_directory_path() / ("linkway-record-" + std::to_string(::getpid()));
    for (const fs::path& folder : folders) {
        const std::string target = folder.parent_path().filename().string();
        DYNAMIC_SECTION(target + "/" + folder.filename().string()) {
            fs::remove_all(work);
            const auto outcome = run_program(
                "translate --to " + target + " input/service.ndjson -o '" + work.string() + "'",
                folder);
            INFO(outcome.log);
            CHECK(outcome.code == expected_exit(folder));
            const fs::path expected = folder / "expected";
            if (std::getenv("LINKWAY_UPDATE") != nullptr) {
                fs::remove_all(expected);
                fs::copy(work, expected, fs::copy_options::recursive);
            }
            REQUIRE(names(work) == names(expected));
            for (const std::string& name : names(expected)) {
                INFO(name);
                CHECK(read_file(work / name) == read_file(expected / name));
            }
        }
    }
    fs::remove_all(work);
}

TEST_CASE("the order in which resources come changes nothing") {
    const fs::path folder = fs::path(LINKWAY_RECORD) / "emis" / "completed-episode";
    const fs::path work =
        fs::temp_directory_path() / ("linkway-record-order-" + std::to_string(::getpid()));
    fs::create_directories(work);
    std::istringstream in(read_file(folder / "input" / "service.ndjson"));
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) {
        lines.push_back(line);
    }
    std::reverse(lines.begin(), lines.end());
    std::ofstream out(work / "service.ndjson");
    for (const std::string& line : lines) {
        out << line << '\n';
    }
    out.close();
    CHECK(run_program("translate --to emis service.ndjson -o out", work).code == 0);
    CHECK(read_file(work / "out" / "entries.csv") ==
          read_file(folder / "expected" / "entries.csv"));
    fs::remove_all(work);
}

TEST_CASE("an unknown target and an input that is not there are named") {
    const fs::path folder(LINKWAY_RECORD);
    const auto target = run_program("translate --to emiss x -o y", folder);
    CHECK(target.code == 2);
    CHECK(target.log.find("emis systmone text vision") != std::string::npos);
    const auto input = run_program("translate --to emis nowhere -o y", folder);
    CHECK(input.code == 1);
    CHECK(input.log.find("nowhere") != std::string::npos);
    CHECK_FALSE(fs::exists(folder / "y"));
}

TEST_CASE("mistakes in what entries are made with are found before anything runs") {
    const fs::path work =
        fs::temp_directory_path() / ("linkway-record-mistakes-" + std::to_string(::getpid()));
    const auto with = [&](const std::string& file, const std::string& from, const std::string& to) {
        fs::remove_all(work);
        fs::create_directories(work);
        fs::copy(fs::path(LINKWAY_MAPPINGS) / "record", work / "record",
                 fs::copy_options::recursive);
        std::string content = read_file(work / "record" / file);
        REQUIRE(content.find(from) != std::string::npos);
        content.replace(content.find(from), from.size(), to);
        std::ofstream(work / "record" / file, std::ios::binary) << content;
        const auto checked = run_program("map check record", work);
        CHECK(checked.code == 1);
        return checked.log;
    };
    const std::string column = with("emis.json", "patient.nhs_number", "patient.nhs_numbr");
    CHECK(column.find("record/emis.json:") != std::string::npos);
    CHECK(column.find("did you mean \"patient.nhs_number\"?") != std::string::npos);
    CHECK(with("vision.json", "%Y%m%d", "%Q").find("unknown pattern of date") != std::string::npos);
    CHECK(with("text.yaml", "first-and-last", "first").find("all or first-and-last") !=
          std::string::npos);
    CHECK(with("views/entry/task.yaml", "path: status", "path: statuss").find("statuss") !=
          std::string::npos);
    CHECK(with("views/entry/task.yaml", "name: patient", "name: who")
              .find("views/entry/task.yaml: error: the view has no column \"patient\"") !=
          std::string::npos);
    fs::remove_all(work);
}
