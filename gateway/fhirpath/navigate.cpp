// FHIR's JSON splits one element over several members: a choice carries its type in its name, and a
// primitive keeps its id and extensions in a sibling "_name". Here both become what FHIRPath sees:
// one element, one name.
#include "navigate.h"

#include <algorithm>
#include <charconv>

namespace linkway::fhirpath {

namespace {

using fhir::TypeDefinition;
using fhir::TypeKind;
using text::Node;
using text::NodeKind;

bool is_primitive(const TypeDefinition* type) {
    return type != nullptr && type->kind == TypeKind::primitive;
}

/// A resource says itself what it is; the element that holds it only says "Resource".
const TypeDefinition* actual_type(const Node& node, const TypeDefinition* type) {
    if (type != nullptr && !type->is_abstract) {
        return type;
    }
    const std::string_view name = node.string_or("resourceType", {});
    const TypeDefinition* named = name.empty() ? nullptr : fhir::Definitions::r4().type(name);
    return named != nullptr ? named : type;
}

Value integer_or_text(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc{} && end == text.data() + text.size()) {
        return Value::of_integer(number);
    }
    return Value::of_text(ValueKind::decimal, text);
}

// JSON decides what it is and the definition what it means: a date is a JSON string, 5 may be a
// decimal.
Value primitive_value(const Node& node, const TypeDefinition* type) {
    const ValueKind kind = type != nullptr ? primitive_kind(*type) : ValueKind::string;
    switch (node.kind) {
        case NodeKind::boolean:
            return Value::of_boolean(node.text == "true");
        case NodeKind::number:
            return kind == ValueKind::decimal ? Value::of_text(kind, node.text)
                                              : integer_or_text(node.text);
        default:
            break;
    }
    // A string where the definition wants a number or a boolean stays a string: never invented.
    const bool textual = kind == ValueKind::string || kind == ValueKind::date ||
                         kind == ValueKind::date_time || kind == ValueKind::time;
    return Value::of_text(textual ? kind : ValueKind::string, node.text);
}

// JSON null in an array keeps the place of a value that has only extensions.
void append_one(const Node* node, const Node* extra, const TypeDefinition* type, Collection& out,
                std::pmr::memory_resource& arena) {
    const bool has_value = node != nullptr && node->kind != NodeKind::null;
    const Node* siblings = extra != nullptr && extra->is_object() ? extra : nullptr;
    if (!has_value) {
        // A primitive without a value is still there when it has extensions or an id.
        if (siblings != nullptr) {
            Value value = Value::of_node(*siblings, type);
            value.extra = siblings;
            out.push_back(value, arena);
        }
        return;
    }
    if (node->is_object()) {
        out.push_back(Value::of_node(*node, is_primitive(type) ? type : actual_type(*node, type)),
                      arena);
        return;
    }
    Value value = primitive_value(*node, type);
    value.node = node;
    value.extra = siblings;
    value.type = type;
    out.push_back(value, arena);
}

const Node* item_or_null(const Node* array, std::size_t index) {
    return array != nullptr && array->is_array() && index < array->items.size()
               ? &array->items[index]
               : nullptr;
}

/// The sibling "_name" of a member.
const Node* extra_of(const Node& object, std::string_view name) {
    for (const text::Member& member : object.members) {
        if (!member.name.empty() && member.name.front() == '_' && member.name.substr(1) == name) {
            return &member.value;
        }
    }
    return nullptr;
}

/// True when `json_name` is `name` followed by a capitalised type: valueQuantity for value.
bool is_choice_of(std::string_view json_name, std::string_view name) {
    return json_name.size() > name.size() && json_name.substr(0, name.size()) == name &&
           json_name[name.size()] >= 'A' && json_name[name.size()] <= 'Z';
}

void append_choice(const Node& object, const TypeDefinition& type,
                   const fhir::ElementDefinition& element, Collection& out,
                   std::pmr::memory_resource& arena) {
    for (const text::Member& member : object.members) {
        const bool hidden = !member.name.empty() && member.name.front() == '_';
        const std::string_view name = hidden ? member.name.substr(1) : member.name;
        if (!is_choice_of(name, element.name)) {
            continue;
        }
        const TypeDefinition* chosen = type.element_type(element, name);
        if (chosen == nullptr) {
            continue;
        }
        if (!hidden) {
            append_json_value(&member.value, extra_of(object, name), chosen, out, arena);
        } else if (object.find(name) == nullptr) {
            append_json_value(nullptr, &member.value, chosen, out, arena);
        }
    }
}

/// Where an item keeps its members: a primitive has only those of its sibling "_name".
const Node* object_of(const Value& item) {
    if (item.kind == ValueKind::node) {
        return item.node != nullptr && item.node->is_object() ? item.node : nullptr;
    }
    return item.extra;
}

const TypeDefinition* type_of_members(const Value& item) {
    if (is_primitive(item.type) || item.kind != ValueKind::node) {
        static const TypeDefinition* const element = fhir::Definitions::r4().type("Element");
        return element;
    }
    return item.type;
}

void append_record_field(const Record& record, std::string_view name, Collection& out,
                         std::pmr::memory_resource& arena) {
    const int index = record.type().find(name);
    if (index >= 0) {
        record.field(static_cast<std::size_t>(index), out, arena);
    }
}

}  // namespace

