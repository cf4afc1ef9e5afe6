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

/// What may have been an entry, but could not be filed or even read: until somebody has looked,
/// nobody can say that there is none of its kind. What is not known of it is empty.
struct Withheld {
    std::string kind, patient, episode;
};

struct Entries {
    std::vector<MadeEntry> made;  ///< in the order of patient, episode, date and key
    std::vector<Withheld> withheld;
};

/// Runs the views over the resources, joins patients and authors, and books every resource under
/// what became of it.
Entries make_entries(const RecordMapping& mapping, const Resources& resources, Report& report);

/// Messages out of entries, in the order of their episodes.
std::vector<Message> make_messages(const Target& target, const Entries& entries);

}  // namespace linkway::record
