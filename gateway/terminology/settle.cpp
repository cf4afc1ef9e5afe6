// Links resources to what they refer to, once all of a load are read.
#include <algorithm>

#include "filter.h"
#include "tables.h"

namespace linkway::terminology {

namespace {

/// Bounds of what value sets and maps may pile up, so that a question always ends soon.
constexpr std::size_t most_depth = 64;
constexpr std::size_t most_tests = 10'000;

class Settler {
  public:
    Settler(Terminology::Tables& tables, text::Issues& issues) : tables_(tables), issues_(issues) {}

    void run();

  private:
    void link_supplements(CodeSystem& supplement);
    void settle(ValueSet& set);
    void settle(const ValueSet& set, Selection& selection);
    void settle_whole(const ValueSet& set, Selection& selection);
    bool can_ask(const ValueSet& set, const Selection& selection);
    void settle_import(ValueSet& set, Import& import);
    void settle(ConceptMap& map);
    void settle_unmapped(ConceptMap& map, Unmapped& unmapped);
    template <class Resource>
    bool follow(Resource& from, Resource& to, std::string_view url, const text::Node& at);
    void check_known(const text::Document& document, const Listed& listed,
                     const CodeSystem& system);
    void check_code(const text::Document& document, const Listed& listed);
    void report(const text::Document& document, const text::Node& node, std::string code,
                std::string message, std::string suggestion = {},
                text::Severity severity = text::Severity::error);

