// linkway translate --to: FHIR resources to entries for the record.
#pragma once

#include "command.h"

namespace linkway::cli {

int translate_to(const Arguments& arguments);

}  // namespace linkway::cli
