// What a ConceptMap makes of a code, in both directions.
#include "tables.h"

namespace linkway::terminology {

namespace {

void translate(const ConceptMap& map, const Key& key, std::vector<Translation>& out);

void apply_unmapped(const MapGroup& group, const Key& key, std::vector<Translation>& out) {
    const Unmapped& unmapped = group.unmapped;
    switch (unmapped.mode) {
        case Unmapped::Mode::nothing:
            break;
        case Unmapped::Mode::provided:
            out.push_back({{group.target, key.code, {}}, "equal", group.target_version});
            break;
        case Unmapped::Mode::fixed:
            out.push_back({unmapped.fixed, "relatedto", group.target_version});
            break;
        case Unmapped::Mode::other_map:
            if (unmapped.other != nullptr) {
                translate(*unmapped.other, {group.source, key.code}, out);
            }
            break;
    }
}

// Settling refused circles and bounded the depth.
void translate(const ConceptMap& map, const Key& key, std::vector<Translation>& out) {
    for (const MapGroup& group : map.groups) {
        if (!key.system.empty() && key.system != group.source) {
            continue;
        }
        const auto found = group.targets.find(
            group.code_system == nullptr ? key.code : group.code_system->spelling(key.code));
        if (found == group.targets.end()) {
            apply_unmapped(group, key, out);
        } else {
            out.insert(out.end(), found->second.begin(), found->second.end());
        }
    }
}

std::string_view reversed(std::string_view equivalence) {
    return equivalence == "wider"         ? "narrower"
           : equivalence == "narrower"    ? "wider"
           : equivalence == "subsumes"    ? "specializes"
           : equivalence == "specializes" ? "subsumes"
                                          : equivalence;
}

}  // namespace

std::vector<Translation> Terminology::translate(std::string_view concept_map_url,
                                                std::string_view system,
                                                std::string_view code) const {
    std::vector<Translation> out;
    if (const ConceptMap* map = find_canonical(tables_->concept_maps, concept_map_url)) {
        terminology::translate(*map, {system, code}, out);
    }
    return out;
}

std::vector<Translation> Terminology::translate_back(std::string_view concept_map_url,
                                                     std::string_view system,
                                                     std::string_view code) const {
    std::vector<Translation> out;
    const ConceptMap* map = find_canonical(tables_->concept_maps, concept_map_url);
    if (map == nullptr || code.empty()) {
        return out;
    }
    for (const MapGroup& group : map->groups) {
        const CodeSystem* target = tables_->code_system(group.target);
        if (!system.empty() && system != group.target) {
            continue;
        }
        for (const MapElement& element : group.elements) {
            for (std::size_t i = 0; i < element.targets.size(); ++i) {
                const std::string_view mapped = element.targets[i].coding.code;
                if (target == nullptr ? mapped == code
                                      : target->spelling(mapped) == target->spelling(code)) {
                    out.push_back({element.source.coding, reversed(element.equivalences[i]), {}});
                }
            }
        }
    }
    return out;
}

}  // namespace linkway::terminology
