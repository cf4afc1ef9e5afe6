#include "profiles/validator.h"

#include "check.h"

namespace linkway::profiles {

struct Validator::State {
    explicit State(const fhir::Definitions& definitions)
        : plans(definitions), invariants(definitions) {}

    Plans plans;
    Invariants invariants;
};

Validator::Validator(const fhir::Definitions& definitions)
    : state_(std::make_unique<const State>(definitions)) {}

Validator::~Validator() = default;

text::Issues Validator::validate(const text::Node& resource, const Options& options) const {
    Check check(state_->plans, state_->invariants, options);
    check.root(resource, nullptr);
    return check.take();
}

}  // namespace linkway::profiles
