// linkway quarantine on the data folder of a service.
#include <fstream>

#include "catch.h"
#include "intake/worker.h"
#include "run_program.h"
#include "service/offline.h"
#include "store/sqlite_store.h"

using namespace commands;
using namespace linkway;

namespace {

/// A data folder into which an extract with two bad rows has come.
struct Data {
    Data() {
        fs::remove_all(folder);
        const fs::path extract = folder / "inbox/emis/x";
        const fs::path cases = fs::path(LINKWAY_CASES) / "emis";
        fs::create_directories(extract);
        for (const char* each : {"base", "rows-too-short-and-too-long"}) {
            fs::copy(cases / each / "input", extract,
                     fs::copy_options::overwrite_existing | fs::copy_options::recursive);
        }
        {
            const auto made = store::open_sqlite({(folder / "store.sqlite").string(), 1, 1024});
            REQUIRE(made.ok());
        }
        service::Config config;
        config.data = folder.string();
        auto offline = service::Offline::open(config, LINKWAY_MAPPINGS);
        REQUIRE(offline.ok());
        intake::Inbox inbox((*offline)->folder().inbox(), 0);
        REQUIRE(intake::Worker::turn(inbox, (*offline)->intake(), 0));
    }
    ~Data() { fs::remove_all(folder); }
    Data(const Data&) = delete;
    Data& operator=(const Data&) = delete;

    Outcome run(const std::string& arguments) const {
        return run_program("quarantine " + arguments + " --data " + folder.string(), folder);
    }
    /// Ids of the list, in its order.
    std::vector<std::string> ids(const std::string& options = "") const {
        std::vector<std::string> found;
        std::istringstream lines(run("list " + options).out);
        for (std::string line; std::getline(lines, line);) {
            if (line.size() > 16 && line[0] != ' ' && line[16] == ' ') {
                found.push_back(line.substr(0, 16));
            }
        }
        return found;
    }

    fs::path folder =
        fs::temp_directory_path() / ("linkway-quarantine-" + std::to_string(::getpid()));
};

}  // namespace

TEST_CASE("rows in quarantine are listed, shown, edited, replayed and discarded") {
    const Data data;
    const auto ids = data.ids();
    REQUIRE(ids.size() == 2);
    const Outcome list = data.run("list");
    CHECK(list.code == 0);
    CHECK(list.out.find("too few fields") != std::string::npos);
    CHECK(list.out.find("{0BA70000") == std::string::npos);

    const Outcome shown = data.run("show " + ids[0].substr(0, 8));
    CHECK(shown.code == 0);
    CHECK(shown.log.find("patient's record") != std::string::npos);
    const std::size_t header = shown.out.find("\"ObservationGuid\"");
    REQUIRE(header != std::string::npos);

    // The short row gets the two cells that it lacks at its end.
    std::string content = shown.out.substr(header);
    content.erase(content.find_last_not_of("\r\n") + 1);
    std::ofstream(data.folder / "row.csv", std::ios::binary) << content << ",\"false\"\r\n";
    const Outcome refused = data.run("edit " + ids[0] + " --file row.csv");
    CHECK(refused.code == 1);
    CHECK(refused.log.find("has 26 cells, and the first 27") != std::string::npos);
    std::ofstream(data.folder / "row.csv", std::ios::binary) << content << ",\"false\",\"291\"\r\n";
    CHECK(data.run("edit " + ids[0] + " --file row.csv").code == 0);
    const Outcome replayed = data.run("replay " + ids[0]);
    INFO(replayed.out << replayed.log);
    CHECK(replayed.code == 0);
    CHECK(replayed.out == ids[0] + " replayed\n");
    CHECK(data.ids() == std::vector<std::string>{ids[1]});

    const Outcome stays = data.run("replay " + ids[1]);
    CHECK(stays.code == 3);
    CHECK(stays.out.find("stays in quarantine") != std::string::npos);
    CHECK(data.run("discard " + ids[1]).code == 0);
    CHECK(data.run("list").out == "nothing in quarantine\n");
    CHECK(data.ids("--all").size() == 2);
}

TEST_CASE("what quarantine cannot do is said") {
    const Data data;
    CHECK(data.run("show nothing").log.find("linkway quarantine list shows their ids") !=
          std::string::npos);
    CHECK(run_program("quarantine list --data " + (data.folder / "none").string(), data.folder)
              .log.find("no data folder") != std::string::npos);
    const auto taken = intake::DataFolder::open(data.folder.string(), "linkway serve");
    REQUIRE(taken.ok());
    // Beside a service one may look, and no more.
    const auto ids = data.ids();
    REQUIRE(ids.size() == 2);
    CHECK(data.run("show " + ids[0]).code == 0);
    const Outcome busy = data.run("replay " + ids[0]);
    CHECK(busy.code == 1);
    CHECK(busy.log.find("in use by linkway serve (process ") != std::string::npos);
}
