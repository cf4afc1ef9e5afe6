// The people of a sample, one after the other: the same for every system, whatever its format.
#pragma once

#include <cstdint>
#include <functional>

#include "codes.h"
#include "history.h"
#include "patient.h"
#include "sample/sample.h"
#include "world.h"

namespace linkway::sample {

/// One for each 5,000 patients begun, unless the options say how many.
std::uint32_t practice_count(const SampleOptions& options);

struct Practice {
    std::uint32_t number = 0;
    SessionBook sessions;
};

/// Calls `practice` before the first patient of each, and `patient` with each person, their record
/// and their place in the sample (from 0). The first failure ends it and is returned.
text::Status each_patient(
    const SampleOptions& options, const World& world, const Dictionary& dictionary,
    const std::function<text::Status(const Practice&)>& practice,
    const std::function<text::Status(const Patient&, const History&, std::uint64_t)>& patient);

}  // namespace linkway::sample
