// The tables of the SQLite store and how older ones become today's. Private to store.
#pragma once

#include "sqlite/database.h"

namespace linkway::store {

/// Brings the file to today's tables, in one transaction. Issue: it is of a newer Linkway, or no
/// store of ours.
text::Status migrate(sqlite::Database& database);

}  // namespace linkway::store