    Terminology::Tables& tables_;
    text::Issues& issues_;
    std::size_t level_ = 0;
};

void Settler::report(const text::Document& document, const text::Node& node, std::string code,
                     std::string message, std::string suggestion, text::Severity severity) {
    issues_.push_back(
        {severity, std::move(code), std::move(message), document.at(node), std::move(suggestion)});
}

void Settler::run() {
    tables_.implicit_sets.clear();
    for (auto& [url, system] : tables_.code_systems) {
        system.supplemented_by.clear();
    }
    for (auto& [url, set] : tables_.value_sets) {
        set.links = {};
        set.systems.clear();
    }
    for (auto& [url, map] : tables_.concept_maps) {
        map.links = {};
    }
    // In the order read, so that issues come in that order too.
    for (const std::string_view url : tables_.order) {
        if (const auto system = tables_.code_systems.find(url);
            system != tables_.code_systems.end()) {
            link_supplements(system->second);
        }
    }
    for (const std::string_view url : tables_.order) {
        if (const auto set = tables_.value_sets.find(url); set != tables_.value_sets.end()) {
            settle(set->second);
        } else if (const auto map = tables_.concept_maps.find(url);
                   map != tables_.concept_maps.end()) {
            settle(map->second);
        }
    }
}

void Settler::link_supplements(CodeSystem& supplement) {
    if (supplement.supplements.empty()) {
        return;
    }
    const auto base = tables_.code_systems.find(
        supplement.supplements.substr(0, supplement.supplements.find('|')));
    const text::Node& at = *supplement.root->find("supplements");
    if (base == tables_.code_systems.end()) {
        report(*supplement.document, at, "not-found",
               "no file defines the code system " + std::string(supplement.supplements) +
                   ", which this one adds to",
               "load the folder that holds it first");
        return;
    }
    base->second.supplemented_by.push_back(&supplement);
    for (const Entry& entry : supplement.entries) {
        check_known(*supplement.document, {{base->first, entry.code, {}}, entry.node},
                    base->second);
    }
}

/// The code must be one of its system's, as far as the system is known.
void Settler::check_known(const text::Document& document, const Listed& listed,
                          const CodeSystem& system) {
    const std::string_view code = listed.coding.code;
    if (system.find(code)) {
        return;
    }
    const std::string quoted = "\"" + std::string(code) + "\"";
    if (system.content == Content::edition) {
        report(document, *listed.node, "not-found",
               "the SNOMED CT release loaded has no concept " + quoted,
               "is the edition that defines it loaded?", text::Severity::warning);
    } else if (system.is_whole()) {
        report(document, *listed.node, "code-invalid",
               "the code system " + std::string(system.url) + " has no code " + quoted,
               nearest_code(system, code));
    }
}

/// The same, and it must still be in use.
void Settler::check_code(const text::Document& document, const Listed& listed) {
    const CodeSystem* system = tables_.code_system(listed.coding.system);
    if (system == nullptr) {
        return;
    }
    check_known(document, listed, *system);
    const auto found = system->find(listed.coding.code);
    if (found && system->entries[*found].inactive) {
        const auto next = replacements(*system, *found);
        report(document, *listed.node, "code-invalid",
               "the code \"" + std::string(listed.coding.code) + "\" is inactive",
               next.empty() ? "" : "its release names " + std::string(next.front()) + " instead",
               text::Severity::warning);
    }
}

/// Settles `to` first. False, with an issue, when `from` may not refer to it.
template <class Resource>
bool Settler::follow(Resource& from, Resource& to, std::string_view url, const text::Node& at) {
    if (to.links.state == Links::State::settling) {
        report(*from.document, at, "business-rule",
               "by way of " + std::string(url) + " this one refers to itself",
               "take one of the references out");
        return false;
    }
    if (to.links.state == Links::State::unsettled && level_ < most_depth) {
        ++level_;
        settle(to);
        --level_;
    }
    const std::size_t depth = std::max(from.links.depth, to.links.depth + 1);
    const std::size_t tests = from.links.tests + to.links.tests;
    if (to.links.state == Links::State::unsettled || depth > most_depth || tests > most_tests) {
        report(*from.document, at, "too-costly",
               "there are too many references below " + std::string(url), "list the codes");
        return false;
    }
    from.links.depth = depth;
    from.links.tests = tests;
    return true;
}

void Settler::settle(ValueSet& set) {
    if (set.links.state == Links::State::settled) {
        return;
    }
    set.links.state = Links::State::settling;
    for (auto* selections : {&set.includes, &set.excludes}) {
        for (Selection& selection : *selections) {
            set.links.tests += 1;
            for (Import& import : selection.imports) {
                settle_import(set, import);
            }
            settle(set, selection);
        }
    }
    // Codes of any system that an include speaks of; excludes only take away.
    for (const Selection& selection : set.includes) {
        const auto add = [&](std::string_view system) {
            if (std::find(set.systems.begin(), set.systems.end(), system) == set.systems.end()) {
                set.systems.push_back(system);
            }
        };
        for (const Listed& listed : selection.codes) {
            add(listed.coding.system);
        }
        if (!selection.system.empty()) {
            add(selection.system);
            continue;
        }
        for (const Import& import : selection.imports) {
            for (const std::string_view system :
                 import.set == nullptr ? std::vector<std::string_view>() : import.set->systems) {
                add(system);
            }
        }
    }
    set.links.state = Links::State::settled;
}

void Settler::settle(const ValueSet& set, Selection& selection) {
    selection.unknown = selection.misread;
    selection.members.clear();
    selection.code_system =
        selection.system.empty() ? nullptr : tables_.code_system(selection.system);
    for (const Listed& listed : selection.codes) {
        check_code(*set.document, listed);
        const CodeSystem* system = tables_.code_system(listed.coding.system);
        selection.members.insert(
            {listed.coding.system,
             system == nullptr ? listed.coding.code : system->spelling(listed.coding.code)});
    }
    if (!selection.has_codes && !selection.system.empty() && !selection.misread) {
        settle_whole(set, selection);
    }
}

void Settler::settle_whole(const ValueSet& set, Selection& selection) {
    // Beside value sets, a system without filters only narrows those down: nothing of it is needed.
    if (selection.filters.empty() && !selection.imports.empty()) {
        return;
    }
    if (!can_ask(set, selection)) {
        selection.unknown = true;
        return;
    }
    for (Filter& filter : selection.filters) {
        if (auto issue = settle_filter(*selection.code_system, filter)) {
            issue->location = set.document->at(*filter.node);
            issue->location.field = "filter";
            issues_.push_back(std::move(*issue));
            selection.unknown = true;
        }
    }
}

bool Settler::can_ask(const ValueSet& set, const Selection& selection) {
    const std::string system(selection.system);
    const CodeSystem* loaded = selection.code_system;
    const text::Node& at =
        selection.filters.empty() ? *selection.node : *selection.filters.front().node;
    if (loaded == nullptr || loaded->content == Content::not_present) {
        report(*set.document, at, "not-found", "the codes of " + system + " are not loaded",
               system == snomed ? "load a SNOMED CT release first, or list the concepts"
                                : "load a CodeSystem that holds them first, or list the concepts");
        return false;
    }
    if (loaded->content == Content::supplement) {
        report(*set.document, at, "business-rule",
               system + " only adds to " + std::string(loaded->supplements),
               "name the code system that it adds to");
        return false;
    }
    // A version of SNOMED CT may name an edition and leave the release open.
    const std::size_t release = selection.version.find("/version/");
    const bool same = loaded->content == Content::edition
                          ? release == std::string_view::npos ||
                                selection.version.substr(release + 9) == loaded->version
                          : selection.version == loaded->version;
    if (!selection.version.empty() && !loaded->version.empty() && !same) {
        report(*set.document, at, "not-found",
               "version " + std::string(selection.version) + " of " + system + " is not loaded",
               "version " + std::string(loaded->version) + " is");
        return false;
    }
    if (loaded->content == Content::fragment || loaded->content == Content::example) {
        report(*set.document, at, "incomplete",
               "only a part of " + system + " is loaded: of its other codes nothing can be told",
               {}, text::Severity::warning);
    }
    return true;
}

void Settler::settle_import(ValueSet& set, Import& import) {
    import.set = nullptr;
    if (auto implicit = implicit_value_set(tables_, import.url)) {
        if (implicit->ok()) {
            import.set = &tables_.implicit_sets.emplace_back(std::move(*implicit).value());
            set.links.tests += 1;
        } else {
            const text::Issue& why = implicit->issue();
            report(*set.document, *import.node, why.code, why.message, why.suggestion);
        }
        return;
    }
    if (find_canonical(tables_.value_sets, import.url) == nullptr) {
        report(*set.document, *import.node, "not-found",
               "no file defines the value set " + std::string(import.url),
               "load the folder that holds it first");
        return;
    }
    ValueSet& other = tables_.value_sets.at(import.url.substr(0, import.url.find('|')));
    import.set = follow(set, other, import.url, *import.node) ? &other : nullptr;
}

void Settler::settle(ConceptMap& map) {
    if (map.links.state == Links::State::settled) {
        return;
    }
    map.links.state = Links::State::settling;
    for (MapGroup& group : map.groups) {
        group.code_system = tables_.code_system(group.source);
        group.targets.clear();
        for (const MapElement& element : group.elements) {
            check_code(*map.document, element.source);
            const std::string_view code = element.source.coding.code;
            auto& targets =
                group.targets[group.code_system == nullptr ? code
                                                           : group.code_system->spelling(code)];
            for (std::size_t i = 0; i < element.targets.size(); ++i) {
                if (!element.targets[i].coding.code.empty()) {
                    check_code(*map.document, element.targets[i]);
                }
                targets.push_back(
                    {element.targets[i].coding, element.equivalences[i], group.target_version});
            }
        }
        settle_unmapped(map, group.unmapped);
    }
    map.links.state = Links::State::settled;
}

void Settler::settle_unmapped(ConceptMap& map, Unmapped& unmapped) {
    if (unmapped.mode == Unmapped::Mode::fixed) {
        check_code(*map.document, {unmapped.fixed, unmapped.node});
    }
    unmapped.other = nullptr;
    if (unmapped.mode != Unmapped::Mode::other_map) {
        return;
    }
    const text::Node& at = *unmapped.node->find("url");
    if (find_canonical(tables_.concept_maps, unmapped.url) == nullptr) {
        report(*map.document, at, "not-found",
               "no file defines the concept map " + std::string(unmapped.url),
               "load the folder that holds it first");
        return;
    }
    ConceptMap& other = tables_.concept_maps.at(unmapped.url.substr(0, unmapped.url.find('|')));
    unmapped.other = follow(map, other, unmapped.url, at) ? &other : nullptr;
}

}  // namespace

void settle(Terminology::Tables& tables, text::Issues& issues) {
    Settler(tables, issues).run();
}

}  // namespace linkway::terminology
