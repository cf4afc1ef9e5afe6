// Filters of a value set: what a concept must be for the filter to let it through.
#pragma once

#include "tables.h"

namespace linkway::terminology {

/// Looks up what the filter names in its code system; an issue without a place when the system
/// cannot answer it.
text::Status settle_filter(const CodeSystem& system, Filter& filter);

/// Whether the settled filter lets the concept through.
bool passes(const CodeSystem& system, const Filter& filter, Ordinal concept_ordinal);

}  // namespace linkway::terminology
