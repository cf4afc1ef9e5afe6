// What a staging store promises: bulk and deltas come to what one bulk says, a file sent again
// changes nothing, and a run that is killed leaves the store as it was.
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "catch.h"
#include "emis_history.h"
#include "sources/translate.h"
#include "text/node.h"

using namespace linkway;
using namespace linkway::sources;
using linkway::sources::test::EmisHistory;
namespace fs = std::filesystem;

namespace {

const SystemMapping& emis() {
    static const std::unique_ptr<SystemMapping> loaded = [] {
        text::Issues issues;
        auto result =
            SystemMapping::load(std::string(LINKWAY_SOURCE_DIR) + "/mappings/emis", issues);
        REQUIRE(issues.empty());
        return result;
    }();
    return *loaded;
}

/// A FHIR server that takes what runs put out: the last of each id stays.
using Server = std::map<std::string, std::string>;

void take(const fs::path& output, Server& server) {
    for (const auto& entry : fs::directory_iterator(output)) {
        const std::string name = entry.path().filename().string();
        if (entry.path().extension() != ".ndjson" || name == "rejected.ndjson" ||
            name == "warnings.ndjson") {
            continue;
        }
        std::ifstream in(entry.path());
        for (std::string line; std::getline(in, line);) {
            const std::size_t id = line.find("\"id\":\"");
            REQUIRE(id != std::string::npos);
            server[name.substr(0, name.find('.')) + "/" + line.substr(id + 6, 36)] = line;
        }
    }
}

struct Work {
    Work() : root(fs::temp_directory_path() / ("linkway-state-" + std::to_string(::getpid()))) {
        fs::remove_all(root);
        fs::create_directories(root);
    }
    ~Work() {
        std::error_code ignored;
        fs::remove_all(root, ignored);
    }
    Work(const Work&) = delete;
    Work& operator=(const Work&) = delete;

    TranslateOptions options(const std::string& input, bool with_state = true) const {
        TranslateOptions result;
        result.input = (root / input).string();
        result.output = (root / "output").string();
        result.overwrite = true;
        result.max_deleted_share = 1;
        if (with_state) {
            result.state = (root / "state").string();
        }
        return result;
    }
    Reconciliation translate(const std::string& input, Server& server, bool with_state = true) {
        auto result = sources::translate(emis(), options(input, with_state));
        INFO((result ? std::string() : text::to_string(result.issue())));
        REQUIRE(result.ok());
        for (const FileAccount& file : result->files) {
            INFO(file.file);
            CHECK(file.accounted() == file.rows);
        }
        take(root / "output", server);
        return std::move(result).value();
    }

    fs::path root;
};

bool is_taken_back(const std::string& json) {
    return json.find("\"status\":\"entered-in-error\"") != std::string::npos;
}

/// What stands on the server and is neither where a row came from nor merely referred to.
std::set<std::string> standing(const Server& server) {
    std::set<std::string> result;
    for (const auto& [id, json] : server) {
        const std::string type = id.substr(0, id.find('/'));
        if ((type == "ServiceRequest" || type == "Task" || type == "Observation") &&
            !is_taken_back(json)) {
            result.insert(id);
        }
    }
    return result;
}

}  // namespace

TEST_CASE("bulk and deltas come to what a bulk says") {
    const unsigned seed = GENERATE(range(1U, 41U));
    INFO("seed " << seed);
    Work work;
    EmisHistory history(seed);
    std::mt19937 random(seed);
    Server server;
    history.write_bulk(work.root / "bulk");
    work.translate("bulk", server);
    for (int day = 1; day <= 12; ++day) {
        history.live_a_day();
        const std::string name = "day" + std::to_string(day);
        history.write_delta(work.root / name);
        if (random() % 3 == 0) {  // two at once
            history.live_a_day();
            history.write_delta(work.root / name);
        }
        work.translate(name, server);
        if (random() % 4 == 0) {
            const Reconciliation again = work.translate(name, server);
            CHECK(again.resources.empty());
            CHECK(again.total().translated == 0);
            CHECK(again.clean());
        }
    }
    history.bring_back_everybody();
    history.write_delta(work.root / "last");
    work.translate("last", server);

    history.write_bulk(work.root / "again");
    Server alone;
    work.translate("again", alone, false);
    for (const auto& [id, json] : alone) {
        INFO(id);
        REQUIRE(server.count(id) == 1);
        if (id.rfind("Provenance/", 0) != 0) {  // names the file that brought the row first
            CHECK(server[id] == json);
        }
    }
    CHECK(standing(server) == standing(alone));

    const Reconciliation rebulk = work.translate("again", server);
    CHECK(rebulk.resources.empty());
}

