// What must hold of a data folder and of a service on it, whatever happened before.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "writers.h"

namespace service_test {

/// What of it does not hold, a sentence each.
using Complaints = std::vector<std::string>;

/// Each acknowledged write can be read and holds what was written; each resource that was created
/// is there once; what was not acknowledged is there whole or not at all, and the same create sent
/// again makes no second one.
Complaints check_memory(Web& web, Memory& memory);

/// A counter's versions hold 1, 2, 3, ... without a gap.
Complaints check_counters(Web& web);

/// The store's file by itself: SQLite's own check; versions, history and journal agree; no row
/// hangs on nothing.
Complaints check_store(const std::filesystem::path& file);

/// `linkway audit verify` finds nothing, and each acknowledged write stands in the chain.
Complaints check_audit(const std::filesystem::path& folder,
                       const std::vector<Acknowledged>& acknowledged);

}  // namespace service_test
