// What must hold of any history whatever. Histories are made from a seed, which a failure prints.
#include "referrals/replay.h"

#include <algorithm>
#include <random>
#include <set>

#include "catch.h"
#include "referrals/episode.h"
#include "shipped.h"
#include "summary.h"

using namespace linkway;
using namespace linkway::referrals;

namespace {

/// Makes up histories: sensible and senseless events alike.
class Maker {
  public:
    explicit Maker(unsigned seed) : random_(seed) {}

    std::size_t below(std::size_t end) { return random_() % end; }

    template <class List>
    auto one_of(const List& list) {
        return *(list.begin() + static_cast<std::ptrdiff_t>(below(list.size())));
    }

    std::string when() {
        std::string day = "2026-0" + std::to_string(1 + below(3));
        day += "-0" + std::to_string(1 + below(4));
        switch (below(8)) {
            case 0:
                return below(4) == 0 ? "" : day.substr(0, 7);
            case 1:
            case 2:
            case 3:
                return day;
            default:
                day += "T0" + std::to_string(below(10)) + ":00:00";
                return day + (below(2) == 0 ? "Z" : "+01:00");
        }
    }

    Event event(std::size_t number) {
        static const std::vector<EventKind> kinds = {
            EventKind::offered, EventKind::referred,  EventKind::referred, EventKind::declined,
            EventKind::seen,    EventKind::closed,    EventKind::task,     EventKind::task,
            EventKind::task,    EventKind::task,      EventKind::task,     EventKind::request,
            EventKind::abort,   EventKind::contact,   EventKind::contact,  EventKind::score,
            EventKind::action,  EventKind::delivered, EventKind::filed,    EventKind::retracted};
        Event event;
        event.kind = one_of(kinds);
        event.id = "e" + std::to_string(number);
        event.episode = "e1";
        event.happened_at = when();
        event.received_at = "2026-04-01T0" + std::to_string(below(10)) + ":00:00Z";
        event.resource = "X/" + std::to_string(below(number + 1));
        event.version = std::to_string(1 + below(12));
        event.actor.role = one_of(shipped().roles()).code;
        const bool entry = entry_of(event.kind).has_value();
        event.origin = entry ? Origin::record : Origin::fhir;
        const std::string which = std::to_string(1 + below(2));
        if (event.kind == EventKind::referred || event.kind == EventKind::task ||
            event.kind == EventKind::abort) {
            event.task = "Task/" + which;
        }
        if (!entry || event.kind == EventKind::referred) {
            event.request = "ServiceRequest/" + which;
        }
        if (event.kind == EventKind::task || event.kind == EventKind::abort ||
            event.kind == EventKind::action) {
            event.status = below(4) == 0 ? "" : one_of(shipped().statuses()).code;
        }
        if (event.kind == EventKind::request) {
            event.status =
                one_of(std::vector<std::string>{"active", "on-hold", "revoked", "completed"});
        }
        if (event.kind == EventKind::contact || below(6) == 0) {
            event.business_status = one_of(shipped().progress_codes());
        }
        event.reason = below(2) == 0 ? "because" : "";
        event.output = below(2) == 0;
        if (event.kind == EventKind::score) {
            event.scores = {{"ons4-anxiety", std::to_string(below(11)), ""}};
        }
        return event;
    }

    std::vector<Event> history() {
        std::vector<Event> events;
        const std::size_t count = 1 + below(14);
        for (std::size_t i = 0; i < count; ++i) {
            events.push_back(event(i));
            if (below(5) == 0) {  // another version of it
                Event again = event(i);
                again.id = events.back().id;
                events.push_back(std::move(again));
            }
        }
        return events;
    }

    Policy policy() {
        // Braces go from left to right.
        return {static_cast<Confirm>(below(2)), static_cast<Strictness>(below(2)),
                static_cast<Abort>(below(2))};
    }

    std::vector<Event> shuffled(std::vector<Event> events) {
        std::shuffle(events.begin(), events.end(), random_);
        return events;
    }

  private:
    std::mt19937 random_;
};

Replayed replayed(const std::vector<Event>& events, const Policy& policy) {
    return replay(events, shipped(), shipped_measures(), policy);
}

/// Whether anything among them says that the work was completed.
bool says_completed(const std::vector<Event>& events) {
    return std::any_of(events.begin(), events.end(), [](const Event& event) {
        return event.kind == EventKind::closed ||
               (event.kind == EventKind::task && event.status == "completed");
    });
}

}  // namespace

TEST_CASE("any order, repetition or batching of the same events gives the same state") {
    for (unsigned seed = 1; seed <= 4000; ++seed) {
        INFO("seed " << seed);
        Maker maker(seed);
        const std::vector<Event> events = maker.history();
        const Policy policy = maker.policy();
        const std::string expected = summary(replayed(events, policy));
        for (int i = 0; i < 3; ++i) {
            REQUIRE(summary(replayed(maker.shuffled(events), policy)) == expected);
        }
        // Portions that overlap, each sent again.
        std::vector<Event> portions = events;
        for (std::size_t i = 0; i < events.size(); ++i) {
            const std::size_t from = maker.below(events.size());
            portions.insert(portions.end(), events.begin() + static_cast<std::ptrdiff_t>(from),
                            events.end());
        }
        REQUIRE(summary(replayed(maker.shuffled(portions), policy)) == expected);
    }
}

