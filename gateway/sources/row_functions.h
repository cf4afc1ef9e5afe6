// Functions on rows. Private to sources.
//
//   row.uuid()               the row's derived id (UUIDv5 over system, organisation, table, key)
//   row.reference('Type')    "Type/uuid", and the promise that a Type resource of that row comes
//   out too row.raw('Column')        a cell's text even when it broke its column's type
//   row.isBroken('Column')   whether it did
//   row.otherRecords()       ids of the same person's rows in other feeds (with a staging store)
//   row.formerNhsNumbers()   what it had before the one it has now (likewise)
//   row.isNoLongerFed()      whether the row has left the extract's scope
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "fhirpath/expression.h"
#include "sources/row.h"

namespace linkway::sources {

/// `template_for(type, table)` gives the index of the template that makes that resource from rows
/// of that table, or -1; it is asked while running.
std::vector<fhirpath::Function> row_functions(
    const std::function<int(std::string_view type, int table)>& template_for);

}  // namespace linkway::sources
