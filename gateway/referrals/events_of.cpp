#include "referrals/events_of.h"

#include <algorithm>
#include <array>

#include "fhir/identifier.h"
#include "resource.h"

namespace linkway::referrals {

using text::Node;

namespace {

struct Reader {
    std::string_view type;
    void (*read)(EventBuilder& builder);
};

constexpr std::array<Reader, 7> readers = {{{"Task", events_of_task},
                                            {"ServiceRequest", events_of_request},
                                            {"Observation", events_of_observation},
                                            {"Encounter", events_of_contact},
                                            {"Appointment", events_of_contact},
                                            {"QuestionnaireResponse", events_of_message},
                                            {"Communication", events_of_message}}};

}  // namespace

std::string made_from(const Node& resource) {
    const std::string_view entry = fhir::identifier_of(resource, record_entry_system);
    return std::string(entry.substr(0, entry.find('#')));
}

Links links_of(const Node& resource) {
    Links links;
    for (const char* path : {"requisition", "groupIdentifier"}) {
        const Node* identifier = at(resource, path);
        if (identifier != nullptr && identifier->string_or("system", "") == episode_system) {
            links.episode = identifier->string_or("value", "");
        }
    }
    for (const char* path : {"focus", "basedOn", "partOf"}) {
        for (const char* type : {"ServiceRequest", "Task"}) {
            const std::string reference = reference_at(resource, path, type);
            if (!reference.empty()) {
                links.referrals.push_back(reference);
            }
        }
    }
    return links;
}

std::vector<Event> events_of(const Node& next, const Node* previous, const Intake& intake,
                             text::Issues& issues) {
    const std::string_view type = next.string_or("resourceType", "");
    const auto reader = std::find_if(readers.begin(), readers.end(),
                                     [&](const Reader& each) { return each.type == type; });
    if (reader == readers.end()) {
        return {};
    }
    EventBuilder builder(next, previous, intake, issues);
    const std::string filed = intake.origin == Origin::record ? made_from(next) : "";
    if (!filed.empty()) {
        return {acknowledgement(EventKind::filed, intake.episode, filed, intake.received_at)};
    }
    // Of a referral's own Task and ServiceRequest it is a state.
    const bool retracts = type != "Task" && type != "ServiceRequest";
    if (retracts && text_at(next, "status") == "entered-in-error") {
        builder.retract();
        return builder.take();
    }
    reader->read(builder);
    return builder.take();
}

}  // namespace linkway::referrals
