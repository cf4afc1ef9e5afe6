#include "referrals/check.h"

#include "moves.h"
#include "resource.h"

namespace linkway::referrals {

using text::Node;

namespace {

class WriteCheck {
  public:
    WriteCheck(const Node* previous, const Node& next, Side side, const Rules& rules,
               const Policy& policy)
        : previous_(previous), next_(next), side_(side), rules_(rules), policy_(policy) {}

    text::Issues task() {
        business_status();
        const TaskPurpose purpose = purpose_of(next_);
        const std::string status = text_at(next_, "status");
        if (purpose == TaskPurpose::abort) {
            const Effect* effect = rules_.abort(status);
            if (changed() && effect != nullptr && effect->task != no_status &&
                side_ == Side::source) {
                add("status", not_to_grant());
            }
            return std::move(issues_);
        }
        if (purpose != TaskPurpose::fulfil) {
            return std::move(issues_);
        }
        const StatusId to = rules_.find(status);
        if (to == no_status) {
            place("status", unknown_status(status, rules_));
            return std::move(issues_);
        }
        if (changed()) {
            const StatusId from =
                previous_ == nullptr ? no_status : rules_.find(text_at(*previous_, "status"));
            for (text::Issue& issue : judge(rules_, policy_, from, to, side_).issues) {
                add("status", std::move(issue));
            }
        }
        // What lacked it before, such as a referral from the record, may be written on.
        if (changed() || lacks(*previous_, to).empty()) {
            for (text::Issue& issue : lacks(next_, to)) {
                add("status", std::move(issue));
            }
        }
        return std::move(issues_);
    }

    text::Issues request() {
        if (previous_ != nullptr && changed() && side_ == Side::target &&
            reference_at(next_, "basedOn", "ServiceRequest").empty()) {
            add("status", not_the_requester());
        }
        return std::move(issues_);
    }

  private:
    bool changed() const {
        return previous_ == nullptr || text_at(*previous_, "status") != text_at(next_, "status");
    }

    text::Issues lacks(const Node& task, StatusId status) const {
        return missing(rules_.status(status), !text_at(task, "statusReason.text").empty(),
                       !all_at(task, "output").empty());
    }

    void business_status() {
        for (const Node* coding : codings_at(next_, "businessStatus")) {
            const std::string_view code = coding->string_or("code", "");
            if (coding->string_or("system", "") == rules_.business_status_system() &&
                rules_.progress(code) == nullptr) {
                place("businessStatus", {text::Severity::error,
                                         "code-invalid",
                                         rules_.business_status_system() + " has no such code",
                                         {{}, 0, 0, "Task.businessStatus"},
                                         text::did_you_mean(code, rules_.progress_codes())});
            }
        }
    }

    /// An issue that a lenient practice takes as a warning.
    void add(std::string_view member, text::Issue issue) {
        if (policy_.transitions == Strictness::lenient) {
            issue.severity = text::Severity::warning;
        }
        place(member, std::move(issue));
    }

    void place(std::string_view member, text::Issue issue) {
        const Node* node = next_.find(member);
        issue.location.line = node == nullptr ? next_.line : node->line;
        issue.location.column = node == nullptr ? next_.column : node->column;
        issues_.push_back(std::move(issue));
    }

    const Node* previous_;
    const Node& next_;
    Side side_;
    const Rules& rules_;
    const Policy& policy_;
    text::Issues issues_;
};

}  // namespace

text::Issues check_write(const Node* previous, const Node& next, const Actor& actor,
                         const Rules& rules, const Policy& policy) {
    const std::string_view type = next.string_or("resourceType", "");
    // Whose Task it is, is what it said before.
    const Node& task = previous == nullptr ? next : *previous;
    const Side side = side_of(type == "Task" ? actor_in(task, actor, rules) : actor, rules);
    WriteCheck check(previous, next, side, rules, policy);
    if (type == "Task") {
        return check.task();
    }
    if (type == "ServiceRequest") {
        return check.request();
    }
    return {};
}

}  // namespace linkway::referrals
