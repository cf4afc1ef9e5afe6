// Entries out of resources. Private to record.
#pragma once

#include "record/record.h"

namespace linkway::record {

/// An entry and where it comes from.
struct MadeEntry {
    Entry cells;
    const Resources::Held* from = nullptr;
};

/// Runs the views over the resources, joins patients and authors, and books every resource under
/// what became of it. Entries come in the order of patient, episode, date and key.
std::vector<MadeEntry> make_entries(const RecordMapping& mapping, const Resources& resources,
                                    Report& report);

}  // namespace linkway::record
