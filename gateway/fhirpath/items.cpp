// What many functions ask of a collection. Nothing (an empty collection) is an answer in FHIRPath,
// not an error; several items where one is meant is an error.
#include "items.h"

#include <algorithm>

#include "compare.h"

namespace linkway::fhirpath {

bool look_for(Machine& machine, const Step& step, const Collection& items, const Value& wanted,
              bool& found) {
    if (!machine.charge(step, items.size() + 1)) {
        return false;
    }
    Steps& steps = machine.runtime().steps_left;
    found = std::any_of(items.begin(), items.end(), [&](const Value& item) {
        return equal_items(item, wanted, steps) == Truth::yes;
    });
    return machine.has_steps(step);
}

bool text_or_nothing(Machine& machine, const Step& step, const Collection& items,
                     std::string_view& text) {
    bool present = false;
    text = {};
    return one_text(machine, step, items, present, text);
}

// Text is what most columns are, so this is the gate of most functions.
bool one_text(Machine& machine, const Step& step, const Collection& items, bool& present,
              std::string_view& text) {
    present = false;
    if (items.empty()) {
        return true;
    }
    const std::string_view name = step.expr->name;
    if (items.size() > 1) {
        return machine.single(step, items, name);
    }
    if (items[0].kind == ValueKind::node && items[0].extra != nullptr) {
        return true;  // a primitive with extensions but no value
    }
    if (items[0].kind != ValueKind::string) {
        return machine.fail(step, std::string(name) + " works on text only; use toString() first");
    }
    present = true;
    text = items[0].text;
    return machine.charge_text(step, text.size());
}

bool one_integer(Machine& machine, const Step& step, const Collection& items, bool& present,
                 std::int64_t& number) {
    present = !items.empty();
    if (!present) {
        return true;
    }
    if (items.size() > 1) {
        return machine.single(step, items, step.expr->name);
    }
    if (items[0].kind != ValueKind::integer) {
        return machine.fail(step, step.expr->name + " needs an integer");
    }
    number = items[0].integer;
    return true;
}

}  // namespace linkway::fhirpath
