// What counts as complete, at which time; nobody sleeps.
#include <sys/stat.h>

#include <chrono>
#include <thread>

#include "fixture.h"

using namespace linkway;
using namespace linkway::intake;
using namespace linkway::intake::test;

namespace {

constexpr store::Instant quiet = 10'000;

struct Box {
    Box() { fs::create_directories(folder.path() / "emis"); }

    void write(const std::string& name, std::string_view content = "x") const {
        folder.write(name, content);
    }
    /// As a careful sender does it: elsewhere, then renamed in.
    void rename_in(const std::string& name, std::string_view content = "x") const {
        aside.write("new", content);
        fs::rename(aside.path() / "new", folder.path() / name);
    }
    std::vector<std::string> names(store::Instant now) {
        std::vector<std::string> result;
        for (const Arrival& each : inbox.poll(now)) {
            result.push_back(each.system + "/" + each.name);
        }
        return result;
    }

    tests::TemporaryFolder folder;
    tests::TemporaryFolder aside;
    Inbox inbox{(fs::create_directories(folder.path() / "emis"), folder.path()), quiet};
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("what is renamed in is complete at once") {
    Box box;
    box.rename_in("emis/x.zip");
    CHECK(box.names(0) == Names{"emis/x.zip"});
    box.write("emis/.hidden", "x");
    fs::rename(box.folder.path() / "emis/.hidden", box.folder.path() / "emis/y.zip");
    CHECK(box.names(0) == Names{"emis/x.zip", "emis/y.zip"});
    box.aside.write("folder/a.csv", "x");
    fs::rename(box.aside.path() / "folder", box.folder.path() / "emis/extract");
    CHECK(box.names(0) == Names{"emis/extract", "emis/x.zip", "emis/y.zip"});
}

TEST_CASE("what is written in place is complete when marked, or quiet") {
    Box box;
    box.write("emis/x.zip");
    CHECK(box.names(0).empty());
    CHECK(box.names(quiet - 1).empty());
    box.write("emis/x.zip", "more");
    CHECK(box.names(quiet).empty());
    CHECK(box.names(2 * quiet - 1).empty());
    CHECK(box.names(2 * quiet) == Names{"emis/x.zip"});
    box.write("emis/y.zip");
    box.write("emis/y.zip.done", "");
    CHECK(box.names(2 * quiet) == Names{"emis/x.zip", "emis/y.zip"});
    box.write("emis/extract/a.csv");
    CHECK(box.names(2 * quiet).size() == 2);
    box.write("emis/extract/_COMPLETE", "");
    CHECK(box.names(2 * quiet).size() == 3);
}

TEST_CASE("one that is written to again after it was renamed in is not complete") {
    Box box;
    box.rename_in("emis/x.zip");
    box.write("emis/x.zip", "more");
    CHECK(box.names(0).empty());
    CHECK(box.names(quiet) == Names{"emis/x.zip"});
}

TEST_CASE("loose files wait for one another") {
    Box box;
    box.rename_in("emis/a.csv");
    CHECK(box.names(0).empty());
    box.rename_in("emis/b.csv");
    CHECK(box.names(quiet - 1).empty());
    CHECK(box.names(quiet).empty());
    CHECK(box.names(2 * quiet - 1) == Names{"emis/a.csv and 1 more"});
    box.rename_in("emis/c.csv.gpg");
    CHECK(box.names(2 * quiet).empty());
    box.write("emis/_COMPLETE", "");
    const auto found = box.inbox.poll(2 * quiet);
    REQUIRE(found.size() == 1);
    CHECK(found[0].parts.size() == 3);
    CHECK(found[0].marks.size() == 1);
}

TEST_CASE("unfinished names, marks alone and empty folders are left alone") {
    Box box;
    for (const char* name : {".x.zip", "x.zip.part", "x.tmp", "x.zip.filepart", "y.zip.done"}) {
        box.write(std::string("emis/") + name, name[0] == 'y' ? "" : "x");
    }
    fs::create_directories(box.folder.path() / "emis/empty");
    fs::create_directories(box.folder.path() / "failed");
    box.write("failed/x.zip");
    CHECK(box.names(0).empty());
    CHECK(box.names(quiet).empty());
}

TEST_CASE("a split zip is complete with its last part and all others") {
    Box box;
    const auto parts = tests::make_split_zip({{"a.csv", std::string(300, 'x')}}, 150);
    REQUIRE(parts.size() >= 3);
    for (std::size_t i = 0; i + 2 < parts.size(); ++i) {
        box.rename_in("emis/x.z0" + std::to_string(i + 1), parts[i]);
    }
    CHECK(box.names(0).empty());
    CHECK(box.names(quiet).empty());
    box.rename_in("emis/x.zip", parts.back());
    CHECK(box.names(quiet).empty());
    box.rename_in("emis/x.z0" + std::to_string(parts.size() - 1), parts[parts.size() - 2]);
    const auto found = box.inbox.poll(quiet);
    REQUIRE(found.size() == 1);
    CHECK(found[0].parts.size() == parts.size());
}

TEST_CASE("what changes while it is read stays in the inbox") {
    Fixture data;
    const std::string zip = zip_of(case_files("seen-and-closed"));
    data.drop("emis/x.zip", zip);
    Inbox inbox(data.folder().inbox(), 0);
    const auto arrivals = inbox.poll(0);
    REQUIRE(arrivals.size() == 1);
    data.drop("emis/x.zip", zip + "more");
    const auto id = data.intake().accept(arrivals[0]);
    REQUIRE_FALSE(id.ok());
    CHECK(id.issue().code == "conflict");
    CHECK(data.ledger().empty());
    CHECK(fs::exists(data.folder().inbox() / "emis/x.zip"));
}

TEST_CASE("links and pipes in the inbox lead nowhere") {
    Fixture data;
    const tests::TemporaryFolder elsewhere;
    elsewhere.write("secret.csv", "secret");
    fs::create_directories(data.folder().inbox() / "emis/extract");
    fs::create_symlink(elsewhere.path() / "secret.csv",
                       data.folder().inbox() / "emis/extract/a.csv");
    REQUIRE(::mkfifo((data.folder().inbox() / "emis/extract/pipe.csv").c_str(), 0600) == 0);
    data.take_all();
    REQUIRE(data.only().state == store::Intake::State::failed);
    CHECK(fs::exists(elsewhere.path() / "secret.csv"));
    CHECK(data.only().reason.find("EMIS Web file") != std::string::npos);
}

TEST_CASE("the worker takes what is renamed in without being told") {
    Fixture data;
    const tests::TemporaryFolder aside;
    fs::create_directories(data.folder().inbox() / "emis");
    aside.write("x.zip", zip_of(case_files("seen-and-closed")));
    Worker worker(data.intake());
    fs::rename(aside.path() / "x.zip", data.folder().inbox() / "emis/x.zip");
    for (int i = 0; i < 10'000; ++i) {
        const auto entries = data.ledger();
        if (!entries.empty() && entries[0].state == store::Intake::State::done) {
            break;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(2));  // for another thread
    }
    worker.stop();
    CHECK(data.only().state == store::Intake::State::done);
}
