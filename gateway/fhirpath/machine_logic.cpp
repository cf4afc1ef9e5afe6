// and, or, xor and implies: three-valued, and the right side only where the left does not decide.
#include <array>

#include "program.h"

namespace linkway::fhirpath {

namespace {

Truth combine(Op op, Truth a, Truth b) {
    switch (op) {
        case Op::logic_and:
            return a == Truth::no || b == Truth::no     ? Truth::no
                   : a == Truth::yes && b == Truth::yes ? Truth::yes
                                                        : Truth::unknown;
        case Op::logic_or:
            return a == Truth::yes || b == Truth::yes ? Truth::yes
                   : a == Truth::no && b == Truth::no ? Truth::no
                                                      : Truth::unknown;
        case Op::logic_xor:
            return a == Truth::unknown || b == Truth::unknown ? Truth::unknown
                   : a != b                                   ? Truth::yes
                                                              : Truth::no;
        default:  // implies
            return a == Truth::no || b == Truth::yes   ? Truth::yes
                   : a == Truth::yes && b == Truth::no ? Truth::no
                                                       : Truth::unknown;
    }
}

/// Whether the left side alone decides.
bool decided(Op op, Truth left) {
    return (op == Op::logic_and && left == Truth::no) ||
           (op == Op::logic_or && left == Truth::yes) ||
           (op == Op::logic_implies && left == Truth::no);
}

}  // namespace

// The right side is not evaluated when the left decides: conditions often guard what stands behind
// them.
bool Machine::test_logic(const Step& step, Truth& truth) {
    std::array<Truth, 2> sides = {Truth::unknown, Truth::unknown};
    if (!test(*step.operands[0], sides[0]) ||
        (!decided(step.op, sides[0]) && !test(*step.operands[1], sides[1]))) {
        return false;
    }
    truth = combine(step.op, sides[0], sides[1]);
    return true;
}

}  // namespace linkway::fhirpath
