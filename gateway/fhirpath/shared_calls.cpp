// Which calls may be shared, and which are met twice.
#include <algorithm>

#include "program.h"

namespace linkway::fhirpath {

namespace {

/// Whether the result is the same wherever the step stands, as long as the first `fixed` variables
/// keep their values. `has_self`: $this belongs to a call inside the step.
bool is_fixed(const Step& step, std::size_t fixed, bool has_self) {
    switch (step.op) {
        case Op::variable:
            return step.index < fixed;
        case Op::constant:
            return true;
        case Op::context:
            return false;
        case Op::self:
        case Op::position:
        case Op::total:
            return has_self;
        default:
            break;
    }
    const bool takes_focus = step.op == Op::field || step.op == Op::element ||
                             step.op == Op::root || step.op == Op::call || step.op == Op::external;
    if (step.focus != nullptr ? !is_fixed(*step.focus, fixed, has_self)
                              : takes_focus && !has_self) {
        return false;
    }
    const bool own_self = has_self || (step.lazy && step.focus != nullptr);
    return std::all_of(step.operands.begin(), step.operands.end(),
                       [&](const Step* each) { return is_fixed(*each, fixed, own_self); });
}

}  // namespace

void SharedCalls::collect(std::span<Step* const> calls) {
    for (Step* call : calls) {
        if (!is_fixed(*call, fixed_, false)) {
            continue;
        }
        Step*& first = met_[print(*call->expr)];
        if (first == nullptr) {
            first = call;
            continue;
        }
        if (first->shared < 0 && size_ < most) {
            first->shared = static_cast<int>(size_++);
        }
        call->shared = first->shared;
    }
}

}  // namespace linkway::fhirpath