void append_json_value(const Node* node, const Node* extra, const TypeDefinition* type,
                       Collection& out, std::pmr::memory_resource& arena) {
    const bool many = (node != nullptr && node->is_array()) ||
                      (node == nullptr && extra != nullptr && extra->is_array());
    if (!many) {
        append_one(node, extra, type, out, arena);
        return;
    }
    const std::size_t extras = extra != nullptr && extra->is_array() ? extra->items.size() : 0;
    const std::size_t count = std::max(node != nullptr ? node->items.size() : 0, extras);
    for (std::size_t i = 0; i < count; ++i) {
        append_one(item_or_null(node, i), item_or_null(extra, i), type, out, arena);
    }
}

void append_children(const Value& item, std::string_view name,
                     const fhir::ElementDefinition* element, Collection& out,
                     std::pmr::memory_resource& arena) {
    if (item.kind == ValueKind::record) {
        append_record_field(*item.record, name, out, arena);
        return;
    }
    const Node* object = object_of(item);
    if (object == nullptr) {
        return;
    }
    const TypeDefinition* type = type_of_members(item);
    if (element == nullptr && type != nullptr) {
        element = find_element(*type, name);
        if (element == nullptr) {
            return;  // no such element, or "valueString", which FHIRPath calls value
        }
    }
    if (element != nullptr && element->choice) {
        append_choice(*object, *type, *element, out, arena);
        return;
    }
    const TypeDefinition* child =
        element != nullptr && !element->types.empty() ? element->types.front() : nullptr;
    const Node* node = object->find(name);
    // Only primitives have siblings; of an unknown type anything may be one.
    const bool may_have_extra = child == nullptr || is_primitive(child);
    append_json_value(node, may_have_extra ? extra_of(*object, name) : nullptr, child, out, arena);
}

void append_all_children(const Value& item, Collection& out, std::pmr::memory_resource& arena) {
    if (item.kind == ValueKind::record) {
        for (std::size_t i = 0; i < item.record->type().fields.size(); ++i) {
            item.record->field(i, out, arena);
        }
        return;
    }
    const Node* object = object_of(item);
    if (object == nullptr) {
        return;
    }
    const TypeDefinition* type = type_of_members(item);
    const bool any_hidden =
        std::any_of(object->members.begin(), object->members.end(), [](const text::Member& member) {
            return !member.name.empty() && member.name.front() == '_';
        });
    for (const text::Member& member : object->members) {
        const bool hidden = !member.name.empty() && member.name.front() == '_';
        const std::string_view name = hidden ? member.name.substr(1) : member.name;
        if (name == "resourceType" || (hidden && object->find(name) != nullptr)) {
            continue;
        }
        const fhir::ElementDefinition* element = type != nullptr ? type->element(name) : nullptr;
        const TypeDefinition* child =
            element != nullptr ? type->element_type(*element, name) : nullptr;
        const Node* extra = hidden ? &member.value : any_hidden ? extra_of(*object, name) : nullptr;
        append_json_value(hidden ? nullptr : &member.value, extra, child, out, arena);
    }
}

const fhir::ElementDefinition* find_element(const TypeDefinition& type, std::string_view name) {
    for (const fhir::ElementDefinition& element : type.elements) {
        if (element.name == name) {
            return &element;
        }
    }
    return nullptr;
}

ValueKind primitive_kind(const TypeDefinition& type) {
    if (type.kind != TypeKind::primitive) {
        return ValueKind::node;
    }
    const std::string_view name = type.name;
    if (name == "boolean") {
        return ValueKind::boolean;
    }
    if (name == "integer" || name == "positiveInt" || name == "unsignedInt") {
        return ValueKind::integer;
    }
    if (name == "decimal") {
        return ValueKind::decimal;
    }
    if (name == "date") {
        return ValueKind::date;
    }
    if (name == "dateTime" || name == "instant") {
        return ValueKind::date_time;
    }
    return name == "time" ? ValueKind::time : ValueKind::string;
}

bool is_quantity_node(const Value& value) {
    return value.kind == ValueKind::node && value.type != nullptr && value.type->is_a("Quantity") &&
           value.node != nullptr;
}

Value to_system(const Value& value) {
    if (!is_quantity_node(value)) {
        return value;
    }
    const text::Node* number = value.node->find("value");
    if (number == nullptr || value.node->find("comparator") != nullptr) {
        return value;  // "<5 mg" has no one value
    }
    Value quantity = Value::of_text(ValueKind::quantity, number->text);
    const bool ucum = value.node->string_or("system", {}) == "http://unitsofmeasure.org";
    const std::string_view code = value.node->string_or("code", {});
    quantity.unit = ucum && !code.empty() ? code : value.node->string_or("unit", code);
    if (quantity.unit.empty()) {
        quantity.unit = "1";
    }
    return quantity;
}

}  // namespace linkway::fhirpath
