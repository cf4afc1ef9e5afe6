// Whether somebody may write this: asked before a Task or ServiceRequest is stored.
#pragma once

#include "referrals/event.h"
#include "referrals/policy.h"
#include "referrals/rules.h"
#include "text/issue.h"
#include "text/node.h"

namespace linkway::referrals {

/// What the rules of referrals say against the change from `previous` (nullptr for a new resource)
/// to `next` by this actor: moves that are not his or that there are not, a missing
/// statusReason.text or output, a business status that there is not, a request's status that is
/// another's word. Where the policy is strict they are errors (codes business-rule, required);
/// where it is lenient warnings: the write is taken as what somebody said, and the replay decides.
/// Codes that there are not are errors always. Location::field is the element; there is no file.
/// Other resources, requested actions and referrals onwards: nothing.
text::Issues check_write(const text::Node* previous, const text::Node& next, const Actor& actor,
                         const Rules& rules, const Policy& policy);

}  // namespace linkway::referrals
