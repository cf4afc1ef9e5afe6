// From names to slots, indexes and definitions. What can be found wrong without data is found here,
// because a mapping is checked once by its author and run over millions of rows. A mistake yields a
// step of unknown type, which silences what would only be its consequence.
#include "compiler.h"

#include <charconv>

#include "decimal.h"
#include "navigate.h"
#include "types.h"

namespace linkway::fhirpath {

StaticType system_type(ValueKind kind, bool many) {
    StaticType type;
    type.of = StaticType::Of::system;
    type.kind = kind;
    type.many = many;
    return type;
}

StaticType common_type(const StaticType& a, const StaticType& b) {
    if (a.of == StaticType::Of::nothing) {
        return b;
    }
    if (b.of == StaticType::Of::nothing) {
        return a;
    }
    StaticType type;
    if (a.of == b.of && a.kind == b.kind && a.type == b.type && a.record == b.record) {
        type = a;
    } else if (const auto kind = system_kind(a); kind && kind == system_kind(b)) {
        type = system_type(*kind);  // e.g. FHIR code and System String
    }
    type.many = a.many || b.many;
    return type;
}

std::optional<std::string> standard_variable(std::string_view name) {
    if (name == "ucum") {
        return "http://unitsofmeasure.org";
    }
    if (name == "sct") {
        return "http://snomed.info/sct";
    }
    if (name == "loinc") {
        return "http://loinc.org";
    }
    if (name.starts_with("vs-")) {
        return "http://hl7.org/fhir/ValueSet/" + std::string(name.substr(3));
    }
    if (name.starts_with("ext-")) {
        return "http://hl7.org/fhir/StructureDefinition/" + std::string(name.substr(4));
    }
    return std::nullopt;
}

Step& Compiler::make(Op op, const Expr& expr) {
    Step& step = program_.steps.emplace_back();
    step.op = op;
    if (op == Op::constant || op == Op::external) {
        step.details();
    }
    step.expr = &expr;
    return step;
}

std::string_view Compiler::keep(std::string text) {
    return program_.texts.emplace_back(std::move(text));
}

void Compiler::mistake(const Expr& where, std::string_view code, std::string message,
                       std::string suggestion, text::Severity severity) {
    failed_ = failed_ || severity == text::Severity::error;
    issues_.push_back({severity, std::string(code), std::move(message), locate(where, program_.at),
                       std::move(suggestion)});
}

void Compiler::unknown_name(const Expr& where, const std::string& message,
                            const std::vector<std::string>& candidates) {
    mistake(where, "not-found", message, text::did_you_mean(where.name, candidates));
}

Checked Compiler::check(const Expr& expr, const Scope& scope) {
    switch (expr.kind) {
        case ExprKind::literal:
            return check_literal(expr);
        case ExprKind::variable:
            return check_variable(expr);
        case ExprKind::special:
            return check_special(expr, scope);
        case ExprKind::member:
            return check_member(expr, scope);
        case ExprKind::function:
            return check_function(expr, scope);
        case ExprKind::index:
            return check_index(expr, scope);
        case ExprKind::unary:
            return check_unary(expr, scope);
        case ExprKind::binary:
            return check_binary(expr, scope);
        case ExprKind::type_test:
            return check_type_test(expr, expr.name, expr.type_name, scope);
    }
    return {&make(Op::constant, expr), {}};
}

Checked Compiler::check_literal(const Expr& expr) {
    Step& step = make(Op::constant, expr);
    StaticType type;
    if (expr.literal == LiteralKind::empty) {
        type.of = StaticType::Of::nothing;
        return {&step, type};
    }
    // Order of LiteralKind: empty, boolean, integer, decimal, string, date, date_time, time,
    // quantity.
    type = system_type(static_cast<ValueKind>(static_cast<int>(expr.literal) - 1));
    Value value = Value::of_text(type.kind, expr.text);
    std::string_view written = expr.text;
    switch (expr.literal) {
        case LiteralKind::boolean:
            value = Value::of_boolean(expr.text == "true");
            break;
        case LiteralKind::integer: {
            std::int64_t number = 0;
            const auto [end, error] =
                std::from_chars(written.data(), written.data() + written.size(), number);
            if (error != std::errc{} || end != written.data() + written.size()) {
                mistake(expr, "value", "the integer is beyond 64 bits",
                        "write it with a decimal part or as text in quotes");
            }
            value = Value::of_integer(number);
            break;
        }
        case LiteralKind::decimal:
        case LiteralKind::quantity:
            if (!Decimal::parse(written)) {
                mistake(expr, "value", "the number has more than 28 digits");
            }
            value.unit = expr.unit;
            break;
        case LiteralKind::date_time:
            // @2023T is the date-time 2023.
            value.text = written.ends_with('T') ? written.substr(0, written.size() - 1) : written;
            break;
        case LiteralKind::time:
            value.text = written.substr(1);
            break;
        default:
            break;
    }
    step.details().constant = Collection(value);
    return {&step, type};
}

// From the last declared to the first, because an inner {% for %} or {% assign %} hides an outer
// name.
Checked Compiler::check_variable(const Expr& expr) {
    const auto& variables = environment_.variables;
    for (std::size_t slot = variables.size(); slot-- > 0;) {
        if (variables[slot].name == expr.name) {
            Step& step = make(Op::variable, expr);
            step.index = static_cast<std::uint32_t>(slot);
            return {&step, variables[slot].type};
        }
    }
    if (const auto text = standard_variable(expr.name)) {
        Step& step = make(Op::constant, expr);
        step.details().constant = Collection(Value::of_string(keep(*text)));
        return {&step, system_type(ValueKind::string)};
    }
    const bool context =
        expr.name == "context" || expr.name == "resource" || expr.name == "rootResource";
    if (context && !environment_.strict) {
        StaticType type;
        if (environment_.context != nullptr) {
            type.of = StaticType::Of::fhir;
            type.type = environment_.context;
        }
        return {&make(Op::context, expr), type};
    }
    std::vector<std::string> names;
    names.reserve(variables.size() + 3);
    for (const Variable& variable : variables) {
        names.push_back("%" + variable.name);
    }
    for (const std::string_view name : {"%ucum", "%sct", "%loinc"}) {
        names.emplace_back(name);
    }
    mistake(expr, "not-found", "unknown variable %" + expr.name,
            text::did_you_mean("%" + expr.name, names));
    return {&make(Op::constant, expr), {}};
}

Checked Compiler::check_special(const Expr& expr, const Scope& scope) {
    if (expr.name == "$total") {
        if (!scope.total) {
            mistake(expr, "structure", "$total has a value only inside aggregate()");
        }
        return {&make(Op::total, expr), scope.total.value_or(StaticType{})};
    }
    if (expr.name == "$index") {
        if (!scope.in_criteria) {
            mistake(expr, "structure",
                    "$index has a value only inside where(), select(), all() and their like");
        }
        return {&make(Op::position, expr), system_type(ValueKind::integer)};
    }
    if (!scope.has_focus) {
        mistake(expr, "structure", "$this has no value at the start of an expression",
                "start at a %variable");
    }
    return {&make(Op::self, expr), scope.has_focus ? scope.focus : StaticType{}};
}

StaticType Compiler::check_focus(const Expr& expr, Step& step, const Scope& scope, bool required) {
    if (expr.focus) {
        const Checked focus = check(*expr.focus, scope);
        step.focus = focus.step;
        return focus.type;
    }
    if (!scope.has_focus && required) {
        std::vector<std::string> names;
        names.reserve(environment_.variables.size());
        for (const Variable& variable : environment_.variables) {
            names.push_back(variable.name);
        }
        const auto near = text::nearest(expr.name, names);
        mistake(expr, "structure", "\"" + expr.name + "\" stands at the start of an expression",
                near ? "start at a %variable: %" + *near
                : names.empty()
                    ? "start at a %variable"
                    : "start at a %variable, such as %" + names.front() + "." + expr.name);
        return {};
    }
    return scope.has_focus ? scope.focus : StaticType{};
}

Checked Compiler::check_member(const Expr& expr, const Scope& scope) {
    Step& step = make(Op::element, expr);
    step.name = text::Name(expr.name);
    const StaticType focus = check_focus(expr, step, scope, true);
    if (!expr.focus && !scope.has_focus) {
        return {&step, {}};
    }
    if (focus.of == StaticType::Of::record && focus.record != nullptr) {
        return check_field(expr, step, focus);
    }
    return check_element(expr, step, focus);
}

Checked Compiler::check_field(const Expr& expr, Step& step, const StaticType& focus) {
    const RecordType& record = *focus.record;
    const int index = record.find(expr.name);
    if (index < 0) {
        std::vector<std::string> names;
        names.reserve(record.fields.size());
        for (const RecordField& field : record.fields) {
            names.emplace_back(field.name);
        }
        unknown_name(expr, std::string(record.name) + " has no field \"" + expr.name + "\"", names);
        return {&step, {}};
    }
    step.op = Op::field;
    step.record = &record;
    step.index = static_cast<std::uint32_t>(index);
    const RecordField& field = record.fields[step.index];
    StaticType type = system_type(field.kind, focus.many || field.many);
    if (field.kind == ValueKind::record) {
        type.of = StaticType::Of::record;
        type.record = field.record;
    } else if (field.kind == ValueKind::node) {
        type.of = StaticType::Of::anything;
    }
    return {&step, type};
}

namespace {

/// Patient in Patient.name: with an implicit focus, a type's name may stand for the focus itself.
const fhir::TypeDefinition* root_type(const Expr& expr) {
    const bool capital = !expr.name.empty() && expr.name[0] >= 'A' && expr.name[0] <= 'Z';
    return !expr.focus && capital ? fhir::Definitions::r4().type(expr.name) : nullptr;
}

StaticType fhir_type(const fhir::TypeDefinition* type, bool many) {
    StaticType result;
    result.many = many;
    if (type != nullptr) {
        result.of = StaticType::Of::fhir;
        result.type = type;
        result.kind = ValueKind::node;
    }
    return result;
}

}  // namespace

Checked Compiler::check_element(const Expr& expr, Step& step, const StaticType& focus) {
    if (const auto* root = root_type(expr)) {
        step.op = Op::root;
        step.type = root;
        // Of no use when the focus can be no such thing.
        const bool related = focus.of != StaticType::Of::fhir || focus.type == nullptr ||
                             focus.type->is_a(root->name) || root->is_a(focus.type->name);
        if (!related) {
            mistake(expr, "invariant",
                    "the expression starts at " + expr.name + " but works on " +
                        std::string(focus.type->name));
        }
        return {&step, fhir_type(root, false)};
    }
    if (focus.of == StaticType::Of::system) {
        mistake(expr, "not-found",
                std::string(system_name(focus.kind)) + " has no element \"" + expr.name + "\"",
                find_built_in(expr.name) != nullptr ? "write " + expr.name + "() for the function"
                                                    : "");
        return {&step, {}};
    }
    if (focus.of != StaticType::Of::fhir || focus.type == nullptr) {
        StaticType type;
        type.many = true;
        type.of = focus.of == StaticType::Of::nothing ? StaticType::Of::nothing : type.of;
        return {&step, type};
    }
    const bool primitive = focus.type->kind == fhir::TypeKind::primitive;
    const auto* owner = primitive ? fhir::Definitions::r4().type("Element") : focus.type;
    const auto* element = owner != nullptr ? owner->path_element(expr.name) : nullptr;
    // Of an abstract type any resource may come: its own elements are found when it runs.
    if (owner == nullptr || (element == nullptr && focus.type->is_abstract)) {
        return {&step, fhir_type(nullptr, true)};
    }
    if (element == nullptr) {
        std::vector<std::string> names;
        names.reserve(owner->elements.size());
        for (const auto& each : owner->elements) {
            names.emplace_back(each.name);
        }
        if (const auto* choice = owner->element(expr.name)) {
            const auto* type = owner->element_type(*choice, expr.name);
            mistake(expr, "not-found",
                    "in FHIRPath " + expr.name + " is called " + std::string(choice->name),
                    "write " + std::string(choice->name) + ".ofType(" +
                        std::string(type != nullptr ? type->name : "...") + ")");
        } else {
            unknown_name(expr,
                         std::string(focus.type->name) + " has no element \"" + expr.name + "\"",
                         names);
        }
        return {&step, {}};
    }
    step.type = owner;
    step.element = element;
    const bool many = focus.many || element->many;
    return {&step, fhir_type(element->choice || element->types.size() != 1 ? nullptr
                                                                           : element->types.front(),
                             many)};
}

// Whether an index is in range is not known before the data is; nothing is said about it here.
Checked Compiler::check_index(const Expr& expr, const Scope& scope) {
    Step& step = make(Op::item_at, expr);
    const Checked focus = check(*expr.focus, scope);
    const Checked index = check(*expr.operands[0], scope);
    step.focus = focus.step;
    step.operands.push_back(index.step);
    check_operand(*expr.operands[0], 'i', index.type);
    StaticType type = focus.type;
    type.many = false;
    return {&step, type};
}

// The parser cannot know that the operand of ofType() is a type: it comes as a member, or as
// members of members.
std::string Compiler::literal_type_name(const Expr& operand) {
    if (operand.kind != ExprKind::member) {
        mistake(operand, "structure", "expected the name of a type here",
                "such as Patient, string or System.Integer");
        return {};
    }
    if (!operand.focus) {
        return operand.name;
    }
    const std::string space = literal_type_name(*operand.focus);
    return space.empty() ? space : space + "." + operand.name;
}

namespace {

/// Whether the step is a plain descendants().
bool is_descendants(const Step* step) {
    return step != nullptr && step->op == Op::call && step->handler == descendants && !step->more;
}

}  // namespace

Checked Compiler::check_type_test(const Expr& expr, std::string_view name,
                                  const std::string& type_name, const Scope& scope) {
    Step& step = make(name == "is"   ? Op::type_is
                      : name == "as" ? Op::type_as
                                     : Op::type_filter,
                      expr);
    const StaticType focus = check_focus(expr, step, scope, true);
    const auto query = type_query(type_name);
    StaticType type;
    if (query) {
        // What descendants() would find only to be left out again is better not made at all.
        const bool beneath = step.op == Op::type_filter && is_descendants(step.focus);
        if (beneath) {
            step.op = Op::call;
            step.handler = descendants;
            step.focus = step.focus->focus;
        }
        step.details().query = *query;
        type = static_type(*query);
    } else if (!type_name.empty()) {
        mistake(expr, "not-found", "unknown type " + type_name,
                text::did_you_mean(type_name, type_names(type_name)));
    }
    if (step.op == Op::type_is) {
        return {&step, system_type(ValueKind::boolean)};
    }
    type.many = step.op == Op::type_filter && focus.many;
    return {&step, type};
}

}  // namespace linkway::fhirpath
