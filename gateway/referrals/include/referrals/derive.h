// The state of an episode written into its resources.
#pragma once

#include <string>
#include <string_view>

#include "referrals/replay.h"
#include "referrals/rules.h"
#include "text/node.h"

namespace linkway::referrals {

/// On a Task, one for each event that broke a rule: code, message, origin, when it happened and the
/// resource that said so.
inline constexpr std::string_view flagged_transition =
    "https://linkway.uk/fhir/StructureDefinition/flagged-transition";

/// The Task as compact JSON, with what the replay says of it: status, statusReason (the text
/// somebody stated, else none), businessStatus, executionPeriod, lastModified, owner and flags.
/// What the replay does not know, and everything else, stays as it is; a Task that it does not have
/// stays whole. New members stand in the order of the specification. The same input gives the same
/// bytes; when nothing changes they are those of the node.
std::string apply_task(const text::Node& task, const Replayed& replayed, const Rules& rules,
                       const terminology::Terminology& codes);

/// The ServiceRequest likewise: status, and why it is in it (extension request-statusReason).
std::string apply_request(const text::Node& request, const Replayed& replayed);

/// A Task or ServiceRequest with this id of its episode in place of the one that it states; one
/// that states none as it is.
std::string with_episode(const text::Node& resource, std::string_view episode);

}  // namespace linkway::referrals
