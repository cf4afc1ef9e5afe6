// Batches that say in a file of their own what they hold and which time they cover. Private to
// sources.
#pragma once

#include "sources/inventory.h"

namespace linkway::sources {

/// Reads each batch's manifest, which gives it its time, and puts the batches in order. Held are
/// those without a manifest (it is written last: the rest may not be there), without a file that it
/// names, and those after a gap: a table that goes on later than where it last ended. Time covered
/// twice does no harm.
void apply_manifests(const DataPackage& package, const InputOptions& options, Inventory& inventory);

}  // namespace linkway::sources
