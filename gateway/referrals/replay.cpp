#include "referrals/replay.h"

#include <algorithm>
#include <array>
#include <map>

#include "event_set.h"
#include "moves.h"

namespace linkway::referrals {

namespace {

/// A Task while it is replayed.
struct Work {
    TaskState state;
    StatusId status = no_status;  ///< as it is behind `held`
    bool held = false;            ///< a draft until it is confirmed
    bool undated = false;         ///< no record entry can be said to have followed it
    bool contacted = false;
};

class Replayer {
  public:
    Replayer(const Rules& rules, const Policy& policy) : rules_(rules), policy_(policy) {}

    void take(Step& step, std::size_t at) {
        at_ = at;
        step_ = &step;
        const Event& event = step.event;
        if (step.outcome == Outcome::retracted) {
            return;
        }
        if (const auto entry = entry_of(event.kind)) {
            return take_entry(rules_.effect(*entry));
        }
        switch (event.kind) {
            case EventKind::task:
                return take_task();
            case EventKind::request:
                return take_request();
            case EventKind::abort:
                return take_abort();
            case EventKind::contact:
                return take_contact();
            default:
                return;
        }
    }

    void finish(Replayed& result) {
        std::map<std::string, std::vector<StatusId>> of_request;
        for (Work& work : works_) {
            const StatusId status = shown(work);
            work.state.status = rules_.status(status).code;
            work.state.released = work.state.released && !work.held;
            if (!rules_.status(status).terminal) {
                work.state.ended.clear();
            }
            of_request[work.state.request].push_back(status);
            result.tasks.push_back(std::move(work.state));
        }
        for (RequestState& request : requests_) {
            const auto tasks = of_request.find(request.reference);
            if (request.status.empty() && tasks != of_request.end()) {
                request.status = rules_.request_status(tasks->second);
                request.reason = reason_of(result.tasks, request);
            }
            result.requests.push_back(std::move(request));
        }
    }

  private:
    /// What others see of it.
    StatusId shown(const Work& work) const {
        return work.held && !rules_.status(work.status).terminal ? draft() : work.status;
    }
    StatusId draft() const { return rules_.find("draft"); }
    bool is_open(const Work& work) const { return !rules_.status(work.status).terminal; }
    bool has_begun(const Work& work) const { return rules_.status(work.status).contact; }

    /// Why the request stands where it does: the word of the Task that decided.
    static std::string reason_of(const std::vector<TaskState>& tasks, const RequestState& request) {
        const TaskState* decided = nullptr;
        for (const TaskState& task : tasks) {
            if (task.request == request.reference && task.decision &&
                (decided == nullptr || *task.decision >= *decided->decision)) {
                decided = &task;
            }
        }
        return decided == nullptr ? std::string() : decided->reason;
    }

    Work* find(std::string_view reference) {
        for (Work& work : works_) {
            if (work.state.reference == reference) {
                return &work;
            }
        }
        return nullptr;
    }

    RequestState& request(const std::string& reference) {
        for (RequestState& each : requests_) {
            if (each.reference == reference) {
                return each;
            }
        }
        return requests_.emplace_back(RequestState{reference, {}, {}});
    }

    Work& begin(StatusId status) {
        const Event& event = step_->event;
        Work& work = works_.emplace_back();
        work.state.reference = event.task;
        work.state.request = event.request;
        work.status = status;
        if (!event.request.empty()) {
            request(event.request);
        }
        return work;
    }

    /// The Tasks that an event which names none is about.
    std::vector<Work*> open_works() {
        std::vector<Work*> result;
        const Event& event = step_->event;
        for (Work& work : works_) {
            const bool named = !event.task.empty()
                                   ? work.state.reference == event.task
                                   : event.request.empty() || work.state.request == event.request;
            if (named && is_open(work)) {
                result.push_back(&work);
            }
        }
        return result;
    }

    void flag(text::Issue issue) {
        if (step_->outcome != Outcome::moved && text::has_errors({issue})) {
            step_->outcome = Outcome::flagged;
        }
        step_->flags.push_back(std::move(issue));
    }

