// Whether a move may be made: asked by the replay and by the check of a write alike. Private to
// this folder.
#pragma once

#include <string_view>
#include <vector>

#include "referrals/event.h"
#include "referrals/policy.h"
#include "referrals/rules.h"
#include "text/issue.h"

namespace linkway::referrals {

struct Verdict {
    bool moves = false;
    text::Issues issues;  ///< errors when it does not move, warnings when it does all the same
};

/// The side of an actor: his own where known, else that of his role.
Side side_of(const Actor& actor, const Rules& rules);

/// Whether this side may move a Task from one state to another (no_status: there is none yet).
Verdict judge(const Rules& rules, const Policy& policy, StatusId from, StatusId to, Side who);

/// What a state requires and is not there, as errors at "Task.statusReason" or "Task.output".
text::Issues missing(const Status& status, bool has_reason, bool has_output);

/// A status that the rules do not have.
text::Issue unknown_status(std::string_view code, const Rules& rules);

/// The status of a ServiceRequest is the word of who asked.
text::Issue not_the_requester();

/// Who asked may not grant what an abort Task asks for.
text::Issue not_to_grant();

}  // namespace linkway::referrals
