#include "episodes.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "element.h"
#include "scores.h"
#include "store/moment.h"
#include "words.h"

namespace linkway::pages {

using text::Node;
using Kind = Entry::Kind;

namespace {

/// The last moment that a date may mean; nothing for one that says nothing.
std::optional<store::Instant> moment(const std::string& when) {
    const auto moments = store::moments_of(when);
    return moments ? std::optional(moments->from) : std::nullopt;
}

bool is_task(const Held& held) {
    return held.key.type == "Task" && purpose_of(*held.node) == TaskPurpose::fulfil;
}

bool is_referral(const Held& held, const terminology::Terminology& codes) {
    if (held.key.type != "ServiceRequest") {
        return false;
    }
    const std::string code = event_code(*held.node, "code", codes);
    return text_at(*held.node, "intent") != "proposal" && at(*held.node, "basedOn") == nullptr &&
           code != "near" && code != "signposted";
}

const char* task_state_of(std::string_view request) {
    return request == "draft"       ? "draft"
           : request == "on-hold"   ? "on-hold"
           : request == "completed" ? "completed"
           : request == "revoked"   ? "cancelled"
                                    : "requested";
}

std::string text_of_extension(const Node& resource, std::string_view url) {
    for (const Node* extension : all_at(resource, "extension")) {
        if (extension->string_or("url", "") == url) {
            return concept_at(*extension, "valueCodeableConcept");
        }
    }
    return {};
}

/// What one step says that no resource of its own tells; empty for nothing.
std::string title_of(const referrals::Event& event, const Sense& sense) {
    using referrals::EventKind;
    if (event.kind == EventKind::task) {
        std::string title(event.status == "requested" ? std::string_view()
                                                      : moved_to(event.status));
        if (!event.business_status.empty()) {
            const std::string_view progress = sense.knowledge.codes.display(
                sense.knowledge.rules->business_status_system(), event.business_status);
            title += title.empty() ? "" : ". ";
            title += progress;
        }
        return title;
    }
    if (event.kind == EventKind::request && event.status != "active" && event.status != "draft") {
        return event.status == "revoked"   ? "Withdrawn by who asked for it"
               : event.status == "on-hold" ? "Put on hold by who asked for it"
                                           : "";
    }
    return {};
}

}  // namespace

void sort_entries(std::vector<Entry>& entries) {
    std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
        const auto of_a = moment(a.done), of_b = moment(b.done);
        if (of_a != of_b) {
            return of_a.has_value() && (!of_b || *of_a > *of_b);
        }
        // A referral comes before what it led to on the same day.
        const bool first_a = a.kind == Kind::referral, first_b = b.kind == Kind::referral;
        if (first_a != first_b) {
            return first_b;
        }
        return a.received != b.received
                   ? a.received > b.received
                   : std::tie(b.about.type, b.about.id) < std::tie(a.about.type, a.about.id);
    });
}

bool Group::is_episode(const terminology::Terminology& codes) const {
    return std::any_of(resources.begin(), resources.end(), [&](const Held* held) {
        return text_at(*held->node, "status") != "entered-in-error" &&
               (is_referral(*held, codes) || is_task(*held));
    });
}

Episode Teller::tell(const Group& group) const {
    Episode episode;
    episode.id = group.id;
    const auto replayed = loop::replay(resources.reader(), group.id, sense.knowledge, sense.policy);
    add_entries(group, episode, replayed);
    stand(group, episode);
    if (replayed.timeline.empty()) {
        add_standing(group, episode);
    } else {
        add_moves(episode, replayed);
    }
    settle_endings(episode);
    sort_entries(episode.timeline);
    sort_entries(episode.signposts);
    std::stable_sort(episode.actions.begin(), episode.actions.end(),
                     [](const Action& a, const Action& b) { return a.open && !b.open; });
    std::vector<const Held*> observations;
    std::copy_if(group.resources.begin(), group.resources.end(), std::back_inserter(observations),
                 [&](const Held* held) {
                     return held->key.type == "Observation" && !filing.came_back(*held);
                 });
    episode.scores = scores_of(observations, sense.knowledge);
    note_people(group, episode);
    note_silence(episode);
    return episode;
}

