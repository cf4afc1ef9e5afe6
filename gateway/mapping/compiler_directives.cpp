// Conditions, loops and assignments of a template as jumps and variables.
#include "compiler.h"

namespace linkway::mapping {

using fhirpath::StaticType;
using fhirpath::ValueKind;

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
    return static_cast<std::uint32_t>(program_.slots - 1);
}

void Compiler::loop(const Entry& entry, const std::string& path,
                    const std::function<void(const Form&)>& body) {
    const int index = expression(entry.code, path);
    if (index < 0) {
        return;
    }
    const std::size_t variables = environment_.variables.size();
    StaticType item_type = program_.expressions[static_cast<std::size_t>(index)].type();
    item_type.many = false;
    const std::uint32_t slot = declare(entry.name, item_type);
    std::uint32_t index_slot = 0;
    if (!entry.index.empty()) {
        index_slot = declare(entry.index,
                             {StaticType::Of::system, ValueKind::integer, nullptr, nullptr, false});
    }
    const std::size_t start = program_.steps.size();
    Step& step = emit(StepKind::loop, entry.at);
    step.expression = index;
    step.slot = slot;
    step.index_slot = index_slot;
    body(*entry.value);
    Step& next = emit(StepKind::next, entry.at);
    next.target = static_cast<std::uint32_t>(start);
    program_.steps[start].target = static_cast<std::uint32_t>(program_.steps.size());
    environment_.variables.resize(variables);
}

void Compiler::assign(const Entry& entry) {
    for (const auto& [name, form] : entry.assigned) {
        Step step;
        step.kind = StepKind::assign;
        step.at = form->at;
        StaticType type{StaticType::Of::system, ValueKind::string, nullptr, nullptr, false};
        if (form->kind == FormKind::value || form->kind == FormKind::all_items) {
            step.expression = expression(form->code, "%" + name);
            if (step.expression >= 0) {
                type = program_.expressions[static_cast<std::size_t>(step.expression)].type();
                type.many = type.many && form->kind == FormKind::all_items;
            }
            step.list = form->kind == FormKind::all_items;
        } else if (form->kind == FormKind::concat) {
            for (const Part& part : form->parts) {
                step.pieces.push_back(
                    {part.text, part.code ? expression(*part.code, "%" + name) : -1});
            }
        } else {
            step.text = form->node->text;
        }
        step.slot = declare(name, type);
        program_.steps.push_back(std::move(step));
    }
}

}  // namespace linkway::mapping