TEST_CASE("a run that is killed leaves the store as it was") {
    Work work;
    EmisHistory history(7);
    Server before;
    history.write_bulk(work.root / "bulk");
    work.translate("bulk", before);
    for (int day = 0; day < 10; ++day) {
        history.live_a_day();
    }
    history.write_delta(work.root / "delta");
    fs::copy(work.root / "state", work.root / "saved");
    Server whole = before;
    work.translate("delta", whole);
    REQUIRE(whole != before);

    int killed = 0;
    bool ended = false;
    for (int delay = 0; !ended && delay < 5000; ++delay) {
        INFO("killed after " << delay << " steps of 0.2 ms");
        fs::remove_all(work.root / "state");
        fs::copy(work.root / "saved", work.root / "state");
        fs::remove_all(work.root / "output");
        const pid_t child = ::fork();
        if (child == 0) {
            const auto result = sources::translate(emis(), work.options("delta"));
            ::_exit(result.ok() ? 0 : 1);
        }
        REQUIRE(child > 0);
        std::this_thread::sleep_for(std::chrono::microseconds(200 * delay));
        ::kill(child, SIGKILL);
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        ended = WIFEXITED(status);
        killed += ended ? 0 : 1;
        // Whatever it put out is whole; the next run puts out the rest, and nothing is lost.
        Server server = before;
        if (fs::exists(work.root / "output")) {
            take(work.root / "output", server);
            CHECK(server == whole);
        }
        work.translate("delta", server);
        CHECK(server == whole);
    }
    CHECK(ended);
    CHECK(killed > 5);
}

TEST_CASE("what a practice's hold kept back is applied when the file is sent again") {
    Work work;
    const fs::path cases = fs::path(LINKWAY_SOURCE_DIR) / "tests/cases/emis";
    const auto lay = [&](const fs::path& from, const std::string& prefix, const char* to) {
        fs::create_directories(work.root / to);
        for (const auto& entry : fs::directory_iterator(from)) {
            if (entry.path().filename().string().rfind(prefix, 0) == 0) {
                fs::copy(entry.path(), work.root / to, fs::copy_options::overwrite_existing);
            }
        }
    };
    lay(cases / "base/input", "291", "bulk");
    lay(cases / "mass-delete-held/input", "291", "bulk");
    lay(cases / "mass-delete-held/input", "292", "delta");
    Server server;
    work.translate("bulk", server);
    const Server before = server;
    auto options = work.options("delta");
    options.max_deleted_share = 0.2;
    const auto held = sources::translate(emis(), options);
    REQUIRE(held.ok());
    CHECK(held->resources.empty());
    REQUIRE(held->total().held.size() == 1);
    CHECK(held->total().held.begin()->first.find("would delete 4 of the practice's 10") !=
          std::string::npos);
    const Reconciliation applied = work.translate("delta", server);
    CHECK(applied.total().deleted > 0);
    CHECK(server != before);
}

TEST_CASE("a batch that comes late, and numbers that never came, are named") {
    Work work;
    const unsigned seed = GENERATE(range(1U, 11U));
    INFO("seed " << seed);
    EmisHistory history(seed);
    Server server;
    history.write_bulk(work.root / "1");
    for (int day = 2; day <= 5; ++day) {
        history.live_a_day();
        history.write_delta(work.root / std::to_string(day));
    }
    work.translate("1", server);
    work.translate("2", server);
    const Reconciliation gap = work.translate("4", server);
    REQUIRE(gap.issues.size() == 1);
    CHECK(gap.issues[0].message.find("nothing came with number 3") != std::string::npos);
    const Server without = server;
    const auto late = sources::translate(emis(), work.options("3"));
    REQUIRE_FALSE(late.ok());
    CHECK(late.issue().message.find("comes out of order") != std::string::npos);
    // Together with a later one it is held, and the later one is applied.
    fs::copy(work.root / "5", work.root / "3", fs::copy_options::recursive);
    const Reconciliation both = work.translate("3", server);
    REQUIRE(both.held_batches.size() == 1);
    CHECK(both.held_batches[0].second.find("a later batch") != std::string::npos);
    CHECK_FALSE(both.clean());
    // A bulk says everything again, and what it lacks is marked, not taken back: nobody said why.
    history.bring_back_everybody();
    history.write_bulk(work.root / "6");
    const std::set<std::string> taken_back = [&] {
        std::set<std::string> ids;
        for (const auto& [id, json] : server) {
            if (is_taken_back(json)) {
                ids.insert(id);
            }
        }
        return ids;
    }();
    work.translate("6", server);
    Server alone;
    work.translate("6", alone, false);
    for (const auto& [id, json] : alone) {
        INFO(id);
        if (id.rfind("Provenance/", 0) != 0) {
            CHECK(server[id] == json);
        }
    }
    std::set<std::string> fed = standing(server);
    std::erase_if(fed, [&](const std::string& id) {
        return server[id].find("no-longer-fed") != std::string::npos;
    });
    CHECK(fed == standing(alone));
    for (const auto& [id, json] : server) {
        INFO(id);
        CHECK((!is_taken_back(json) || taken_back.count(id) == 1));
    }
}

