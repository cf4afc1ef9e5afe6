// How extracts are taken in, the same for the service and for commands while none runs. Private to
// service.
#pragma once

#include <functional>
#include <memory>

#include "intake/intake.h"
#include "loop/write.h"
#include "service/config.h"

namespace linkway::service {

/// What a practice has agreed, as configured.
loop::Agreement agreement_of(const Config& config, std::string_view ods);

/// Writes what an extract says through its episodes.
intake::Apply apply_extracts(std::function<std::shared_ptr<const loop::Knowledge>()> knowledge,
                             std::function<loop::Agreement(std::string_view ods)> agreement);

intake::Options intake_options(const Config& config);

}  // namespace linkway::service
