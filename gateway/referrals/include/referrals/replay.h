// An episode as a replay: all that is known to have happened, in the order it happened, and the
// state that follows. The same set of events gives the same result, in whatever order, however
// often and in whatever portions they came.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "referrals/event.h"
#include "referrals/measures.h"
#include "referrals/policy.h"
#include "referrals/rules.h"
#include "text/issue.h"

namespace linkway::referrals {

/// What an event did.
enum class Outcome : std::uint8_t {
    moved,       ///< a Task or the request is in another state for it
    noted,       ///< it belongs to the episode and moves nothing
    flagged,     ///< it breaks a rule: Step::flag says which
    unattached,  ///< it can't be placed, or nothing was open when it happened
    retracted,   ///< it was entered in error
};
std::string_view to_code(Outcome outcome);

/// The four times of an activity; empty where not known.
struct Times {
    std::string done;
    std::string received;
    std::string delivered;
    std::string filed;
};

/// One event of the timeline. A move that is allowed leniently only, or that lacks what its state
/// requires, is made and has a flag (a warning); one that is not made has a flag that is an error.
struct Step {
    Event event;
    Outcome outcome = Outcome::noted;
    std::vector<text::Issue> flags;  ///< code business-rule or required; no patient data
    Times times;
};

/// A Task of the referral. Texts are empty where nobody stated them.
struct TaskState {
    std::string reference;
    std::string request;  ///< reference of its ServiceRequest
    std::string status;   ///< R4 TaskStatus
    std::string business_status;
    std::string reason;
    std::string owner;
    std::string replaces;
    std::string started;   ///< when work began
    std::string ended;     ///< when it came to its end
    std::string modified;  ///< when anything of this last changed
    bool released = true;  ///< false until a person confirmed it, where the policy asks for that:
                           ///< its recipient is not to see it
    std::optional<std::size_t> decision;  ///< the step that set its status
};

struct RequestState {
    std::string reference;
    std::string status;  ///< R4 RequestStatus
    std::string reason;
    bool told = false;  ///< by somebody who wrote FHIR: a reason of the record is another's
};

/// The scores of one measure, in order.
struct Series {
    struct Point {
        std::size_t step = 0;
        Score score;
    };
    std::string measure;
    bool lower_is_better = false;
    bool known = false;  ///< in measures.yaml
    std::vector<Point> points;
};

struct Replayed {
    std::string episode;
    std::vector<Step> timeline;  ///< in the order in which things happened; acknowledgements are in
                                 ///< the times of what they acknowledge
    std::vector<TaskState> tasks;        ///< in the order in which they came to be
    std::vector<RequestState> requests;  ///< the same
    std::vector<Series> scores;          ///< by name
    std::vector<std::size_t> actions;    ///< steps of the actions that are still requested

    const TaskState* task(std::string_view reference) const;
    const RequestState* request(std::string_view reference) const;
};

/// Replays the events of one episode.
///
/// Events of equal id are one: the latest version counts, since its first receipt. A retraction
/// takes away what its resource said until then. Silence moves nothing; a terminal state stays
/// unless the rules say otherwise.
Replayed replay(std::span<const Event> events, const Rules& rules, const Measures& measures,
                const Policy& policy);

}  // namespace linkway::referrals