TEST_CASE("another version of the mapping puts out what it changes") {
    Work work;
    EmisHistory history(11);
    Server server;
    history.write_bulk(work.root / "bulk");
    work.translate("bulk", server);
    const fs::path mappings = work.root / "mappings";
    fs::copy(fs::path(LINKWAY_SOURCE_DIR) / "mappings", mappings, fs::copy_options::recursive);
    const auto edit = [&](const char* file, const std::string& from, const std::string& to) {
        std::stringstream content;
        content << std::ifstream(mappings / "emis" / file).rdbuf();
        std::string text = content.str();
        REQUIRE(text.find(from) != std::string::npos);
        text.replace(text.find(from), from.size(), to);
        std::ofstream(mappings / "emis" / file) << text;
    };
    edit("datapackage.json", R"("version": "2026.11")", R"("version": "2026.12")");
    edit("task.yaml", "Fulfill the focal request", "Do what was asked for");
    text::Issues issues;
    const auto mapping = SystemMapping::load((mappings / "emis").string(), issues);
    REQUIRE(issues.empty());
    history.write_delta(work.root / "nothing");
    const auto result = sources::translate(*mapping, work.options("nothing"));
    REQUIRE(result.ok());
    std::uint64_t tasks = 0;
    for (const auto& [id, json] : server) {
        tasks += id.rfind("Task/", 0) == 0 ? 1 : 0;
    }
    REQUIRE(tasks > 0);
    CHECK(result->resources.at("Task") == tasks);
    CHECK(result->resources.at("Provenance") > 0);  // names the mapping's version
    CHECK(result->resources.size() == 2);
}

TEST_CASE("a store of the first schema is brought to today's") {
    Work work;
    EmisHistory history(3);
    history.write_bulk(work.root / "bulk");
    Server before;
    work.translate("bulk", before);
    for (int day = 0; day < 5; ++day) {
        history.live_a_day();
    }
    history.write_delta(work.root / "delta");
    fs::copy(work.root / "state", work.root / "saved");
    Server expected = before;
    work.translate("delta", expected);
    REQUIRE(expected != before);

    fs::remove_all(work.root / "state");
    fs::rename(work.root / "saved", work.root / "state");
    sqlite3* database = nullptr;
    REQUIRE(sqlite3_open((work.root / "state" / "emis.sqlite").c_str(), &database) == SQLITE_OK);
    REQUIRE(sqlite3_exec(database,
                         "CREATE TABLE was AS SELECT p.record, p.type, p.quarantined, p.content,"
                         " ifnull(t.json, '') AS json FROM put_out p"
                         " LEFT JOIN put_out_text t USING (record, type, quarantined);"
                         "DROP TABLE put_out; DROP TABLE put_out_text; DROP TABLE coverage;"
                         "CREATE TABLE put_out (record INTEGER NOT NULL, type TEXT NOT NULL,"
                         " quarantined INTEGER NOT NULL, content INTEGER NOT NULL,"
                         " json TEXT NOT NULL, PRIMARY KEY (record, type, quarantined))"
                         " WITHOUT ROWID;"
                         "INSERT INTO put_out SELECT * FROM was; DROP TABLE was;"
                         "PRAGMA user_version = 1",
                         nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(database);
    Server server = before;
    work.translate("delta", server);
    CHECK(server == expected);
    Server again;
    work.translate("delta", again);
    CHECK(again.empty());
}

TEST_CASE("a file that is no staging store of ours is refused") {
    Work work;
    EmisHistory history(5);
    history.write_bulk(work.root / "bulk");
    fs::create_directories(work.root / "state");
    const fs::path file = work.root / "state" / "emis.sqlite";
    const auto refused = [&] {
        const auto result = sources::translate(emis(), work.options("bulk"));
        REQUIRE_FALSE(result.ok());
        CHECK_FALSE(fs::exists(work.root / "output"));
        return result.issue().message;
    };
    const auto execute = [&](const char* sql) {
        sqlite3* database = nullptr;
        REQUIRE(sqlite3_open(file.c_str(), &database) == SQLITE_OK);
        CHECK(sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
        sqlite3_close(database);
    };
    SECTION("no database") {
        std::ofstream(file) << std::string(5000, 'x');
        CHECK(refused().find("no staging store, or a damaged one") != std::string::npos);
    }
    SECTION("another database") {
        execute("CREATE TABLE mine (a)");
        CHECK(refused().find("no staging store of Linkway") != std::string::npos);
    }
    SECTION("of a newer version") {
        Server server;
        work.translate("bulk", server);
        fs::remove_all(work.root / "output");
        execute("PRAGMA user_version = 99");
        CHECK(refused().find("newer Linkway") != std::string::npos);
    }
    SECTION("in use") {
        Server server;
        work.translate("bulk", server);
        fs::remove_all(work.root / "output");
        sqlite3* other = nullptr;
        REQUIRE(sqlite3_open(file.c_str(), &other) == SQLITE_OK);
        REQUIRE(sqlite3_exec(other, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr) == SQLITE_OK);
        CHECK(refused().find("in use by another process") != std::string::npos);
        sqlite3_close(other);
    }
}
