// Rows of a batch that was applied, said again: as a small delta on top of all that came since.
#pragma once

#include <string>
#include <vector>

#include "sources/system_mapping.h"
#include "text/issue.h"

namespace linkway::sources {

struct ReplayFile {
    std::string name;     ///< base name
    std::string content;  ///< in the system's encoding
};

/// Files that `translate --state` takes as the feed's newest batch: those given (base names as they
/// came), under names that put them there, and a manifest where the system has one. What an earlier
/// batch said is then said after the last one, as a row put right by hand should be; a version
/// column still decides where there is one. Issue: no staging store, a name that is none of the
/// system's.
text::Result<std::vector<ReplayFile>> replay_batch(const SystemMapping& mapping,
                                                   const std::string& state,
                                                   std::vector<ReplayFile> files);

}  // namespace linkway::sources
