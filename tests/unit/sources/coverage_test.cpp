// Batches whose manifest says which time each table covers, over a staging store: nothing is
// applied after a gap, whichever run the batch before it came in.
#include <fstream>
#include <map>
#include <sstream>

#include "catch.h"
#include "sources/translate.h"
#include "temporary_folder.h"

using namespace linkway;
using namespace linkway::sources;
namespace fs = std::filesystem;

namespace {

/// Harbour (tests/systems/harbour) writes a manifest, names without a time, and two feeds.
class Harbour {
  public:
    Harbour() {
        const fs::path mappings = folder_.path() / "mappings";
        fs::create_directories(mappings);
        for (const char* shared : {"codes", "referrals"}) {
            fs::copy(fs::path(LINKWAY_SOURCE_DIR) / "mappings" / shared, mappings / shared);
        }
        fs::copy(fs::path(LINKWAY_SOURCE_DIR) / "tests/systems/harbour/mapping",
                 mappings / "harbour");
        text::Issues issues;
        mapping_ = SystemMapping::load((mappings / "harbour").string(), issues);
        INFO((issues.empty() ? std::string() : text::to_string(issues.front())));
        REQUIRE(issues.empty());
        lay("1", "north", {{"patients", "", 2}, {"entries", "", 2}, {"statuses", "", 2}},
            {{"patients", "p1,A,Heron\np2,A,Finch\np3,B,Rook\n"},
             {"entries",
              "e1,A,p1,871731000000106,2026-01-01,\ne2,A,p2,871731000000106,2026-01-01,\n"
              "e3,B,p3,871731000000106,2026-01-01,\n"},
             {"statuses", "s1,A,e1,waiting\ns2,A,e1,seen\ns3,A,e2,waiting\n"}});
        lay("1", "south", {{"patients", "", 2}, {"entries", "", 2}},
            {{"patients", "p9,Z,Wren\n"}, {"entries", "e9,Z,p9,871731000000106,2026-01-01,\n"}});
        CHECK(run("1").clean());
        REQUIRE(requests_.size() == 4);
    }

    struct Line {
        std::string table;
        std::string from;  ///< empty for a bulk
        int to = 0;        ///< day of January
    };

    /// Writes a feed's batch into an input folder; tables without rows of their own are empty.
    void lay(const std::string& input, const std::string& feed, const std::vector<Line>& lines,
             std::map<std::string, std::string> rows) const {
        const std::map<std::string, std::string> headers = {
            {"patients", "id,practice,family\n"},
            {"entries", "id,practice,patient_id,concept,date,removed\n"},
            {"statuses", "id,practice,entry_id,text\n"},
            {"boats", "id\n"}};
        std::string manifest = "table,delta,from,to\n";
        for (const Line& line : lines) {
            manifest += line.table + (line.from.empty() ? ",N,," : ",Y," + day(line.from) + ",") +
                        day(std::to_string(line.to)) + "\n";
            folder_.write(path(input, feed, line.table), headers.at(line.table) + rows[line.table]);
        }
        folder_.write(path(input, feed, "manifest"), manifest);
    }

    Reconciliation run(const std::string& input) {
        TranslateOptions options;
        options.input = (folder_.path() / "in" / input).string();
        options.output = (folder_.path() / "out").string();
        options.state = (folder_.path() / "state").string();
        options.overwrite = true;
        auto result = translate(*mapping_, options);
        INFO((result ? std::string() : text::to_string(result.issue())));
        REQUIRE(result.ok());
        for (const FileAccount& file : result->files) {
            INFO(file.file);
            CHECK(file.accounted() == file.rows);
        }
        std::ifstream lines(fs::path(options.output) / "ServiceRequest.ndjson");
        for (std::string line; std::getline(lines, line);) {
            const std::size_t value = line.find("\"value\":\"") + 9;
            requests_[line.substr(value, 2)] = line;
        }
        return std::move(result).value();
    }

    /// What was put out last for a referral.
    bool says(const std::string& entry, const std::string& text) const {
        return requests_.at(entry).find(text) != std::string::npos;
    }
    std::size_t requests() const { return requests_.size(); }

  private:
    static std::string day(const std::string& number) {
        return "202601" + std::string(2 - number.size(), '0') + number + "_0000";
    }
    static std::string path(const std::string& input, const std::string& feed,
                            const std::string& table) {
        // A folder a batch, as such systems are fetched; "2+3" holds both.
        return "in/" + input + "/" + feed + "-" + table + ".csv";
    }

    tests::TemporaryFolder folder_;
    std::unique_ptr<SystemMapping> mapping_;
    std::map<std::string, std::string> requests_;
};

bool is_said(const Reconciliation& result, const std::string& part) {
    return std::any_of(result.issues.begin(), result.issues.end(), [&](const text::Issue& issue) {
        return issue.message.find(part) != std::string::npos;
    });
}

const std::string e4 = "e4,A,p1,871731000000106,2026-01-02,\n";
const std::string e5 = "e5,A,p2,871731000000106,2026-01-03,\n";

}  // namespace

