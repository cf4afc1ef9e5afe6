// sort(), of the draft that follows N1: by its keys, each ascending, or descending when a minus
// sign stands before it (as HL7's suite writes it; the sign is then no arithmetic, so text sorts
// too).
#include <algorithm>
#include <bit>
#include <numeric>
#include <vector>

#include "builtins.h"
#include "compare.h"

namespace linkway::fhirpath {

namespace {

/// The keys of the items, item by item.
struct Keys {
    std::size_t each = 1;  ///< keys an item has
    std::vector<Collection> values;
    std::vector<bool> descending;
};

bool read_keys(Machine& machine, const Step& step, const Collection& focus, Keys& keys) {
    const bool plain = step.operands.empty();
    keys.each = plain ? 1 : step.operands.size();
    keys.values.resize(focus.size() * keys.each);
    keys.descending.assign(keys.each, false);
    for (std::size_t k = 0; k < step.operands.size(); ++k) {
        keys.descending[k] = is_descending_key(*step.expr->operands[k]);
    }
    for (std::size_t i = 0; i < focus.size(); ++i) {
        for (std::size_t k = 0; k < keys.each; ++k) {
            Collection& key = keys.values[i * keys.each + k];
            if (plain) {
                machine.push(key, focus[i]);
            } else if (!machine.eval_item(*step.operands[k], focus[i], i, key) ||
                       !machine.single(step, key, "a key of sort()")) {
                return false;
            }
        }
    }
    return true;
}

/// "An empty value is considered lower than all other values" (FHIRPath, sort).
Order order_keys(const Collection& a, const Collection& b) {
    if (a.empty() || b.empty()) {
        return a.empty() == b.empty() ? Order::same : a.empty() ? Order::less : Order::greater;
    }
    return order_items(a[0], b[0]);
}

bool sort(Machine& machine, const Step& step, const Collection& focus, const Collection*,
          Collection& out) {
    Keys keys;
    if (!read_keys(machine, step, focus, keys)) {
        return false;
    }
    std::size_t weight = keys.values.size();
    for (const Collection& key : keys.values) {
        weight += key.empty() ? 0 : key[0].text.size() >> 10U;
    }
    if (!machine.charge(step, weight * std::bit_width(focus.size()))) {
        return false;
    }
    std::vector<std::size_t> places(focus.size());
    std::iota(places.begin(), places.end(), std::size_t{0});
    bool ordered = true;
    std::stable_sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) {
        for (std::size_t k = 0; k < keys.each; ++k) {
            const Order order =
                order_keys(keys.values[a * keys.each + k], keys.values[b * keys.each + k]);
            if (order == Order::less || order == Order::greater) {
                return (order == Order::less) != keys.descending[k];
            }
            ordered = ordered && order == Order::same;
        }
        return false;
    });
    if (!ordered) {
        return machine.fail(step, "sort() met two keys that have no order between them");
    }
    for (const std::size_t place : places) {
        machine.push(out, focus[place]);
    }
    return true;
}

}  // namespace

bool is_descending_key(const Expr& key) {
    return key.kind == ExprKind::unary && key.name == "-";
}

std::vector<BuiltIn> sort_functions() {
    return {{"sort", 0, "pppppppp", Takes::anything, Yields::focus, sort}};
}

}  // namespace linkway::fhirpath
