// Whether an extract is of practices that may send any. Private to intake.
#pragma once

#include <set>
#include <string>

#include "store/store.h"

namespace linkway::intake {

/// Looks at the practices of the patients that a translation put out to `output`. Issue: one is not
/// in `practices` (ODS codes, in capitals; empty: any may).
text::Status check_practices(const std::string& output, const std::set<std::string>& practices,
                             store::Store& store);

}  // namespace linkway::intake
