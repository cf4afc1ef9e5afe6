// Objects of a template: their members, what conditions and merges put beside them, what is
// missing.
#include <algorithm>

#include "compiler.h"

namespace linkway::mapping {

namespace {

using fhir::Definitions;
using fhir::ElementDefinition;
using fhir::TypeDefinition;
using fhir::TypeKind;

std::vector<std::string> element_names(const TypeDefinition& type) {
    std::vector<std::string> names;
    for (const ElementDefinition& element : type.elements) {
        if (!element.choice) {
            names.emplace_back(element.name);
            continue;
        }
        for (const TypeDefinition* option : element.types) {
            std::string name(element.name);
            name +=
                static_cast<char>(std::toupper(static_cast<unsigned char>(option->name.front())));
            name += option->name.substr(1);
            names.push_back(std::move(name));
        }
    }
    return names;
}

std::string_view without_mark(std::string_view name) {
    return name.starts_with('_') ? name.substr(1) : name;
}

/// Of a choice such as value[x]: the name under which it is given already with another type.
const std::string* other_choice(const TypeDefinition& type, std::string_view name,
                                const Names& seen) {
    const ElementDefinition* element = type.element(without_mark(name));
    if (element == nullptr || !element->choice) {
        return nullptr;
    }
    const auto found = std::find_if(seen.begin(), seen.end(), [&](const std::string& other) {
        return without_mark(other) != without_mark(name) &&
               type.element(without_mark(other)) == element;
    });
    return found == seen.end() ? nullptr : &*found;
}

}  // namespace

/// Of an abstract type, the one that the object itself names.
bool Compiler::object_type(const Form& form, Target& target) {
    if (target.type == nullptr) {
        return true;
    }
    if (target.type->kind == TypeKind::primitive) {
        fail("structure", form.at,
             target.path + " is a " + std::string(target.type->name) + ", not an object");
        return false;
    }
    if (!target.type->is_abstract || target.element == nullptr) {
        return true;
    }
    for (const Entry& entry : form.entries) {  // contained resources say which they are
        if (entry.name == "resourceType" && entry.value->node != nullptr) {
            const TypeDefinition* type = Definitions::r4().type(entry.value->node->text);
            if (type != nullptr && type->is_a(target.type->name) && !type->is_abstract) {
                target.type = type;
                return true;
            }
            fail("structure", entry.value->at,
                 "there is no R4 resource " + quoted(entry.value->node->text),
                 text::did_you_mean(entry.value->node->text, resource_names()));
            return false;
        }
    }
    fail("structure", form.at, target.path + " needs a \"resourceType\" that R4 knows");
    return false;
}

void Compiler::object(const Form& form, const Target& target, const std::string& prefix) {
    if (const Entry* only = replacement(form); only != nullptr && !prefix.empty()) {
        const std::size_t variables = environment_.variables.size();
        assignments(form);
        if (only->kind == EntryKind::loop) {
            fail("structure", only->at, target.path + " holds one value; a loop makes a list");
        } else {
            condition(*only, [&](const Form& branch) { value(branch, target, prefix); });
        }
        environment_.variables.resize(variables);
        return;
    }
    Target inside = target;
    if (!object_type(form, inside)) {
        return;
    }
    Step& open = emit(StepKind::open_object, form.at);
    open.text = prefix;
    open.path = target.path;
    Names seen;
    members(form, inside, seen);
    missing_members(form, inside, seen);
    Step& step = emit(StepKind::close, form.at);
    step.required = target.required;
    step.path = target.path;
}

/// Assignments come first and merges last, wherever they stand; what they declare ends here.
void Compiler::members(const Form& form, const Target& target, Names& seen) {
    const std::size_t variables = environment_.variables.size();
    assignments(form);
    for (const Entry& entry : form.entries) {
        if (entry.kind == EntryKind::member) {
            member(entry, target, seen);
        } else if (entry.kind == EntryKind::condition) {
            both_branches(entry, target, seen);
        } else if (entry.kind == EntryKind::loop) {
            fail("structure", entry.at, "a loop beside other members has no place to put its list",
                 "give it a name: name: { \"{% for ... %}\": ... }");
        }
    }
    for (const Entry& entry : form.entries) {
        if (entry.kind == EntryKind::merge) {
            merge(entry, target, seen);
        }
    }
    environment_.variables.resize(variables);
}

/// Either branch may give a member; both may give the same one.
void Compiler::both_branches(const Entry& entry, const Target& target, Names& seen) {
    Names added;
    condition(entry, [&](const Form& branch) {
        Names mine = seen;
        if (branch.kind == FormKind::object) {
            members(branch, target, mine);
        } else {
            emit(StepKind::merge, branch.at);
            merge_item(branch, target, mine);
        }
        added.insert(added.end(), mine.begin() + static_cast<std::ptrdiff_t>(seen.size()),
                     mine.end());
    });
    seen.insert(seen.end(), added.begin(), added.end());
}

void Compiler::merge(const Entry& entry, const Target& target, Names& seen) {
    emit(StepKind::merge, entry.at);
    merge_item(*entry.value, target, seen);
}

void Compiler::merge_item(const Form& form, const Target& target, Names& seen) {
    if (form.kind == FormKind::array) {
        for (const FormPtr& inner : form.items) {
            merge_item(*inner, target, seen);
        }
    } else if (const Entry* only = replacement(form); only != nullptr) {
        const std::size_t variables = environment_.variables.size();
        assignments(form);
        const auto branch = [&](const Form& chosen) { merge_item(chosen, target, seen); };
        only->kind == EntryKind::condition ? condition(*only, branch)
                                           : loop(*only, target.path, branch);
        environment_.variables.resize(variables);
    } else if (form.kind == FormKind::object) {
        Names mine;
        members(form, target, mine);
        for (const std::string& name : mine) {
            const std::string* other =
                target.type == nullptr ? nullptr : other_choice(*target.type, name, seen);
            if (other != nullptr) {
                fail("structure", form.at,
                     target.path + " may hold " + *other + " or " + name + ", not both",
                     "choose with \"{% if ... %}\" and \"{% else %}\"");
            }
        }
        seen.insert(seen.end(), mine.begin(), mine.end());
    } else if (form.kind == FormKind::value || form.kind == FormKind::all_items) {
        Step step = value_step(StepKind::spread, form, target);
        step.list = form.kind == FormKind::all_items;
        step.expression = expression(form.code, target.path);
        if (step.expression >= 0 &&
            accepts(program_.expressions[static_cast<std::size_t>(step.expression)].type(), target,
                    form.code.at)) {
            seen.emplace_back();  // members not known before it runs
            program_.steps.push_back(std::move(step));
        }
    } else if (form.kind != FormKind::constant || form.node == nullptr ||
               form.node->kind != text::NodeKind::null) {
        fail("structure", form.at, "an object is expected here, whose members are merged");
    }
}

bool Compiler::element(const Entry& entry, const Target& target, Target& inside) {
    const bool companion = entry.name.starts_with('_');
    const std::string_view name = without_mark(entry.name);
    const ElementDefinition* element = target.type->element(name);
    if (element == nullptr) {
        fail("structure", entry.at,
             std::string(target.type->name) + " has no element " + quoted(entry.name),
             text::did_you_mean(name, element_names(*target.type)));
        return false;
    }
    inside.type = target.type->element_type(*element, name);
    inside.element = element;
    inside.many = element->many;
    inside.required = element->required;
    if (companion) {
        if (inside.type->kind != TypeKind::primitive) {
            fail("structure", entry.at,
                 quoted(entry.name) + ": only primitive elements have such a companion");
            return false;
        }
        if (element->many) {
            fail("structure", entry.at,
                 quoted(entry.name) +
                     ": what is empty leaves a list, so its items could not be kept in step with "
                     "those of " +
                     quoted(name));
            return false;
        }
        inside = {Definitions::r4().type("Element"), nullptr, inside.path, false, false};
    }
    return true;
}

void Compiler::member(const Entry& entry, const Target& target, Names& seen) {
    if (entry.name.find("{{") != std::string::npos || entry.name.find("{[") != std::string::npos) {
        fail("structure", entry.at, "a member's name can't hold an expression");
        return;
    }
    if (std::find(seen.begin(), seen.end(), entry.name) != seen.end()) {
        fail("structure", entry.at, quoted(entry.name) + " is given twice in " + target.path,
             "where the later is to win, write \"{% merge %}\"");
        return;
    }
    const std::string* other =
        target.type == nullptr ? nullptr : other_choice(*target.type, entry.name, seen);
    if (other != nullptr) {
        fail("structure", entry.at,
             target.path + " may hold " + *other + " or " + entry.name + ", not both",
             "choose with \"{% if ... %}\" and \"{% else %}\"");
        return;
    }
    seen.push_back(entry.name);
    std::string prefix;
    text::append_json_string(prefix, entry.name);
    prefix += ':';
    if (target.type != nullptr && entry.name == "resourceType" &&
        target.type->kind == TypeKind::resource) {
        emit_constant(prefix + quoted(target.type->name), target.path + ".resourceType", entry.at);
        return;
    }
    Target inside{nullptr, nullptr, target.path + "." + entry.name, false, false};
    if (target.type == nullptr || element(entry, target, inside)) {
        value(*entry.value, inside, prefix);
    }
}

void Compiler::missing_members(const Form& form, const Target& target, const Names& seen) {
    const bool unknown = std::find(seen.begin(), seen.end(), "") != seen.end();
    if (target.type == nullptr || unknown) {
        return;
    }
    for (const ElementDefinition& element : target.type->elements) {
        if (!element.required) {
            continue;
        }
        const bool given = std::any_of(seen.begin(), seen.end(), [&](const std::string& name) {
            return target.type->element(without_mark(name)) == &element;
        });
        if (!given) {
            fail("required", form.at,
                 target.path + "." + std::string(element.name) + (element.choice ? "[x]" : "") +
                     " is required and missing");
        }
    }
}

}  // namespace linkway::mapping