void Teller::add_entries(const Group& group, Episode& episode,
                         const referrals::Replayed& replayed) const {
    for (const Held* held : group.resources) {
        auto entry = reader.read(*held);
        if (!entry || filing.came_back(*held) || entry->kind == Kind::near) {
            continue;
        }
        filing.track(*entry);
        const std::string reference = held->key.type + "/" + held->key.id;
        for (const referrals::Step& step : replayed.timeline) {
            if (step.event.resource == reference) {
                FilingTracker::acknowledge(*entry, step.times);
            }
        }
        if (entry->kind == Kind::action) {
            episode.actions.push_back(reader.action(*held->node));
        }
        (entry->kind == Kind::signpost ? episode.signposts : episode.timeline)
            .push_back(std::move(*entry));
    }
}

void Teller::stand(const Group& group, Episode& episode) const {
    const Node* request = nullptr;
    const Node* task = nullptr;
    for (const Held* held : group.resources) {
        const std::string status = text_at(*held->node, "status");
        if (status == "entered-in-error") {
            continue;
        }
        if (request == nullptr && is_referral(*held, sense.knowledge.codes)) {
            request = held->node;
        }
        // Of several the last that is open says where the referral stands.
        if (is_task(*held) &&
            (task == nullptr || !is_over(status) || is_over(text_at(*task, "status")))) {
            task = held->node;
        }
    }
    std::string status = task != nullptr      ? text_at(*task, "status")
                         : request != nullptr ? task_state_of(text_at(*request, "status"))
                                              : "";
    episode.open = !is_over(status);
    episode.status = standing(status);
    if (request != nullptr) {
        episode.title = concept_at(*request, "code");
        episode.referred = text_at(*request, "authoredOn");
        episode.asked_by = people.first(*request, "requester");
        episode.priority = text_at(*request, "priority");
        for (const Node* reason : all_at(*request, "reasonCode")) {
            episode.reason += (episode.reason.empty() ? "" : "\n") + concept_of(*reason);
        }
        episode.why = text_of_extension(
            *request, "http://hl7.org/fhir/StructureDefinition/request-statusReason");
    }
    episode.priority = episode.priority == "routine"  ? ""
                       : episode.priority == "asap"   ? "As soon as possible"
                       : episode.priority == "stat"   ? "Immediately"
                       : episode.priority == "urgent" ? "Urgent"
                                                      : episode.priority;
    episode.title = episode.title.empty() ? "Social prescribing referral" : episode.title;
    if (task != nullptr) {
        episode.progress = concept_at(*task, "businessStatus");
        if (!episode.open && has_code(*task, "businessStatus", "declined")) {
            episode.status = std::exchange(episode.progress, {});  // says more than the state
        }
        episode.why = text_at(*task, "statusReason.text");
        episode.ended = episode.open ? "" : text_at(*task, "executionPeriod.end");
        episode.referred =
            episode.referred.empty() ? text_at(*task, "authoredOn") : episode.referred;
        if (episode.asked_by.empty()) {
            episode.asked_by = people.first(*task, "requester");
        }
    }
}

void Teller::add_moves(Episode& episode, const referrals::Replayed& replayed) const {
    std::map<std::string, std::string> owners;  // of Tasks, as they were when something happened
    for (const referrals::Step& step : replayed.timeline) {
        const referrals::Event& event = step.event;
        if (!event.owner.empty()) {
            owners[event.task] = event.owner;
        }
        const std::string& reference = event.resource;
        if (step.outcome == referrals::Outcome::retracted || text::has_errors(step.flags) ||
            resources.held(reference) == nullptr) {
            continue;
        }
        Entry entry;
        entry.title = title_of(event, sense);
        if (entry.title.empty()) {
            continue;
        }
        entry.kind = Kind::status;
        entry.text = event.reason == entry.title ? "" : event.reason;
        entry.by = people.of(event.actor);
        if (entry.by.name.empty() && event.actor.role != "practice") {
            // Whose system told of it is less than who has the referral in hand.
            referrals::Actor owner;
            owner.practitioner = owners[event.task];
            const Person acting = people.of(owner);
            entry.by = acting.empty() ? entry.by : acting;
        }
        const Node& resource = *resources.held(reference)->node;
        if (event.kind == referrals::EventKind::task && is_over(event.status) &&
            event.status == text_at(resource, "status")) {
            const std::string came_of_it = texts_at(resource, "output.valueString", "\n");
            entry.text += (entry.text.empty() || came_of_it.empty() ? "" : "\n") + came_of_it;
        }
        entry.source = event.origin == referrals::Origin::record ? Source::record : Source::service;
        entry.done = event.happened_at;
        entry.received = moment(event.received_at).value_or(0);
        entry.about = resources.held(reference)->key;
        if (event.kind == referrals::EventKind::task && is_over(event.status)) {
            filing.track(entry);
            FilingTracker::acknowledge(entry, step.times);
        } else if (entry.source == Source::record) {
            entry.filing = Filing::in_record;
        }
        episode.timeline.push_back(std::move(entry));
    }
}