TEST_CASE("a gap against an earlier run stops its feed and no other") {
    Harbour harbour;
    harbour.lay("3", "north", {{"entries", "3", 4}}, {{"entries", e5}});
    const Reconciliation alone = harbour.run("3");
    CHECK_FALSE(alone.clean());
    CHECK(alone.resources.empty());
    REQUIRE(alone.held_batches.size() == 1);
    CHECK(alone.held_batches[0].second ==
          "entries goes on at 20260103_0000, but it last ended at 20260102_0000");
    CHECK(alone.total().held.at("the batch is held") == 2);  // the entry, and the manifest's line
    CHECK(harbour.requests() == 4);

    harbour.lay("3", "south", {{"entries", "2", 4}},
                {{"entries", "e8,Z,p9,871731000000106,2026-01-03,\n"}});
    const Reconciliation both = harbour.run("3");
    CHECK_FALSE(both.clean());
    CHECK(both.held_batches.size() == 1);
    CHECK(both.resources.at("ServiceRequest") == 1);
    CHECK(harbour.says("e8", "active"));
    CHECK(harbour.requests() == 5);

    SECTION("until the batch between came") {
        harbour.lay("late/2", "north", {{"entries", "2", 3}}, {{"entries", e4}});
        harbour.lay("late/3", "north", {{"entries", "3", 4}}, {{"entries", e5}});
        CHECK(harbour.run("late").clean());
        CHECK(harbour.requests() == 7);
        CHECK(harbour.run("late").resources.empty());  // sent again, nothing changes
    }
    SECTION("until a bulk of the table came") {
        harbour.lay("5", "north", {{"entries", "", 5}, {"statuses", "2", 5}},
                    {{"entries",
                      "e1,A,p1,871731000000106,2026-01-01,\ne2,A,p2,871731000000106,2026-01-01,\n"
                      "e3,B,p3,871731000000106,2026-01-01,\n" +
                          e4 + e5}});
        CHECK(harbour.run("5").clean());
        CHECK(harbour.requests() == 7);
        harbour.lay("6", "north", {{"entries", "5", 6}}, {{"entries", ""}});
        CHECK(harbour.run("6").clean());
    }
    SECTION("or until a later batch of the same input has one") {
        harbour.lay("both/3", "north", {{"entries", "3", 4}}, {{"entries", e5}});
        harbour.lay("both/5", "north", {{"entries", "", 5}},
                    {{"entries",
                      "e1,A,p1,871731000000106,2026-01-01,\ne2,A,p2,871731000000106,2026-01-01,\n"
                      "e3,B,p3,871731000000106,2026-01-01,\n" +
                          e4}});
        CHECK(harbour.run("both").clean());
        CHECK(harbour.requests() == 7);
        CHECK(harbour.says("e5", "no-longer-fed"));  // in the delta, not in the bulk after it
        CHECK_FALSE(harbour.says("e4", "no-longer-fed"));
    }
}

TEST_CASE("time covered twice and tables that nothing reads stop nothing") {
    Harbour harbour;
    harbour.lay("2", "north", {{"entries", "1", 3}, {"boats", "1", 2}}, {{"entries", e4}});
    CHECK(harbour.run("2").clean());
    harbour.lay("3", "north", {{"entries", "2", 4}, {"boats", "3", 4}}, {{"entries", e5}});
    CHECK(harbour.run("3").clean());
    CHECK(harbour.requests() == 6);
}

TEST_CASE("the same bytes of another day are another batch") {
    Harbour harbour;
    harbour.lay("2", "north", {{"statuses", "2", 3}}, {{"statuses", "s1,A,e1,once\n"}});
    harbour.lay("3", "north", {{"statuses", "3", 4}}, {{"statuses", "s1,A,e1,twice\n"}});
    harbour.lay("4", "north", {{"statuses", "4", 5}}, {{"statuses", "s1,A,e1,once\n"}});
    CHECK(harbour.run("2").clean());
    CHECK(harbour.run("3").issues.empty());
    CHECK(harbour.says("e1", "twice"));
    CHECK(harbour.run("4").issues.empty());
    CHECK(harbour.says("e1", "once"));
}

TEST_CASE("a bulk of one table replaces its rows beside the deltas of others") {
    Harbour harbour;
    CHECK(harbour.says("e1", "seen"));
    SECTION("what hangs on a referral goes") {
        harbour.lay("2", "north", {{"entries", "2", 3}, {"statuses", "", 3}},
                    {{"entries", e4},
                     {"statuses",
                      "s1,A,e1,waiting\ns3,A,e2,waiting\ns4,A,e2,seen\n"
                      "s5,A,e2,helped\ns6,A,e4,new\n"}});
        const Reconciliation result = harbour.run("2");
        CHECK(result.clean());
        CHECK(harbour.says("e1", "waiting"));
        CHECK_FALSE(harbour.says("e1", "seen"));
        CHECK(harbour.says("e2", "helped"));
        CHECK(harbour.says("e4", "new"));
        CHECK_FALSE(harbour.says("e3", "no-longer-fed"));  // the delta has not got it either
    }
    SECTION("a referral is marked, and a practice that it is silent about stays") {
        harbour.lay("2", "north", {{"entries", "", 3}, {"statuses", "2", 3}},
                    {{"entries", "e2,A,p2,871731000000106,2026-01-01,\n" + e4 + e5 +
                                     "e6,A,p1,871731000000106,2026-01-03,\n"
                                     "e7,A,p1,871731000000106,2026-01-04,\n"
                                     "f1,A,p1,871731000000106,2026-01-05,\n"
                                     "f2,A,p1,871731000000106,2026-01-05,\n"
                                     "f3,A,p1,871731000000106,2026-01-05,\n"}});
        const Reconciliation result = harbour.run("2");
        CHECK(harbour.says("e1", "no-longer-fed"));
        CHECK_FALSE(harbour.says("e2", "no-longer-fed"));
        CHECK_FALSE(harbour.says("e3", "no-longer-fed"));
        CHECK(is_said(result, "lacks 1 of 1 known rows of entries of organisation B"));
    }
    SECTION("one that lacks most of what is known is not believed") {
        harbour.lay("2", "north", {{"entries", "", 3}}, {{"entries", e4}});
        const Reconciliation result = harbour.run("2");
        CHECK(is_said(result, "lacks 3 of 4 known rows of entries; they stay as they are"));
        CHECK_FALSE(harbour.says("e1", "no-longer-fed"));
    }
}
