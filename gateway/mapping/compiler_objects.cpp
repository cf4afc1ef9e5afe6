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
                                const Given& given) {
    const ElementDefinition* element = type.element(without_mark(name));
    if (element == nullptr || !element->choice) {
        return nullptr;
    }
    const Names& names = given.names;
    const auto found = std::find_if(names.begin(), names.end(), [&](const std::string& other) {
        return without_mark(other) != without_mark(name) &&
               type.element(without_mark(other)) == element;
    });
    return found == names.end() ? nullptr : &*found;
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
    Given given;
    members(form, inside, given);
    auto needs = missing_members(form, inside, given);
    Step& step = emit(StepKind::close, form.at);
    step.type = inside.type;
    step.needs = std::move(needs);
    step.required = target.required;
    step.path = target.path;
}

/// Assignments come first and merges last, wherever they stand; what they declare ends here.
void Compiler::members(const Form& form, const Target& target, Given& given) {
    const std::size_t variables = environment_.variables.size();
    assignments(form);
    for (const Entry& entry : form.entries) {
        if (entry.kind == EntryKind::member) {
            member(entry, target, given);
        } else if (entry.kind == EntryKind::condition) {
            both_branches(entry, given, [&](const Form& branch, Given& mine) {
                if (branch.kind == FormKind::object) {
                    members(branch, target, mine);
                } else {
                    merge_item(branch, target, mine);
                }
            });
        } else if (entry.kind == EntryKind::loop) {
            fail("structure", entry.at, "a loop beside other members has no place to put its list",
                 "give it a name: name: { \"{% for ... %}\": ... }");
        }
    }
    for (const Entry& entry : form.entries) {
        if (entry.kind == EntryKind::merge) {
            merge_item(*entry.value, target, given);
        }
    }
    environment_.variables.resize(variables);
}

/// Either branch may give a member; both may give the same one, which is then sure to be there.
void Compiler::both_branches(const Entry& entry, Given& given,
                             const std::function<void(const Form&, Given&)>& branch) {
    std::vector<Given> outcomes;
    condition(entry, [&](const Form& form) { branch(form, outcomes.emplace_back(given)); });
    const Given before = given;
    for (const Given& each : outcomes) {
        given.names.insert(given.names.end(),
                           each.names.begin() + static_cast<std::ptrdiff_t>(before.names.size()),
                           each.names.end());
        given.open = given.open || each.open;
        given.merged = given.merged || each.merged;
    }
    if (outcomes.size() == 2) {
        const Names& other = outcomes[1].sure;
        for (std::size_t i = before.sure.size(); i < outcomes[0].sure.size(); ++i) {
            if (std::find(other.begin(), other.end(), outcomes[0].sure[i]) != other.end()) {
                given.sure.push_back(outcomes[0].sure[i]);
            }
        }
    }
}

/// What is put beside the members there are; of one name, the last stays.
void Compiler::merge_item(const Form& form, const Target& target, Given& given) {
    emit(StepKind::merge, form.at);
    given.merged = true;
    if (form.kind == FormKind::array) {
        for (const FormPtr& inner : form.items) {
            merge_item(*inner, target, given);
        }
    } else if (const Entry* only = replacement(form); only != nullptr) {
        const std::size_t variables = environment_.variables.size();
        assignments(form);
        if (only->kind == EntryKind::condition) {
            both_branches(*only, given, [&](const Form& branch, Given& mine) {
                merge_item(branch, target, mine);
            });
        } else {
            loop(*only, target.path, [&](const Form& body) { merge_item(body, target, given); });
        }
        environment_.variables.resize(variables);
    } else if (form.kind == FormKind::object) {
        merge_members(form, target, given);
    } else if (form.kind == FormKind::value || form.kind == FormKind::all_items) {
        Step step = value_step(StepKind::spread, form, target);
        given.open = true;
        step.list = form.kind == FormKind::all_items;
        step.expression = expression(form.code, target.path);
        if (step.expression >= 0 &&
            accepts(program_.expressions[static_cast<std::size_t>(step.expression)].type(), target,
                    form.code.at)) {
            program_.steps.push_back(std::move(step));
        }
    } else if (form.kind != FormKind::constant || form.node == nullptr ||
               form.node->kind != text::NodeKind::null) {
        fail("structure", form.at, "an object is expected here, whose members are merged");
    }
}

void Compiler::merge_members(const Form& form, const Target& target, Given& given) {
    Given mine;
    members(form, target, mine);
    for (const std::string& name : mine.names) {
        const std::string* other =
            target.type == nullptr ? nullptr : other_choice(*target.type, name, given);
        if (other != nullptr) {
            fail("structure", form.at,
                 target.path + " may hold " + *other + " or " + name + ", not both",
                 "choose with \"{% if ... %}\" and \"{% else %}\"");
        }
    }
    given.names.insert(given.names.end(), mine.names.begin(), mine.names.end());
    given.open = given.open || mine.open;
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

void Compiler::member(const Entry& entry, const Target& target, Given& given) {
    if (entry.name.find("{{") != std::string::npos || entry.name.find("{[") != std::string::npos) {
        fail("structure", entry.at, "a member's name can't hold an expression");
        return;
    }
    if (std::find(given.names.begin(), given.names.end(), entry.name) != given.names.end()) {
        fail("structure", entry.at, quoted(entry.name) + " is given twice in " + target.path,
             "where the later is to win, write \"{% merge %}\"");
        return;
    }
    const std::string* other =
        target.type == nullptr ? nullptr : other_choice(*target.type, entry.name, given);
    if (other != nullptr) {
        fail("structure", entry.at,
             target.path + " may hold " + *other + " or " + entry.name + ", not both",
             "choose with \"{% if ... %}\" and \"{% else %}\"");
        return;
    }
    given.names.push_back(entry.name);
    given.sure.push_back(entry.name);
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

/// What can't be known before it runs: required elements given under a condition, or by a merge.
std::vector<const ElementDefinition*> Compiler::missing_members(const Form& form,
                                                                const Target& target,
                                                                const Given& given) {
    std::vector<const ElementDefinition*> unsure;
    if (target.type == nullptr) {
        return unsure;
    }
    for (const ElementDefinition& element : target.type->elements) {
        const auto is_among = [&](const Names& names) {
            return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
                return target.type->element(without_mark(name)) == &element;
            });
        };
        if (!element.required || (!given.merged && is_among(given.sure))) {
            continue;
        }
        if (given.open || is_among(given.names)) {
            unsure.push_back(&element);
            continue;
        }
        fail("required", form.at,
             target.path + "." + std::string(element.name) + (element.choice ? "[x]" : "") +
                 " is required and missing");
    }
    return unsure;
}

}  // namespace linkway::mapping
