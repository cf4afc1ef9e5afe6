#include "moves.h"

namespace linkway::referrals {

namespace {

std::string listed(const std::vector<std::string>& codes) {
    std::string result;
    for (const std::string& code : codes) {
        result += (result.empty() ? "" : ", ") + code;
    }
    return result;
}

std::string who_is(Side side) {
    return side == Side::source   ? "who asked for it"
           : side == Side::target ? "who fulfils it"
                                  : "either side";
}

text::Issue issue(text::Severity severity, std::string code, std::string message,
                  std::string_view field, std::string suggestion = {}) {
    return {severity,
            std::move(code),
            std::move(message),
            {{}, 0, 0, std::string(field)},
            std::move(suggestion)};
}

std::string moved(const Rules& rules, StatusId from, StatusId to) {
    return from == no_status ? "a Task does not begin as " + rules.status(to).code
                             : "a Task does not go from " + rules.status(from).code + " to " +
                                   rules.status(to).code;
}

/// What this side may do instead.
std::string instead(const Rules& rules, StatusId from, Side who) {
    if (from != no_status && rules.status(from).terminal) {
        return "it is final; a restart is a new Task with the same groupIdentifier";
    }
    const auto next = rules.next(from, who, Allowed::always);
    return next.empty() ? "the next word is the other side's" : "possible: " + listed(next);
}

}  // namespace

Side side_of(const Actor& actor, const Rules& rules) {
    return actor.side.value_or(rules.role(actor.role).side);
}

Verdict judge(const Rules& rules, const Policy& policy, StatusId from, StatusId to, Side who) {
    const Transition& transition = rules.transition(from, to, who);
    const bool lenient = policy.transitions == Strictness::lenient;
    const std::string move = moved(rules, from, to) + " by " + who_is(who);
    Verdict verdict;
    if (transition.allowed != Allowed::never && transition.by_task &&
        policy.abort == Abort::by_task) {
        verdict.issues.push_back(issue(text::Severity::error, "business-rule",
                                       move + " once work has begun", "Task.status",
                                       "ask for it by a Task with code abort"));
        return verdict;
    }
    verdict.moves = transition.allowed == Allowed::always ||
                    (transition.allowed == Allowed::lenient && lenient);
    if (transition.allowed == Allowed::always) {
        return verdict;
    }
    verdict.issues.push_back(issue(verdict.moves ? text::Severity::warning : text::Severity::error,
                                   "business-rule", move, "Task.status",
                                   instead(rules, from, who)));
    return verdict;
}

text::Issues missing(const Status& status, bool has_reason, bool has_output) {
    text::Issues issues;
    if (status.requires_reason && !has_reason) {
        issues.push_back(issue(text::Severity::error, "required",
                               "a Task that is " + status.code + " says why", "Task.statusReason",
                               "give statusReason.text"));
    }
    if (status.requires_output && !has_output) {
        issues.push_back(issue(text::Severity::error, "required",
                               "a Task that is " + status.code + " has an output", "Task.output",
                               "refer to what was done: an Observation, Encounter or the like"));
    }
    return issues;
}

text::Issue unknown_status(std::string_view code, const Rules& rules) {
    std::vector<std::string> known;
    for (const Status& status : rules.statuses()) {
        known.push_back(status.code);
    }
    return issue(text::Severity::error, "code-invalid",
                 "a referral's Task has no status of that name", "Task.status",
                 text::did_you_mean(code, known));
}

text::Issue not_the_requester() {
    return issue(text::Severity::error, "business-rule",
                 "the status of a ServiceRequest is the word of who asked for it",
                 "ServiceRequest.status", "say in Task.status how far the work is");
}

text::Issue not_to_grant() {
    return issue(text::Severity::error, "business-rule",
                 "who asks for the end of a referral does not grant it", "Task.status",
                 "who fulfils it completes or rejects the abort Task");
}

}  // namespace linkway::referrals
