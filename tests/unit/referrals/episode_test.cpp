#include "referrals/episode.h"

#include <algorithm>
#include <map>
#include <random>
#include <string>

#include "catch.h"
#include "shipped.h"

using namespace linkway::referrals;

namespace {

Entry event(EntryKind kind, std::string_view date, std::string_view key, bool link_worker = false) {
    return {kind, date, key, link_worker};
}

/// What a replay says of each entry, by key: independent of the order in which the entries came.
std::map<std::string, std::string> summary(const std::vector<Entry>& events) {
    const Episodes replayed = replay_entries(events, shipped());
    std::map<std::string, std::string> result;
    for (std::size_t i = 0; i < events.size(); ++i) {
        std::string& text = result[std::string(events[i].key)];
        if (const auto& progress = replayed.referrals[i]) {
            text = std::string(progress->task_status) + " " +
                   std::string(progress->request_status) + " in " +
                   std::string(events[progress->episode].key);
            for (const std::size_t each : progress->events) {
                text += " " + std::string(events[each].key);
            }
        } else {
            text = replayed.belongs_to[i] ? "of " + std::string(events[*replayed.belongs_to[i]].key)
                                          : "alone";
        }
    }
    return result;
}

}  // namespace

TEST_CASE("event kinds have the codes of the code system") {
    for (const char* code : {"offered", "referred", "declined", "signposted", "seen", "closed"}) {
        REQUIRE(entry_kind(code));
        CHECK(to_code(*entry_kind(code)) == code);
    }
    CHECK_FALSE(entry_kind("reffered"));
    CHECK_FALSE(entry_kind(""));
}

TEST_CASE("a referral moves only as far as the record says") {
    const Entry referral = event(EntryKind::referred, "2026-03-01", "r");
    struct Row {
        const char* what;
        std::vector<Entry> later;
        const char* task;
        const char* request;
    };
    const std::vector<Row> rows = {
        {"silence completes nothing", {}, "requested", "active"},
        {"an offer moves nothing",
         {event(EntryKind::offered, "2026-03-05", "a")},
         "requested",
         "active"},
        {"a signpost is no referral",
         {event(EntryKind::signposted, "2026-03-05", "a")},
         "requested",
         "active"},
        {"seen", {event(EntryKind::seen, "2026-03-05", "a")}, "in-progress", "active"},
        {"declined before any contact",
         {event(EntryKind::declined, "2026-03-05", "a")},
         "rejected",
         "revoked"},
        {"declined after contact",
         {event(EntryKind::seen, "2026-03-05", "a"), event(EntryKind::declined, "2026-04-05", "b")},
         "cancelled",
         "revoked"},
        {"closed",
         {event(EntryKind::seen, "2026-03-05", "a"), event(EntryKind::closed, "2026-06-05", "b")},
         "completed",
         "completed"},
        {"closed without a contact recorded",
         {event(EntryKind::closed, "2026-06-05", "b")},
         "completed",
         "completed"},
        {"nothing after the end counts",
         {event(EntryKind::closed, "2026-06-05", "a"), event(EntryKind::seen, "2026-07-05", "b")},
         "completed",
         "completed"},
        {"seen before the referral",
         {event(EntryKind::seen, "2026-02-01", "a")},
         "requested",
         "active"},
        {"seen at an unknown time", {event(EntryKind::seen, "", "a")}, "requested", "active"},
        {"seen in a year that may lie before",
         {event(EntryKind::seen, "2026", "a")},
         "requested",
         "active"},
        {"all on one day",
         {event(EntryKind::closed, "2026-03-01", "a"), event(EntryKind::seen, "2026-03-01", "b")},
         "completed",
         "completed"},
    };
    for (const Row& row : rows) {
        INFO(row.what);
        std::vector<Entry> events = row.later;
        events.push_back(referral);
        const Episodes replayed = replay_entries(events, shipped());
        REQUIRE(replayed.referrals.back());
        CHECK(replayed.referrals.back()->task_status == row.task);
        CHECK(replayed.referrals.back()->request_status == row.request);
    }
}

TEST_CASE(
    "repeats of the referral code within an open episode share it; one after its end opens "
    "another") {
    const auto result = summary({event(EntryKind::referred, "2026-01-01", "r1"),
                                 event(EntryKind::referred, "2026-02-01", "r2"),
                                 event(EntryKind::closed, "2026-03-01", "c"),
                                 event(EntryKind::referred, "2026-05-01", "r3")});
    CHECK(result.at("r1") == "completed completed in r1 c");
    CHECK(result.at("r2") == "completed completed in r1 c");
    CHECK(result.at("r3") == "requested active in r3");
    CHECK(result.at("c") == "of r2");
}

TEST_CASE("a referral without a date stands alone") {
    const auto result =
        summary({event(EntryKind::referred, "", "r"), event(EntryKind::seen, "2026-03-01", "s")});
    CHECK(result.at("r") == "requested active in r");
    CHECK(result.at("s") == "alone");
}

TEST_CASE("the link worker is the last one who recorded an event") {
    const std::vector<Entry> events = {event(EntryKind::referred, "2026-01-01", "r"),
                                       event(EntryKind::seen, "2026-01-05", "a", true),
                                       event(EntryKind::seen, "2026-01-09", "b", false)};
    const Episodes replayed = replay_entries(events, shipped());
    CHECK(replayed.referrals[0]->link_worker == std::optional<std::size_t>(1));
    CHECK(replayed.referrals[0]->decision == std::optional<std::size_t>(2));
}

TEST_CASE("any order of arrival gives one state") {
    std::mt19937 random(20260301);
    for (int round = 0; round < 500; ++round) {
        std::vector<std::string> dates;
        std::vector<std::string> keys;
        const std::size_t count = 1 + random() % 8;
        for (std::size_t i = 0; i < count; ++i) {
            dates.push_back(random() % 10 == 0 ? ""
                                               : "2026-0" + std::to_string(1 + random() % 4) +
                                                     "-0" + std::to_string(1 + random() % 3));
            keys.push_back("k" + std::to_string(i));
        }
        std::vector<Entry> events;
        for (std::size_t i = 0; i < count; ++i) {
            events.push_back(
                event(static_cast<EntryKind>(random() % 6), dates[i], keys[i], random() % 2 == 0));
        }
        const auto expected = summary(events);
        for (int shuffle = 0; shuffle < 4; ++shuffle) {
            std::shuffle(events.begin(), events.end(), random);
            CHECK(summary(events) == expected);
        }
    }
}
