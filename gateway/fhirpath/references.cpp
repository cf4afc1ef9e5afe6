#include "fhirpath/references.h"

namespace linkway::fhirpath {

namespace {

using text::Issue;
using text::Node;
using text::Result;
using text::Status;

constexpr std::string_view base_profiles = "http://hl7.org/fhir/StructureDefinition/";

/// The node that holds a reference's text, and the text; empty for what is no reference.
std::pair<const Node*, std::string_view> reference_of(const Value& value) {
    if (value.kind == ValueKind::string) {
        return {value.node, value.text};
    }
    const Node* text =
        value.kind == ValueKind::node && value.node != nullptr && value.node->is_object()
            ? value.node->find("reference")
            : nullptr;
    return text != nullptr && text->is_string() ? std::pair(text, text->text)
                                                : std::pair<const Node*, std::string_view>();
}

Status resolve(const void*, const Collection& focus, std::span<const Collection>, Collection& out,
               Runtime& runtime) {
    for (const Value& value : focus) {
        const auto [from, reference] = reference_of(value);
        const Node* found = runtime.resolver != nullptr && !reference.empty()
                                ? (*runtime.resolver)(reference, from)
                                : nullptr;
        if (found != nullptr) {
            const auto* type = fhir::Definitions::r4().type(found->string_or("resourceType", {}));
            out.push_back(Value::of_node(*found, type), *runtime.arena);
        }
    }
    return {};
}

/// The R4 type of a base profile's url, or nullptr.
const fhir::TypeDefinition* base_type(std::string_view url) {
    return url.starts_with(base_profiles)
               ? fhir::Definitions::r4().type(url.substr(base_profiles.size()))
               : nullptr;
}

Issue unknown_profile(std::string_view url) {
    std::vector<std::string> urls;
    for (const fhir::TypeDefinition* type : fhir::Definitions::r4().types()) {
        if (type->kind != fhir::TypeKind::backbone) {
            urls.push_back(std::string(base_profiles) + std::string(type->name));
        }
    }
    return {text::Severity::error,
            "not-found",
            "conformsTo() knows the base profiles of R4 only, and this is none of them",
            {},
            text::did_you_mean(url, urls)};
}

Status conforms_to(const void*, const Collection& focus, std::span<const Collection> args,
                   Collection& out, Runtime& runtime) {
    if (args[0].size() != 1 || args[0][0].kind != ValueKind::string) {
        return Issue{
            text::Severity::error, "value", "conformsTo() needs the url of a profile", {}, {}};
    }
    const auto* type = base_type(args[0][0].text);
    if (type == nullptr) {
        return unknown_profile(args[0][0].text);
    }
    for (const Value& value : focus) {
        out.push_back(Value::of_boolean(value.type != nullptr && value.type->is_a(type->name)),
                      *runtime.arena);
    }
    return {};
}

Result<std::shared_ptr<const void>> check_profile(
    std::span<const std::optional<std::string>> literals) {
    if (!literals.empty() && literals[0] && base_type(*literals[0]) == nullptr) {
        return unknown_profile(*literals[0]);
    }
    return std::shared_ptr<const void>();
}

std::string_view without_version(std::string_view reference) {
    return reference.substr(0, reference.find("/_history/"));
}

}  // namespace

std::vector<Function> fhir_functions() {
    StaticType resources;
    resources.of = StaticType::Of::fhir;
    resources.kind = ValueKind::node;
    resources.type = fhir::Definitions::r4().type("Resource");
    resources.many = true;
    StaticType truth;
    truth.of = StaticType::Of::system;
    truth.kind = ValueKind::boolean;
    return {{"resolve", resources, 0, 0, resolve, {}},
            {"conformsTo", truth, 1, 1, conforms_to, check_profile}};
}

ResourceIndex::ResourceIndex(const Node& root) : root_(root) {
    walk(root, root);
}

void ResourceIndex::walk(const Node& node, const Node& around) {
    for (const Node& item : node.items) {
        walk(item, around);
    }
    if (node.is_string() && node.text.starts_with('#')) {
        around_.emplace(&node, &around);
    }
    const std::string_view type = node.string_or("resourceType", {});
    const std::string_view id = node.string_or("id", {});
    if (!type.empty() && !id.empty()) {
        known_.emplace(std::string(type) + '/' + std::string(id), &node);
    }
    const Node* entry = node.find("resource");
    if (entry != nullptr && entry->is_object() && !node.string_or("fullUrl", {}).empty()) {
        known_.emplace(std::string(without_version(node.string_or("fullUrl", {}))), entry);
    }
    for (const text::Member& member : node.members) {
        // A contained resource refers to its siblings, by the ids of the resource around both.
        if (member.name == "contained") {
            for (const Node& contained : member.value.items) {
                for (const text::Member& inner : contained.members) {
                    walk(inner.value, type.empty() ? around : node);
                }
            }
            continue;
        }
        walk(member.value, type.empty() ? around : node);
    }
}

const Node* ResourceIndex::find(std::string_view reference, const Node* from) const {
    if (!reference.starts_with('#')) {
        const auto found = known_.find(std::string(without_version(reference)));
        return found == known_.end() ? nullptr : found->second;
    }
    const auto place = around_.find(from);
    const Node& around = place == around_.end() ? root_ : *place->second;
    if (reference.size() == 1) {
        return &around;
    }
    const Node* contained = around.find("contained");
    if (contained != nullptr) {
        for (const Node& each : contained->items) {
            if (each.string_or("id", {}) == reference.substr(1)) {
                return &each;
            }
        }
    }
    return nullptr;
}

}  // namespace linkway::fhirpath
