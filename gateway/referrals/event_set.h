// Events as they came to events as they happened: repeats folded, retractions and acknowledgements
// applied, in order. Private to this folder.
#pragma once

#include <span>
#include <vector>

#include "referrals/replay.h"

namespace linkway::referrals {

/// The timeline before anything is moved: outcome is retracted or noted, times are filled.
std::vector<Step> in_order_of_events(std::span<const Event> events, const Rules& rules);

}  // namespace linkway::referrals
