#include <algorithm>
#include <array>

#include "tables.h"

namespace linkway::terminology {

namespace {

constexpr std::string_view snomed = "http://snomed.info/sct";

/// FHIR R4 ConceptMapEquivalence.
constexpr std::array<std::string_view, 10> equivalences = {
    "relatedto", "equivalent",  "equal",   "wider",     "subsumes",
    "narrower",  "specializes", "inexact", "unmatched", "disjoint"};

constexpr std::array<std::string_view, 3> kinds = {"ValueSet", "CodeSystem", "ConceptMap"};

}  // namespace

void ResourceReader::report(const text::Node& node, std::string_view field, std::string code,
                            std::string message, std::string suggestion) {
    text::Issue issue;
    issue.code = std::move(code);
    issue.message = std::move(message);
    issue.suggestion = std::move(suggestion);
    issue.location = document_.at(node);
    issue.location.field = std::string(field);
    issues_.push_back(std::move(issue));
}

std::span<const text::Node> ResourceReader::list(const text::Node& parent, std::string_view name) {
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
    if (bad != node->items.end() && name != "valueSet") {
        report(*bad, name, "structure", "an object was expected here");
        return {};
    }
    return node->items;
}

std::string_view ResourceReader::string(const text::Node& parent, std::string_view name) {
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

std::string_view ResourceReader::code(const text::Node& node, std::string_view system,
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

void ResourceReader::read() {
    const text::Node& root = document_.root();
    if (!root.is_object()) {
        report(root, "", "structure", "a FHIR resource was expected here");
        return;
    }
    const std::string_view type = string(root, "resourceType");
    if (std::find(kinds.begin(), kinds.end(), type) == kinds.end()) {
        // Other resources may lie in the folder; a slip of the pen must not hide one of ours among
        // them.
        const auto meant = text::nearest(type, {kinds.begin(), kinds.end()});
        if (type.empty() || meant) {
            report(root, "resourceType", "structure",
                   "resourceType must be ValueSet, CodeSystem or ConceptMap",
                   meant ? "did you mean " + *meant + "?" : "");
        }
        return;
    }
    const std::string_view url = string(root, "url");
    if (url.empty()) {
        report(root, "url", "required", "this " + std::string(type) + " has no url",
               "add the canonical url it is to be known by");
        return;
    }
    if (tables_.has_url(url)) {
        report(*root.find("url"), "url", "duplicate",
               "the url " + std::string(url) + " is already taken by another file",
               "the first one read is kept");
        return;
    }
    if (type == "ValueSet") {
        read_value_set(root, tables_.value_sets[url]);
        tables_.order.push_back(url);
    } else if (type == "CodeSystem") {
        CodeSystem& system = tables_.code_systems[url];
        system.version = string(root, "version");
        std::unordered_set<std::string_view> seen;
        read_code_system(root, url, system, seen);
    } else {
        read_concept_map(root, tables_.concept_maps[url]);
    }
}

void ResourceReader::read_value_set(const text::Node& root, ValueSet& set) {
    set.document = &document_;
    set.version = string(root, "version");
    const text::Node* compose = root.find("compose");
    const text::Node* expansion = root.find("expansion");
    if (compose != nullptr && compose->is_object()) {
        read_selections(*compose, "include", set.includes);
        read_selections(*compose, "exclude", set.excludes);
    } else if (expansion != nullptr && expansion->is_object()) {
        // A server's answer: the codes themselves, without the rule they came from.
        Selection selection;
        selection.node = expansion;
        selection.has_codes = true;
        read_expansion(*expansion, selection);
        set.includes.push_back(std::move(selection));
    } else {
        report(root, "compose", "required", "this ValueSet has neither compose nor expansion");
    }
}

void ResourceReader::read_expansion(const text::Node& contains, Selection& selection) {
    for (const text::Node& concept_node : list(contains, "contains")) {
        const std::string_view system = string(concept_node, "system");
        // Entries without a code, or marked abstract, only group what they contain.
        const std::string_view found = code(concept_node, system, false);
        const text::Node* abstract = concept_node.find("abstract");
        if (!found.empty() && (abstract == nullptr || abstract->text != "true")) {
            selection.codes.push_back({system, found, string(concept_node, "display")});
            tables_.state_display(selection.codes.back());
        }
        read_expansion(concept_node, selection);
    }
}

void ResourceReader::read_selections(const text::Node& compose, std::string_view name,
                                     std::vector<Selection>& out) {
    for (const text::Node& node : list(compose, name)) {
        if (const text::Node* filter = node.find("filter")) {
            report(*filter, "filter", "not-supported",
                   "filters of a value set cannot be worked out here",
                   "list the concepts; this " + std::string(name) + " is left out");
            continue;
        }
        Selection selection;
        selection.node = &node;
        selection.system = string(node, "system");
        for (const text::Node& url : list(node, "valueSet")) {
            if (url.is_string()) {
                selection.value_sets.push_back(url.text);
            } else {
                report(url, "valueSet", "structure", "the url of a value set was expected here");
            }
        }
        if (selection.system.empty() && selection.value_sets.empty()) {
            report(node, "system", "required", "neither a system nor a value set is named here");
            continue;
        }
        read_concepts(node, selection);
        out.push_back(std::move(selection));
    }
}

void ResourceReader::read_concepts(const text::Node& node, Selection& selection) {
    selection.has_codes = node.find("concept") != nullptr;
    for (const text::Node& item : list(node, "concept")) {
        if (const std::string_view found = code(item, selection.system); !found.empty()) {
            selection.codes.push_back({selection.system, found, string(item, "display")});
            tables_.state_display(selection.codes.back());
        }
    }
}

// The hierarchy only orders the codes; the parser's depth limit bounds the recursion.
void ResourceReader::read_code_system(const text::Node& parent, std::string_view url,
                                      CodeSystem& system,
                                      std::unordered_set<std::string_view>& seen) {
    for (const text::Node& item : list(parent, "concept")) {
        const std::string_view found = code(item, url);
        if (!found.empty() && !seen.insert(found).second) {
            report(item, "code", "duplicate",
                   "the code \"" + std::string(found) + "\" stands twice in this code system",
                   "keep one of the two");
        } else if (!found.empty()) {
            system.codes.push_back({url, found, string(item, "display")});
            tables_.state_display(system.codes.back());
        }
        read_code_system(item, url, system, seen);
    }
}

void ResourceReader::read_concept_map(const text::Node& root, ConceptMap& map) {
    map.version = string(root, "version");
    for (const text::Node& group : list(root, "group")) {
        const std::string_view source = string(group, "source");
        const std::string_view target = string(group, "target");
        if (source.empty()) {
            report(group, "source", "required",
                   "this group does not say which system it maps from");
            continue;
        }
        for (const text::Node& element : list(group, "element")) {
            const Coding from{source, code(element, source), string(element, "display")};
            if (!from.code.empty()) {
                tables_.state_display(from);
                read_element(element, from, target, map);
            }
        }
        read_unmapped(group, source, target, map);
    }
}

void ResourceReader::read_element(const text::Node& element, const Coding& source,
                                  std::string_view system, ConceptMap& map) {
    // Made even when no target follows: the code is then known to have none, and no rule for
    // unmapped ones applies.
    std::vector<Translation>& targets = map.targets[{source.system, source.code}];
    for (const text::Node& node : list(element, "target")) {
        const std::string_view equivalence = string(node, "equivalence");
        if (std::find(equivalences.begin(), equivalences.end(), equivalence) ==
            equivalences.end()) {
            const text::Node* at = node.find("equivalence");
            report(at == nullptr ? node : *at, "equivalence",
                   at == nullptr ? "required" : "code-invalid",
                   "a ConceptMapEquivalence of FHIR R4 was expected here",
                   "one of equivalent, equal, wider, subsumes, narrower, specializes, inexact, "
                   "relatedto, unmatched, disjoint");
            continue;
        }
        const bool needs_code = equivalence != "unmatched";
        const Coding target{system, code(node, system, needs_code), string(node, "display")};
        if (target.code.empty() && needs_code) {
            continue;
        }
        if (!target.code.empty()) {
            tables_.state_display(target);
        }
        targets.push_back({target, equivalence});
        map.bare_targets[source.code].push_back({target, equivalence});
    }
}

void ResourceReader::read_unmapped(const text::Node& group, std::string_view source,
                                   std::string_view target, ConceptMap& map) {
    const text::Node* unmapped = group.find("unmapped");
    if (unmapped == nullptr || string(*unmapped, "mode") != "fixed") {
        return;
    }
    const Coding fixed{target, code(*unmapped, target), string(*unmapped, "display")};
    if (!fixed.code.empty()) {
        tables_.state_display(fixed);
        map.fixed.try_emplace(source, Translation{fixed, "relatedto"});
    }
}

}  // namespace linkway::terminology
