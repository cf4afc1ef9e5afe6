#include "xml_writer.h"

#include "fhir/definitions.h"
#include "text/xml.h"

namespace linkway::fhir::testing {

namespace {

using text::Node;

std::string attribute(std::string_view name, std::string_view value) {
    text::XmlNode node;
    const text::XmlAttribute only{name, value};
    node.name = "x";
    node.attributes = {&only, 1};
    std::string out;
    text::append_xml(out, node);  // <x name="value"/>
    return out.substr(2, out.size() - 4);
}

void write_members(std::string& out, const Node& object, const TypeDefinition& type);

const TypeDefinition& type_named(std::string_view name) {
    return *Definitions::r4().type(name);
}

void write_resource(std::string& out, const Node& resource, std::string_view space) {
    const std::string name(resource.string_or("resourceType", ""));
    out += "<" + name + std::string(space) + ">";
    write_members(out, resource, type_named(name));
    out += "</" + name + ">";
}

/// An element with its value, its object, or both halves of a primitive; either may be null.
void write_element(std::string& out, std::string_view name, const Node* value, const Node* extra,
                   const TypeDefinition& type) {
    if (type.name == "xhtml") {
        out += value->text;
        return;
    }
    const Node* object = value != nullptr && value->is_object() ? value : extra;
    if (object != nullptr && !object->is_object()) {
        object = nullptr;
    }
    out += "<" + std::string(name);
    for (const char* each : {"id", "url"}) {
        const bool is_attribute =
            std::string_view(each) == "id" ? type.is_a("Element") : type.name == "Extension";
        if (object != nullptr && is_attribute && object->find(each) != nullptr) {
            out += attribute(each, object->find(each)->text);
        }
    }
    if (value != nullptr && !value->is_object() && value->kind != text::NodeKind::null) {
        out += attribute("value", value->text);
    }
    out += ">";
    if (object != nullptr && type.name == "Resource") {
        write_resource(out, *object, "");
    } else if (object != nullptr) {
        write_members(out, *object,
                      type.kind == TypeKind::primitive ? type_named("Element") : type);
    }
    out += "</" + std::string(name) + ">";
}

const Node* item(const Node* array, std::size_t i) {
    return array != nullptr && i < array->items.size() ? &array->items[i] : nullptr;
}

void write_members(std::string& out, const Node& object, const TypeDefinition& type) {
    for (const text::Member& member : object.members) {
        const bool hidden = member.name.front() == '_';
        const std::string name(hidden ? member.name.substr(1) : member.name);
        const bool attribute =
            (name == "id" && type.is_a("Element")) || (name == "url" && type.name == "Extension");
        if (name == "resourceType" || attribute || (hidden && object.find(name) != nullptr)) {
            continue;
        }
        const ElementDefinition& element = *type.element(name);
        const TypeDefinition& chosen = *type.element_type(element, name);
        const Node* value = hidden ? nullptr : &member.value;
        const Node* extra = object.find("_" + name);
        if (!element.many) {
            write_element(out, name, value, extra, chosen);
            continue;
        }
        const std::size_t count = (value != nullptr ? value : extra)->items.size();
        for (std::size_t i = 0; i < count; ++i) {
            write_element(out, name, item(value, i), item(extra, i), chosen);
        }
    }
}

}  // namespace

std::string to_xml(const Node& resource) {
    std::string out;
    write_resource(out, resource, " xmlns=\"http://hl7.org/fhir\"");
    return out;
}

}  // namespace linkway::fhir::testing
