// Entries out of resources. Private to record.
#pragma once

#include "record/record.h"

namespace linkway::record {

/// Content of a column; empty when the entry lacks it.
inline const std::string& cell(const Entry& entry, std::string_view name) {
    static const std::string none;
    const auto found = entry.find(name);
    return found == entry.end() ? none : found->second;
}

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
