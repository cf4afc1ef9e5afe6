#include "compiler.h"

#include <algorithm>
#include <functional>

namespace linkway::mapping {

namespace {

using fhir::Definitions;
using fhir::ElementDefinition;
using fhir::TypeDefinition;
using fhir::TypeKind;
using fhirpath::StaticType;
using fhirpath::ValueKind;
using text::NodeKind;

/// The only entry of an object that is not an assignment, when it is a condition or a loop: it then
/// stands for the whole value.
const Entry* replacement(const Form& form) {
    if (form.kind != FormKind::object) {
        return nullptr;
    }
    const Entry* only = nullptr;
    for (const Entry& entry : form.entries) {
        if (entry.kind == EntryKind::assign) {
            continue;
        }
        if (only != nullptr || entry.kind == EntryKind::member) {
            return nullptr;
        }
        only = &entry;
    }
    return only;
}

bool is_text(std::string_view type) {
    static constexpr std::string_view names[] = {"string", "markdown",     "code",      "id",
                                                 "uri",    "url",          "canonical", "oid",
                                                 "uuid",   "base64Binary", "xhtml"};
    return std::find(std::begin(names), std::end(names), type) != std::end(names);
}

bool matches(ValueKind from, std::string_view to) {
    switch (from) {
        case ValueKind::boolean:
            return to == "boolean";
        case ValueKind::integer:
            return to == "integer" || to == "positiveInt" || to == "unsignedInt" || to == "decimal";
        case ValueKind::decimal:
            return to == "decimal";
        case ValueKind::string:
            return is_text(to);
        case ValueKind::date:
            return to == "date" || to == "dateTime";
        case ValueKind::date_time:
            return to == "dateTime" || to == "instant";
        case ValueKind::time:
            return to == "time";
        default:
            return false;
    }
}

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

/// What dynamic values of a type are tried with; plain text needs no test beyond not being blank.
fhir::PrimitiveTest lexical_test(const TypeDefinition& type) {
    const bool any_text = type.name == "string" || type.name == "markdown";
    return any_text || type.kind != TypeKind::primitive ? nullptr : fhir::primitive_test(type.name);
}

std::string quoted(std::string_view text) {
    return '"' + std::string(text) + '"';
}

}  // namespace

void Compiler::fail(std::string code, const text::Location& at, std::string message,
                    std::string suggestion) {
    issues_.push_back(
        {text::Severity::error, std::move(code), std::move(message), at, std::move(suggestion)});
}

Step& Compiler::emit(StepKind kind, const text::Location& at) {
    Step step;
    step.kind = kind;
    step.at = at;
    program_.steps.push_back(std::move(step));
    return program_.steps.back();
}

void Compiler::emit_constant(std::string text, const std::string& path, const text::Location& at) {
    Step& step = emit(StepKind::text, at);
    step.text = std::move(text);
    step.path = path;
}

int Compiler::expression(const Code& code, const std::string& target) {
    auto ast = fhirpath::parse(code.text, code.at);
    if (!ast) {
        issues_.push_back(std::move(ast).issue());
        return -1;
    }
    auto compiled = fhirpath::compile(std::move(ast).value(), environment_, code.at, issues_);
    if (!compiled) {
        return -1;
    }
    program_.expressions.push_back(std::move(*compiled));
    program_.targets.push_back(target);
    program_.places.push_back(code.at);
    return static_cast<int>(program_.expressions.size()) - 1;
}

void Compiler::resource(const Template& source) {
    program_.resource_type = source.resource_type;
    const TypeDefinition* type = Definitions::r4().type(source.resource_type);
    if (type == nullptr || type->kind != TypeKind::resource || type->is_abstract) {
        std::vector<std::string> names;
        for (const TypeDefinition* candidate : Definitions::r4().types()) {
            if (candidate->kind == TypeKind::resource) {
                names.emplace_back(candidate->name);
            }
        }
        fail("structure", source.resource->at,
             "there is no R4 resource " + quoted(source.resource_type),
             text::did_you_mean(source.resource_type, names));
        return;
    }
    if (source.when) {
        const int index = expression(*source.when, "when");
        if (index >= 0) {
            program_.condition = static_cast<std::size_t>(index);
        }
    }
    object(*source.resource, {type, nullptr, std::string(type->name), false, true}, "");
}

bool Compiler::accepts(const StaticType& from, const Target& target, const text::Location& at) {
    if (target.type == nullptr || from.of == StaticType::Of::anything ||
        from.of == StaticType::Of::nothing) {
        return true;
    }
    const std::string_view to = target.type->name;
    bool fits = false;
    if (from.of == StaticType::Of::system) {
        fits = matches(from.kind, to);
    } else if (from.of == StaticType::Of::fhir && from.type != nullptr) {
        fits = from.type->is_a(to) || (is_text(from.type->name) && is_text(to)) ||
               (from.type->name == "date" && to == "dateTime") ||
               (from.type->name == "instant" && to == "dateTime");
    }
    if (!fits) {
        fail("value", at,
             target.path + " is a " + std::string(to) + ", but the expression gives " +
                 fhirpath::to_string(from));
    }
    return fits;
}

void Compiler::value(const Form& form, const Target& target, const std::string& prefix) {
    if (target.many) {
        list(form, target, prefix);
    } else {
        single(form, target, prefix);
    }
}

void Compiler::list(const Form& form, const Target& target, const std::string& prefix) {
    if (form.kind == FormKind::all_items) {
        const int index = expression(form.code, target.path);
        if (index < 0 || !accepts(program_.expressions[static_cast<std::size_t>(index)].type(),
                                  target, form.code.at)) {
            return;
        }
        emit(StepKind::open_array, form.at).text = prefix;
        program_.steps.back().path = target.path;
        Step& step = emit(StepKind::all, form.at);
        step.expression = index;
        step.type = target.type;
        step.path = target.path;
        step.test = lexical_test(*target.type);
    } else if (form.kind == FormKind::array) {
        emit(StepKind::open_array, form.at).text = prefix;
        program_.steps.back().path = target.path;
        for (const FormPtr& each : form.items) {
            item(*each, target);
        }
    } else if (replacement(form) != nullptr) {
        emit(StepKind::open_array, form.at).text = prefix;
        program_.steps.back().path = target.path;
        item(form, target);
    } else {
        fail("structure", form.at, target.path + " is a list of " + std::string(target.type->name),
             form.kind == FormKind::object || form.kind == FormKind::value
                 ? "write it as a list: [ ... ] or \"- \""
                 : "");
        return;
    }
    Step& step = emit(StepKind::close, form.at);
    step.list = true;
    step.required = target.required;
    step.path = target.path;
}

/// One item of an open array; conditions and loops give any number of them.
void Compiler::item(const Form& form, const Target& target) {
    Target one = target;
    one.many = false;
    one.required = false;
    if (form.kind == FormKind::array) {  // lists of lists are flattened
        for (const FormPtr& inner : form.items) {
            item(*inner, target);
        }
        return;
    }
    if (form.kind == FormKind::all_items) {
        const int index = expression(form.code, target.path);
        if (index >= 0 && accepts(program_.expressions[static_cast<std::size_t>(index)].type(), one,
                                  form.code.at)) {
            Step& step = emit(StepKind::all, form.at);
            step.expression = index;
            step.type = target.type;
            step.path = target.path;
            step.test = lexical_test(*target.type);
        }
        return;
    }
    if (const Entry* only = replacement(form); only != nullptr) {
        for (const Entry& entry : form.entries) {
            if (entry.kind == EntryKind::assign) {
                assign(entry);
            }
        }
        const auto branch = [&](const Form& chosen) { item(chosen, target); };
        only->kind == EntryKind::condition ? condition(*only, branch)
                                           : loop(*only, target.path, branch);
        return;
    }
    single(form, one, "");
}

void Compiler::single(const Form& form, const Target& target, const std::string& prefix) {
    switch (form.kind) {
        case FormKind::constant:
            constant(form, target, prefix);
            return;
        case FormKind::value:
        case FormKind::concat:
            break;
        case FormKind::all_items:
        case FormKind::array:
            fail("structure", form.at,
                 target.path + " holds one " + std::string(target.type->name) + ", not a list");
            return;
        case FormKind::object:
            object(form, target, prefix);
            return;
    }
    Step step;
    step.at = form.at;
    step.text = prefix;
    step.type = target.type;
    step.path = target.path;
    step.required = target.required;
    step.test = lexical_test(*target.type);
    if (target.element != nullptr && target.type->name == "code") {
        step.value_set = target.element->required_value_set;
        if (Definitions::r4().has_code(step.value_set, "").has_value()) {
            step.codes = Definitions::r4().codes(step.value_set);
            std::sort(step.codes.begin(), step.codes.end());
        }
    }
    if (form.kind == FormKind::value) {
        step.kind = StepKind::value;
        step.expression = expression(form.code, target.path);
        if (step.expression < 0 ||
            !accepts(program_.expressions[static_cast<std::size_t>(step.expression)].type(), target,
                     form.code.at)) {
            return;
        }
    } else {
        step.kind = StepKind::concat;
        if (target.type->kind != TypeKind::primitive || !is_text(target.type->name)) {
            fail("value", form.at,
                 target.path + " is a " + std::string(target.type->name) + ", not text");
            return;
        }
        for (const Part& part : form.parts) {
            step.pieces.push_back(
                {part.text, part.code ? expression(*part.code, target.path) : -1});
        }
    }
    program_.steps.push_back(std::move(step));
}

void Compiler::constant(const Form& form, const Target& target, const std::string& prefix) {
    const text::Node& node = *form.node;
    const std::string_view type = target.type->name;
    if (node.kind == NodeKind::null) {
        return;
    }
    if (target.type->kind != TypeKind::primitive) {
        fail("structure", form.at,
             target.path + " is a " + std::string(type) + ": an object is expected here");
        return;
    }
    const bool is_number =
        type == "decimal" || type == "integer" || type == "positiveInt" || type == "unsignedInt";
    const bool shape = node.kind == NodeKind::boolean  ? type == "boolean"
                       : node.kind == NodeKind::number ? is_number
                                                       : type != "boolean" && !is_number;
    if (!shape || !fhir::is_valid_primitive(type, node.text)) {
        fail("value", form.at,
             quoted(node.text) + " is no valid " + std::string(type) + " for " + target.path);
        return;
    }
    if (target.element != nullptr && type == "code" &&
        !target.element->required_value_set.empty()) {
        const std::string_view set = target.element->required_value_set;
        if (Definitions::r4().has_code(set, node.text) == false) {
            std::vector<std::string> codes;
            for (const std::string_view code : Definitions::r4().codes(set)) {
                codes.emplace_back(code);
            }
            fail("code-invalid", form.at,
                 quoted(node.text) + " is not in the required value set of " + target.path + " (" +
                     std::string(set) + ")",
                 text::did_you_mean(node.text, codes));
            return;
        }
    }
    std::string text = prefix;
    text::append_json(text, node);
    emit_constant(std::move(text), target.path, form.at);
}

const TypeDefinition* Compiler::object_type(const Form& form, const Target& target) {
    if (target.type->kind == TypeKind::primitive) {
        fail("structure", form.at,
             target.path + " is a " + std::string(target.type->name) + ", not an object");
        return nullptr;
    }
    if (!target.type->is_abstract || target.element == nullptr) {
        return target.type;
    }
    for (const Entry& entry : form.entries) {  // contained resources say which they are
        if (entry.name == "resourceType" && entry.value->node != nullptr) {
            if (const TypeDefinition* type = Definitions::r4().type(entry.value->node->text)) {
                return type;
            }
        }
    }
    fail("structure", form.at, target.path + " needs a \"resourceType\" that R4 knows");
    return nullptr;
}

void Compiler::object(const Form& form, const Target& target, const std::string& prefix) {
    if (const Entry* only = replacement(form); only != nullptr && !prefix.empty()) {
        for (const Entry& entry : form.entries) {
            if (entry.kind == EntryKind::assign) {
                assign(entry);
            }
        }
        if (only->kind == EntryKind::loop) {
            fail("structure", only->at, target.path + " holds one value; a loop makes a list");
            return;
        }
        condition(*only, [&](const Form& branch) { single(branch, target, prefix); });
        return;
    }
    Target inside = target;
    inside.type = object_type(form, target);
    if (inside.type == nullptr) {
        return;
    }
    Step& open = emit(StepKind::open_object, form.at);
    open.text = prefix;
    open.path = target.path;
    std::vector<std::string> seen;
    const std::size_t variables = environment_.variables.size();
    members(form, inside, seen);
    missing_members(form, inside, seen);
    environment_.variables.resize(variables);
    Step& step = emit(StepKind::close, form.at);
    step.required = target.required;
    step.path = target.path;
}

void Compiler::members(const Form& form, const Target& target, std::vector<std::string>& seen) {
    for (const Entry& entry : form.entries) {
        switch (entry.kind) {
            case EntryKind::member:
                member(entry, target, seen);
                break;
            case EntryKind::assign:
                assign(entry);
                break;
            case EntryKind::loop:
                fail("structure", entry.at,
                     "a loop beside other members has no place to put its list");
                break;
            case EntryKind::condition: {
                // Either branch may give a member; both may give the same one.
                std::vector<std::string> added;
                condition(entry, [&](const Form& branch) {
                    std::vector<std::string> mine = seen;
                    if (branch.kind != FormKind::object) {
                        fail("structure", branch.at,
                             "a condition beside other members must give an object to merge");
                        return;
                    }
                    members(branch, target, mine);
                    added.insert(added.end(),
                                 mine.begin() + static_cast<std::ptrdiff_t>(seen.size()),
                                 mine.end());
                });
                seen.insert(seen.end(), added.begin(), added.end());
                break;
            }
        }
    }
}

void Compiler::member(const Entry& entry, const Target& target, std::vector<std::string>& seen) {
    if (std::find(seen.begin(), seen.end(), entry.name) != seen.end()) {
        fail("structure", entry.at, quoted(entry.name) + " is given twice in " + target.path);
        return;
    }
    seen.push_back(entry.name);
    std::string prefix;
    text::append_json_string(prefix, entry.name);
    prefix += ':';
    if (entry.name == "resourceType" && target.type->kind == TypeKind::resource) {
        prefix += quoted(target.type->name);
        emit_constant(std::move(prefix), target.path + ".resourceType", entry.at);
        return;
    }
    const bool companion = entry.name.starts_with('_');
    const std::string_view name = companion ? std::string_view(entry.name).substr(1) : entry.name;
    const ElementDefinition* element = target.type->element(name);
    if (element == nullptr) {
        fail("structure", entry.at,
             std::string(target.type->name) + " has no element " + quoted(entry.name),
             text::did_you_mean(name, element_names(*target.type)));
        return;
    }
    Target inside{target.type->element_type(*element, name), element,
                  target.path + "." + entry.name, element->many, element->required};
    if (companion) {
        if (inside.type->kind != TypeKind::primitive) {
            fail("structure", entry.at,
                 quoted(entry.name) + ": only primitive elements have such a companion");
            return;
        }
        inside = {Definitions::r4().type("Element"), nullptr, inside.path, element->many, false};
    }
    value(*entry.value, inside, prefix);
}

void Compiler::missing_members(const Form& form, const Target& target,
                               const std::vector<std::string>& seen) {
    for (const ElementDefinition& element : target.type->elements) {
        if (!element.required) {
            continue;
        }
        const bool given = std::any_of(seen.begin(), seen.end(), [&](const std::string& name) {
            return target.type->element(name.starts_with('_') ? name.substr(1) : name) == &element;
        });
        if (!given) {
            fail("required", form.at,
                 target.path + "." + std::string(element.name) + (element.choice ? "[x]" : "") +
                     " is required and missing");
        }
    }
}

}  // namespace linkway::mapping
