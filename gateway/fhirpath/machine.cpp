// Evaluation: a walk over the steps. Collections of one item live on the stack, variables and
// constants are read where they are, and rows and elements are never copied, so `%row.Column` costs
// no allocation. Each step visited and each item made is paid for from Runtime::steps_left, which
// bounds every run whatever the expression or the data.
#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "arithmetic.h"
#include "compare.h"
#include "navigate.h"
#include "program.h"
#include "types.h"

namespace linkway::fhirpath {

namespace {

bool is_logic(Op op) {
    return op == Op::logic_and || op == Op::logic_or || op == Op::logic_xor ||
           op == Op::logic_implies;
}

}  // namespace

bool Machine::fail(const Step& step, std::string message, std::string_view code) {
    issue_ = text::Issue{text::Severity::error,
                         std::string(code),
                         std::move(message),
                         step.expr != nullptr ? locate(*step.expr, program_.at) : program_.at,
                         {}};
    return false;
}

bool Machine::charge(const Step& step, std::size_t steps) {
    if (runtime_.steps_left < steps) {
        runtime_.steps_left = 0;
        return fail(step, "the expression takes too many steps on this input", "too-costly");
    }
    runtime_.steps_left -= static_cast<std::uint32_t>(steps);
    return true;
}

bool Machine::single(const Step& step, const Collection& items, std::string_view what) {
    if (items.size() <= 1) {
        return true;
    }
    return fail(step, std::string(what) + " needs a single item but there are " +
                          std::to_string(items.size()));
}

void Machine::push_truth(Collection& out, Truth truth) {
    if (truth != Truth::unknown) {
        push_boolean(out, truth == Truth::yes);
    }
}

// Text that an evaluation makes must live as long as its result: in the arena, like the result.
std::string_view Machine::keep(std::string_view text) {
    if (text.empty()) {
        return "";
    }
    auto* copy = static_cast<char*>(arena_.allocate(text.size(), 1));
    std::memcpy(copy, text.data(), text.size());
    return {copy, text.size()};
}

bool Machine::push_text(const Step& step, Collection& out, ValueKind kind, std::string_view text) {
    if (text.size() > max_text_bytes) {
        return fail(
            step,
            "the text made here is longer than " + std::to_string(max_text_bytes >> 20U) + " MiB",
            "too-costly");
    }
    if (!charge(step, text.size() >> 6U)) {
        return false;
    }
    push(out, Value::of_text(kind, keep(text)));
    return true;
}

bool Machine::too_many(const Step& step) {
    return fail(step, "the collection has more than " + std::to_string(max_items) + " items",
                "too-costly");
}

bool Machine::append(const Step& step, Collection& out, const Collection& items) {
    if (out.size() + items.size() > max_items) {
        return too_many(step);
    }
    if (items.size() > 1 && !charge(step, items.size())) {
        return false;
    }
    for (const Value& item : items) {
        push(out, item);
    }
    return true;
}

bool Machine::eval_item(const Step& step, const Value& item, std::size_t index, Collection& out) {
    const Value* const outer_self = std::exchange(self, &item);
    const std::size_t outer_position = std::exchange(position, index);
    const bool good = eval(step, out);
    self = outer_self;
    position = outer_position;
    return good;
}

bool Machine::eval_nothing(const Step& step, Collection& out) {
    const Value* const outer_self = std::exchange(self, nullptr);
    const bool good = eval(step, out);
    self = outer_self;
    return good;
}

bool Machine::eval_total(const Step& step, const Value& item, std::size_t index,
                         const Collection& sum, Collection& out) {
    const Collection* const outer_total = std::exchange(total, &sum);
    const bool good = eval_item(step, item, index, out);
    total = outer_total;
    return good;
}

bool Machine::test(const Step& step, Truth& truth) {
    const bool direct = step.op == Op::call && step.predicate != nullptr && !is_shared(step);
    if (!direct && !is_logic(step.op)) {
        Collection scratch;
        const Collection* items = read(step, scratch);
        return items != nullptr && truth_of(step, *items, truth);
    }
    if (!charge(step, 1)) {
        return false;
    }
    return direct ? with_operands(step,
                                  [&](const Collection& focus, const Collection* args) {
                                      return step.predicate(*this, step, focus, args, truth);
                                  })
                  : test_logic(step, truth);
}

bool Machine::test_item(const Step& step, const Value& item, std::size_t index, Truth& truth) {
    const Value* const outer_self = std::exchange(self, &item);
    const std::size_t outer_position = std::exchange(position, index);
    const bool good = test(step, truth);
    self = outer_self;
    position = outer_position;
    return good;
}

bool Machine::truth_of(const Step& step, const Collection& items, Truth& truth) {
    if (items.empty()) {
        truth = Truth::unknown;
        return true;
    }
    if (items.size() > 1) {
        return single(step, items, "a condition");
    }
    truth = items[0].kind != ValueKind::boolean || items[0].boolean ? Truth::yes : Truth::no;
    return true;
}

// Variables, constants and $this are the leaves of nearly every expression: handing out what is
// there already saves a copy of each.
const Collection* Machine::read(const Step& step, Collection& scratch) {
    switch (step.op) {
        case Op::variable:
            if (step.index < runtime_.variables.size()) {
                return &runtime_.variables[step.index];
            }
            break;
        case Op::constant:
            return &step.more->constant;
        case Op::context:
        case Op::self: {
            const Value* const item = step.op == Op::self ? self : runtime_.context;
            if (item != nullptr) {
                scratch = Collection::view(*item);
            }
            return &scratch;
        }
        case Op::root: {
            const Collection* focus = focus_of(step, scratch);
            const bool same =
                focus != nullptr && focus->size() == 1 && (*focus)[0].type == step.type;
            if (same || focus == nullptr) {
                return focus;
            }
            scratch.clear();
            break;
        }
        default:
            break;
    }
    if (is_shared(step)) {
        return shared_result(step);
    }
    return compute(step, scratch) ? &scratch : nullptr;
}

const Collection* Machine::shared_result(const Step& step) {
    Collection& kept = runtime_.shared[static_cast<std::size_t>(step.shared)];
    const std::uint64_t bit = std::uint64_t{1} << static_cast<unsigned>(step.shared);
    if ((runtime_.shared_known & bit) == 0) {
        kept.clear();
        if (!compute(step, kept)) {
            return nullptr;
        }
        runtime_.shared_known |= bit;
    }
    return &kept;
}

bool Machine::eval(const Step& step, Collection& out) {
    if (is_shared(step)) {
        const Collection* items = shared_result(step);
        return items != nullptr && charge(step, 1) && append(step, out, *items);
    }
    return compute(step, out);
}

// Without a focus of its own a step works on $this: that is what the implicit focus means.
const Collection* Machine::focus_of(const Step& step, Collection& scratch) {
    if (step.focus != nullptr) {
        return read(*step.focus, scratch);
    }
    if (self != nullptr) {
        scratch = Collection::view(*self);
    }
    return &scratch;
}

bool Machine::compute(const Step& step, Collection& out) {
    if (!charge(step, 1)) {
        return false;
    }
    switch (step.op) {
        case Op::constant:
            return append(step, out, step.more->constant);
        case Op::variable:
            return step.index < runtime_.variables.size()
                       ? append(step, out, runtime_.variables[step.index])
                       : fail(step, "the variable has no value in this run");
        case Op::context:
        case Op::self: {
            const Value* const item = step.op == Op::self ? self : runtime_.context;
            if (item != nullptr) {
                push(out, *item);
            }
            return true;
        }
        case Op::position:
            push_integer(out, static_cast<std::int64_t>(position));
            return true;
        case Op::total:
            return total == nullptr || append(step, out, *total);
        case Op::field:
            return eval_field(step, out);
        case Op::element:
            return eval_element(step, out);
        case Op::root:
            return eval_root(step, out);
        case Op::call:
            return eval_call(step, out);
        case Op::external:
            return eval_external(step, out);
        case Op::item_at:
            return eval_item_at(step, out);
        case Op::logic_and:
        case Op::logic_or:
        case Op::logic_xor:
        case Op::logic_implies: {
            Truth truth = Truth::unknown;
            if (!test_logic(step, truth)) {
                return false;
            }
            push_truth(out, truth);
            return true;
        }
        case Op::type_is:
        case Op::type_as:
        case Op::type_filter:
            return eval_type(step, out);
        case Op::sign:
            return eval_sign(step, out);
        default:
            return eval_operator(step, out);
    }
}

// The index was found when the expression was compiled. An item of another record type can only
// come from a variable whose declared type was wider, and is asked by name.
bool Machine::eval_field(const Step& step, Collection& out) {
    Collection scratch;
    const Collection* focus = focus_of(step, scratch);
    if (focus == nullptr) {
        return false;
    }
    for (const Value& item : *focus) {
        if (item.kind == ValueKind::record && &item.record->type() == step.record) {
            item.record->field(step.index, out, arena_);
        } else {
            append_children(item, step.name, nullptr, out, arena_);
        }
    }
    return out.size() <= 1 || charge(step, out.size());
}

// The definition found at compile time holds for items of just that type; a more specific one (a
// resource in a Bundle) is looked up again.
bool Machine::eval_element(const Step& step, Collection& out) {
    Collection scratch;
    const Collection* focus = focus_of(step, scratch);
    if (focus == nullptr) {
        return false;
    }
    for (const Value& item : *focus) {
        const bool known = item.type == step.type && item.kind == ValueKind::node;
        append_children(item, step.name, known ? step.element : nullptr, out, arena_);
        if (out.size() > max_items) {
            return too_many(step);
        }
    }
    return out.size() <= 1 || charge(step, out.size());
}

bool Machine::eval_root(const Step& step, Collection& out) {
    Collection scratch;
    const Collection* focus = focus_of(step, scratch);
    if (focus == nullptr) {
        return false;
    }
    for (const Value& item : *focus) {
        if (item.type != nullptr && item.type->is_a(*step.type)) {
            push(out, item);
        } else {
            // What is no such type may still have a child of that name.
            append_children(item, step.name, nullptr, out, arena_);
        }
    }
    return out.size() <= 1 || charge(step, out.size());
}

/// Calls `run(focus, args)`; args are null for a function that evaluates its operands itself.
template <class Run>
bool Machine::with_operands(const Step& step, const Run& run) {
    Collection scratch;
    const Collection* focus = focus_of(step, scratch);
    if (focus == nullptr) {
        return false;
    }
    if (step.lazy || step.operands.empty()) {
        return run(*focus, nullptr);
    }
    // No eager built-in takes more than two operands.
    std::array<Collection, 2> args;
    for (std::size_t i = 0; i < step.operands.size(); ++i) {
        if (!eval(*step.operands[i], args.at(i))) {
            return false;
        }
    }
    return run(*focus, args.data());
}

bool Machine::eval_call(const Step& step, Collection& out) {
    return with_operands(step, [&](const Collection& focus, const Collection* args) {
        if (step.handler != nullptr) {
            return step.handler(*this, step, focus, args, out);
        }
        Truth truth = Truth::unknown;
        if (!step.predicate(*this, step, focus, args, truth)) {
            return false;
        }
        push_truth(out, truth);
        return true;
    });
}

// An issue of the function's own usually has no place; the place of the call is the best one known.
bool Machine::eval_external(const Step& step, Collection& out) {
    Collection scratch;
    const Collection* focus = focus_of(step, scratch);
    if (focus == nullptr) {
        return false;
    }
    std::pmr::vector<Collection> made(&arena_);
    const std::vector<Collection>& fixed = step.more->args;
    if (fixed.size() != step.operands.size()) {
        made.resize(step.operands.size());
        for (std::size_t i = 0; i < step.operands.size(); ++i) {
            if (!eval(*step.operands[i], made[i])) {
                return false;
            }
        }
    }
    const std::span<const Collection> args =
        made.empty() ? std::span<const Collection>(fixed) : std::span<const Collection>(made);
    text::Status status =
        step.more->function->call(step.more->bound.get(), *focus, args, out, runtime_);
    if (!status) {
        return true;
    }
    const text::Location unknown{};
    issue_ = std::move(*status);
    if (issue_->location == unknown) {
        issue_->location = locate(*step.expr, program_.at);
    }
    return false;
}

bool Machine::eval_item_at(const Step& step, Collection& out) {
    Collection scratch;
    Collection index;
    const Collection* focus = focus_of(step, scratch);
    if (focus == nullptr || !eval(*step.operands[0], index) || !single(step, index, "an index")) {
        return false;
    }
    if (index.empty()) {
        return true;
    }
    if (index[0].kind != ValueKind::integer) {
        return fail(step, "an index must be an integer");
    }
    const std::int64_t at = index[0].integer;
    if (at >= 0 && static_cast<std::size_t>(at) < focus->size()) {
        push(out, (*focus)[static_cast<std::size_t>(at)]);
    }
    return true;
}

bool Machine::eval_operator(const Step& step, Collection& out) {
    Collection scratch_left;
    Collection scratch_right;
    const Collection* left = read(*step.operands[0], scratch_left);
    const Collection* right = left != nullptr ? read(*step.operands[1], scratch_right) : nullptr;
    return right != nullptr && apply_operator(*this, step, *left, *right, out);
}

bool Machine::eval_type(const Step& step, Collection& out) {
    Collection scratch;
    const Collection* focus = focus_of(step, scratch);
    if (focus == nullptr) {
        return false;
    }
    if (step.op != Op::type_filter && !single(step, *focus, step.op == Op::type_is ? "is" : "as")) {
        return false;
    }
    for (const Value& item : *focus) {
        if (step.op == Op::type_is) {
            push_boolean(out, matches_type(item, step.more->query));
        } else if (converts_to_type(item, step.more->query)) {
            push(out, item);
        }
    }
    return out.size() <= 1 || charge(step, out.size());
}

bool Machine::eval_sign(const Step& step, Collection& out) {
    Collection items;
    if (!eval(*step.operands[0], items) || !single(step, items, "a sign")) {
        return false;
    }
    return items.empty() || apply_sign(*this, step, items[0], out);
}

}  // namespace linkway::fhirpath
