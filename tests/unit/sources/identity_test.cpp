// One person and one referral in the feeds of two systems that share a staging folder.
#include "../../../gateway/sources/identity.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <thread>

#include "catch.h"
#include "sources/translate.h"
#include "temporary_folder.h"
#include "text/node.h"

using namespace linkway;
using namespace linkway::sources;
namespace fs = std::filesystem;

namespace {

const std::string emis_patient = "Patient/750e676c-31fc-55b9-a030-a2de53880f7e";
const std::string emis_request = "ServiceRequest/04d77657-a070-5a8c-81a7-e10d1ac6ba17";
const std::string systmone_patient = "Patient/bd0bc15f-4887-548b-aabb-795a7d0ad0ee";
const std::string systmone_request = "ServiceRequest/e8c3210a-8240-55d1-b2f4-eaa60f3258c4";

/// The base of each system's cases, with one person and one referral in both.
class Feeds {
  public:
    Feeds() {
        const fs::path cases = fs::path(LINKWAY_SOURCE_DIR) / "tests/cases";
        const auto overwrite = fs::copy_options::recursive | fs::copy_options::overwrite_existing;
        for (const std::string system : {"emis", "systmone"}) {
            text::Issues issues;
            mappings_[system] = SystemMapping::load(
                std::string(LINKWAY_SOURCE_DIR) + "/mappings/" + system, issues);
            REQUIRE(issues.empty());
            fs::copy(cases / system / "base/input", input(system), overwrite);
        }
        fs::copy(cases / "shared/gp-and-service/input", input("emis"), overwrite);
        fs::copy(cases / "shared/gp-and-service/input-2", input("systmone"), overwrite);
    }

    fs::path input(const std::string& system) const { return folder_.path() / system; }

    /// Puts other text in the place of some in a file of an input.
    void edit(const fs::path& file, const std::string& from, const std::string& to) const {
        std::stringstream content;
        content << std::ifstream(file, std::ios::binary).rdbuf();
        std::string bytes = content.str();
        REQUIRE(bytes.find(from) != std::string::npos);
        bytes.replace(bytes.find(from), from.size(), to);
        std::ofstream(file, std::ios::binary) << bytes;
    }

    /// Empty, or why the run failed.
    std::string translate(const std::string& system, const std::string& from) const {
        TranslateOptions options;
        options.input = input(from).string();
        options.output = (folder_.path() / ("out-" + system)).string();
        options.state = (folder_.path() / "state").string();
        options.overwrite = true;
        const auto result = sources::translate(*mappings_.at(system), options);
        return result ? std::string() : text::to_string(result.issue());
    }

    /// Runs one feed and takes what comes out to the server.
    void run(const std::string& system) { run(system, system); }
    void run(const std::string& system, const std::string& from) {
        REQUIRE(translate(system, from) == "");
        take(system);
    }

    /// Systems that came to know something by another's run.
    std::vector<std::string> with_news() const {
        const auto systems = systems_with_news((folder_.path() / "state").string());
        REQUIRE(systems.ok());
        return *systems;
    }

    /// Takes to the server what that is.
    Reconciliation run_news(const std::string& system) {
        TranslateOptions options;
        options.output = (folder_.path() / ("out-" + system)).string();
        options.state = (folder_.path() / "state").string();
        options.overwrite = true;
        auto result = translate_news(*mappings_.at(system), options);
        REQUIRE(result.ok());
        take(system);
        return std::move(*result);
    }

    void take(const std::string& system) {
        for (const std::string type : {"Patient", "ServiceRequest", "Task"}) {
            std::ifstream lines(folder_.path() / ("out-" + system) / (type + ".ndjson"));
            for (std::string line; std::getline(lines, line);) {
                const auto parsed = text::parse_json(line, type);
                REQUIRE(parsed.ok());
                server[type + "/" + std::string(parsed->root().string_or("id", ""))] = line;
            }
        }
    }

