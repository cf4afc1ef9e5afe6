#include "compiler.h"

#include <algorithm>

namespace linkway::mapping {

namespace {

using fhir::Definitions;
using fhir::TypeDefinition;
using fhir::TypeKind;
using fhirpath::StaticType;
using fhirpath::ValueKind;
using text::NodeKind;

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

/// What dynamic values of a type are tried with; plain text needs no test beyond not being blank.
fhir::PrimitiveTest lexical_test(const TypeDefinition* type) {
    const bool any_text = type == nullptr || type->kind != TypeKind::primitive ||
                          type->name == "string" || type->name == "markdown";
    return any_text ? nullptr : fhir::primitive_test(type->name);
}

/// The kinds of value an element may be given while running, as bits. Text that has the form of a
/// date is one.
std::uint16_t accepted_kinds(const TypeDefinition* type) {
    if (type == nullptr) {
        return static_cast<std::uint16_t>(
            ~(kind_bit(ValueKind::record) | kind_bit(ValueKind::quantity)));
    }
    if (type->kind != TypeKind::primitive) {
        return kind_bit(ValueKind::node);
    }
    std::uint16_t bits = 0;
    for (const ValueKind kind :
         {ValueKind::boolean, ValueKind::integer, ValueKind::decimal, ValueKind::string,
          ValueKind::date, ValueKind::date_time, ValueKind::time}) {
        bits |= matches(kind, type->name) ? kind_bit(kind) : std::uint16_t{0};
    }
    const bool temporal = type->name == "date" || type->name == "dateTime" ||
                          type->name == "instant" || type->name == "time";
    return temporal ? static_cast<std::uint16_t>(bits | kind_bit(ValueKind::string)) : bits;
}

/// Inside an assignment the form alone says whether there is a list.
bool makes_list(const Form& form) {
    if (const Entry* only = replacement(form); only != nullptr) {
        return only->kind == EntryKind::loop;
    }
    return form.kind == FormKind::array || form.kind == FormKind::all_items;
}

std::string name_of(const TypeDefinition* type) {
    return type == nullptr ? "value" : std::string(type->name);
}

}  // namespace

const Entry* replacement(const Form& form) {
    if (form.kind != FormKind::object) {
        return nullptr;
    }
    const Entry* only = nullptr;
    for (const Entry& entry : form.entries) {
        if (entry.kind == EntryKind::assign) {
            continue;
        }
        if (only != nullptr || entry.kind == EntryKind::member || entry.kind == EntryKind::merge) {
            return nullptr;
        }
        only = &entry;
    }
    return only;
}

std::string quoted(std::string_view text) {
    return '"' + std::string(text) + '"';
}

std::vector<std::string> resource_names() {
    std::vector<std::string> names;
    for (const TypeDefinition* type : Definitions::r4().types()) {
        if (type->kind == TypeKind::resource && !type->is_abstract) {
            names.emplace_back(type->name);
        }
    }
    return names;
}

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
    check_paths(compiled->ast(), code.at);
    program_.expressions.push_back(std::move(*compiled));
    program_.targets.push_back(target);
    program_.places.push_back(code.at);
    program_.locals.emplace_back(
        environment_.variables.begin() + static_cast<std::ptrdiff_t>(given_),
        environment_.variables.end());
    return static_cast<int>(program_.expressions.size()) - 1;
}

