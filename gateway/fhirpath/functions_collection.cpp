// Functions on whole collections (N1, sections 5.1 to 5.4 without those that take criteria).
#include <algorithm>

#include "arithmetic.h"
#include "builtins.h"
#include "items.h"

namespace linkway::fhirpath {

namespace {

bool empty(Machine&, const Step&, const Collection& focus, const Collection*, Truth& truth) {
    truth = focus.empty() ? Truth::yes : Truth::no;
    return true;
}

bool count(Machine& machine, const Step&, const Collection& focus, const Collection*,
           Collection& out) {
    machine.push_integer(out, static_cast<std::int64_t>(focus.size()));
    return true;
}

/// allTrue() and its three sisters: whether all (or any) items are `Wanted`.
template <bool All, bool Wanted>
bool booleans(Machine& machine, const Step& step, const Collection& focus, const Collection*,
              Collection& out) {
    bool result = All;
    for (const Value& item : focus) {
        if (item.kind != ValueKind::boolean) {
            return machine.fail(step, step.expr->name + " works on booleans only");
        }
        const bool hit = item.boolean == Wanted;
        result = All ? result && hit : result || hit;
    }
    machine.push_boolean(out, result);
    return true;
}

// Every item may be compared with every other, and pays for it.
bool is_subset(Machine& machine, const Step& step, const Collection& part, const Collection& whole,
               Collection& out) {
    bool found = true;
    for (std::size_t i = 0; found && i < part.size(); ++i) {
        if (!look_for(machine, step, whole, part[i], found)) {
            return false;
        }
    }
    machine.push_boolean(out, found);
    return true;
}

bool subset_of(Machine& machine, const Step& step, const Collection& focus, const Collection* args,
               Collection& out) {
    return is_subset(machine, step, focus, args[0], out);
}

bool superset_of(Machine& machine, const Step& step, const Collection& focus,
                 const Collection* args, Collection& out) {
    return is_subset(machine, step, args[0], focus, out);
}

bool distinct(Machine& machine, const Step& step, const Collection& focus, const Collection*,
              Collection& out) {
    return merge(machine, step, focus, Collection{}, out);
}

bool is_distinct(Machine& machine, const Step& step, const Collection& focus, const Collection*,
                 Collection& out) {
    Collection once;
    if (!merge(machine, step, focus, Collection{}, once)) {
        return false;
    }
    machine.push_boolean(out, once.size() == focus.size());
    return true;
}

bool single(Machine& machine, const Step& step, const Collection& focus, const Collection*,
            Collection& out) {
    return machine.single(step, focus, "single()") && machine.append(step, out, focus);
}

bool slice(Machine& machine, const Step& step, const Collection& focus, std::size_t from,
           std::size_t to, Collection& out) {
    to = std::min(to, focus.size());
    if (from + 1 < to && !machine.charge(step, to - from)) {
        return false;
    }
    for (std::size_t i = from; i < to; ++i) {
        machine.push(out, focus[i]);
    }
    return true;
}

bool first(Machine& machine, const Step& step, const Collection& focus, const Collection*,
           Collection& out) {
    return slice(machine, step, focus, 0, 1, out);
}

bool last(Machine& machine, const Step& step, const Collection& focus, const Collection*,
          Collection& out) {
    return focus.empty() || slice(machine, step, focus, focus.size() - 1, focus.size(), out);
}

bool tail(Machine& machine, const Step& step, const Collection& focus, const Collection*,
          Collection& out) {
    return slice(machine, step, focus, 1, focus.size(), out);
}

template <bool Skip>
bool skip_or_take(Machine& machine, const Step& step, const Collection& focus,
                  const Collection* args, Collection& out) {
    bool present = false;
    std::int64_t number = 0;
    if (!one_integer(machine, step, args[0], present, number)) {
        return false;
    }
    const auto most = static_cast<std::int64_t>(focus.size());
    const auto n = static_cast<std::size_t>(std::clamp<std::int64_t>(number, 0, most));
    return !present || (Skip ? slice(machine, step, focus, n, focus.size(), out)
                             : slice(machine, step, focus, 0, n, out));
}

bool intersect(Machine& machine, const Step& step, const Collection& focus, const Collection* args,
               Collection& out) {
    for (const Value& item : focus) {
        bool common = false;
        bool known = false;
        if (!look_for(machine, step, args[0], item, common) ||
            (common && !look_for(machine, step, out, item, known))) {
            return false;
        }
        if (common && !known) {
            machine.push(out, item);
        }
    }
    return true;
}

/// Keeps order and repetitions.
bool exclude(Machine& machine, const Step& step, const Collection& focus, const Collection* args,
             Collection& out) {
    for (const Value& item : focus) {
        bool excluded = false;
        if (!look_for(machine, step, args[0], item, excluded)) {
            return false;
        }
        if (!excluded) {
            machine.push(out, item);
        }
    }
    return true;
}

bool unite(Machine& machine, const Step& step, const Collection& focus, const Collection* args,
           Collection& out) {
    return merge(machine, step, focus, args[0], out);
}

bool combine(Machine& machine, const Step& step, const Collection& focus, const Collection* args,
             Collection& out) {
    return machine.append(step, out, focus) && machine.append(step, out, args[0]);
}

// A single item that is no boolean counts as true, so not() of it is false (N1, singleton
// evaluation).
bool negate(Machine& machine, const Step& step, const Collection& focus, const Collection*,
            Truth& truth) {
    Truth given = Truth::unknown;
    if (!machine.truth_of(step, focus, given)) {
        return false;
    }
    truth = given == Truth::unknown ? given : given == Truth::no ? Truth::yes : Truth::no;
    return true;
}

}  // namespace

std::vector<BuiltIn> collection_functions() {
    return {
        {"empty", 0, "", Takes::anything, Yields::boolean, nullptr, empty},
        {"count", 0, "", Takes::anything, Yields::integer, count},
        {"allTrue", 0, "", Takes::boolean, Yields::boolean, booleans<true, true>},
        {"anyTrue", 0, "", Takes::boolean, Yields::boolean, booleans<false, true>},
        {"allFalse", 0, "", Takes::boolean, Yields::boolean, booleans<true, false>},
        {"anyFalse", 0, "", Takes::boolean, Yields::boolean, booleans<false, false>},
        {"subsetOf", 1, "a", Takes::anything, Yields::boolean, subset_of},
        {"supersetOf", 1, "a", Takes::anything, Yields::boolean, superset_of},
        {"distinct", 0, "", Takes::anything, Yields::focus, distinct},
        {"isDistinct", 0, "", Takes::anything, Yields::boolean, is_distinct},
        {"single", 0, "", Takes::anything, Yields::focus_one, single},
        {"first", 0, "", Takes::anything, Yields::focus_one, first},
        {"last", 0, "", Takes::anything, Yields::focus_one, last},
        {"tail", 0, "", Takes::anything, Yields::focus, tail},
        {"skip", 1, "i", Takes::anything, Yields::focus, skip_or_take<true>},
        {"take", 1, "i", Takes::anything, Yields::focus, skip_or_take<false>},
        {"intersect", 1, "a", Takes::anything, Yields::focus, intersect},
        {"exclude", 1, "a", Takes::anything, Yields::focus, exclude},
        {"union", 1, "a", Takes::anything, Yields::special, unite},
        {"combine", 1, "a", Takes::anything, Yields::special, combine},
        {"not", 0, "", Takes::anything, Yields::boolean, nullptr, negate},
    };
}

}  // namespace linkway::fhirpath