    void move(Work& work, StatusId to) {
        const Event& event = step_->event;
        work.state.reason = event.reason;
        work.state.decision = at_;
        work.state.modified = event.happened_at;
        work.status = to;
        note_progress(work);
        step_->outcome = Outcome::moved;
    }

    /// When work began and when it ended, as far as the event says.
    void note_progress(Work& work) {
        const Event& event = step_->event;
        if (has_begun(work) && work.state.started.empty()) {
            work.state.started = event.happened_at;
        }
        if (!is_open(work)) {
            work.state.ended = event.happened_at;
        }
    }

    void set_business_status(Work& work, const std::string& code) {
        if (!code.empty()) {
            work.state.business_status = code;
            work.state.modified = step_->event.happened_at;
        }
    }

    void take_entry(const Effect& effect) {
        if (effect.opens != no_status) {
            return open_by_entry(effect.opens);
        }
        if (effect.task == no_status) {
            return;  // an offer, a signpost: known, and no more
        }
        bool placed = false;
        for (Work* work : open_works()) {
            if (work->undated || step_->event.happened_at.empty()) {
                continue;
            }
            placed = true;
            const bool after = work->contacted && effect.after_contact != no_status;
            evidence(*work, after ? effect.after_contact : effect.task);
            set_business_status(*work, effect.business_status);
            work->contacted = work->contacted || effect.contact;
            if (step_->event.actor.role == "link-worker" &&
                !step_->event.actor.practitioner.empty()) {
                work->state.owner = step_->event.actor.practitioner;
            }
        }
        step_->outcome = placed ? step_->outcome : Outcome::unattached;
    }

    void open_by_entry(StatusId status) {
        if (find(step_->event.task) != nullptr) {
            return;  // its Task is there already
        }
        // The code is used for first and later contacts alike: it goes on where its like stand.
        bool contacted = false;
        for (const Work& other : works_) {
            contacted = contacted || (is_open(other) && other.contacted);
        }
        Work& work = begin(status);
        work.contacted = contacted;
        work.held = policy_.confirm == Confirm::by_person;
        work.undated = step_->event.happened_at.empty();
        work.state.released = !work.held;
        step_->outcome = Outcome::moved;
    }

    /// What is known to have happened moves a Task that is open, whatever steps lie between.
    void evidence(Work& work, StatusId to) {
        if (work.status != to) {
            move(work, to);
        } else {
            work.state.modified = step_->event.happened_at;
        }
        if (has_begun(work)) {
            work.contacted = true;
        }
    }

    void take_task() {
        const Event& event = step_->event;
        Work* work = find(event.task);
        if (!event.status.empty()) {
            const StatusId to = rules_.find(event.status);
            if (to == no_status) {
                return flag(unknown_status(event.status, rules_));
            }
            if (work == nullptr) {
                work = begin_by_task(to);
            } else {
                state(*work, to);
            }
        }
        if (work == nullptr) {
            step_->outcome =
                step_->outcome == Outcome::flagged ? Outcome::flagged : Outcome::unattached;
            return;
        }
        take_facts(*work);
    }

    /// A Task that somebody made.
    Work* begin_by_task(StatusId to) {
        const Verdict verdict =
            judge(rules_, policy_, no_status, to, side_of(step_->event.actor, rules_));
        if (step_->event.origin != Origin::record && !verdict.issues.empty()) {
            const bool strict = policy_.transitions == Strictness::strict;
            for (text::Issue issue : verdict.issues) {
                issue.severity = strict ? text::Severity::error : text::Severity::warning;
                flag(std::move(issue));
            }
            if (strict) {
                return nullptr;
            }
        }
        Work& work = begin(to == draft() ? rules_.effect(EntryKind::referred).opens : to);
        work.held = to == draft();
        work.contacted = rules_.status(to).contact;
        move(work, work.status);
        check_required(to);
        return &work;
    }

