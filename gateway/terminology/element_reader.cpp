#include "element_reader.h"

#include <algorithm>

namespace linkway::terminology {

namespace {

const std::vector<std::string> kinds = {"ValueSet", "CodeSystem", "ConceptMap"};

}  // namespace

std::span<const text::Node> items_of(const text::Node& parent, std::string_view name) {
    const text::Node* node = parent.find(name);
    return node == nullptr ? std::span<const text::Node>() : node->items;
}

void ElementReader::report(const text::Node& node, std::string_view field, std::string code,
                           std::string message, std::string suggestion, text::Severity severity) {
    text::Issue issue;
    issue.severity = severity;
    issue.code = std::move(code);
    issue.message = std::move(message);
    issue.suggestion = std::move(suggestion);
    issue.location = document_.at(node);
    issue.location.field = std::string(field);
    issues_.push_back(std::move(issue));
}

std::span<const text::Node> ElementReader::list(const text::Node& parent, std::string_view name) {
    const text::Node* node = parent.find(name);
    if (node == nullptr) {
        return {};
    }
    if (!node->is_array()) {
        report(*node, name, "structure", "an array was expected here");
        return {};
    }
    const auto bad = std::find_if(node->items.begin(), node->items.end(),
                                  [](const text::Node& item) { return !item.is_object(); });
    if (bad != node->items.end()) {
        report(*bad, name, "structure", "an object was expected here");
        return {};
    }
    return node->items;
}

std::vector<const text::Node*> ElementReader::strings(const text::Node& parent,
                                                      std::string_view name) {
    std::vector<const text::Node*> result;
    const text::Node* node = parent.find(name);
    if (node != nullptr && !node->is_array()) {
        report(*node, name, "structure", "an array was expected here");
    }
    for (const text::Node& item : items_of(parent, name)) {
        if (item.is_string() && !item.text.empty()) {
            result.push_back(&item);
        } else {
            report(item, name, "structure", "text in double quotes was expected here");
        }
    }
    return result;
}

std::string_view ElementReader::string(const text::Node& parent, std::string_view name) {
    const text::Node* node = parent.find(name);
    if (node == nullptr) {
        return {};
    }
    if (!node->is_string() || node->text.empty()) {
        report(*node, name, "structure", "text in double quotes was expected here");
        return {};
    }
    return node->text;
}

std::string_view ElementReader::required(const text::Node& parent, std::string_view name,
                                         std::string_view of_what) {
    if (parent.find(name) == nullptr) {
        report(parent, name, "required",
               "this " + std::string(of_what) + " has no " + std::string(name));
        return {};
    }
    return string(parent, name);
}

bool ElementReader::boolean(const text::Node& parent, std::string_view name, bool otherwise) {
    const text::Node* node = parent.find(name);
    if (node == nullptr) {
        return otherwise;
    }
    if (node->kind != text::NodeKind::boolean) {
        report(*node, name, "structure", "true or false was expected here");
        return otherwise;
    }
    return node->text == "true";
}

std::size_t ElementReader::choice(const text::Node& parent, std::string_view name,
                                  const std::vector<std::string>& choices) {
    const text::Node* node = parent.find(name);
    const auto found = node == nullptr || !node->is_string()
                           ? choices.end()
                           : std::find(choices.begin(), choices.end(), node->text);
    if (found == choices.end()) {
        std::string all;
        for (const std::string& each : choices) {
            all += (all.empty() ? "one of " : ", ") + each;
        }
        const auto meant = node == nullptr ? std::nullopt : text::nearest(node->text, choices);
        report(node == nullptr ? parent : *node, name,
               node == nullptr ? "required" : "code-invalid",
               node == nullptr ? std::string(name) + " is missing here"
                               : "\"" + std::string(node->text) + "\" is no " + std::string(name),
               meant ? "did you mean \"" + *meant + "\"?" : all);
    }
    return static_cast<std::size_t>(found - choices.begin());
}

std::string_view ElementReader::code(const text::Node& node, std::string_view system,
                                     bool required) {
    if (node.find("code") == nullptr) {
        if (required) {
            report(node, "code", "required", "this concept has no code");
        }
        return {};
    }
    const std::string_view text = string(node, "code");
    if (system == snomed && !text.empty() && !is_valid_concept_id(text)) {
        report(*node.find("code"), "code", "code-invalid",
               "\"" + std::string(text) +
                   "\" is no SNOMED CT concept identifier (check digit or partition wrong)",
               "look the code up again; it is left out");
        return {};
    }
    return text;
}

void read_resource(ElementReader& reader) {
    const text::Node& root = reader.document().root();
    if (!root.is_object()) {
        reader.report(root, "", "structure", "a FHIR resource was expected here");
        return;
    }
    const std::string_view type = reader.string(root, "resourceType");
    if (std::find(kinds.begin(), kinds.end(), type) == kinds.end()) {
        // Other resources may lie in the folder; a slip of the pen must not hide one of ours among
        // them.
        const auto meant = text::nearest(type, kinds);
        if (type.empty() || meant) {
            reader.report(root, "resourceType", "structure",
                          "resourceType must be ValueSet, CodeSystem or ConceptMap",
                          meant ? "did you mean " + *meant + "?" : "");
        }
        return;
    }
    const std::string_view url = reader.string(root, "url");
    if (url.empty()) {
        reader.report(root, "url", "required", "this " + std::string(type) + " has no url",
                      "add the canonical url it is to be known by");
        return;
    }
    Terminology::Tables& tables = reader.tables();
    if (tables.has_url(url)) {
        reader.report(*root.find("url"), "url", "duplicate",
                      "the url " + std::string(url) + " is already taken by another file",
                      "the first one read is kept");
        return;
    }
    if (type == "ValueSet") {
        read_value_set(reader, root, tables.value_sets[url]);
    } else if (type == "CodeSystem") {
        read_code_system(reader, root, tables.code_systems[url]);
    } else {
        read_concept_map(reader, root, tables.concept_maps[url]);
    }
    tables.order.push_back(url);
}

}  // namespace linkway::terminology
