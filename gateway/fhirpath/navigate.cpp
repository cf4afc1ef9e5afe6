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

/// Whether a member is the sibling "_name" of the one of that name.
bool is_sibling(std::string_view json_name, std::string_view name) {
    return is_hidden(json_name) && text::same_name(json_name.substr(1), name);
}

void append_choice(const Node& object, const TypeDefinition& type,
                   const fhir::ElementDefinition& element, std::uint8_t tag, Collection& out,
                   std::pmr::memory_resource& arena) {
    object.members.any_tagged(tag, [&](const text::Member& member) {
        const bool hidden = is_hidden(member.name);
        const std::string_view name = hidden ? member.name.substr(1) : member.name;
        const fhir::Child* child = type.child(name);
        if (child == nullptr || child->element != &element) {
            return false;
        }
        if (!hidden) {
            append_json_value(&member.value, extra_of(object, name), child->type, out, arena);
        } else if (object.find(name) == nullptr) {
            append_json_value(nullptr, &member.value, child->type, out, arena);
        }
        return false;
    });
}

void append_record_field(const Record& record, std::string_view name, Collection& out,
                         std::pmr::memory_resource& arena) {
    const int index = record.type().find(name);
    if (index >= 0) {
        record.field(static_cast<std::size_t>(index), out, arena);
    }
}

}  // namespace

const TypeDefinition* actual_type(const Node& node, const TypeDefinition* type) {
    if (type != nullptr && !type->is_abstract) {
        return type;
    }
    const std::string_view name = node.string_or("resourceType", {});
    const TypeDefinition* named = name.empty() ? nullptr : fhir::Definitions::r4().type(name);
    return named != nullptr ? named : type;
}

const Node* object_of(const Value& item) {
    if (item.kind == ValueKind::node) {
        return item.node != nullptr && item.node->is_object() ? item.node : nullptr;
    }
    return item.kind == ValueKind::record ? nullptr : item.extra;
}

const TypeDefinition* element_type() {
    static const TypeDefinition* const element = fhir::Definitions::r4().type("Element");
    return element;
}

const TypeDefinition* type_of_members(const Value& item) {
    return item.kind == ValueKind::node ? members_of(item.type) : element_type();
}

const Node* extra_of(const Node& object, std::string_view name) {
    const Node* extra = nullptr;
    object.members.any_tagged(text::tag_of(name), [&](const text::Member& member) {
        extra = is_sibling(member.name, name) ? &member.value : nullptr;
        return extra != nullptr;
    });
    return extra;
}

// JSON null in an array keeps the place of a value that has only extensions.
void append_one(const Node* node, const Node* extra, const TypeDefinition* type, Collection& out,
                std::pmr::memory_resource& arena) {
    if (node == nullptr) {
        Value& value = out.add(arena);
        value.kind = ValueKind::node;
        value.node = extra;
        value.type = type;
        value.extra = extra;
    } else if (node->is_object()) {
        Value& value = out.add(arena);
        value.kind = ValueKind::node;
        value.node = node;
        value.type = actual_type(*node, type);
    } else {
        Value& value = out.add(arena);
        value = primitive_value(*node, type);
        value.node = node;
        value.extra = extra;
        value.type = type;
    }
}

void append_json_value(const Node* node, const Node* extra, const TypeDefinition* type,
                       Collection& out, std::pmr::memory_resource& arena) {
    each_value(node, extra, [&](const Node* value, const Node* siblings) {
        append_one(value, siblings, type, out, arena);
    });
}

void append_children(const Value& item, const text::Name& name,
                     const fhir::ElementDefinition* element, Collection& out,
                     std::pmr::memory_resource& arena) {
    if (item.kind == ValueKind::record) {
        append_record_field(*item.record, name.text(), out, arena);
        return;
    }
    const Node* object = object_of(item);
    if (object == nullptr) {
        return;
    }
    const TypeDefinition* type = type_of_members(item);
    if (element == nullptr && type != nullptr) {
        // Most elements are absent, and to see it is quicker than to look for the definition.
        const bool any = object->members.any_tagged(name.tag(), [](const auto&) { return true; });
        element = any ? type->path_element(name.text()) : nullptr;
        if (element == nullptr) {
            return;  // no such element, or "valueString", which FHIRPath calls value
        }
    }
    if (element != nullptr && element->choice) {
        append_choice(*object, *type, *element, name.tag(), out, arena);
        return;
    }
    const TypeDefinition* child =
        element != nullptr && !element->types.empty() ? element->types.front() : nullptr;
    // Only primitives have siblings; of an unknown type anything may be one.
    const bool may_have_extra = child == nullptr || is_primitive(child);
    const Node* node = nullptr;
    const Node* extra = nullptr;
    object->members.any_tagged(name.tag(), [&](const text::Member& member) {
        if (text::same_name(member.name, name.text())) {
            node = &member.value;
        } else if (may_have_extra && is_sibling(member.name, name.text())) {
            extra = &member.value;
        }
        return false;
    });
    append_json_value(node, extra, child, out, arena);
}

void append_all_children(const Value& item, Collection& out, std::pmr::memory_resource& arena) {
    if (item.kind == ValueKind::record) {
        for (std::size_t i = 0; i < item.record->type().fields.size(); ++i) {
            item.record->field(i, out, arena);
        }
        return;
    }
    if (const Node* object = object_of(item)) {
        each_child(*object, type_of_members(item),
                   [&](const Node* node, const Node* extra, const TypeDefinition* type) {
                       append_one(node, extra, type, out, arena);
                   });
    }
}

ValueKind primitive_kind(const TypeDefinition& type) {
    switch (type.value) {
        case fhir::SystemType::boolean:
            return ValueKind::boolean;
        case fhir::SystemType::integer:
            return ValueKind::integer;
        case fhir::SystemType::decimal:
            return ValueKind::decimal;
        case fhir::SystemType::string:
            return ValueKind::string;
        case fhir::SystemType::date:
            return ValueKind::date;
        case fhir::SystemType::date_time:
            return ValueKind::date_time;
        case fhir::SystemType::time:
            return ValueKind::time;
        case fhir::SystemType::none:
            break;
    }
    return ValueKind::node;
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
