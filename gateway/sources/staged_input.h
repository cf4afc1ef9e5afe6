// The way from a folder to staged rows, which whatever works on an extract goes first. Private to
// sources.
#pragma once

#include <memory>
#include <string>

#include "sources/staging.h"
#include "sources/translate.h"
#include "state.h"

namespace linkway::sources {

/// What the input holds; an issue when no file of it is one of the system's. With a state (or
/// null), what it has seen before counts.
text::Result<Inventory> read_inventory(const SystemMapping& mapping,
                                       const TranslateOptions& options, State* state);

/// Stages what can be applied; a batch with a file that turns out unreadable or wrongly signed is
/// held, and all begins again without it.
text::Result<std::unique_ptr<Staging>> stage(const SystemMapping& mapping, Inventory& inventory,
                                             const TranslateOptions& options, State* state);

/// The export versions that fit every file, as a range: "8.0-8.3"; empty when none fits all.
std::string common_layout(const Inventory& inventory, const DataPackage& package);

/// The errors among issues, a line each, for a message that sums them up.
std::string describe(const text::Issues& issues);

}  // namespace linkway::sources
