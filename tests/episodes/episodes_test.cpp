// Runs every case under tests/episodes/<case>: a history of a referral and the state it leads to.
//
//   events.yaml    fact: one sentence; policy: the practice's, if not the default; now: what is
//                  resolved by reference besides what was written (PractitionerRoles and the like);
//                  events: a list of events as the store keeps them (referrals/event.h), and of
//                  writes: {write: RESOURCE, by: ROLE, of: ORGANISATION, at: INSTANT, origin:
//                  record}. A write that check_write refuses is not taken, as the API would not
//                  take it.
//   expected.yaml  written by LINKWAY_UPDATE=1; read it before you commit it
//
// Every history is replayed backwards, doubled and shuffled too.
#include <algorithm>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <sstream>

#include "catch.h"
#include "referrals/check.h"
#include "referrals/derive.h"
#include "referrals/events_of.h"
#include "unit/referrals/shipped.h"
#include "unit/referrals/summary.h"

namespace fs = std::filesystem;
using namespace linkway;
using namespace linkway::referrals;
using text::Node;

namespace {

std::string read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream content;
    content << in.rdbuf();
    return std::move(content).str();
}

/// What a service would hold while a history is told.
class History {
  public:
    explicit History(const text::Document& document) : document_(document) {
        const Node& root = document.root();
        text::Issues issues;
        if (const Node* policy = root.find("policy")) {
            policy_ = parse_policy(document, *policy, issues);
        }
        REQUIRE(issues.empty());
        if (const Node* now = root.find("now")) {
            for (const Node& resource : now->items) {
                known_[key(resource)] = &resource;
            }
        }
        for (const Node& each : root.find("events")->items) {
            each.find("write") == nullptr ? keep(each) : write(each);
        }
    }

    std::string expected() {
        const Replayed replayed = replay(events_, shipped(), shipped_measures(), policy_);
        std::string out = checks_.empty() ? "" : "writes:\n" + checks_;
        out += summary(replayed);
        std::string resources;
        for (const auto& [reference, resource] : known_) {
            std::string applied = apply(*resource, replayed);
            if (!applied.empty()) {
                resources += "  - '" + quoted(applied) + "'\n";
            }
        }
        out += resources.empty() ? "" : "resources:\n" + resources;
        check_any_order(summary(replayed));
        return out;
    }

  private:
    static std::string key(const Node& resource) {
        return std::string(resource.string_or("resourceType", "")) + "/" +
               std::string(resource.string_or("id", ""));
    }

    static std::string quoted(const std::string& text) {
        std::string out;
        for (const char c : text) {
            out += c == '\'' ? "''" : std::string(1, c);
        }
        return out;
    }

    void keep(const Node& node) {
        auto event = event_from(document_, node);
        INFO((event.ok() ? "" : text::to_string(event.issue())));
        REQUIRE(event.ok());
        std::string once;
        append_json(once, *event);
        const auto again = text::parse_json(once, "event");
        REQUIRE(again.ok());
        const auto same = event_from(*again, again->root());
        REQUIRE(same.ok());
        CHECK(*same == *event);
        events_.push_back(std::move(event).value());
    }

    void write(const Node& node) {
        const Node& resource = *node.find("write");
        const bool record = node.string_or("origin", "fhir") == "record";
        Intake intake{shipped(), shipped_measures(), shipped_codes(), "e1", {}, Origin::fhir, {},
                      {}};
        intake.writer.role = node.string_or("by", "practice");
        intake.writer.organisation = node.string_or("of", "");
        intake.origin = record ? Origin::record : Origin::fhir;
        intake.received_at = node.string_or("at", "");
        intake.resolve = [&](std::string_view reference) -> const Node* {
            const auto found = known_.find(std::string(reference));
            return found == known_.end() ? nullptr : found->second;
        };
        const auto before = known_.find(key(resource));
        const Node* previous = before == known_.end() ? nullptr : before->second;
        text::Issues issues;
        if (!record) {
            issues = check_write(previous, resource, intake.writer, shipped(), policy_);
        }
        std::vector<Event> events;
        if (!text::has_errors(issues)) {
            events = events_of(resource, previous, intake, issues);
        }
        const bool taken = !text::has_errors(issues);
        for (const text::Issue& issue : issues) {
            checks_ += "  - '" +
                       quoted(key(resource) + " at " + intake.received_at + ": " +
                              (taken ? "taken, " : "refused, ") + text::to_string(issue)) +
                       "'\n";
        }
        if (taken) {
            known_[key(resource)] = &resource;
            events_.insert(events_.end(), events.begin(), events.end());
        }
    }

    std::string apply(const Node& resource, const Replayed& replayed) const {
        const std::string_view type = resource.string_or("resourceType", "");
        const auto once = [&](const Node& node) {
            return type == "Task" ? apply_task(node, replayed, shipped(), shipped_codes())
                                  : apply_request(node, replayed);
        };
        if (type != "Task" && type != "ServiceRequest") {
            return {};
        }
        std::string applied = once(resource);
        const auto again = text::parse_json(applied, "applied");
        REQUIRE(again.ok());
        CHECK(once(again->root()) == applied);
        return applied;
    }

    void check_any_order(const std::string& expected_summary) {
        std::vector<Event> events = events_;
        std::reverse(events.begin(), events.end());
        std::mt19937 random(1);
        for (int i = 0; i < 5; ++i) {
            CHECK(summary(replay(events, shipped(), shipped_measures(), policy_)) ==
                  expected_summary);
            events.insert(events.end(), events_.begin(), events_.end());
            std::shuffle(events.begin(), events.end(), random);
        }
    }

    const text::Document& document_;
    Policy policy_;
    std::map<std::string, const Node*> known_;  // the last version of each
    std::vector<Event> events_;
    std::string checks_;
};

}  // namespace

TEST_CASE("every history leads to one state") {
    std::vector<fs::path> cases;
    for (const auto& entry : fs::directory_iterator(LINKWAY_EPISODES)) {
        if (fs::is_regular_file(entry.path() / "events.yaml")) {
            cases.push_back(entry.path());
        }
    }
    std::sort(cases.begin(), cases.end());
    REQUIRE(cases.size() >= LINKWAY_EPISODES_AT_LEAST);
    // Read before any thread starts.
    const bool update = std::getenv("LINKWAY_UPDATE") != nullptr;
    for (const fs::path& folder : cases) {
        DYNAMIC_SECTION(folder.filename().string()) {
            const auto document =
                text::parse_yaml(read_file(folder / "events.yaml"), "events.yaml");
            INFO((document.ok() ? "" : text::to_string(document.issue())));
            REQUIRE(document.ok());
            REQUIRE(!document->root().string_or("fact", "").empty());
            const std::string result = History(*document).expected();
            if (update) {
                std::ofstream(folder / "expected.yaml", std::ios::binary) << result;
            }
            CHECK(result == read_file(folder / "expected.yaml"));
            CHECK(text::parse_yaml(result, "expected.yaml").ok());
        }
    }
}