void Teller::add_standing(const Group& group, Episode& episode) const {
    for (const Held* held : group.resources) {
        const std::string status = text_at(*held->node, "status");
        if (!is_task(*held) || !is_over(status) || status == "entered-in-error") {
            continue;
        }
        Entry entry;
        entry.kind = Kind::status;
        entry.title = moved_to(status);
        entry.text = text_at(*held->node, "statusReason.text");
        if (const Node* owner = at(*held->node, "owner")) {
            entry.by = people.of(*owner);
        }
        entry.done = text_at(*held->node, "executionPeriod.end");
        entry.received = held->updated;
        entry.source = held->from_record ? Source::record : Source::service;
        entry.about = held->key;
        filing.track(entry);
        episode.timeline.push_back(std::move(entry));
    }
}

/// What one entry of the record says is not sent twice: a coded ending stands for the end of the
/// Task, a contact for the note that there was one.
void Teller::settle_endings(Episode& episode) const {
    const bool ended = std::any_of(episode.timeline.begin(), episode.timeline.end(),
                                   [](const Entry& entry) { return entry.kind == Kind::ending; });
    std::vector<Entry> kept;
    for (Entry& entry : episode.timeline) {
        const bool end_of_task = entry.kind == Kind::status && entry.about.type == "Task";
        const Held* held = resources.held(entry.about.type + "/" + entry.about.id);
        const bool of_contact = entry.kind == Kind::contact && entry.about.type == "Observation" &&
                                held != nullptr && at(*held->node, "encounter") != nullptr;
        if (entry.filing == Filing::not_sent && ((end_of_task && ended) || of_contact)) {
            entry.filing = Filing::not_for_record;
        }
        const bool asked_for = entry.kind == Kind::contact &&
                               moment(entry.done).value_or(0) > now;  // nothing to file yet
        if (asked_for && entry.filing == Filing::not_sent) {
            entry.filing = Filing::not_for_record;
        }
        // The Task's end in an extract follows from the coded ending beside it.
        if (!(end_of_task && ended && entry.source == Source::record)) {
            kept.push_back(std::move(entry));
        }
    }
    episode.timeline = std::move(kept);
}

void Teller::note_people(const Group& group, Episode& episode) const {
    for (const Held* held : group.resources) {
        const Node* owner = is_task(*held) ? at(*held->node, "owner") : nullptr;
        if (owner != nullptr) {
            add_person(episode.acting, people.of(*owner));
        }
    }
    for (const Entry& entry : episode.timeline) {
        const bool acts = entry.by.role == Role::link_worker ||
                          entry.by.role == Role::health_coach ||
                          entry.by.role == Role::care_co_ordinator;
        if (acts) {
            add_person(episode.acting, entry.by);
        }
    }
}

void Teller::note_silence(Episode& episode) const {
    std::optional<store::Instant> last;
    for (const Entry& entry : episode.timeline) {
        const auto at = moment(entry.done);
        if (entry.kind != Kind::referral && at && *at <= now && (!last || *at > *last)) {
            last = at;
            episode.heard = entry.done;
        }
    }
    const auto since = last ? last : moment(episode.referred);
    constexpr store::Instant day = 86'400'000;
    if (episode.open && since && *since < now) {
        episode.silent_days = (now - *since) / day;
    }
}

}  // namespace linkway::pages
