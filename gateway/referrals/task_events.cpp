// Tasks and ServiceRequests to events.
#include "moves.h"
#include "resource.h"

namespace linkway::referrals {

using text::Node;

namespace {

/// The text at the path where the version before did not say the same; empty otherwise.
std::string changed(const EventBuilder& builder, std::string_view path) {
    std::string now = text_at(builder.resource(), path);
    const bool same = builder.previous() != nullptr && text_at(*builder.previous(), path) == now;
    return same ? std::string() : now;
}

/// When a Task was written: as it says, where it says so anew, else when it came.
std::string written_at(const EventBuilder& builder) {
    std::string time = changed(builder, "lastModified");
    if (time.empty() && builder.previous() == nullptr) {
        time = text_at(builder.resource(), "authoredOn");
    }
    return time.empty() ? builder.intake().received_at : time;
}

std::string version_of(const EventBuilder& builder, std::string_view what) {
    return std::string(what) + "@" + text_at(builder.resource(), "meta.versionId");
}

std::string progress_in(const Node& resource) {
    std::string all;
    for (const Node* coding : codings_at(resource, "businessStatus")) {
        all += std::string(coding->string_or("system", "")) + "|" +
               std::string(coding->string_or("code", "")) + " ";
    }
    return all + text_at(resource, "businessStatus.text");
}

std::size_t outputs(const Node& resource) {
    return all_at(resource, "output").size();
}

std::string replaced(const Node& task) {
    for (const Node* extension : all_at(task, "extension")) {
        if (extension->string_or("url", "") ==
            "http://hl7.org/fhir/StructureDefinition/request-replaces") {
            return text_at(*extension, "valueReference.reference");
        }
    }
    return {};
}

/// The Task of a referral that was written as FHIR: one event for all that the version changes.
void written_task(EventBuilder& builder) {
    const Node& task = builder.resource();
    const Node* before = builder.previous();
    const std::string status = changed(builder, "status");
    if (!status.empty() && builder.intake().rules.find(status) == no_status) {
        builder.refuse(*task.find("status"), "status",
                       unknown_status(status, builder.intake().rules));
        return;
    }
    const bool new_progress = before == nullptr || progress_in(*before) != progress_in(task);
    const bool new_output = before == nullptr || outputs(*before) != outputs(task);
    const std::string owner = changed(builder, "owner.reference");
    const std::string started = changed(builder, "executionPeriod.start");
    const std::string ended = changed(builder, "executionPeriod.end");
    const std::string reason = changed(builder, "statusReason.text");
    if (status.empty() && !new_progress && !new_output && owner.empty() && started.empty() &&
        ended.empty() && reason.empty()) {
        return;
    }
    Event& event = builder.add(EventKind::task, version_of(builder, "task"), written_at(builder));
    event.actor = actor_in(before == nullptr ? task : *before, event.actor, builder.intake().rules);
    event.task = reference_to(task);
    event.request = reference_at(task, "focus", "ServiceRequest");
    event.status = status;
    event.reason = text_at(task, "statusReason.text");
    event.business_status = new_progress ? builder.business_status("businessStatus") : "";
    event.owner = owner;
    event.started = started;
    event.ended = ended;
    event.replaces = replaced(task);
    event.output = outputs(task) > 0;
}

/// The Task of a referral that an extract holds. Where the record states how far it is (SystmOne's
/// states), that is an event of its own, dated by the last note.
void recorded_task(EventBuilder& builder) {
    const Node& task = builder.resource();
    const std::string reference = reference_to(task);
    const std::string request = reference_at(task, "focus", "ServiceRequest");
    Event& referred = builder.add(EventKind::referred, "referred", text_at(task, "authoredOn"));
    referred.task = reference;
    referred.request = request;
    builder.by(referred, all_at(task, "requester"));
    const std::string state = text_at(task, "businessStatus.text");
    std::string when;
    for (const Node* note : all_at(task, "note")) {
        const std::string time(note->string_or("time", ""));
        when = time.empty() ? when : time;
    }
    if (state.empty() || when.empty()) {
        return;
    }
    Event& stated = builder.add(EventKind::task, "stated", when);
    stated.task = reference;
    stated.request = request;
    stated.status = text_at(task, "status");
    stated.reason = state;
}

void abort_task(EventBuilder& builder) {
    const std::string status = changed(builder, "status");
    const std::string target = reference_at(builder.resource(), "focus", "Task");
    if (status.empty() || target.empty()) {
        return;
    }
    Event& event = builder.add(EventKind::abort, version_of(builder, "abort"), written_at(builder));
    event.task = target;
    event.status = status;
    event.reason = text_at(builder.resource(), "statusReason.text");
}

/// Who asks is the requester; whatever becomes of it later is the word of who writes it.
void asked_by_requester(EventBuilder& builder, Event& event) {
    if (builder.previous() == nullptr) {
        builder.by(event, all_at(builder.resource(), "requester"));
    }
}

/// An action asked of the practice, or the Task of a referral onwards.
void side_task(EventBuilder& builder, EventKind kind) {
    const std::string status = changed(builder, "status");
    if (status.empty()) {
        return;
    }
    if (status == "entered-in-error") {
        return builder.retract();
    }
    Event& event = builder.add(kind, version_of(builder, "task"), written_at(builder));
    event.status = status;
    event.request = reference_at(builder.resource(), "basedOn", "ServiceRequest");
    event.reason = text_at(builder.resource(), "statusReason.text");
    asked_by_requester(builder, event);
}

}  // namespace

void events_of_task(EventBuilder& builder) {
    switch (purpose_of(builder.resource())) {
        case TaskPurpose::fulfil:
            return builder.intake().origin == Origin::record ? recorded_task(builder)
                                                             : written_task(builder);
        case TaskPurpose::abort:
            return abort_task(builder);
        case TaskPurpose::onward:
            return side_task(builder, EventKind::onward);
        case TaskPurpose::action:
            return side_task(builder, EventKind::action);
    }
}

void events_of_request(EventBuilder& builder) {
    const Node& request = builder.resource();
    const std::string status = changed(builder, "status");
    const std::string authored = text_at(request, "authoredOn");
    if (!reference_at(request, "basedOn", "ServiceRequest").empty()) {
        if (status.empty()) {
            return;
        }
        if (status == "entered-in-error") {
            return builder.retract();
        }
        const bool signpost = builder.event_code("code") == "signposted";
        // A signpost is one event; how far a referral onwards is, is one each.
        Event& event =
            signpost ? builder.add(EventKind::signposted, "signposted", authored)
                     : builder.add(
                           EventKind::onward, version_of(builder, "onward"),
                           builder.previous() == nullptr ? authored : builder.intake().received_at);
        event.status = status;
        event.request = reference_at(request, "basedOn", "ServiceRequest");
        return asked_by_requester(builder, event);
    }
    if (text_at(request, "intent") == "proposal") {
        builder.by(builder.add(EventKind::offered, "offered", authored),
                   all_at(request, "requester"));
        return;
    }
    if (builder.intake().origin == Origin::record || status.empty()) {
        return;  // of a referral in the record its Task tells
    }
    Event& event = builder.add(EventKind::request, version_of(builder, "request"),
                               builder.previous() == nullptr && !authored.empty()
                                   ? authored
                                   : builder.intake().received_at);
    event.request = reference_to(request);
    event.status = status;
    for (const Node* extension : all_at(request, "extension")) {
        if (extension->string_or("url", "") ==
            "http://hl7.org/fhir/StructureDefinition/request-statusReason") {
            event.reason = text_at(*extension, "valueCodeableConcept.text");
        }
    }
}

}  // namespace linkway::referrals
