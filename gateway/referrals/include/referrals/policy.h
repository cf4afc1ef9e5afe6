// What a practice chooses about its referrals: a small object in the service's configuration.
#pragma once

#include <cstdint>

#include "text/node.h"

namespace linkway::referrals {

/// Whether a coded entry is sent on at once, or is a draft until a person says so.
enum class Confirm : std::uint8_t { automatic, by_person };
/// What becomes of moves that the rules allow leniently only, and of writes that break a rule.
enum class Strictness : std::uint8_t { strict, lenient };
/// How who asked ends a referral on which work has begun: at once, or by asking for it.
enum class Abort : std::uint8_t { by_task, direct };

/// {"confirm": "automatic" | "by-person", "transitions": "strict" | "lenient",
///  "abort": "by-task" | "direct"}; the first of each where nothing is said.
struct Policy {
    Confirm confirm = Confirm::automatic;
    Strictness transitions = Strictness::strict;
    Abort abort = Abort::by_task;

    friend bool operator==(const Policy&, const Policy&) = default;
};

/// Reads such an object; what is wrong with it is appended, with its place.
Policy parse_policy(const text::Document& document, const text::Node& node, text::Issues& issues);

}  // namespace linkway::referrals
