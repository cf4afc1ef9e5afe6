#include "replayer.h"

#include <map>

#include "moves.h"

namespace linkway::referrals {

namespace {

/// The Task that decided where the request stands; nullptr for none.
const TaskState* decided_by(const std::vector<TaskState>& tasks, const RequestState& request) {
    const TaskState* decided = nullptr;
    for (const TaskState& task : tasks) {
        if (task.request == request.reference && task.decision &&
            (decided == nullptr || *task.decision >= *decided->decision)) {
            decided = &task;
        }
    }
    return decided;
}

}  // namespace

void Replayer::take(Step& step, std::size_t at) {
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

void Replayer::finish(Replayed& result) {
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
            if (const TaskState* task = decided_by(result.tasks, request)) {
                request.reason = task->reason;
                request.told = result.timeline[*task->decision].event.origin == Origin::fhir;
            }
        }
        result.requests.push_back(std::move(request));
    }
}

StatusId Replayer::shown(const Work& work) const {
    return work.held && !rules_.status(work.status).terminal ? draft() : work.status;
}

Work* Replayer::find(std::string_view reference) {
    for (Work& work : works_) {
        if (work.state.reference == reference) {
            return &work;
        }
    }
    return nullptr;
}

RequestState& Replayer::request(const std::string& reference) {
    for (RequestState& each : requests_) {
        if (each.reference == reference) {
            return each;
        }
    }
    return requests_.emplace_back(RequestState{reference, {}, {}});
}

Work& Replayer::begin(StatusId status) {
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

std::vector<Work*> Replayer::open_works() {
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

void Replayer::flag(text::Issue issue) {
    if (step_->outcome != Outcome::moved && text::has_errors({issue})) {
        step_->outcome = Outcome::flagged;
    }
    step_->flags.push_back(std::move(issue));
}

void Replayer::move(Work& work, StatusId to) {
    const Event& event = step_->event;
    work.state.reason = event.reason;
    work.state.decision = at_;
    work.state.modified = event.happened_at;
    work.status = to;
    note_progress(work);
    step_->outcome = Outcome::moved;
}

void Replayer::note_progress(Work& work) {
    const Event& event = step_->event;
    if (has_begun(work) && work.state.started.empty()) {
        work.state.started = event.happened_at;
    }
    if (!is_open(work)) {
        work.state.ended = event.happened_at;
    }
}

void Replayer::set_business_status(Work& work, const std::string& code) {
    if (!code.empty()) {
        work.state.business_status = code;
        work.state.modified = step_->event.happened_at;
    }
}

void Replayer::take_entry(const Effect& effect) {
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
        if (step_->event.actor.role == "link-worker" && !step_->event.actor.practitioner.empty()) {
            work->state.owner = step_->event.actor.practitioner;
        }
    }
    step_->outcome = placed ? step_->outcome : Outcome::unattached;
}

void Replayer::open_by_entry(StatusId status) {
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

void Replayer::evidence(Work& work, StatusId to) {
    if (work.status != to) {
        move(work, to);
    } else {
        work.state.modified = step_->event.happened_at;
    }
    if (has_begun(work)) {
        work.contacted = true;
    }
}

void Replayer::take_task() {
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

Work* Replayer::begin_by_task(StatusId to) {
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

void Replayer::state(Work& work, StatusId to) {
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

void Replayer::check_required(StatusId to) {
    if (step_->event.origin == Origin::fhir) {
        const Event& event = step_->event;
        for (text::Issue& issue : missing(rules_.status(to), !event.reason.empty(), event.output)) {
            issue.severity = text::Severity::warning;
            flag(std::move(issue));
        }
    }
}

void Replayer::take_facts(Work& work) {
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

void Replayer::begin_work(Work& work, const Effect& effect) {
    if (effect.task != no_status && work.status != effect.task) {
        evidence(work, effect.task);
    }
    work.contacted = work.contacted || effect.contact;
}

void Replayer::take_contact() {
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

void Replayer::take_request() {
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

void Replayer::take_abort() {
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

}  // namespace linkway::referrals
