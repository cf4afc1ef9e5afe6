// ConceptMap: groups, their elements and targets, and what becomes of other codes.
#include "element_reader.h"

namespace linkway::terminology {

namespace {

/// FHIR R4 ConceptMapEquivalence.
const std::vector<std::string> equivalences = {"relatedto", "equivalent", "equal",       "wider",
                                               "subsumes",  "narrower",   "specializes", "inexact",
                                               "unmatched", "disjoint"};

/// In the order of Unmapped::Mode, whose first is "nothing".
const std::vector<std::string> modes = {"provided", "fixed", "other-map"};

/// Targets that hold only together with something else are left out: taken for themselves they
/// would say more than the map does.
bool is_conditional(ElementReader& reader, const text::Node& target) {
    for (const std::string_view member : {"dependsOn", "product"}) {
        if (const text::Node* node = target.find(member)) {
            reader.report(*node, member, "not-supported",
                          std::string(member) + " of a target cannot be followed here",
                          "this target is left out; state it without, where it holds anyway");
            return true;
        }
    }
    return false;
}

void read_target(ElementReader& reader, const text::Node& node, const MapGroup& group,
                 MapElement& element) {
    const std::size_t equivalence = reader.choice(node, "equivalence", equivalences);
    if (equivalence == equivalences.size() || is_conditional(reader, node)) {
        return;
    }
    const bool needs_code = equivalences[equivalence] != "unmatched";
    const Coding target{group.target, reader.code(node, group.target, needs_code),
                        reader.string(node, "display")};
    if (target.code.empty() && needs_code) {
        return;
    }
    if (!target.code.empty() && target.system.empty()) {
        reader.report(*node.find("code"), "code", "required",
                      "this group does not say which system its targets are of",
                      "give the group a target");
        return;
    }
    if (!target.code.empty()) {
        reader.tables().state_display(target);
    }
    element.targets.push_back({target, &node});
    element.equivalences.push_back(equivalences[equivalence]);
}

void read_unmapped(ElementReader& reader, const text::Node& group_node, MapGroup& group) {
    const text::Node* node = group_node.find("unmapped");
    if (node == nullptr) {
        return;
    }
    if (!node->is_object()) {
        reader.report(*node, "unmapped", "structure", "an object was expected here");
        return;
    }
    const std::size_t mode = reader.choice(*node, "mode", modes);
    Unmapped& unmapped = group.unmapped;
    unmapped.node = node;
    if (mode == modes.size()) {
        return;
    }
    if (group.target.empty() && modes[mode] != "other-map") {
        reader.report(*node, "mode", "required",
                      "this group does not say which system its targets are of",
                      "give the group a target");
        return;
    }
    if (modes[mode] == "fixed") {
        unmapped.fixed = {group.target, reader.code(*node, group.target),
                          reader.string(*node, "display")};
        if (unmapped.fixed.code.empty()) {
            return;
        }
        reader.tables().state_display(unmapped.fixed);
    } else if (modes[mode] == "other-map") {
        unmapped.url = reader.required(*node, "url", "unmapped of mode other-map");
        if (unmapped.url.empty()) {
            return;
        }
    }
    unmapped.mode = static_cast<Unmapped::Mode>(mode + 1);
}

void read_group(ElementReader& reader, const text::Node& node, ConceptMap& map) {
    MapGroup group;
    group.node = &node;
    group.source = reader.string(node, "source");
    group.target = reader.string(node, "target");
    group.target_version = reader.string(node, "targetVersion");
    if (group.source.empty()) {
        reader.report(node, "source", "required",
                      "this group does not say which system it maps from");
        return;
    }
    if (node.find("element") == nullptr) {
        reader.report(node, "element", "required", "this group maps no code");
    }
    for (const text::Node& item : reader.list(node, "element")) {
        const Coding source{group.source, reader.code(item, group.source),
                            reader.string(item, "display")};
        if (source.code.empty()) {
            continue;
        }
        reader.tables().state_display(source);
        // Kept even when no target follows: the code is then known to have none, and no rule for
        // unmapped ones applies.
        MapElement& element = group.elements.emplace_back();
        element.source = {source, &item};
        for (const text::Node& target : reader.list(item, "target")) {
            read_target(reader, target, group, element);
        }
    }
    read_unmapped(reader, node, group);
    map.groups.push_back(std::move(group));
}

}  // namespace

void read_concept_map(ElementReader& reader, const text::Node& root, ConceptMap& map) {
    map.document = &reader.document();
    map.version = reader.string(root, "version");
    for (const text::Node& node : reader.list(root, "group")) {
        read_group(reader, node, map);
    }
}

}  // namespace linkway::terminology
