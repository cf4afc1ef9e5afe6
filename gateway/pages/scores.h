// Scores over time. Private to this folder.
#pragma once

#include <vector>

#include "pages/story.h"
#include "patient_resources.h"

namespace linkway::pages {

/// The scores of these Observations by instrument and measure, each series in order of time. ONS4
/// stays four series; what is of another instrument is kept by its code.
std::vector<Instrument> scores_of(const std::vector<const Held*>& observations,
                                  const loop::Knowledge& knowledge);

}  // namespace linkway::pages
