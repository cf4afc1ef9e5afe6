#include "summary.h"

using namespace linkway;
using namespace linkway::referrals;

namespace {

std::string quoted(const std::string& text) {
    std::string out = "'";
    for (const char c : text) {
        out += c == '\'' ? "''" : std::string(1, c);
    }
    return out + "'";
}

void part(std::string& out, const char* name, const std::string& text) {
    out += text.empty() ? "" : std::string(", ") + name + (*name == '\0' ? "" : " ") + text;
}

std::string of_step(const Step& step) {
    const Event& event = step.event;
    std::string line = event.happened_at.empty() ? "undated" : event.happened_at;
    line += " " + std::string(to_code(event.kind));
    part(line, "", event.status);
    part(line, "", event.business_status);
    line += " by " + event.actor.role + ", " + event.resource;
    part(line, "received", step.times.received);
    part(line, "delivered", step.times.delivered);
    part(line, "filed", step.times.filed);
    line += ": " + std::string(to_code(step.outcome));
    std::string out = "  - " + quoted(line) + "\n";
    for (const text::Issue& flag : step.flags) {
        out += "  - " + quoted("  " + text::to_string(flag)) + "\n";
    }
    return out;
}

std::string of_task(const TaskState& task) {
    std::string line = task.reference + " " + task.status;
    part(line, "", task.business_status);
    part(line, "because", task.reason);
    part(line, "owner", task.owner);
    part(line, "replaces", task.replaces);
    part(line, "started", task.started);
    part(line, "ended", task.ended);
    part(line, "modified", task.modified);
    line += task.released ? "" : ", not released";
    return "  - " + quoted(line) + "\n";
}

}  // namespace

std::string summary(const Replayed& replayed) {
    std::string out = "timeline:\n";
    for (const Step& step : replayed.timeline) {
        out += of_step(step);
    }
    out += replayed.tasks.empty() ? "" : "tasks:\n";
    for (const TaskState& task : replayed.tasks) {
        out += of_task(task);
    }
    out += replayed.requests.empty() ? "" : "requests:\n";
    for (const RequestState& request : replayed.requests) {
        std::string line = request.reference + " " + request.status;
        part(line, "because", request.reason);
        out += "  - " + quoted(line) + "\n";
    }
    out += replayed.scores.empty() ? "" : "scores:\n";
    for (const Series& series : replayed.scores) {
        std::string line =
            series.measure + (series.lower_is_better ? " (less is better)" : "") + ":";
        for (const Series::Point& point : series.points) {
            line += " " + replayed.timeline[point.step].times.done + "=" + point.score.value;
            line += point.score.metric.empty() ? "" : " (metric " + point.score.metric + ")";
        }
        out += "  - " + quoted(line) + "\n";
    }
    out += replayed.actions.empty() ? "" : "actions:\n";
    for (const std::size_t at : replayed.actions) {
        out += "  - " + quoted(replayed.timeline[at].event.resource) + "\n";
    }
    return out;
}
