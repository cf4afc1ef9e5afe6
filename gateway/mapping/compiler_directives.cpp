// Conditions, loops and assignments of a template as jumps and variables.
#include "compiler.h"

namespace linkway::mapping {

using fhirpath::StaticType;
using fhirpath::ValueKind;

namespace {

StaticType system_type(ValueKind kind) {
    return {StaticType::Of::system, kind, nullptr, nullptr, false};
}

/// What a variable holds that either branch may set.
StaticType either(const StaticType& one, const StaticType& other) {
    if (one.of == StaticType::Of::nothing || other.of == StaticType::Of::nothing) {
        return one.of == StaticType::Of::nothing ? other : one;
    }
    const bool same = one.of == other.of && one.kind == other.kind && one.type == other.type &&
                      one.record == other.record;
    StaticType result = same ? one : StaticType{};
    result.many = one.many || other.many;
    return result;
}

/// The kind of a constant as FHIRPath has it; nothing for null.
std::optional<ValueKind> kind_of(const text::Node& node) {
    switch (node.kind) {
        case text::NodeKind::boolean:
            return ValueKind::boolean;
        case text::NodeKind::number:
            return node.text.find_first_of(".eE") == std::string_view::npos ? ValueKind::integer
                                                                            : ValueKind::decimal;
        case text::NodeKind::string:
            return ValueKind::string;
        default:
            return {};
    }
}

}  // namespace

void Compiler::condition(const Entry& entry, const std::function<void(const Form&)>& branch) {
    const std::size_t test = program_.steps.size();
    emit(StepKind::jump_unless, entry.at);
    const int index = expression(entry.code, "if");
    program_.steps[test].expression = index;
    branch(*entry.value);
    if (entry.otherwise) {
        const std::size_t skip = program_.steps.size();
        emit(StepKind::jump, entry.at);
        program_.steps[test].target = static_cast<std::uint32_t>(program_.steps.size());
        branch(*entry.otherwise);
        program_.steps[skip].target = static_cast<std::uint32_t>(program_.steps.size());
    } else {
        program_.steps[test].target = static_cast<std::uint32_t>(program_.steps.size());
    }
}

std::uint32_t Compiler::declare(const std::string& name, StaticType type) {
    // Slots are never reused, so that a variable keeps its value while anything below may still ask
    // for it.
    while (environment_.variables.size() < program_.slots) {
        environment_.variables.push_back({"", {}});
    }
    environment_.variables.push_back({name, type});
    program_.slots = environment_.variables.size();
    forms_.resize(program_.slots);
    return static_cast<std::uint32_t>(program_.slots - 1);
}

void Compiler::loop(const Entry& entry, const std::string& path,
                    const std::function<void(const Form&)>& body) {
    const int index = expression(entry.code, path);
    if (index < 0) {
        return;
    }
    const fhirpath::Expression& items = program_.expressions[static_cast<std::size_t>(index)];
    const std::size_t variables = environment_.variables.size();
    StaticType item_type = items.type();
    item_type.many = false;
    const std::uint32_t slot = declare(entry.name, item_type);
    forms_[slot] = form_of(items.ast());
    std::uint32_t index_slot = 0;
    if (!entry.index.empty()) {
        index_slot = declare(entry.index, system_type(ValueKind::integer));
    }
    const std::size_t start = program_.steps.size();
    Step& step = emit(StepKind::loop, entry.at);
    step.expression = index;
    step.path = "%" + entry.name;
    step.slot = slot;
    step.index_slot = index_slot;
    body(*entry.value);
    Step& next = emit(StepKind::next, entry.at);
    next.target = static_cast<std::uint32_t>(start);
    program_.steps[start].target = static_cast<std::uint32_t>(program_.steps.size());
    environment_.variables.resize(variables);
}

void Compiler::assignments(const Form& form) {
    for (const Entry& entry : form.entries) {
        for (const Assigned& variable : entry.assigned) {
            assign(variable);
        }
    }
}

/// The name is there once its value is: a variable can't be made from itself.
void Compiler::assign(const Assigned& variable) {
    const std::uint32_t slot = declare("", {});
    const StaticType type = assign_value(*variable.value, slot, "%" + variable.name);
    environment_.variables[slot] = {variable.name, type};
    const bool structured =
        variable.value->kind == FormKind::object || variable.value->kind == FormKind::array;
    forms_[slot] = structured ? variable.value.get() : nullptr;
}

/// Values keep their FHIRPath type; objects and lists are written as JSON and read back.
StaticType Compiler::assign_value(const Form& form, std::uint32_t slot, const std::string& path) {
    if (const Entry* only = replacement(form);
        only != nullptr && only->kind == EntryKind::condition) {
        StaticType type{StaticType::Of::nothing, ValueKind::string, nullptr, nullptr, false};
        const std::size_t variables = environment_.variables.size();
        Step& reset = emit(StepKind::assign, form.at);  // a loop may have set it before
        reset.slot = slot;
        reset.path = path;
        assignments(form);
        condition(*only, [&](const Form& branch) {
            type = either(type, assign_value(branch, slot, path));
        });
        environment_.variables.resize(variables);
        return type;
    }
    if (form.kind == FormKind::object || form.kind == FormKind::array) {
        emit(StepKind::open_array, form.at).path = path;
        item(form, {nullptr, nullptr, path, false, false});
        emit(StepKind::capture, form.at).slot = slot;
        program_.steps.back().path = path;
        StaticType type;
        type.many = form.kind == FormKind::array || replacement(form) != nullptr;
        return type;
    }
    Step step;
    step.kind = StepKind::assign;
    step.at = form.at;
    step.slot = slot;
    step.path = path;
    StaticType type = system_type(ValueKind::string);
    if (form.kind == FormKind::value || form.kind == FormKind::all_items) {
        step.expression = expression(form.code, path);
        step.list = form.kind == FormKind::all_items;
        if (step.expression >= 0) {
            type = program_.expressions[static_cast<std::size_t>(step.expression)].type();
            type.many = type.many && step.list;
        }
    } else if (form.kind == FormKind::concat) {
        step.pieces = pieces(form, path);
    } else if (form.node != nullptr) {
        step.constant = kind_of(*form.node);
        step.text = form.node->text;
        type = step.constant ? system_type(*step.constant)
                             : StaticType{StaticType::Of::nothing, ValueKind::string, nullptr,
                                          nullptr, false};
    }
    program_.steps.push_back(std::move(step));
    return type;
}

}  // namespace linkway::mapping
