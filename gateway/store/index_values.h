// The values that a resource is found by. Private to store.
#pragma once

#include <vector>

#include "store/resource.h"

namespace linkway::store {

/// Sorted, none twice. What has no place in an index (a reference to something contained, a date
/// that is none) is left out. The entries' parameters live as long as the program.
std::vector<IndexEntry> index_values(const text::Node& resource, std::string_view type);

}  // namespace linkway::store
