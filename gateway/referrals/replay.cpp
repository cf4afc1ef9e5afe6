#include "referrals/replay.h"

#include <algorithm>
#include <array>
#include <map>

#include "event_set.h"
#include "replayer.h"

namespace linkway::referrals {

namespace {

std::vector<Series> series(const std::vector<Step>& timeline, const Measures& measures) {
    std::map<std::string, Series> by_name;
    for (std::size_t i = 0; i < timeline.size(); ++i) {
        if (timeline[i].outcome == Outcome::retracted) {
            continue;
        }
        for (const Score& score : timeline[i].event.scores) {
            Series& each = by_name[score.measure];
            each.points.push_back({i, score});
        }
    }
    std::vector<Series> result;
    for (auto& [name, each] : by_name) {
        const Measure* measure = measures.named(name);
        each.measure = name;
        each.known = measure != nullptr;
        each.lower_is_better = measure != nullptr && measure->lower_is_better;
        result.push_back(std::move(each));
    }
    return result;
}

/// The last word on each action, where that still asks for it.
std::vector<std::size_t> requested_actions(const std::vector<Step>& timeline) {
    constexpr std::array<std::string_view, 6> open = {"requested", "received",    "accepted",
                                                      "ready",     "in-progress", "on-hold"};
    std::map<std::string_view, std::size_t> last;
    for (std::size_t i = 0; i < timeline.size(); ++i) {
        if (timeline[i].event.kind == EventKind::action &&
            timeline[i].outcome != Outcome::retracted) {
            last[timeline[i].event.resource] = i;
        }
    }
    std::vector<std::size_t> result;
    for (const auto& [resource, at] : last) {
        if (std::find(open.begin(), open.end(), timeline[at].event.status) != open.end()) {
            result.push_back(at);
        }
    }
    std::sort(result.begin(), result.end());
    return result;
}

template <class State>
const State* find_by_reference(const std::vector<State>& states, std::string_view reference) {
    const auto found = std::find_if(states.begin(), states.end(),
                                    [&](const State& each) { return each.reference == reference; });
    return found == states.end() ? nullptr : &*found;
}

constexpr std::array<std::string_view, 5> outcome_codes = {"moved", "noted", "flagged",
                                                           "unattached", "retracted"};

}  // namespace

std::string_view to_code(Outcome outcome) {
    return outcome_codes[static_cast<std::size_t>(outcome)];
}

const TaskState* Replayed::task(std::string_view reference) const {
    return find_by_reference(tasks, reference);
}

const RequestState* Replayed::request(std::string_view reference) const {
    return find_by_reference(requests, reference);
}

Replayed replay(std::span<const Event> events, const Rules& rules, const Measures& measures,
                const Policy& policy) {
    Replayed result;
    result.timeline = in_order_of_events(events, rules);
    Replayer replayer(rules, policy);
    for (std::size_t i = 0; i < result.timeline.size(); ++i) {
        replayer.take(result.timeline[i], i);
    }
    replayer.finish(result);
    for (const Step& step : result.timeline) {
        result.episode = std::max(result.episode, step.event.episode);
    }
    result.scores = series(result.timeline, measures);
    result.actions = requested_actions(result.timeline);
    return result;
}

}  // namespace linkway::referrals
