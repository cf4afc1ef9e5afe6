// What a Terminology holds. Private to this folder.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <memory_resource>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "code_system.h"
#include "terminology/terminology.h"
#include "text/node.h"

namespace re2 {
class RE2;
}

namespace linkway::terminology {

/// A code within its system. Views into what the tables keep.
struct Key {
    std::string_view system;
    std::string_view code;

    friend bool operator==(const Key&, const Key&) = default;
};

struct KeyHash {
    std::size_t operator()(const Key& key) const {
        const std::hash<std::string_view> hash;
        return hash(key.code) * 31 + hash(key.system);
    }
};

/// A code as a file lists it.
struct Listed {
    Coding coding;
    const text::Node* node = nullptr;
};

/// FHIR R4 FilterOperator.
enum class Operator : std::uint8_t {
    equals,
    is_a,
    descendent_of,
    is_not_a,
    regex,
    in,
    not_in,
    generalizes,
    exists,
};

struct Filter {
    const text::Node* node = nullptr;
    Operator op = Operator::equals;
    std::string_view property;
    std::string_view value;
    std::vector<std::string_view> values;     ///< of in and not-in
    std::shared_ptr<const re2::RE2> pattern;  ///< of regex

    // Settled after each load.
    Ordinal concept_ordinal = 0;  ///< what `value` names, for those on the hierarchy
    const std::vector<Ordinal>* refset = nullptr;  ///< what `value` names, for SNOMED CT's in
};

/// How far the references of a value set or map to others reach; settled after each load.
struct Links {
    enum class State : std::uint8_t { unsettled, settling, settled };
    State state = State::unsettled;
    std::size_t depth = 1;
    std::size_t tests = 1;  ///< selections or groups that one question may visit
};

struct ValueSet;

struct Import {
    std::string_view url;
    const text::Node* node = nullptr;
    const ValueSet* set = nullptr;  ///< settled after each load
};

/// One include or exclude of a value set. All parts must hold of a code.
struct Selection {
    const text::Node* node = nullptr;
    std::string_view system;
    std::string_view version;
    bool has_codes = false;  ///< `codes` are listed; else the whole system is meant
    bool misread = false;    ///< a part could not be read: what is not listed is not known
    std::vector<Listed> codes;
    std::vector<Filter> filters;
    std::vector<Import> imports;

    // Settled after each load.
    const CodeSystem* code_system = nullptr;
    std::unordered_set<Key, KeyHash> members;  ///< the listed codes
    bool unknown = false;                      ///< what it holds cannot be told
};

struct ValueSet {
    const text::Document* document = nullptr;
    std::string_view version;
    bool with_inactive = true;
    std::vector<Selection> includes;
    std::vector<Selection> excludes;

    // Settled after each load.
    Links links;
    std::vector<std::string_view> systems;  ///< that its codes may be of
};

struct ConceptMap;

/// What becomes of a code that a group does not list.
struct Unmapped {
    enum class Mode : std::uint8_t { nothing, provided, fixed, other_map };
    Mode mode = Mode::nothing;
    Coding fixed;
    std::string_view url;
    const text::Node* node = nullptr;
    const ConceptMap* other = nullptr;  ///< settled after each load
};

struct MapElement {
    Listed source;
    std::vector<Listed> targets;
    std::vector<std::string_view> equivalences;  ///< of each target
};

struct MapGroup {
    const text::Node* node = nullptr;
    std::string_view source;
    std::string_view target;
    std::string_view target_version;
    std::vector<MapElement> elements;
    Unmapped unmapped;

    // Settled after each load.
    const CodeSystem* code_system = nullptr;  ///< of the source
    std::unordered_map<std::string_view, std::vector<Translation>> targets;
};

struct ConceptMap {
    const text::Document* document = nullptr;
    std::string_view version;
    std::vector<MapGroup> groups;
    Links links;  ///< settled after each load
};

struct Terminology::Tables {
    std::deque<text::Document> documents;  ///< a deque: documents stay where they are
    std::unordered_map<std::string_view, ValueSet> value_sets;
    std::unordered_map<std::string_view, CodeSystem> code_systems;
    std::unordered_map<std::string_view, ConceptMap> concept_maps;
    std::deque<ValueSet> implicit_sets;  ///< that value sets import; settled after each load
    std::unordered_map<Key, std::string_view, KeyHash> displays;  ///< stated outside code systems
    std::vector<std::string_view> order;                          ///< urls, as read
    std::unique_ptr<std::pmr::monotonic_buffer_resource> release_text;  ///< of SNOMED CT releases

    bool has_url(std::string_view url) const {
        return value_sets.contains(url) || code_systems.contains(url) || concept_maps.contains(url);
    }
    const CodeSystem* code_system(std::string_view url) const {
        const auto found = code_systems.find(url.substr(0, url.find('|')));
        return found == code_systems.end() ? nullptr : &found->second;
    }
    std::string_view display(Key key) const;
    void state_display(const Coding& coding) {
        if (!coding.display.empty()) {
            displays.try_emplace({coding.system, coding.code}, coding.display);
        }
    }
};

/// Links resources to what they refer to, anew: code systems to their supplements, value sets and
/// maps to each other and to code systems. What cannot be linked is an issue at its place.
void settle(Terminology::Tables& tables, text::Issues& issues);

/// Whether the settled value set holds the code of that system (which is never empty here).
Membership holds(const ValueSet& set, const Key& key);

/// Visits what a settled value set holds, in order, once each, until `visit` returns false. An
/// issue when it cannot be told or takes too long.
text::Status each_member(const ValueSet& set, const std::function<bool(const Coding&)>& visit);

/// The resource of that url; with "|version" only when it is that version (or states none).
template <class Map>
const typename Map::mapped_type* find_canonical(const Map& map, std::string_view url) {
    const std::size_t bar = url.find('|');
    const auto found = map.find(url.substr(0, bar));
    if (found == map.end()) {
        return nullptr;
    }
    const std::string_view version =
        bar == std::string_view::npos ? std::string_view() : url.substr(bar + 1);
    const std::string_view held = found->second.version;
    return version.empty() || held.empty() || version == held ? &found->second : nullptr;
}

/// The value set that a url such as "http://snomed.info/sct?fhir_vs=isa/73211009" means by itself
/// (FHIR R4 "Using SNOMED CT with FHIR", implicit value sets); an issue without a place when it
/// cannot be used, nothing at all when the url is not of that kind.
std::optional<text::Result<ValueSet>> implicit_value_set(const Terminology::Tables& tables,
                                                         std::string_view url);

}  // namespace linkway::terminology
