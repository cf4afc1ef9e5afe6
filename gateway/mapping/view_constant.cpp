// value[x] of a view's constant as a FHIRPath value.
#include <algorithm>
#include <array>

#include "fhir/definitions.h"
#include "view_program.h"

namespace linkway::mapping {

namespace {

using fhirpath::Value;
using fhirpath::ValueKind;
using text::Node;

/// "String" to the kind of value that an R4 primitive of that name holds.
std::optional<ValueKind> primitive(std::string_view suffix) {
    if (suffix.empty()) {
        return std::nullopt;
    }
    std::string name(suffix);
    name[0] = static_cast<char>(name[0] - 'A' + 'a');
    const fhir::TypeDefinition* type = fhir::Definitions::r4().type(name);
    if (type == nullptr || type->kind != fhir::TypeKind::primitive) {
        return std::nullopt;
    }
    static constexpr std::array<std::pair<std::string_view, ValueKind>, 9> kinds = {
        {{"boolean", ValueKind::boolean},
         {"integer", ValueKind::integer},
         {"positiveInt", ValueKind::integer},
         {"unsignedInt", ValueKind::integer},
         {"decimal", ValueKind::decimal},
         {"date", ValueKind::date},
         {"dateTime", ValueKind::date_time},
         {"instant", ValueKind::date_time},
         {"time", ValueKind::time}}};
    const auto* const found = std::find_if(kinds.begin(), kinds.end(),
                                           [&](const auto& each) { return each.first == name; });
    return found == kinds.end() ? ValueKind::string : found->second;
}

bool fits(ValueKind kind, const Node& node) {
    switch (kind) {
        case ValueKind::boolean:
            return node.kind == text::NodeKind::boolean;
        case ValueKind::integer:
            return node.kind == text::NodeKind::number &&
                   fhir::is_valid_primitive("integer", node.text);
        case ValueKind::decimal:
            return node.kind == text::NodeKind::number;
        default:
            return node.is_string();
    }
}

}  // namespace

std::optional<Value> read_view_constant(std::string_view type, const Node& node,
                                        std::vector<std::unique_ptr<std::string>>& texts) {
    const auto kind = primitive(type);
    if (!kind || !fits(*kind, node)) {
        return std::nullopt;
    }
    const std::string& text = *texts.emplace_back(std::make_unique<std::string>(node.text));
    Value value = Value::of_text(*kind, text);
    value.boolean = text == "true";
    value.integer = *kind == ValueKind::integer ? std::stoll(text) : 0;
    return value;
}

}  // namespace linkway::mapping
