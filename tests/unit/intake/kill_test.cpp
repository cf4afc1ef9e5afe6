// A process that is killed at any moment: the next goes on, and everything is there once.
#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <random>
#include <thread>

#include "fixture.h"

using namespace linkway;
using namespace linkway::intake;
using namespace linkway::intake::test;
using State = store::Intake::State;
using Clock = std::chrono::steady_clock;

namespace {

/// Three extracts of one feed: a bulk and two deltas, and one that cannot be used.
void fill_inbox(const fs::path& root) {
    const auto put = [&](const std::string& name, const std::string& content) {
        const fs::path file = root / "inbox/emis" / name;
        fs::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << content;
    };
    for (const char* name : {"two-practices", "delta-corrects"}) {
        std::map<std::string, std::map<std::string, std::string>> batches;
        for (const auto& [file, content] : case_files(name)) {
            batches[file.substr(0, file.find('_'))][file] = content;
        }
        for (const auto& [batch, files] : batches) {
            if (std::string(name) == "delta-corrects" || batches.size() == 1) {
                put(std::string(name) + batch + ".zip", zip_of(files));
            }
        }
    }
    for (const auto& [file, content] : case_files("rows-too-short-and-too-long")) {
        put("folder/" + file, content);
    }
    put("broken.zip", "no zip at all");
}

/// What a service does from its start until nothing is left to do.
void run_to_the_end(const fs::path& root) {
    Fixture data(root);
    if (data.intake().recover()) {
        return;
    }
    data.take_all();
}

struct Result {
    std::map<std::string, std::string> content;
    std::map<std::string, State> states;
    std::set<std::string> quarantine;
    std::set<std::string> failed;
};

/// Versions and when they were made depend on where it was killed; what they say does not.
Result result_of(const fs::path& root) {
    Fixture data(root);
    Result result;
    for (auto& [key, json] : data.content()) {
        result.content[key] = json.substr(json.find(' '));
    }
    for (const auto& entry : data.ledger()) {
        result.states[entry.name] = entry.state;
        if (entry.state == State::done) {
            CHECK(entry.resources != 0);
            CHECK(text::parse_json(to_json(entry), "status").ok());
        }
    }
    const auto items = quarantined(data.store());
    REQUIRE(items.ok());
    for (const auto& item : *items) {
        result.quarantine.insert(item.id + " " + item.content);
    }
    for (const auto& [name, content] : files_of(data.folder().failed())) {
        result.failed.insert(name);
    }
    // Nothing is left behind.
    for (const fs::path& folder :
         {data.folder().raw(), data.folder().work(), data.folder().inbox() / "emis"}) {
        INFO(folder);
        for (const auto& [name, content] : files_of(folder)) {
            INFO(name);
            CHECK(name.empty());
        }
    }
    return result;
}

/// Runs in a process of its own and kills it after that time; false when it had ended before.
bool killed_after(std::chrono::microseconds time, const fs::path& root) {
    const pid_t child = ::fork();
    if (child == 0) {
        const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
        ::dup2(nowhere, 1);
        ::dup2(nowhere, 2);
        run_to_the_end(root);
        ::_exit(0);
    }
    const auto until = Clock::now() + time;
    int status = 0;
    while (Clock::now() < until) {
        if (::waitpid(child, &status, WNOHANG) == child) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::microseconds(100));  // for another process
    }
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status);
}

