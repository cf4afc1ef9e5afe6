#include "event_set.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "moment.h"

namespace linkway::referrals {

namespace {

/// Instants compare as moments; what is none comes before all.
std::int64_t clock(const std::string& instant) {
    const auto moment = moment_of(instant);
    if (!moment) {
        return INT64_MIN;
    }
    return moment->clock ? *moment->clock : moment->day * 86'400'000'000;
}

/// Versions count up: of numbers the longer is the later.
std::tuple<std::size_t, const std::string&> age(const std::string& version) {
    return {version.size(), version};
}

std::string text_of(const Event& event) {
    std::string text;
    append_json(text, event);
    return text;
}

/// Whether `a` supersedes `b`, which has the same id.
bool is_later(const Event& a, const Event& b) {
    const auto key = [](const Event& each) {
        return std::tuple(age(each.version), clock(each.received_at), each.received_at);
    };
    if (key(a) != key(b)) {
        return key(a) > key(b);
    }
    return text_of(a) > text_of(b);
}

struct Known {
    const Event* event = nullptr;  // the latest of its id
    std::string first_received;
};

bool is_about_others(EventKind kind) {
    return kind == EventKind::delivered || kind == EventKind::filed || kind == EventKind::retracted;
}

void earliest(std::string& time, const std::string& other) {
    const auto key = [](const std::string& each) { return std::tuple(clock(each), each); };
    if (time.empty() || (!other.empty() && key(other) < key(time))) {
        time = other;
    }
}

std::map<std::string, Known> latest(std::span<const Event> events) {
    std::map<std::string, Known> known;
    for (const Event& event : events) {
        Known& each = known[event.id];
        if (each.event == nullptr || is_later(event, *each.event)) {
            each.event = &event;
        }
        earliest(each.first_received, event.received_at);
    }
    return known;
}

/// Applies what `about`, which is of the same resource, says of the step.
void apply(const Event& about, Step& step) {
    if (about.kind == EventKind::retracted) {
        if (clock(step.event.received_at) <= clock(about.received_at)) {
            step.outcome = Outcome::retracted;
        }
    } else if (about.version.empty() || about.version == step.event.version) {
        earliest(about.kind == EventKind::filed ? step.times.filed : step.times.delivered,
                 about.happened_at);
    }
}

/// What is written is placed when it came, when it does not say when it was done; an entry of the
/// record is not: it may be years old.
std::optional<Moment> placed(const Event& event) {
    const auto happened = moment_of(event.happened_at);
    return happened || event.origin == Origin::record ? happened : moment_of(event.received_at);
}

std::uint32_t rank(const Event& event, const Rules& rules) {
    if (const auto entry = entry_of(event.kind)) {
        const Effect& effect = rules.effect(*entry);
        return rules.order(effect.opens != no_status ? effect.opens : effect.task, "");
    }
    if (event.kind == EventKind::task) {
        return rules.order(rules.find(event.status), event.business_status);
    }
    if (event.kind == EventKind::contact) {
        return rules.order(no_status, event.business_status);
    }
    const Effect* effect = event.kind == EventKind::abort     ? rules.abort(event.status)
                           : event.kind == EventKind::request ? rules.requester(event.status)
                                                              : nullptr;
    return effect == nullptr ? 0 : rules.order(effect->task, effect->business_status);
}

}  // namespace

std::vector<Step> in_order_of_events(std::span<const Event> events, const Rules& rules) {
    const auto known = latest(events);
    std::vector<Step> steps;
    std::multimap<std::string_view, const Event*> about_others;  // by resource
    for (const auto& [id, each] : known) {
        if (is_about_others(each.event->kind)) {
            about_others.emplace(each.event->resource, each.event);
            continue;
        }
        Step& step = steps.emplace_back();
        step.event = *each.event;
        step.times.done = each.event->happened_at;
        step.times.received = each.first_received;
    }
    std::vector<Placed> places;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const auto [from, to] = about_others.equal_range(steps[i].event.resource);
        for (auto about = from; about != to && !about->first.empty(); ++about) {
            apply(*about->second, steps[i]);
        }
        const Event& event = steps[i].event;
        places.push_back({placed(event), rank(event, rules), event.id, i});
    }
    std::vector<Step> ordered;
    ordered.reserve(steps.size());
    for (const std::size_t at : in_order(std::move(places))) {
        ordered.push_back(std::move(steps[at]));
    }
    return ordered;
}

}  // namespace linkway::referrals
