// Entries for a practice's record, as files that somebody, or some program, files there.
//
//   outbox/<system>/<ods>/<name>.csv        entries (mappings/record); appears whole
//   outbox/<system>/<ods>/<name>.csv.ack    put there by the practice: all of it has been filed
//   outbox/<system>/<ods>/<name>.csv.nack   or it could not be; its first line says why
//
// What has been acknowledged moves to done/ beside the files. <name> is the time and a number of
// the outbox: the same on every attempt.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "store/store.h"

namespace linkway::delivery {

struct RecordFiles {
    std::filesystem::path outbox;
    std::string mappings;  ///< folder with record/
    std::function<void(const text::Issue&)>
        note;  ///< what could not be made an entry; may be empty
};

/// Writes what is due, a file for each practice. True when something was.
text::Result<bool> write_entries(store::Store& store, const RecordFiles& files, store::Instant now);

/// Takes in acknowledgements. True when there were any.
text::Result<bool> take_acknowledgements(store::Store& store, const RecordFiles& files,
                                         store::Instant now);

}  // namespace linkway::delivery
