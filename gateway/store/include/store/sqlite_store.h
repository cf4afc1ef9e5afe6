// The store in one SQLite file: WAL, synchronous=FULL, one thread that writes.
//
// Writes that wait while the disk is busy share its next flush (group commit), each in a savepoint
// of its own: one that fails takes no other with it. Reads run beside it on connections of their
// own, each on its snapshot.
#pragma once

#include <memory>
#include <string>

#include "store/store.h"

namespace linkway::store {

struct SqliteOptions {
    std::string path;         ///< of the file; its folder must be there
    std::size_t readers = 4;  ///< connections for reading; more readers wait for one
    int cache_kib = 32'768;   ///< of the writer; readers have an eighth each
    /// Beside a service that has it: nothing is written or brought up to date, and it must be
    /// there.
    bool look_only = false;
};

/// Opens or makes the store and brings an older one to today's tables. Issue: in use by another
/// process, no store of ours, made by a newer Linkway.
text::Result<std::unique_ptr<Store>> open_sqlite(const SqliteOptions& options);

}  // namespace linkway::store
