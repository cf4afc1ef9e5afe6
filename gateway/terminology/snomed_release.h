// SNOMED CT from the Snapshot files of a release (RF2).
#pragma once

#include <string>

#include "tables.h"

namespace linkway::terminology {

/// Reads the release below `folder` into the tables as the code system http://snomed.info/sct.
/// Several packages may lie there (the International Edition and extensions): of a concept or
/// relationship that several state, the latest holds.
void read_snomed_release(const std::string& folder, Terminology::Tables& tables,
                         text::Issues& issues);

}  // namespace linkway::terminology
