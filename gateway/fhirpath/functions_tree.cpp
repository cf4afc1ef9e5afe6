// Children, types, extensions and the clock.
#include "builtins.h"
#include "items.h"
#include "moment.h"
#include "navigate.h"
#include "types.h"

namespace linkway::fhirpath {

namespace {

bool append_children_of(Machine& machine, const Step& step, const Value& item, Collection& out) {
    const std::size_t before = out.size();
    append_all_children(item, out, machine.arena());
    if (out.size() > max_items) {
        return machine.too_many(step);
    }
    return machine.charge(step, out.size() - before + 1);
}

bool children(Machine& machine, const Step& step, const Collection& focus, const Collection*,
              Collection& out) {
    for (const Value& item : focus) {
        if (!append_children_of(machine, step, item, out)) {
            return false;
        }
    }
    return true;
}

bool is_primitive_value(const Value& item) {
    return item.kind != ValueKind::node && item.kind != ValueKind::record;
}

bool has_value(Machine&, const Step&, const Collection& focus, const Collection*, Truth& truth) {
    truth = focus.size() == 1 && is_primitive_value(focus[0]) ? Truth::yes : Truth::no;
    return true;
}

/// The value as a System type.
bool get_value(Machine& machine, const Step&, const Collection& focus, const Collection*,
               Collection& out) {
    if (focus.size() == 1 && is_primitive_value(focus[0])) {
        Value value = focus[0];
        value.type = nullptr;
        value.node = nullptr;
        value.extra = nullptr;
        machine.push(out, value);
    }
    return true;
}

bool extension(Machine& machine, const Step& step, const Collection& focus, const Collection* args,
               Collection& out) {
    std::string_view url;
    if (!text_or_nothing(machine, step, args[0], url)) {
        return false;
    }
    for (const Value& item : focus) {
        Collection extensions;
        append_children(item, text::Name("extension"), nullptr, extensions, machine.arena());
        for (const Value& each : extensions) {
            if (!url.empty() && each.node != nullptr && each.node->string_or("url", {}) == url) {
                machine.push(out, each);
            }
        }
    }
    return true;
}

bool type(Machine& machine, const Step&, const Collection& focus, const Collection*,
          Collection& out) {
    for (const Value& item : focus) {
        machine.push(out, type_info(item, machine.arena()));
    }
    return true;
}

/// XHTML that FHIR allows in a narrative is the validator's business; here it must only be there.
bool html_checks(Machine& machine, const Step&, const Collection& focus, const Collection*,
                 Collection& out) {
    machine.push_boolean(out, !focus.empty());
    return true;
}

bool now(Machine& machine, const Step& step, const Collection&, const Collection*,
         Collection& out) {
    if (!parse_date_time(machine.runtime().now)) {
        return machine.fail(step, "no time was given for now()");
    }
    return machine.push_text(step, out, ValueKind::date_time, machine.runtime().now);
}

bool today(Machine& machine, const Step& step, const Collection&, const Collection*,
           Collection& out) {
    if (!parse_date_time(machine.runtime().now)) {
        return machine.fail(step, "no time was given for today()");
    }
    return machine.push_text(step, out, ValueKind::date, machine.runtime().now.substr(0, 10));
}

bool time_of_day(Machine& machine, const Step& step, const Collection&, const Collection*,
                 Collection& out) {
    auto moment = parse_date_time(machine.runtime().now);
    if (!moment || moment->precision < Part::hour) {
        return machine.fail(step, "no time was given for timeOfDay()");
    }
    moment->year = 0;
    moment->zoned = false;
    return machine.push_text(step, out, ValueKind::time, format(*moment));
}

}  // namespace

std::vector<BuiltIn> tree_functions() {
    return {
        {"children", 0, "", Takes::anything, Yields::unknown_many, children},
        {"descendants", 0, "", Takes::anything, Yields::unknown_many, descendants},
        {"hasValue", 0, "", Takes::anything, Yields::boolean, nullptr, has_value},
        {"getValue", 0, "", Takes::anything, Yields::special, get_value},
        {"extension", 1, "s", Takes::anything, Yields::special, extension},
        {"type", 0, "", Takes::anything, Yields::unknown_many, type},
        {"is", 1, "T", Takes::anything, Yields::boolean, nullptr},
        {"as", 1, "T", Takes::anything, Yields::special, nullptr},
        {"ofType", 1, "T", Takes::anything, Yields::special, nullptr},
        {"htmlChecks", 0, "", Takes::anything, Yields::boolean, html_checks},
        {"now", 0, "", Takes::anything, Yields::date_time, now},
        {"today", 0, "", Takes::anything, Yields::date, today},
        {"timeOfDay", 0, "", Takes::anything, Yields::time, time_of_day},
    };
}

}  // namespace linkway::fhirpath
