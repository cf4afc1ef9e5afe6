// What happened to a referral, as one value that can be kept: from a coded entry, from a resource
// that somebody wrote, or from an acknowledgement.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "referrals/rules.h"
#include "text/node.h"

namespace linkway::referrals {

enum class EventKind : std::uint8_t {
    // Coded entries of the GP record: as EntryKind, and in its order.
    offered,
    referred,
    declined,
    signposted,
    seen,
    closed,
    // What was written as FHIR.
    task,           ///< the referral's Task: status, business status, owner, outputs
    request,        ///< its ServiceRequest, by who asked
    abort,          ///< a Task that asks to end another
    contact,        ///< Encounter or Appointment
    score,          ///< Observation with a measure
    outcome,        ///< Observation without one: what came of it, in words or a code
    questionnaire,  ///< QuestionnaireResponse
    message,        ///< Communication
    action,         ///< a Task that asks the practice for something
    onward,         ///< ServiceRequest or Task of a referral onwards
    other,          ///< near social prescribing: kept apart, moves nothing
    // About other events.
    delivered,  ///< an activity reached its recipient
    filed,      ///< an activity stands in the GP record
    retracted,  ///< a resource was entered in error
};

std::optional<EventKind> event_kind(std::string_view code);
std::string_view to_code(EventKind kind);
/// The coded entry that an event of this kind is, if it is one.
std::optional<EntryKind> entry_of(EventKind kind);

/// Whose word it is.
enum class Origin : std::uint8_t { record, fhir, acknowledgement };
std::string_view to_code(Origin origin);

struct Actor {
    std::string role = "unknown";  ///< of the rules' roles
    std::optional<Side> side;      ///< where it is known better than by the role
    std::string organisation;      ///< ODS code or reference; may be empty
    std::string practitioner;      ///< reference to who did it; may be empty

    friend bool operator==(const Actor&, const Actor&) = default;
};

/// One measured value. Scores of one measure make a series; those of ONS4 are four measures.
struct Score {
    std::string measure;  ///< code of measures.yaml, else "system|code" of the instrument
    std::string value;    ///< as written
    std::string metric;   ///< converted, where the measure has a table

    friend bool operator==(const Score&, const Score&) = default;
};

/// Texts that do not apply are empty. Equal ids are the same event: of several the latest version
/// counts.
struct Event {
    std::string id;       ///< derived from what it is of: any node gives the same
    std::string episode;  ///< id of the episode
    EventKind kind = EventKind::other;
    std::string happened_at;  ///< FHIR dateTime, perhaps a part of a date; empty when not stated
    std::string received_at;  ///< FHIR instant
    Actor actor;
    Origin origin = Origin::fhir;
    std::string task;             ///< reference of the Task it is about; empty for those of
                                  ///< `request`, and when that is empty for all that are open
    std::string request;          ///< reference of the ServiceRequest it is about
    std::string status;           ///< that was written: of a task, request, abort, action, onward
    std::string business_status;  ///< code of CodeSystem/referral-progress
    std::string reason;           ///< why, as stated
    std::string owner;            ///< reference of who owns the Task from now on
    std::string started;          ///< Task.executionPeriod, where it was stated; of a contact when
                                  ///< it is to begin or began
    std::string ended;
    std::string replaces;  ///< reference of the Task that this one restarts
    bool output = false;   ///< the Task has an output
    std::vector<Score> scores;
    std::string resource;  ///< reference without version: what tells of it, or is acknowledged
    std::string version;   ///< its version; empty in an acknowledgement of any

    friend bool operator==(const Event&, const Event&) = default;
};

/// The id of what a resource says happened; `what` tells apart what one resource may say.
std::string event_id(std::string_view resource, std::string_view what);

/// Appends the event as one JSON object: members in a fixed order, empty ones left out.
void append_json(std::string& out, const Event& event);

/// An event from such an object (or the same in YAML). An issue when it is none.
text::Result<Event> event_from(const text::Document& document, const text::Node& node);

/// An activity reached its recipient, or stands in the record: `resource` with or without
/// "/_history/version".
Event acknowledgement(EventKind delivered_or_filed, std::string_view episode,
                      std::string_view resource, std::string_view at);

}  // namespace linkway::referrals