void check_kills(int kills) {
    const tests::TemporaryFolder undisturbed;
    fill_inbox(undisturbed.path());
    const auto start = Clock::now();
    run_to_the_end(undisturbed.path());
    const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
    const Result expected = result_of(undisturbed.path());
    CHECK(expected.states.size() >= 4);
    CHECK(expected.content.size() >= 20);
    CHECK(expected.quarantine.size() >= 2);
    CHECK(expected.failed.count("broken.zip.reason.json") == 1);

    std::mt19937 random(5);
    for (int done = 0; done < kills;) {
        const tests::TemporaryFolder folder;
        fill_inbox(folder.path());
        // Killed again and again, each time a little further or not, then left to its end.
        const int times = 1 + static_cast<int>(random() % 4);
        for (int i = 0; i < times; ++i) {
            const auto moment =
                std::chrono::microseconds(random() % static_cast<unsigned>(whole.count()));
            done += killed_after(moment, folder.path()) ? 1 : 0;
        }
        run_to_the_end(folder.path());
        const Result found = result_of(folder.path());
        CHECK(found.content == expected.content);
        CHECK(found.states == expected.states);
        CHECK(found.quarantine == expected.quarantine);
        CHECK(found.failed == expected.failed);
    }
}

/// The first of the extracts, translated as far as the intake would before it is told.
fs::path translate_aside(Fixture& data, const std::string& id) {
    Mappings mappings(LINKWAY_SOURCE_DIR "/mappings");
    sources::TranslateOptions options;
    options.input = (data.folder().raw() / id / "in").string();
    options.output = (data.folder().work() / id / "1").string();
    options.state = data.folder().state().string();
    REQUIRE(sources::translate(**mappings.get("emis"), options).ok());
    return options.output;
}

}  // namespace

TEST_CASE("a process killed at any moment is gone on with: 20 times") {
    check_kills(20);
}

TEST_CASE("a process killed at any moment is gone on with: 100 times", "[.slow]") {
    check_kills(100);
}

TEST_CASE("killed between output and staging store, or between that and the ledger") {
    const bool committed = GENERATE(false, true);
    INFO("staging store committed: " << committed);
    Fixture whole;
    whole.drop("emis/x.zip", zip_of(case_files("seen-and-closed")));
    whole.take_all();

    Fixture data;
    data.drop("emis/x.zip", zip_of(case_files("seen-and-closed")));
    Inbox inbox(data.folder().inbox(), 0);
    const auto arrivals = inbox.poll(0);
    REQUIRE(arrivals.size() == 1);
    const auto id = data.intake().accept(arrivals[0]);
    REQUIRE(id.ok());
    translate_aside(data, *id);
    if (!committed) {
        fs::remove_all(data.folder().state());
        fs::create_directories(data.folder().state());
    }
    data.reopen();
    REQUIRE_FALSE(data.intake().recover());
    data.intake().work_off();
    CHECK(data.content() == whole.content());
    CHECK(data.only().reconciliation == whole.only().reconciliation);
    CHECK(files_of(data.folder().work()).empty());
}

TEST_CASE("a full disk is said, nothing is lost, and it goes on when there is room") {
    const tests::TemporaryFolder mount;
    if (::geteuid() != 0 || ::mount("tmpfs", mount.path().c_str(), "tmpfs", 0, "size=6m") != 0) {
        WARN("skipped: mounting a small tmpfs needs root");
        return;
    }
    {
        Fixture whole;
        whole.drop("emis/x.zip", zip_of(case_files("two-practices")));
        whole.take_all();

        Fixture data(mount.path());
        data.drop("emis/x.zip", zip_of(case_files("two-practices")));
        bool said = false;
        // Less and less room is taken away by the ballast: it fails at other places each time.
        for (std::size_t ballast = 6'000'000; ballast > 100'000; ballast -= 150'000) {
            std::ofstream(mount.path() / "ballast", std::ios::binary) << std::string(ballast, 'x');
            data.now += 10'000;
            data.take_all();
            for (const auto& issue : data.notes) {
                said = said || issue.code == "no-store";
                CHECK(issue.code != "exception");
            }
            data.notes.clear();
            fs::remove(mount.path() / "ballast");
        }
        CHECK(said);
        data.now += 10'000;
        data.take_all();
        CHECK(data.only().state == State::done);
        auto found = data.content();
        for (const auto& [key, json] : whole.content()) {
            INFO(key);
            CHECK(found[key].substr(1) == json.substr(1));
        }
        data.close();
    }
    ::umount(mount.path().c_str());
}
