// Resources to events: what a version of a resource says happened, against the version before.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "referrals/event.h"
#include "referrals/measures.h"
#include "referrals/rules.h"
#include "terminology/terminology.h"
#include "text/node.h"

namespace linkway::referrals {

inline constexpr std::string_view episode_system = "https://linkway.uk/fhir/Id/episode";
inline constexpr std::string_view record_entry_system = "https://linkway.uk/fhir/Id/record-entry";

/// How a resource leads to its episode.
struct Links {
    std::string episode;                 ///< stated: requisition or groupIdentifier; empty for none
    std::vector<std::string> referrals;  ///< references to ServiceRequests and Tasks to ask, the
                                         ///< nearest first
};
Links links_of(const text::Node& resource);

/// Of a resource that came back from the record: "Type/id" of the one whose entry Linkway had sent
/// there. Empty for any other.
std::string made_from(const text::Node& resource);

/// What is known when a resource is taken in. Everything referred to outlives the call.
struct Intake {
    const Rules& rules;
    const Measures& measures;
    const terminology::Terminology& codes;
    std::string episode;  ///< id of the episode it belongs to
    Actor writer;         ///< who sent it; of an extract the practice
    Origin origin = Origin::fhir;
    std::string received_at;  ///< FHIR instant
    /// The resource of a reference, or nullptr: for roles of performers. May be empty.
    std::function<const text::Node*(std::string_view reference)> resolve;
};

/// What `next` says happened that `previous` (nullptr for a first version) did not say. Nothing for
/// a resource that tells of no referral. A score out of its range is an error in `issues` and no
/// event; so is a status that a referral can't have.
///
///   Task: fulfil (status, business status, owner, outputs, period), abort, else a requested action
///     or, with partOf, a referral onwards. ServiceRequest: the requester's status, an offer, or
///     with basedOn a referral onwards or a signpost. Encounter, Appointment: a contact.
///   Observation: a coded entry by CodeSystem/social-prescribing-event, scores (of a panel each
///     component), else an outcome. QuestionnaireResponse, Communication: themselves.
///   entered-in-error: a retraction. With an identifier of record_entry_system: the entry was
///   filed.
std::vector<Event> events_of(const text::Node& next, const text::Node* previous,
                             const Intake& intake, text::Issues& issues);

}  // namespace linkway::referrals
