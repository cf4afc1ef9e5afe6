// The first byte says what the rest is taken for: transition rules, measures, or {"previous",
// "next", "events", "policy"} that go through check, events, replay and back into the resource.
// Issues are fine; a refusal without a word, output that is no JSON, and a second application that
// changes anything are not.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "referrals/check.h"
#include "referrals/derive.h"
#include "referrals/events_of.h"

using namespace linkway;
using namespace linkway::referrals;

namespace {

/// What ships with the program.
struct Shipped {
    Shipped() {
        text::Issues issues = codes.load(LINKWAY_MAPPINGS "/codes");
        rules = load_rules(LINKWAY_MAPPINGS "/referrals", codes, issues);
        measures = load_measures(LINKWAY_MAPPINGS "/referrals", issues);
        if (!issues.empty()) {
            __builtin_trap();
        }
    }
    terminology::Terminology codes;
    std::unique_ptr<const Rules> rules;
    std::unique_ptr<const Measures> measures;
};

const Shipped& shipped() {
    static const Shipped all;
    return all;
}

std::string applied(const text::Node& resource, const Replayed& replayed) {
    return resource.string_or("resourceType", "") == "Task"
               ? apply_task(resource, replayed, *shipped().rules, shipped().codes)
               : apply_request(resource, replayed);
}

void run(const text::Document& document) {
    const text::Node& root = document.root();
    text::Issues issues;
    Policy policy;
    if (const text::Node* node = root.find("policy")) {
        policy = parse_policy(document, *node, issues);
    }
    std::vector<Event> events;
    if (const text::Node* list = root.find("events")) {
        for (const text::Node& each : list->items) {
            if (auto event = event_from(document, each)) {
                events.push_back(std::move(event).value());
            }
        }
    }
    const text::Node* previous = root.find("previous");
    const text::Node* next = root.find("next");
    if (next != nullptr) {
        check_write(previous, *next, {}, *shipped().rules, policy);
        for (const Origin origin : {Origin::fhir, Origin::record}) {
            Intake intake{*shipped().rules,
                          *shipped().measures,
                          shipped().codes,
                          "e",
                          {},
                          origin,
                          "2026-03-01T09:00:00Z",
                          [&](std::string_view) { return previous; }};
            for (Event& event : events_of(*next, previous, intake, issues)) {
                events.push_back(std::move(event));
            }
        }
        links_of(*next);
    }
    const Replayed replayed = replay(events, *shipped().rules, *shipped().measures, policy);
    if (next != nullptr && next->is_object()) {
        const std::string once = applied(*next, replayed);
        const auto again = text::parse_json(once, "applied", {std::size_t{64} << 20, 256});
        if (!again || applied(again->root(), replayed) != once) {
            __builtin_trap();
        }
    }
}

/// Whatever rules are taken must carry any history.
void replay_with(const Rules& rules) {
    std::vector<Event> events;
    for (int kind = 0; kind <= static_cast<int>(EventKind::retracted); ++kind) {
        for (const Status& status : rules.statuses()) {
            Event event;
            event.kind = static_cast<EventKind>(kind);
            event.id = std::to_string(kind) + status.code;
            event.task = "Task/t";
            event.status = status.code;
            event.happened_at = "2026-01-0" + std::to_string(1 + events.size() % 9);
            event.business_status = "attended";
            events.push_back(std::move(event));
        }
    }
    for (const Confirm confirm : {Confirm::automatic, Confirm::by_person}) {
        replay(events, rules, *shipped().measures, {confirm, Strictness::lenient, Abort::direct});
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
    text::Issues issues;
    if (data[0] == 'r') {
        const auto rules = parse_rules(rest, "fuzz.yaml", shipped().codes, issues);
        if (!rules && issues.empty()) {
            __builtin_trap();
        }
        if (rules) {
            replay_with(*rules);
        }
    } else if (data[0] == 'm') {
        if (!parse_measures(rest, "fuzz.yaml", issues) && issues.empty()) {
            __builtin_trap();
        }
    } else if (const auto document = text::parse_json(rest, "fuzz.json")) {
        run(*document);
    }
    return 0;
}