TEST_CASE("nothing is completed that nobody said was completed") {
    for (unsigned seed = 1; seed <= 4000; ++seed) {
        INFO("seed " << seed);
        Maker maker(seed);
        std::vector<Event> events = maker.history();
        const bool said = says_completed(events);
        const Replayed result = replayed(events, maker.policy());
        for (const TaskState& task : result.tasks) {
            REQUIRE(shipped().find(task.status) != no_status);
            REQUIRE((task.status != "completed" || said));
            REQUIRE((task.ended.empty() || shipped().status(shipped().find(task.status)).terminal));
        }
        // Of every event something is said, once.
        std::set<std::string> ids;
        for (const Step& step : result.timeline) {
            REQUIRE(ids.insert(step.event.id).second);
            REQUIRE((step.outcome != Outcome::flagged || !step.flags.empty()));
        }
    }
}

TEST_CASE("a terminal state stays for a strict practice, but for what was entered in error") {
    for (unsigned seed = 1; seed <= 2000; ++seed) {
        INFO("seed " << seed);
        Maker maker(seed);
        std::vector<Event> events = maker.history();
        events.erase(std::remove_if(events.begin(), events.end(),
                                    [](const Event& event) {
                                        return event.kind == EventKind::retracted ||
                                               event.status == "entered-in-error";
                                    }),
                     events.end());
        const Replayed before = replayed(events, {});
        // Later than all of them, from anybody.
        std::vector<Event> more = events;
        for (std::size_t i = 0; i < 6; ++i) {
            Event event = maker.event(100 + i);
            event.happened_at = "2026-05-1" + std::to_string(i) + "T12:00:00Z";
            event.received_at = "2026-06-01T00:00:00Z";
            if (event.kind != EventKind::retracted && event.status != "entered-in-error") {
                more.push_back(event);
            }
        }
        const Replayed after = replayed(more, {});
        for (const TaskState& task : before.tasks) {
            if (shipped().status(shipped().find(task.status)).terminal) {
                REQUIRE(after.task(task.reference) != nullptr);
                REQUIRE(after.task(task.reference)->status == task.status);
            }
        }
    }
}

TEST_CASE("a retraction leaves the state that there would be without what it takes away") {
    for (unsigned seed = 1; seed <= 1000; ++seed) {
        INFO("seed " << seed);
        Maker maker(seed);
        std::vector<Event> events = maker.history();
        for (std::size_t i = 0; i < events.size(); ++i) {
            events[i].id = "e" + std::to_string(i);  // one version of each
            events[i].resource = "X/" + std::to_string(i);
        }
        const Policy policy = maker.policy();
        const std::size_t gone = maker.below(events.size());
        std::vector<Event> without = events;
        without.erase(without.begin() + static_cast<std::ptrdiff_t>(gone));
        Event retraction;
        retraction.id = "retraction";
        retraction.kind = EventKind::retracted;
        retraction.resource = events[gone].resource;
        retraction.received_at = "2026-04-02T00:00:00Z";
        events.push_back(retraction);
        const Replayed a = replayed(events, policy);
        const Replayed b = replayed(without, policy);
        REQUIRE(a.tasks.size() == b.tasks.size());
        for (std::size_t i = 0; i < a.tasks.size(); ++i) {
            REQUIRE(a.tasks[i].status == b.tasks[i].status);
            REQUIRE(a.tasks[i].business_status == b.tasks[i].business_status);
            REQUIRE(a.tasks[i].started == b.tasks[i].started);
        }
        REQUIRE(a.scores.size() == b.scores.size());
    }
}

TEST_CASE("events of one episode stand in the state as those of the extract's replay") {
    // The same coded entries through both: translate and the service must agree.
    for (unsigned seed = 1; seed <= 2000; ++seed) {
        INFO("seed " << seed);
        Maker maker(seed);
        std::vector<Event> events;
        const std::size_t count = 1 + maker.below(7);
        for (std::size_t i = 0; i < count; ++i) {
            Event event;
            event.kind = static_cast<EventKind>(maker.below(6));
            event.id = "k" + std::to_string(i);
            event.origin = Origin::record;
            event.happened_at = maker.when();
            if (event.kind == EventKind::referred) {
                event.task = "Task/" + event.id;
                event.request = "ServiceRequest/" + event.id;
            }
            events.push_back(event);
        }
        std::vector<Entry> entries;
        for (const Event& event : events) {
            entries.push_back({*entry_of(event.kind), event.happened_at, event.id, false});
        }
        const Episodes episodes = replay_entries(entries, shipped());
        for (std::size_t i = 0; i < events.size(); ++i) {
            if (!episodes.referrals[i]) {
                continue;
            }
            // Those of its episode: what belongs to one of its referrals.
            std::vector<Event> own;
            const auto episode_of = [&](std::size_t at) { return episodes.referrals[at]->episode; };
            for (std::size_t k = 0; k < events.size(); ++k) {
                const bool same = episodes.referrals[k]
                                      ? episode_of(k) == episode_of(i)
                                      : episodes.belongs_to[k] &&
                                            episode_of(*episodes.belongs_to[k]) == episode_of(i);
                if (same) {
                    own.push_back(events[k]);
                }
            }
            const Replayed result = replayed(own, {});
            REQUIRE(result.task(events[i].task) != nullptr);
            REQUIRE(result.task(events[i].task)->status == episodes.referrals[i]->task_status);
            REQUIRE(result.request(events[i].request)->status ==
                    episodes.referrals[i]->request_status);
        }
    }
}
