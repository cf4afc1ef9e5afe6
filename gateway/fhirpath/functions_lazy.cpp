// Functions whose operands are evaluated item by item, or not at all.
#include "builtins.h"
#include "items.h"

namespace linkway::fhirpath {

namespace {

bool where(Machine& machine, const Step& step, const Collection& focus, const Collection*,
           Collection& out) {
    for (std::size_t i = 0; i < focus.size(); ++i) {
        Truth truth = Truth::unknown;
        if (!machine.test_item(*step.operands[0], focus[i], i, truth)) {
            return false;
        }
        if (truth == Truth::yes) {
            machine.push(out, focus[i]);
        }
    }
    return true;
}

bool exists(Machine& machine, const Step& step, const Collection& focus, const Collection*,
            Truth& truth) {
    bool found = step.operands.empty() && !focus.empty();
    for (std::size_t i = 0; !step.operands.empty() && !found && i < focus.size(); ++i) {
        if (!machine.test_item(*step.operands[0], focus[i], i, truth)) {
            return false;
        }
        found = truth == Truth::yes;
    }
    truth = found ? Truth::yes : Truth::no;
    return true;
}

bool all(Machine& machine, const Step& step, const Collection& focus, const Collection*,
         Truth& truth) {
    truth = Truth::yes;
    for (std::size_t i = 0; truth == Truth::yes && i < focus.size(); ++i) {
        if (!machine.test_item(*step.operands[0], focus[i], i, truth)) {
            return false;
        }
        truth = truth == Truth::yes ? Truth::yes : Truth::no;
    }
    return true;
}

bool select(Machine& machine, const Step& step, const Collection& focus, const Collection*,
            Collection& out) {
    for (std::size_t i = 0; i < focus.size(); ++i) {
        Collection each;
        if (!machine.eval_item(*step.operands[0], focus[i], i, each) ||
            !machine.append(step, out, each)) {
            return false;
        }
    }
    return true;
}

/// Items that were found already are not taken again, so circles end.
bool repeat(Machine& machine, const Step& step, const Collection& focus, const Collection*,
            Collection& out) {
    Collection round = focus;
    while (!round.empty()) {
        Collection fresh;
        for (std::size_t i = 0; i < round.size(); ++i) {
            Collection each;
            if (!machine.eval_item(*step.operands[0], round[i], i, each)) {
                return false;
            }
            for (const Value& item : each) {
                bool known = false;
                if (!look_for(machine, step, out, item, known)) {
                    return false;
                }
                if (!known) {
                    machine.push(out, item);
                    machine.push(fresh, item);
                }
            }
        }
        round = fresh;
    }
    return true;
}

bool aggregate(Machine& machine, const Step& step, const Collection& focus, const Collection*,
               Collection& out) {
    Collection total;
    if (step.operands.size() > 1 && !machine.eval(*step.operands[1], total)) {
        return false;
    }
    for (std::size_t i = 0; i < focus.size(); ++i) {
        Collection next;
        if (!machine.eval_total(*step.operands[0], focus[i], i, total, next)) {
            return false;
        }
        total = next;
    }
    return machine.append(step, out, total);
}

/// With a focus, $this is its only item. Just one of the branches is evaluated.
bool iif(Machine& machine, const Step& step, const Collection& focus, const Collection*,
         Collection& out) {
    if (step.expr->focus != nullptr && !machine.single(step, focus, "iif()")) {
        return false;
    }
    const auto run = [&](const Step& operand, Collection& result) {
        if (step.expr->focus == nullptr) {
            return machine.eval(operand, result);
        }
        return focus.empty() ? machine.eval_nothing(operand, result)
                             : machine.eval_item(operand, focus[0], 0, result);
    };
    Collection condition;
    Truth truth = Truth::unknown;
    if (!run(*step.operands[0], condition)) {
        return false;
    }
    if (!condition.empty() && condition.size() == 1 && condition[0].kind != ValueKind::boolean) {
        return machine.fail(step, "the condition of iif() must be true or false");
    }
    if (!machine.truth_of(step, condition, truth)) {
        return false;
    }
    const std::size_t branch = truth == Truth::yes ? 1 : 2;
    return branch >= step.operands.size() || run(*step.operands[branch], out);
}

/// Tracing prints nothing here, because what it would print is patient data.
bool trace(Machine& machine, const Step& step, const Collection& focus, const Collection*,
           Collection& out) {
    return machine.append(step, out, focus);
}

}  // namespace

std::vector<BuiltIn> lazy_functions() {
    return {
        {"where", 1, "c", Takes::anything, Yields::focus, where},
        {"exists", 0, "c", Takes::anything, Yields::boolean, nullptr, exists},
        {"all", 1, "c", Takes::anything, Yields::boolean, nullptr, all},
        {"select", 1, "p", Takes::anything, Yields::special, select},
        {"repeat", 1, "p", Takes::anything, Yields::special, repeat},
        {"aggregate", 1, "pa", Takes::anything, Yields::special, aggregate},
        {"iif", 2, "cpp", Takes::anything, Yields::special, iif},
        {"trace", 1, "sp", Takes::anything, Yields::focus, trace},
    };
}

}  // namespace linkway::fhirpath
