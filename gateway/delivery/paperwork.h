// What is filed: entries for the record and messages, made of what the store holds. Private to
// delivery.
#pragma once

#include <string>
#include <vector>

#include "delivery/parts.h"

namespace linkway::delivery {

/// Entries of one version of one resource, which somebody else than the record wrote.
struct EntryPaper {
    std::vector<record::Entry> entries;
    std::string problem;  ///< why there are none where there should be; no patient data
};
EntryPaper entry_paper(store::Reader& reader, const record::RecordMapping& mapping,
                       const store::Key& key, std::int64_t version);

/// Whether entries are made of a type at all.
bool is_entry_type(const record::RecordMapping& mapping, std::string_view type);

/// What a delivery remembers of its entries, as JSON: their keys, and whether they say the same as
/// others.
std::string to_content(const record::RecordMapping& mapping, const EntryPaper& paper);
std::vector<std::string> keys_in(std::string_view content);

/// The message back about a Task's referral, HTML; empty when there is nothing to tell.
std::string message_paper(store::Reader& reader, const record::RecordMapping& mapping,
                          const store::Key& task);

/// Whether the Task of a referral came to its end with that version.
bool has_just_ended(store::Reader& reader, const store::Key& task, std::int64_t version);

}  // namespace linkway::delivery
