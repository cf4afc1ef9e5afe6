#include "entries.h"

#include <algorithm>

#include "element.h"
#include "store/moment.h"
#include "words.h"

namespace linkway::pages {

using text::Node;
using Kind = Entry::Kind;

namespace {

constexpr std::string_view event_map =
    "https://linkway.uk/fhir/ConceptMap/social-prescribing-event";
constexpr std::string_view near_set = "https://linkway.uk/fhir/ValueSet/near-social-prescribing";

bool is_error(const Node& resource) {
    return resource.string_or("status", "") == "entered-in-error";
}

void add_line(std::string& text, std::string_view line) {
    text += text.empty() || line.empty() ? "" : "\n";
    text += line;
}

/// "Home visit" of an Encounter's class.
std::string way_of_meeting(const Node& encounter) {
    const std::string code = text_at(encounter, "class.code");
    if (code == "VR") {
        return "Telephone or video contact";
    }
    if (code == "HH") {
        return "Home visit";
    }
    if (code == "AMB") {
        return "Face-to-face contact";
    }
    const std::string display = text_at(encounter, "class.display");
    return display.empty() ? "Contact" : display;
}

std::string answer_in_words(const Node& answer) {
    for (const text::Member& member : answer.members) {
        if (member.name.rfind("value", 0) != 0) {
            continue;
        }
        const Node& value = member.value;
        if (!value.is_object()) {
            return member.name == "valueBoolean" ? (value.text == "true" ? "Yes" : "No")
                                                 : std::string(value.text);
        }
        if (member.name == "valueQuantity") {
            const std::string unit = text_at(value, "unit");
            return text_at(value, "value") + (unit.empty() ? "" : " " + unit);
        }
        for (const char* path : {"display", "code", "title", "reference"}) {
            std::string text = text_at(value, path);
            if (!text.empty()) {
                return text;
            }
        }
    }
    return {};
}

/// Questions and answers, a line each, in the order of the form.
void add_answers(const Node& item, std::string& text) {
    std::string answers;
    for (const Node* answer : all_at(item, "answer")) {
        const std::string words = answer_in_words(*answer);
        answers += answers.empty() || words.empty() ? "" : ", ";
        answers += words;
    }
    if (!answers.empty()) {
        std::string question = text_at(item, "text");
        question = question.empty() ? text_at(item, "linkId") : question;
        const bool asks = !question.empty() && (question.back() == '?' || question.back() == ':');
        add_line(text, question + (asks ? " " : ": ") + answers);
    }
    for (const char* path : {"item", "answer.item"}) {
        for (const Node* child : all_at(item, path)) {
            add_answers(*child, text);
        }
    }
}

}  // namespace

TaskPurpose purpose_of(const Node& task) {
    if (has_code(task, "code", "abort")) {
        return TaskPurpose::abort;
    }
    if (at(task, "partOf") != nullptr) {
        return TaskPurpose::onward;
    }
    const bool about_request =
        plain_reference(text_at(task, "focus.reference")).rfind("ServiceRequest/", 0) == 0;
    const bool fulfils =
        has_code(task, "code", "fulfill") || (concept_at(task, "code").empty() && about_request);
    return fulfils ? TaskPurpose::fulfil : TaskPurpose::action;
}

std::string event_code(const Node& resource, std::string_view path,
                       const terminology::Terminology& codes) {
    for (const Node* coding : all_at(resource, std::string(path) + ".coding")) {
        const std::string_view system = coding->string_or("system", "");
        const std::string_view code = coding->string_or("code", "");
        for (const auto& translation : codes.translate(event_map, system, code)) {
            return std::string(translation.target.code);
        }
        if (codes.member_of(near_set, system, code) == terminology::Membership::yes) {
            return "near";
        }
    }
    return {};
}

std::optional<Entry> EntryReader::read(const Held& held) {
    const Node& node = *held.node;
    Entry entry;
    entry.about = held.key;
    entry.received = held.received;
    entry.source = held.from_record ? Source::record : Source::service;
    const std::string& type = held.key.type;
    bool is_entry = false;
    if (is_error(node)) {
        return {};
    }
    if (type == "Task") {
        is_entry = task(node, entry);
    } else if (type == "ServiceRequest") {
        is_entry = request(node, entry);
    } else if (type == "Encounter" || type == "Appointment") {
        is_entry = contact(node, entry);
    } else if (type == "Observation") {
        is_entry = observation(node, entry);
    } else if (type == "QuestionnaireResponse") {
        is_entry = answers(node, entry);
    } else {
        is_entry = message(node, entry);
    }
    return is_entry ? std::optional(std::move(entry)) : std::nullopt;
}

bool EntryReader::lies_ahead(const std::string& when) const {
    const auto moments = store::moments_of(when);
    return moments && moments->from > now_;
}

bool EntryReader::task(const Node& node, Entry& entry) {
    const TaskPurpose purpose = purpose_of(node);
    const std::string status = text_at(node, "status");
    if (purpose == TaskPurpose::fulfil || status == "draft") {
        return false;
    }
    entry.by = people_.first(node, "requester");
    entry.done = text_at(node, "authoredOn");
    entry.text = texts_at(node, "note.text", "\n");
    if (purpose == TaskPurpose::abort) {
        entry.kind = Kind::status;
        entry.title = "Asked to end the referral";
        add_line(entry.text, text_at(node, "statusReason.text"));
        return true;
    }
    std::string what = text_at(node, "description");
    what = what.empty() ? concept_at(node, "code") : what;
    const bool onward = purpose == TaskPurpose::onward;
    entry.kind = onward ? Kind::onward : Kind::action;
    entry.title = what.empty() ? (onward ? "Referred on" : "Action, not described") : what;
    return true;
}

Action EntryReader::action(const Node& task) {
    Action action;
    action.text = text_at(task, "description");
    action.text = action.text.empty() ? concept_at(task, "code") : action.text;
    action.note = texts_at(task, "note.text", "\n");
    const std::string status = text_at(task, "status");
    action.open = !is_over(status);
    action.status = action_standing(status);
    if (const std::string why = text_at(task, "statusReason.text"); !why.empty()) {
        action.status += ": " + why;
    }
    action.asked = text_at(task, "authoredOn");
    action.due = text_at(task, "restriction.period.end");
    action.for_person = plain_reference(text_at(task, "owner.reference")).rfind("Patient/", 0) == 0;
    action.asked_by = people_.first(task, "requester");
    return action;
}

bool EntryReader::request(const Node& node, Entry& entry) {
    entry.title = concept_at(node, "code");
    entry.title = entry.title.empty() ? "Referral" : entry.title;
    entry.done = text_at(node, "authoredOn");
    entry.by = people_.first(node, "requester");
    const std::string code = event_code(node, "code", knowledge_.codes);
    const std::string to = people_.first(node, "performer").organisation;
    if (code == "near") {
        entry.kind = Kind::near;
    } else if (text_at(node, "intent") == "proposal") {
        entry.kind = Kind::offer;
    } else if (code == "signposted") {
        entry.kind = Kind::signpost;
        add_line(entry.text, to);
    } else if (at(node, "basedOn") != nullptr) {
        entry.kind = Kind::onward;
        add_line(entry.text, to.empty() ? "" : "To " + to);
    } else {
        entry.kind = Kind::referral;
    }
    for (const Node* reason : all_at(node, "reasonCode")) {
        add_line(entry.text, concept_of(*reason));
    }
    add_line(entry.text, texts_at(node, "note.text", "\n"));
    return true;
}

bool EntryReader::contact(const Node& node, Entry& entry) {
    const bool encounter = node.string_or("resourceType", "") == "Encounter";
    const std::string status = text_at(node, "status");
    entry.kind = Kind::contact;
    entry.done = text_at(node, encounter ? "period.start" : "start");
    entry.by = people_.first(node, encounter ? "participant.individual" : "participant.actor");
    const bool missed = status == "noshow" || has_code(node, "reasonCode", "did-not-attend");
    const bool called_off = status == "cancelled" && !missed;
    const bool arranged =
        status == "planned" || status == "booked" || status == "pending" || status == "proposed";
    if (missed) {
        entry.title = "Did not attend";
    } else if (called_off) {
        entry.title = "Appointment cancelled";
    } else if (arranged) {
        entry.title = lies_ahead(entry.done)
                          ? "Appointment arranged"
                          : "Appointment was arranged; what came of it is not recorded";
    } else {
        entry.title = encounter ? way_of_meeting(node) : "Attended an appointment";
    }
    for (const char* path : {"reasonCode", "type", "appointmentType"}) {
        for (const Node* each : all_at(node, path)) {
            const std::string words = concept_of(*each);
            add_line(entry.text, missed && path == std::string_view("reasonCode") ? "" : words);
        }
    }
    add_line(entry.text, text_at(node, encounter ? "" : "description"));
    return status != "waitlist" && status != "unknown";
}

bool EntryReader::observation(const Node& node, Entry& entry) {
    const std::string status = text_at(node, "status");
    if (status == "registered" || status == "cancelled") {
        return false;
    }
    entry.title = concept_at(node, "code");
    entry.title = entry.title.empty() ? "Recorded" : entry.title;
    entry.done = effective(node);
    entry.by = people_.first(node, "performer");
    const std::string code = event_code(node, "code", knowledge_.codes);
    const auto values = values_of(node, *knowledge_.measures);
    const bool scored = std::any_of(values.begin(), values.end(),
                                    [](const Value& value) { return !value.number.empty(); });
    entry.kind = code == "near"                           ? Kind::near
                 : code == "offered"                      ? Kind::offer
                 : code == "signposted"                   ? Kind::signpost
                 : code == "seen"                         ? Kind::contact
                 : code == "declined" || code == "closed" ? Kind::ending
                 : code == "referred"                     ? Kind::referral
                 : scored                                 ? Kind::score
                                                          : Kind::outcome;
    for (const Value& value : values) {
        const bool own = value.node == &node;
        if (own && value.measure != nullptr) {
            entry.title = value.title;
        }
        add_line(entry.text, own ? value.value : value.title + ": " + value.value);
    }
    add_line(entry.text, texts_at(node, "note.text", "\n"));
    return true;
}

bool EntryReader::answers(const Node& node, Entry& entry) {
    const std::string status = text_at(node, "status");
    if (status != "completed" && status != "amended") {
        return false;
    }
    entry.kind = Kind::questionnaire;
    entry.title = "Questionnaire answered";
    entry.done = text_at(node, "authored");
    entry.by = people_.first(node, "author");
    entry.by = entry.by.empty() ? people_.first(node, "source") : entry.by;
    for (const Node* item : all_at(node, "item")) {
        add_answers(*item, entry.text);
    }
    return true;
}

bool EntryReader::message(const Node& node, Entry& entry) {
    if (text_at(node, "status") != "completed") {
        return false;
    }
    entry.kind = Kind::message;
    entry.title = concept_at(node, "topic");
    entry.title = entry.title.empty() ? "Message" : entry.title;
    entry.done = text_at(node, "sent");
    entry.done = entry.done.empty() ? text_at(node, "received") : entry.done;
    entry.by = people_.first(node, "sender");
    for (const Node* payload : all_at(node, "payload")) {
        add_line(entry.text, text_at(*payload, "contentString"));
        if (const std::string file = text_at(*payload, "contentAttachment.title"); !file.empty()) {
            add_line(entry.text, "File: " + file);
        }
        add_line(entry.text, text_at(*payload, "contentReference.display"));
    }
    return true;
}

}  // namespace linkway::pages