    /// SystmOne sends its patient again, a day later, with other text in the place of some.
    void correct(const std::string& from, const std::string& to) {
        fs::create_directories(input("corrected"));
        fs::copy(input("systmone") / "SRPatient.csv", input("corrected"));
        edit(input("corrected") / "SRPatient.csv", from, to);
        std::ofstream(input("corrected") / "SRManifest.csv")
            << "\"FileName\",\"IsDelta\",\"IsReference\",\"DateExtractFrom\",\"DateExtractTo\"\r\n"
               "\"SRPatient\",\"Y\",\"N\",\"20260302_0415\",\"20260303_0415\"\r\n";
        run("systmone", "corrected");
    }

    bool names(const std::string& from, const std::string& to) const {
        return server.at(from).find(to) != std::string::npos;
    }
    std::string episode(const std::string& request) const {
        const auto parsed = text::parse_json(server.at(request), request);
        return std::string(parsed->root().find("requisition")->string_or("value", ""));
    }

    std::map<std::string, std::string> server;

  private:
    tests::TemporaryFolder folder_;
    std::map<std::string, std::unique_ptr<SystemMapping>> mappings_;
};

}  // namespace

TEST_CASE("whichever system came first, both come to say the same") {
    Feeds one;
    one.run("emis");
    one.run("systmone");
    one.run("emis");
    Feeds other;
    other.run("systmone");
    other.run("emis");
    other.run("systmone");
    CHECK(one.server == other.server);
    CHECK(one.names(emis_patient, systmone_patient));
    CHECK(one.names(systmone_patient, emis_patient));
    CHECK(one.episode(emis_request) == one.episode(systmone_request));
    const auto before = one.server;
    one.server.clear();
    one.run("systmone");
    one.run("emis");
    CHECK(one.server.empty());  // nothing new to say
}

TEST_CASE("what another's run tells can be said without an extract") {
    Feeds waiting;
    waiting.run("emis");
    waiting.run("systmone");
    waiting.run("emis");
    Feeds feeds;
    CHECK(feeds.with_news().empty());
    feeds.run("emis");
    CHECK(feeds.with_news().empty());
    feeds.run("systmone");
    CHECK(feeds.with_news() == std::vector<std::string>{"emis"});
    const Reconciliation reconciliation = feeds.run_news("emis");
    CHECK(reconciliation.files.empty());
    CHECK(reconciliation.resources.at("Patient") == 1);
    CHECK(feeds.with_news().empty());
    CHECK(feeds.server == waiting.server);
    feeds.server.clear();
    feeds.run_news("emis");
    feeds.run("emis");
    CHECK(feeds.server.empty());  // it was said
}

TEST_CASE("one that is known only through a third hears of it") {
    const tests::TemporaryFolder folder;
    const std::string shared = (folder.path() / "identity.sqlite").string();
    using Keys = std::vector<std::string>;
    /// One run of a system with one referral; what it is the same as.
    const auto run = [&](const std::string& system, const Keys& keys) {
        auto database = sqlite::Database::open((folder.path() / (system + ".sqlite")).string(), {});
        REQUIRE(database.ok());
        Identity identity(**database, shared, system);
        (*database)->execute("BEGIN");
        identity.begin();
        const std::string patient = "patient of " + system;
        const Known known{1, system, patient};
        identity.enter(known, keys);
        const auto same = identity.same(known);
        identity.end();
        (*database)->execute("COMMIT");
        REQUIRE_FALSE((*database)->failed());
        return same;
    };
    const auto with_news = [&] {
        const auto systems = Identity::systems_with_news(shared);
        REQUIRE(systems.ok());
        return *systems;
    };
    // The same day as the second, which has the number of the third.
    CHECK(run("emis", {"day"}).empty());
    CHECK(run("vision", {"number"}).empty());
    CHECK(with_news().empty());
    CHECK(run("systmone", {"day", "number"}) == Keys{"emis", "vision"});
    CHECK(with_news() == Keys{"emis", "vision"});
    CHECK(run("emis", {"day"}) == Keys{"systmone", "vision"});
    CHECK(run("vision", {"number"}) == Keys{"emis", "systmone"});
    CHECK(with_news().empty());
    SECTION("one end goes") {
        CHECK(run("emis", {}).empty());
        CHECK(with_news() == Keys{"systmone", "vision"});
        CHECK(run("vision", {"number"}) == Keys{"systmone"});
    }
    SECTION("the one between goes") {
        CHECK(run("systmone", {}).empty());
        CHECK(with_news() == Keys{"emis", "vision"});
        CHECK(run("emis", {"day"}).empty());
        CHECK(run("vision", {"number"}).empty());
    }
    SECTION("a fourth comes") {
        CHECK(run("fourth", {"number"}) == Keys{"emis", "systmone", "vision"});
        CHECK(with_news() == Keys{"emis", "systmone", "vision"});
    }
    SECTION("nothing changes") {
        run("systmone", {"number", "day"});
        CHECK(with_news().empty());
    }
}

