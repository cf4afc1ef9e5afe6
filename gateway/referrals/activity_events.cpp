// What a link worker records to events: contacts, scores, outcomes, questionnaires, messages.
#include "resource.h"

namespace linkway::referrals {

using text::Node;

namespace {

std::string based_on(const Node& resource) {
    return reference_at(resource, "basedOn", "ServiceRequest");
}

/// The value of an Observation or component as a number as written, or nullptr.
const Node* number_of(const Node& node) {
    for (const char* path : {"valueQuantity.value", "valueInteger"}) {
        const Node* value = at(node, path);
        if (value != nullptr && value->kind == text::NodeKind::number) {
            return value;
        }
    }
    return nullptr;
}

/// The score that a value under this code is. A known measure refuses what it can't be; another
/// instrument's is kept by its code.
void add_score(EventBuilder& builder, const Node& node, std::string_view path,
               std::vector<Score>& scores) {
    const Node* value = number_of(node);
    const auto codings = codings_at(node, "code");
    if (value == nullptr || codings.empty()) {
        return;
    }
    for (const Node* coding : codings) {
        const Measure* measure = builder.intake().measures.find(coding->string_or("system", ""),
                                                                coding->string_or("code", ""));
        if (measure == nullptr) {
            continue;
        }
        auto score = measure->score(value->text);
        if (score) {
            scores.push_back(std::move(score).value());
        } else {
            builder.refuse(*value, path, std::move(score).issue());
        }
        return;
    }
    const Node& coding = *codings.front();
    scores.push_back({std::string(coding.string_or("system", "")) + "|" +
                          std::string(coding.string_or("code", "")),
                      std::string(value->text),
                      {}});
}

std::string effective(const Node& resource) {
    for (const char* path : {"effectiveDateTime", "effectivePeriod.start", "effectiveInstant"}) {
        std::string time = text_at(resource, path);
        if (!time.empty()) {
            return time;
        }
    }
    return {};
}

}  // namespace

void events_of_observation(EventBuilder& builder) {
    const Node& observation = builder.resource();
    const std::string status = text_at(observation, "status");
    if (status == "registered" || status == "cancelled") {
        return;
    }
    const std::string when = effective(observation);
    const std::string code = builder.event_code("code");
    std::vector<Score> scores;
    const std::size_t issues = builder.issues().size();
    if (code.empty()) {
        add_score(builder, observation, "value", scores);
        for (const Node* component : all_at(observation, "component")) {
            add_score(builder, *component, "component.value", scores);
        }
        if (builder.issues().size() > issues) {
            return;
        }
    }
    const auto entry = entry_kind(code);
    const EventKind kind = entry            ? static_cast<EventKind>(*entry)
                           : !code.empty()  ? EventKind::other
                           : scores.empty() ? EventKind::outcome
                                            : EventKind::score;
    if (kind == EventKind::referred) {
        return;  // a referral is made by its ServiceRequest and Task
    }
    Event& event = builder.add(kind, "observation", when);
    // What the record codes is of the episode as a whole.
    event.request = builder.intake().origin == Origin::record ? "" : based_on(observation);
    event.scores = std::move(scores);
    if (entry) {
        event.reason = text_at(observation, "code.text");
    }
    builder.by(event, all_at(observation, "performer"));
}

void events_of_contact(EventBuilder& builder) {
    const Node& contact = builder.resource();
    const std::string type = text_at(contact, "resourceType");
    const std::string status = text_at(contact, "status");
    const bool encounter = type == "Encounter";
    // That somebody did not come, an Encounter can say in its reason only.
    std::string fact = builder.business_status("reasonCode");
    if (fact.empty()) {
        fact = builder.intake().rules.contact_fact(type, status);
    }
    if (fact.empty()) {
        return;
    }
    const std::string start = text_at(contact, encounter ? "period.start" : "start");
    // What lies ahead was arranged, or called off, when it was written.
    const bool ahead = builder.intake().rules.progress(fact)->task == no_status &&
                       fact == builder.intake().rules.contact_fact(type, status) &&
                       status != "noshow";
    Event& event =
        builder.add(EventKind::contact, fact, ahead ? builder.intake().received_at : start);
    event.request = based_on(contact);
    event.business_status = fact;
    event.started = start;
    builder.by(event, all_at(contact, encounter ? "participant.individual" : "participant.actor"));
}

void events_of_message(EventBuilder& builder) {
    const Node& message = builder.resource();
    const std::string status = text_at(message, "status");
    const bool answered = text_at(message, "resourceType") == "QuestionnaireResponse";
    if (answered ? status != "completed" && status != "amended" : status != "completed") {
        return;
    }
    const std::string when = text_at(message, answered ? "authored" : "sent");
    Event& event = builder.add(answered ? EventKind::questionnaire : EventKind::message, "message",
                               when.empty() ? text_at(message, "received") : when);
    event.request = based_on(message);
    builder.by(event, all_at(message, answered ? "author" : "sender"));
}

}  // namespace linkway::referrals
