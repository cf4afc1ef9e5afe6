// Batches that say in a file of their own what they hold and which time they cover. Private to
// sources.
#pragma once

#include "sources/inventory.h"

namespace linkway::sources {

/// Reads each batch's manifest, which gives it its time and says which of its files are bulks, and
/// puts the batches in order. Held are those without a manifest (it is written last: the rest may
/// not be there), without a file that it names, and those after a gap: a table that goes on later
/// than where it last ended, in this input or in an earlier run. A bulk of that table, in the same
/// batch or a later one, says everything again and so bridges the gap. Time covered twice does no
/// harm, and a table that no template reads cannot be missed.
void apply_manifests(const DataPackage& package, const InputOptions& options,
                     const EarlierRuns& earlier, Inventory& inventory);

}  // namespace linkway::sources