TEST_CASE("who is not surely the same is not linked") {
    Feeds feeds;
    const fs::path patients = feeds.input("systmone") / "SRPatient.csv";
    SECTION("another date of birth") {
        feeds.edit(patients, "12 Apr 1951", "12 Apr 1952");
    }
    SECTION("a number that the Spine does not confirm") {
        feeds.edit(patients, "\"TRUE\"", "\"FALSE\"");
    }
    SECTION("another number") {
        feeds.edit(patients, "9990000018", "9990000026");
    }
    SECTION("no number") {
        feeds.edit(patients, "9990000018", "");
    }
    feeds.run("emis");
    feeds.run("systmone");
    feeds.run("emis");
    CHECK_FALSE(feeds.names(emis_patient, "seealso"));
    CHECK_FALSE(feeds.names(systmone_patient, "seealso"));
    CHECK(feeds.episode(emis_request) != feeds.episode(systmone_request));
}

TEST_CASE("a referral of another day is another, of the same person") {
    Feeds feeds;
    feeds.edit(feeds.input("systmone") / "SRCode.csv", "\"03 Nov 2025 10:15:00\",\"251\"",
               "\"04 Nov 2025 10:15:00\",\"251\"");
    feeds.run("emis");
    feeds.run("systmone");
    CHECK(feeds.names(systmone_patient, emis_patient));
    CHECK(feeds.episode(emis_request) != feeds.episode(systmone_request));
}

TEST_CASE("what a correction parts is parted on both sides") {
    Feeds feeds;
    feeds.run("emis");
    feeds.run("systmone");
    feeds.run("emis");
    feeds.correct("9990000018", "9990000026");
    CHECK_FALSE(feeds.names(systmone_patient, "seealso"));
    CHECK(feeds.names(systmone_patient,
                      R"("use":"old","system":"https://linkway.uk/fhir/Id/former-nhs-number",)"
                      R"("value":"9990000018")"));
    CHECK(feeds.names(emis_patient, "seealso"));
    CHECK_FALSE(feeds.names(emis_patient, "former"));
    feeds.run("emis");
    CHECK_FALSE(feeds.names(emis_patient, "seealso"));
    CHECK(feeds.episode(emis_request) != feeds.episode(systmone_request));
}

TEST_CASE("a number that is no longer confirmed is not a former one") {
    Feeds feeds;
    feeds.run("systmone");
    feeds.correct("\"TRUE\"", "\"FALSE\"");
    CHECK(feeds.names(systmone_patient, "9990000018"));
    CHECK_FALSE(feeds.names(systmone_patient, "former"));
}

TEST_CASE("two systems may run at once over one folder") {
    Feeds feeds;
    std::string emis;
    std::string systmone;
    std::thread first([&] { emis = feeds.translate("emis", "emis"); });
    std::thread second([&] { systmone = feeds.translate("systmone", "systmone"); });
    first.join();
    second.join();
    CHECK(emis == "");
    CHECK(systmone == "");
    feeds.run("emis");
    feeds.run("systmone");
    CHECK((feeds.server.empty() || feeds.server.size() == 1 || feeds.server.size() == 3));
}
