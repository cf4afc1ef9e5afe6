#include "resource.h"

#include "moment.h"

namespace linkway::referrals {

using text::Node;

namespace {

constexpr std::string_view event_map =
    "https://linkway.uk/fhir/ConceptMap/social-prescribing-event";
constexpr std::string_view near_set = "https://linkway.uk/fhir/ValueSet/near-social-prescribing";

std::string without_version(std::string_view reference) {
    return std::string(reference.substr(0, reference.find("/_history/")));
}

bool is_of_type(std::string_view reference, std::string_view type) {
    const std::size_t slash = reference.rfind('/');
    if (slash == std::string_view::npos || slash < type.size()) {
        return false;
    }
    const std::size_t from = slash - type.size();
    return reference.substr(from, type.size()) == type && (from == 0 || reference[from - 1] == '/');
}

/// Not after it was received: a clock elsewhere may be wrong, what came was done by then.
const std::string& not_after(const std::string& time, const std::string& received) {
    const auto claimed = moment_of(time);
    const auto limit = moment_of(received);
    const bool later =
        claimed && limit && claimed->clock && limit->clock && *claimed->clock > *limit->clock;
    return later ? received : time;
}

}  // namespace

const Node* at(const Node& node, std::string_view path) {
    const Node* found = &node;
    while (!path.empty()) {
        found = found->is_array() && !found->items.empty() ? &found->items.front() : found;
        const std::size_t dot = path.find('.');
        found = found->find(path.substr(0, dot));
        if (found == nullptr) {
            return nullptr;
        }
        path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
    }
    return found->is_array() && !found->items.empty() ? &found->items.front() : found;
}

std::string text_at(const Node& node, std::string_view path) {
    const Node* found = at(node, path);
    return found != nullptr && found->is_string() ? std::string(found->text) : std::string();
}

std::vector<const Node*> all_at(const Node& node, std::string_view path) {
    std::vector<const Node*> found = {&node};
    while (true) {
        std::vector<const Node*> next;
        const std::size_t dot = path.find('.');
        for (const Node* each : found) {
            const Node* child = each->find(path.substr(0, dot));
            if (child != nullptr && child->is_array()) {
                for (const Node& item : child->items) {
                    next.push_back(&item);
                }
            } else if (child != nullptr) {
                next.push_back(child);
            }
        }
        found = std::move(next);
        if (dot == std::string_view::npos) {
            return found;
        }
        path = path.substr(dot + 1);
    }
}

std::string reference_to(const Node& resource) {
    return std::string(resource.string_or("resourceType", "")) + "/" +
           std::string(resource.string_or("id", ""));
}

std::string reference_at(const Node& node, std::string_view path, std::string_view type) {
    for (const Node* each : all_at(node, path)) {
        std::string reference = without_version(each->string_or("reference", ""));
        if (is_of_type(reference, type)) {
            return reference;
        }
    }
    return {};
}

std::vector<const Node*> codings_at(const Node& node, std::string_view path) {
    return all_at(node, std::string(path) + ".coding");
}

bool has_code(const Node& node, std::string_view path, std::string_view code) {
    for (const Node* coding : codings_at(node, path)) {
        if (coding->string_or("code", "") == code) {
            return true;
        }
    }
    return false;
}

TaskPurpose purpose_of(const Node& task) {
    if (has_code(task, "code", "abort")) {
        return TaskPurpose::abort;
    }
    if (!reference_at(task, "partOf", "Task").empty()) {
        return TaskPurpose::onward;
    }
    const bool coded = !codings_at(task, "code").empty() || !text_at(task, "code.text").empty();
    const bool about_request = !reference_at(task, "focus", "ServiceRequest").empty();
    return has_code(task, "code", "fulfill") || (!coded && about_request) ? TaskPurpose::fulfil
                                                                          : TaskPurpose::action;
}

Actor actor_in(const Node& task, Actor actor, const Rules& rules) {
    const std::string requester = without_version(text_at(task, "requester.reference"));
    const bool asked =
        !requester.empty() && (requester == actor.organisation || requester == actor.practitioner);
    if (asked && !actor.side && rules.role(actor.role).side == Side::target) {
        actor.side = Side::either;
    }
    return actor;
}

EventBuilder::EventBuilder(const Node& resource, const Node* previous, const Intake& intake,
                           text::Issues& issues)
    : resource_(resource), previous_(previous), intake_(intake), issues_(issues) {}

Event& EventBuilder::add(EventKind kind, std::string_view what, const std::string& happened_at) {
    Event& event = events_.emplace_back();
    event.resource = reference_to(resource_);
    event.id = event_id(event.resource, what);
    event.episode = intake_.episode;
    event.kind = kind;
    event.origin = intake_.origin;
    event.actor = intake_.writer;
    event.received_at = intake_.received_at;
    event.happened_at = intake_.origin == Origin::record
                            ? happened_at
                            : not_after(happened_at, intake_.received_at);
    event.version = text_at(resource_, "meta.versionId");
    return event;
}

Actor EventBuilder::actor_of(const Node& reference) const {
    Actor actor = intake_.writer;
    const std::string target = without_version(reference.string_or("reference", ""));
    if (is_of_type(target, "Organization")) {
        actor.organisation = target;
        return actor;
    }
    actor.practitioner = target;
    if (is_of_type(target, "Patient")) {
        actor.role = "patient";
        return actor;
    }
    const Node* role = intake_.resolve ? intake_.resolve(target) : nullptr;
    if (role == nullptr) {
        return actor;
    }
    const std::string organisation = reference_at(*role, "organization", "Organization");
    actor.organisation = organisation.empty() ? actor.organisation : organisation;
    for (const Node* coding : codings_at(*role, "code")) {
        for (const Role& each : intake_.rules.roles()) {
            if (!each.value_set.empty() &&
                intake_.codes.member_of(each.value_set, coding->string_or("system", ""),
                                        coding->string_or("code", "")) ==
                    terminology::Membership::yes) {
                actor.role = each.code;
                return actor;
            }
        }
    }
    return actor;
}

void EventBuilder::retract() {
    add(EventKind::retracted, "retracted@" + text_at(resource_, "meta.versionId"),
        intake_.received_at);
}

void EventBuilder::by(Event& event, const std::vector<const Node*>& references) const {
    bool found = false;
    for (const Node* reference : references) {
        const Actor actor = actor_of(*reference);
        const bool meets = intake_.rules.role(actor.role).contact;
        if (!found || (meets && !intake_.rules.role(event.actor.role).contact)) {
            event.actor = actor;
            found = true;
        }
    }
}

std::string EventBuilder::event_code(std::string_view path) const {
    for (const Node* coding : codings_at(resource_, path)) {
        const std::string_view system = coding->string_or("system", "");
        const std::string_view code = coding->string_or("code", "");
        for (const auto& translation : intake_.codes.translate(event_map, system, code)) {
            return std::string(translation.target.code);
        }
        if (intake_.codes.member_of(near_set, system, code) == terminology::Membership::yes) {
            return std::string(near_social_prescribing);
        }
    }
    return {};
}

std::string EventBuilder::business_status(std::string_view path) const {
    for (const Node* coding : codings_at(resource_, path)) {
        const std::string_view system = coding->string_or("system", "");
        const std::string_view code = coding->string_or("code", "");
        if (system == intake_.rules.business_status_system()) {
            return intake_.rules.progress(code) != nullptr ? std::string(code) : std::string();
        }
        for (const auto& translation :
             intake_.codes.translate(intake_.rules.business_status_map(), system, code)) {
            return std::string(translation.target.code);
        }
    }
    return {};
}

void EventBuilder::refuse(const Node& where, std::string_view path, text::Issue issue) {
    issue.location.line = where.line;
    issue.location.column = where.column;
    issue.location.field =
        std::string(resource_.string_or("resourceType", "")) + "." + std::string(path);
    issues_.push_back(std::move(issue));
}

}  // namespace linkway::referrals
