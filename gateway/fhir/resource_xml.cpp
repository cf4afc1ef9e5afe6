// XML gives each repeat an element and keeps an element's parts together; JSON has one array for
// all repeats and a second, parallel one for what primitives carry besides their value. So children
// are gathered by name first and written after.
#include "fhir/resource_xml.h"

#include <algorithm>
#include <vector>

#include "fhir/definitions.h"
#include "text/document_builder.h"
#include "text/xml.h"

namespace linkway::fhir {

namespace {

using text::NodeKind;
using text::XmlNode;

constexpr std::string_view fhir_namespace = "http://hl7.org/fhir";
constexpr std::string_view xhtml_namespace = "http://www.w3.org/1999/xhtml";

/// All children of one name, in the order in which the first of each stands.
struct Group {
    std::string_view name;
    const ElementDefinition* element = nullptr;
    const TypeDefinition* type = nullptr;
    std::vector<const XmlNode*> nodes;
};

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

bool is_primitive(const TypeDefinition& type) {
    return type.kind == TypeKind::primitive;
}

/// Id and extensions: what a primitive has besides its value.
bool has_extra(const XmlNode& node) {
    return node.attribute("id") != nullptr ||
           std::any_of(node.children.begin(), node.children.end(),
                       [](const XmlNode& child) { return child.is_element(); });
}

NodeKind kind_of(const TypeDefinition& type) {
    if (type.name == "boolean") {
        return NodeKind::boolean;
    }
    const bool number = type.name == "decimal" || type.is_a("integer");
    return number ? NodeKind::number : NodeKind::string;
}

std::vector<std::string> element_names(const TypeDefinition& type) {
    std::vector<std::string> names;
    for (const ElementDefinition& element : type.elements) {
        if (!element.choice) {
            names.emplace_back(element.name);
            continue;
        }
        for (const TypeDefinition* chosen : element.types) {
            std::string name = std::string(element.name) + std::string(chosen->name);
            char& first = name[element.name.size()];
            first = first >= 'a' && first <= 'z' ? static_cast<char>(first - 'a' + 'A') : first;
            names.push_back(std::move(name));
        }
    }
    return names;
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

class ResourceReader {
  public:
    ResourceReader(std::string file, std::size_t bytes, std::uint32_t depth)
        : out_(std::move(file), bytes, depth) {}

    text::Result<text::Document> read(const XmlNode& root) {
        const std::string_view* space = root.attribute("xmlns");
        if (space == nullptr || *space != fhir_namespace) {
            refuse(root, "structure",
                   space == nullptr ? "the root element is in no namespace"
                                    : "the root element is in another namespace than FHIR's",
                   "write xmlns=\"" + std::string(fhir_namespace) + "\"");
        } else {
            resource(root);
        }
        return out_.finish();
    }

  private:
    bool refuse(const XmlNode& node, std::string code, std::string message,
                std::string suggestion = {}) {
        return out_.refuse(node.position, std::move(code), std::move(message),
                           std::move(suggestion));
    }

    bool resource(const XmlNode& node) {
        const TypeDefinition* type = Definitions::r4().type(node.name);
        if (type == nullptr || type->kind != TypeKind::resource || type->is_abstract) {
            return refuse(node, "not-found", "R4 has no resource of the name of this element",
                          text::did_you_mean(node.name, resource_names()));
        }
        if (!check_attributes(node, *type) || !out_.open(NodeKind::object, node.position)) {
            return false;
        }
        out_.key("resourceType", node.position);
        out_.scalar(NodeKind::string, type->name, node.position);
        return members(node, *type) && out_.close();
    }

    /// `xmlns` may repeat what holds anyway; what else a tag carries depends on its type.
    bool check_attributes(const XmlNode& node, const TypeDefinition& type) {
        const bool element = type.is_a("Element");
        for (const text::XmlAttribute& each : node.attributes) {
            if (each.name == "xmlns" && each.value != fhir_namespace) {
                return refuse(node, "structure",
                              "this element is in another namespace than FHIR's");
            }
            const bool known = each.name == "xmlns" || each.name.starts_with("xmlns:") ||
                               each.name.starts_with("xsi:") || (element && each.name == "id") ||
                               (is_primitive(type) && each.name == "value") ||
                               (type.name == "Extension" && each.name == "url");
            if (!known) {
                return refuse(node, "structure",
                              "a tag of type " + std::string(type.name) +
                                  " does not have this attribute: \"" +
                                  std::string(each.name.substr(0, 64)) + "\"",
                              each.name == "value" ? "complex elements hold elements, no value"
                              : each.name == "id"
                                  ? "of a resource it is an element: <id value=.../>"
                                  : "");
            }
            if (is_blank(each.value)) {
                return refuse(node, "value", "an attribute of this element is empty",
                              "leave out what has no value");
            }
        }
        return true;
    }

    /// The attributes and elements of an open object.
    bool members(const XmlNode& node, const TypeDefinition& type) {
        for (const std::string_view name : {"id", "url"}) {
            const std::string_view* value = node.attribute(name);
            if (value != nullptr) {
                out_.key(name, node.position);
                out_.scalar(NodeKind::string, *value, node.position);
            }
        }
        std::vector<Group> groups;
        if (!gather(node, type, groups)) {
            return false;
        }
        return std::all_of(groups.begin(), groups.end(),
                           [this](const Group& group) { return write(group); });
    }

    bool gather(const XmlNode& node, const TypeDefinition& type, std::vector<Group>& groups) {
        for (const XmlNode& child : node.children) {
            if (!child.is_element()) {
                if (!is_blank(child.text)) {
                    return refuse_text(node);
                }
                continue;
            }
            auto found = std::find_if(groups.begin(), groups.end(), [&child](const Group& group) {
                return group.name == child.name;
            });
            if (found == groups.end()) {
                Group group{child.name, nullptr, nullptr, {}};
                if (!resolve(child, type, group)) {
                    return false;
                }
                found = groups.insert(groups.end(), std::move(group));
            }
            if (!found->nodes.empty() && !found->element->many) {
                return refuse(child, "structure",
                              std::string(type.name) + "." + std::string(found->name) +
                                  " stands here a second time but may stand once only");
            }
            found->nodes.push_back(&child);
        }
        return true;
    }

    bool resolve(const XmlNode& child, const TypeDefinition& type, Group& group) {
        const std::string shown(child.name.substr(0, 64));
        if (child.name.find(':') != std::string_view::npos) {
            return refuse(child, "structure", "a prefix stands before the name of this element",
                          "declare http://hl7.org/fhir as the default namespace, without a prefix");
        }
        const bool attribute = (child.name == "id" && type.is_a("Element")) ||
                               (child.name == "url" && type.name == "Extension");
        if (attribute) {
            return refuse(child, "structure",
                          "\"" + shown + "\" is an attribute of this type, not an element",
                          "write " + shown + "=\"...\" in the tag");
        }
        group.element = type.element(child.name);
        group.type =
            group.element != nullptr ? type.element_type(*group.element, child.name) : nullptr;
        if (group.type == nullptr) {
            const bool extra = is_primitive(type);
            return refuse(child, "not-found",
                          std::string(type.name) + " has no element \"" + shown + "\"",
                          extra ? "a primitive holds extensions only"
                                : text::did_you_mean(child.name, element_names(type)));
        }
        return true;
    }

    bool write(const Group& group) {
        const XmlNode& first = *group.nodes.front();
        if (!is_primitive(*group.type)) {
            out_.key(group.name, first.position);
            return values(group, [this, &group](const XmlNode& node) {
                return group.type->name == "Resource" ? inner_resource(node)
                                                      : object(node, *group.type);
            });
        }
        if (group.type->name == "xhtml") {
            out_.key(group.name, first.position);
            return narrative(first);
        }
        bool any_value = false;
        bool any_extra = false;
        for (const XmlNode* node : group.nodes) {
            if (!check_primitive(*node, *group.type)) {
                return false;
            }
            any_value = any_value || node->attribute("value") != nullptr;
            any_extra = any_extra || has_extra(*node);
        }
        if (any_value) {
            out_.key(group.name, first.position);
            if (!values(group, [this, &group](const XmlNode& node) {
                    return primitive(node, *group.type);
                })) {
                return false;
            }
        }
        if (!any_extra) {
            return true;
        }
        out_.key("_" + std::string(group.name), first.position);
        return values(group, [this](const XmlNode& node) { return extra(node); });
    }

    /// One value, or an array of them when the element may repeat.
    template <class Write>
    bool values(const Group& group, const Write& one) {
        if (!group.element->many) {
            return one(*group.nodes.front());
        }
        return out_.open(NodeKind::array, group.nodes.front()->position) &&
               std::all_of(group.nodes.begin(), group.nodes.end(),
                           [&one](const XmlNode* node) { return one(*node); }) &&
               out_.close();
    }

    bool object(const XmlNode& node, const TypeDefinition& type) {
        if (!check_attributes(node, type)) {
            return false;
        }
        if (!has_extra(node) && node.attribute("url") == nullptr) {
            return refuse_empty(node);
        }
        return out_.open(NodeKind::object, node.position) && members(node, type) && out_.close();
    }

    bool inner_resource(const XmlNode& node) {
        const XmlNode* only = nullptr;
        for (const XmlNode& child : node.children) {
            if (!child.is_element() && is_blank(child.text)) {
                continue;
            }
            if (!child.is_element() || only != nullptr) {
                only = nullptr;
                break;
            }
            only = &child;
        }
        return only != nullptr ? resource(*only)
                               : refuse(node, "structure", "this element holds just one resource");
    }

    bool check_primitive(const XmlNode& node, const TypeDefinition& type) {
        if (!check_attributes(node, type)) {
            return false;
        }
        return node.attribute("value") != nullptr || has_extra(node) || refuse_empty(node);
    }

    bool refuse_text(const XmlNode& node) {
        return refuse(node, "structure", "text stands between the tags of this element",
                      "a value is written value=\"...\"");
    }

    bool refuse_empty(const XmlNode& node) {
        for (const XmlNode& child : node.children) {
            if (!is_blank(child.text)) {
                return refuse_text(node);
            }
        }
        return refuse(node, "value", "this element is empty", "give it content, or leave it out");
    }

    bool primitive(const XmlNode& node, const TypeDefinition& type) {
        const std::string_view* value = node.attribute("value");
        if (value == nullptr) {
            out_.scalar(NodeKind::null, {}, node.position);
            return true;
        }
        const NodeKind kind = kind_of(type);
        std::string_view written = *value;
        // XML's integers may have a plus sign, JSON's numbers may not.
        if (kind == NodeKind::number && type.name != "decimal" && written.starts_with('+')) {
            written.remove_prefix(1);
        }
        if (kind != NodeKind::string && !is_valid_primitive(type.name, written)) {
            return refuse(node, "value", "the value is no " + std::string(type.name),
                          kind == NodeKind::boolean ? "write true or false" : "");
        }
        out_.scalar(kind, written, node.position);
        return true;
    }

    bool extra(const XmlNode& node) {
        static const TypeDefinition& type = *Definitions::r4().type("Element");
        if (!has_extra(node)) {
            out_.scalar(NodeKind::null, {}, node.position);
            return true;
        }
        return out_.open(NodeKind::object, node.position) && members(node, type) && out_.close();
    }

    bool narrative(const XmlNode& node) {
        const std::string_view* space = node.attribute("xmlns");
        if (space == nullptr || *space != xhtml_namespace) {
            return refuse(node, "structure", "the narrative's div is not in the namespace of XHTML",
                          "write <div xmlns=\"" + std::string(xhtml_namespace) + "\">");
        }
        std::string xhtml;
        text::append_xml(xhtml, node);
        out_.scalar(NodeKind::string, xhtml, node.position);
        return true;
    }

    text::DocumentBuilder out_;
};

}  // namespace

text::Result<text::Document> parse_resource_xml(std::string_view text, std::string file,
                                                text::ParseLimits limits) {
    auto parsed = text::parse_xml(text, file, limits);
    if (!parsed) {
        return std::move(parsed).issue();
    }
    return ResourceReader(std::move(file), text.size(), limits.depth).read(parsed->root());
}

text::Result<text::Document> parse_resource(std::string_view text, std::string file,
                                            text::ParseLimits limits) {
    const std::size_t start = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    const bool xml = start != std::string_view::npos && text[start] == '<';
    return xml ? parse_resource_xml(text, std::move(file), limits)
               : text::parse_json(text, std::move(file), limits);
}

}  // namespace linkway::fhir