    /// Somebody states where the Task is.
    void state(Work& work, StatusId to) {
        const Event& event = step_->event;
        const StatusId from = shown(work);
        if (from == to) {
            if (!event.reason.empty()) {
                work.state.reason = event.reason;
            }
            return;
        }
        if (event.origin == Origin::record) {
            if (is_open(work)) {
                evidence(work, to);
            }
            return;
        }
        const Verdict verdict = judge(rules_, policy_, from, to, side_of(event.actor, rules_));
        for (const text::Issue& issue : verdict.issues) {
            flag(issue);
        }
        if (!verdict.moves) {
            return;
        }
        const bool confirmed = work.held && !rules_.status(to).terminal;
        if (confirmed) {
            // What the record says happened meanwhile stands.
            work.held = false;
            work.state.released = true;
            work.state.modified = event.happened_at;
            step_->outcome = Outcome::moved;
            return;
        }
        move(work, to);
        work.contacted = work.contacted || rules_.status(to).contact;
        check_required(to);
    }

    void check_required(StatusId to) {
        if (step_->event.origin == Origin::fhir) {
            const Event& event = step_->event;
            for (text::Issue& issue :
                 missing(rules_.status(to), !event.reason.empty(), event.output)) {
                issue.severity = text::Severity::warning;
                flag(std::move(issue));
            }
        }
    }

    /// What a written Task says beside its status.
    void take_facts(Work& work) {
        const Event& event = step_->event;
        const auto take = [&](std::string& fact, const std::string& stated) {
            if (!stated.empty()) {
                fact = stated;
                work.state.modified = event.happened_at;
            }
        };
        take(work.state.owner, event.owner);
        take(work.state.started, event.started);
        take(work.state.ended, event.ended);
        take(work.state.replaces, event.replaces);
        if (is_open(work) || step_->outcome == Outcome::moved) {
            set_business_status(work, event.business_status);
        }
        const Effect* effect = rules_.progress(event.business_status);
        if (effect != nullptr && is_open(work) && event.status.empty()) {
            begin_work(work, *effect);
        }
    }

    /// A contact begins the work, or goes on with what was on hold.
    void begin_work(Work& work, const Effect& effect) {
        if (effect.task != no_status && work.status != effect.task) {
            evidence(work, effect.task);
        }
        work.contacted = work.contacted || effect.contact;
    }

    void take_contact() {
        const Event& event = step_->event;
        const Effect* effect = rules_.progress(event.business_status);
        if (effect == nullptr || !rules_.role(event.actor.role).contact) {
            return;  // another role's work stands beside the referral
        }
        for (Work* work : open_works()) {
            set_business_status(*work, event.business_status);
            begin_work(*work, *effect);
        }
    }

    void take_request() {
        const Event& event = step_->event;
        RequestState& stated = request(event.request);
        const Side side = side_of(event.actor, rules_);
        const std::string status = event.status == "active" ? "" : event.status;
        if (stated.status != status) {
            if (side == Side::target) {
                return flag(not_the_requester());
            }
            stated.status = status;
            stated.reason = event.reason;
            step_->outcome = Outcome::moved;
        }
        const Effect* effect = rules_.requester(event.status);
        if (effect == nullptr) {
            return;
        }
        for (Work* work : open_works()) {
            const Verdict verdict = judge(rules_, policy_, shown(*work), effect->task, side);
            if (verdict.moves) {
                move(*work, effect->task);
            } else {
                set_business_status(*work, effect->business_status);
            }
        }
    }

    /// Only who fulfils may grant what an abort Task asks for.
    void take_abort() {
        const Event& event = step_->event;
        const Effect* effect = rules_.abort(event.status);
        if (effect == nullptr) {
            return;
        }
        const bool granted = side_of(event.actor, rules_) != Side::source;
        for (Work* work : open_works()) {
            if (effect->task != no_status && !granted) {
                flag(not_to_grant());
                continue;
            }
            set_business_status(*work, effect->business_status);
            if (effect->task != no_status) {
                move(*work, effect->task);
            }
        }
    }

    const Rules& rules_;
    const Policy& policy_;
    std::vector<Work> works_;
    std::vector<RequestState> requests_;
    Step* step_ = nullptr;
    std::size_t at_ = 0;
};

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