void Compiler::resource(const Template& source) {
    program_.resource_type = source.resource_type;
    const TypeDefinition* type = Definitions::r4().type(source.resource_type);
    if (type == nullptr || type->kind != TypeKind::resource || type->is_abstract) {
        fail("structure", source.resource->at,
             "there is no R4 resource " + quoted(source.resource_type),
             text::did_you_mean(source.resource_type, resource_names()));
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

/// A step that writes what expressions give, with what a value is tried against while running.
Step Compiler::value_step(StepKind kind, const Form& form, const Target& target) {
    Step step;
    step.kind = kind;
    step.at = form.at;
    step.type = target.type;
    step.kinds = accepted_kinds(target.type);
    step.path = target.path;
    step.required = target.required;
    step.test = lexical_test(target.type);
    if (target.element != nullptr && target.type != nullptr && target.type->name == "code") {
        step.value_set = target.element->required_value_set;
        if (Definitions::r4().has_code(step.value_set, "").has_value()) {
            step.codes = Definitions::r4().codes(step.value_set);
            std::sort(step.codes.begin(), step.codes.end());
        }
    }
    return step;
}

std::vector<Piece> Compiler::pieces(const Form& form, const std::string& target) {
    std::vector<Piece> result;
    for (const Part& part : form.parts) {
        result.push_back({part.text, part.code ? expression(*part.code, target) : -1});
    }
    return result;
}

void Compiler::value(const Form& form, const Target& target, const std::string& prefix) {
    if (target.type == nullptr ? makes_list(form) : target.many) {
        list(form, target, prefix);
    } else {
        single(form, target, prefix);
    }
}

void Compiler::list(const Form& form, const Target& target, const std::string& prefix) {
    const bool is_list = form.kind == FormKind::all_items || form.kind == FormKind::array ||
                         replacement(form) != nullptr;
    if (!is_list) {
        fail("structure", form.at, target.path + " is a list of " + name_of(target.type),
             form.kind == FormKind::object  ? "write it as a list: [ ... ] or \"- \""
             : form.kind == FormKind::value ? "write it as a list, or {[ ... ]} for every item"
                                            : "");
        return;
    }
    emit(StepKind::open_array, form.at).text = prefix;
    program_.steps.back().path = target.path;
    item(form, target);
    Step& step = emit(StepKind::close, form.at);
    step.list = true;
    step.required = target.required;
    step.path = target.path;
}

/// One item of an open array; lists in lists, conditions and loops give any number of them.
void Compiler::item(const Form& form, const Target& target) {
    if (form.kind == FormKind::array) {
        for (const FormPtr& inner : form.items) {
            item(*inner, target);
        }
        return;
    }
    if (form.kind == FormKind::all_items) {
        all_items(form, target);
        return;
    }
    if (const Entry* only = replacement(form); only != nullptr) {
        const std::size_t variables = environment_.variables.size();
        assignments(form);
        const auto branch = [&](const Form& chosen) { item(chosen, target); };
        only->kind == EntryKind::condition ? condition(*only, branch)
                                           : loop(*only, target.path, branch);
        environment_.variables.resize(variables);
        return;
    }
    Target one = target;
    one.many = false;
    one.required = false;
    single(form, one, "");
}

void Compiler::all_items(const Form& form, const Target& target) {
    Step step = value_step(StepKind::all, form, target);
    step.expression = expression(form.code, target.path);
    if (step.expression < 0) {
        return;
    }
    const fhirpath::Expression& compiled =
        program_.expressions[static_cast<std::size_t>(step.expression)];
    if (accepts(compiled.type(), target, form.code.at)) {
        check_use(compiled.ast(), target);
        program_.steps.push_back(std::move(step));
    }
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
                 target.path + " holds one " + name_of(target.type) + ", not a list");
            return;
        case FormKind::object:
            object(form, target, prefix);
            return;
    }
    if (form.kind == FormKind::concat) {
        Step step = value_step(StepKind::concat, form, target);
        step.text = prefix;
        if (target.type != nullptr && !is_text(target.type->name)) {
            fail("value", form.at,
                 target.path + " is a " + std::string(target.type->name) + ", not text");
            return;
        }
        step.pieces = pieces(form, target.path);
        program_.steps.push_back(std::move(step));
        return;
    }
    Step step = value_step(StepKind::value, form, target);
    step.text = prefix;
    step.expression = expression(form.code, target.path);
    if (step.expression < 0) {
        return;
    }
    const fhirpath::Expression& compiled =
        program_.expressions[static_cast<std::size_t>(step.expression)];
    if (accepts(compiled.type(), target, form.code.at)) {
        check_use(compiled.ast(), target);
        program_.steps.push_back(std::move(step));
    }
}

void Compiler::constant(const Form& form, const Target& target, const std::string& prefix) {
    if (form.node == nullptr || form.node->kind == NodeKind::null) {
        return;
    }
    const text::Node& node = *form.node;
    std::string text = prefix;
    text::append_json(text, node);
    if (target.type == nullptr) {
        emit_constant(std::move(text), target.path, form.at);
        return;
    }
    const std::string_view type = target.type->name;
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
    emit_constant(std::move(text), target.path, form.at);
}

}  // namespace linkway::mapping
