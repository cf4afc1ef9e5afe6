// Every move of a Task from every state to every other by either side, legal or not:
// transitions.tsv says what becomes of it under each policy, and both the replay and the check of a
// write must do so. LINKWAY_UPDATE=1 writes the table anew; read what changed before you commit it.
//
//   made      the move is made
//   flagged   it is made, and said to be out of order
//   refused   it is not made
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "catch.h"
#include "referrals/check.h"
#include "referrals/replay.h"
#include "unit/referrals/shipped.h"

using namespace linkway;
using namespace linkway::referrals;

namespace {

struct Column {
    const char* name;
    Policy policy;
};

const std::vector<Column> columns = {
    {"strict", {Confirm::automatic, Strictness::strict, Abort::by_task}},
    {"lenient", {Confirm::automatic, Strictness::lenient, Abort::by_task}},
    {"strict, direct", {Confirm::automatic, Strictness::strict, Abort::direct}},
};

Event task_event(const std::string& id, const std::string& at, const std::string& status,
                 Origin origin, const std::string& role) {
    Event event;
    event.id = id;
    event.kind = EventKind::task;
    event.happened_at = event.received_at = at;
    event.origin = origin;
    event.actor.role = role;
    event.task = "Task/t";
    event.request = "ServiceRequest/s";
    event.status = status;
    event.reason = "as stated";
    event.output = true;
    return event;
}

/// What becomes of the move in a replay. The record may say any state without the steps between, so
/// it brings the Task where it is to start from.
std::string replayed(const std::string& from, const std::string& to, const std::string& role,
                     const Policy& policy) {
    std::vector<Event> events;
    if (from == "draft") {
        events = {task_event("1", "2026-01-01T09:00:00Z", from, Origin::fhir, "practice")};
    } else if (from != "start") {
        events = {task_event("1", "2026-01-01T09:00:00Z", from, Origin::record, "practice")};
    }
    events.push_back(task_event("2", "2026-01-02T09:00:00Z", to, Origin::fhir, role));
    const Replayed result = replay(events, shipped(), shipped_measures(), policy);
    const Step& last = result.timeline.back();
    const TaskState* task = result.task("Task/t");
    if (last.outcome != Outcome::moved) {
        CHECK(last.outcome == Outcome::flagged);
        CHECK(last.flags.size() == 1);
        CHECK((task == nullptr ? "start" : task->status) == from);
        return "refused";
    }
    CHECK(task->status == to);
    return last.flags.empty() ? "made" : "flagged";
}

std::string resource(const std::string& status) {
    return R"({"resourceType":"Task","id":"t","status":")" + status +
           R"(","statusReason":{"text":"as stated"},"code":{"coding":[{"code":"fulfill"}]},)"
           R"("output":[{"type":{"text":"contact"},"valueString":"done"}]})";
}

/// What the check says of such a write.
std::string checked(const std::string& from, const std::string& to, const std::string& role,
                    const Policy& policy) {
    const auto previous = text::parse_json(resource(from), "previous");
    const auto next = text::parse_json(resource(to), "next");
    Actor actor;
    actor.role = role;
    const auto issues = check_write(from == "start" ? nullptr : &previous->root(), next->root(),
                                    actor, shipped(), policy);
    return issues.empty() ? "made" : text::has_errors(issues) ? "refused" : "flagged";
}

std::string table(std::size_t& rows) {
    std::string out = "from\tto\twho";
    for (const Column& column : columns) {
        out += std::string("\t") + column.name;
    }
    out += '\n';
    std::vector<std::string> from = {"start"};
    for (const Status& status : shipped().statuses()) {
        from.push_back(status.code);
    }
    for (const std::string& start : from) {
        for (const Status& end : shipped().statuses()) {
            for (const char* role : {"practice", "provider"}) {
                if (start == end.code) {
                    continue;
                }
                out += start;
                out += '\t' + end.code + '\t';
                out += to_code(shipped().role(role).side);
                for (const Column& column : columns) {
                    const std::string made = replayed(start, end.code, role, column.policy);
                    const std::string said = checked(start, end.code, role, column.policy);
                    INFO(start << " to " << end.code << " by " << role << ", " << column.name);
                    // A lenient practice takes any write as what somebody said; the replay decides.
                    const bool strict = column.policy.transitions == Strictness::strict;
                    CHECK(said == (strict || made == "made" ? made : "flagged"));
                    out += '\t' + made;
                }
                out += '\n';
                ++rows;
            }
        }
    }
    return out;
}

}  // namespace

TEST_CASE("every transition, legal and illegal, is as the table says") {
    std::size_t rows = 0;
    const std::string now = table(rows);
    // From 11 states to the 10 others and from the start to each, by either side.
    CHECK(rows == (11 * 10 + 11) * 2);
    const std::string path = LINKWAY_EPISODES "/transitions.tsv";
    if (std::getenv("LINKWAY_UPDATE") != nullptr) {
        std::ofstream(path, std::ios::binary) << now;
    }
    std::ifstream in(path, std::ios::binary);
    std::ostringstream written;
    written << in.rdbuf();
    CHECK(now == written.str());
}
