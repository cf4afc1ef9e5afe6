// What a Terminology holds. Private to this folder.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "terminology/terminology.h"
#include "text/node.h"

namespace linkway::terminology {

/// A code within its system. Views into documents that the tables keep.
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

/// One include or exclude of a value set. All parts must hold of a code.
struct Selection {
    const text::Node* node = nullptr;
    std::string_view system;
    bool has_codes = false;  ///< `codes` are listed; else the whole system is meant
    std::vector<Coding> codes;
    std::vector<std::string_view> value_sets;
};

struct ValueSet {
    const text::Document* document = nullptr;
    std::string_view version;
    std::vector<Selection> includes;
    std::vector<Selection> excludes;

    // Worked out after each load.
    enum class State : std::uint8_t { unknown, working, known };
    State state = State::unknown;
    std::vector<Coding> codes;
    std::unordered_set<Key, KeyHash> members;
    std::unordered_set<std::string_view> bare_codes;
};

struct CodeSystem {
    std::string_view version;
    std::vector<Coding> codes;
};

struct ConceptMap {
    std::string_view version;
    std::unordered_map<Key, std::vector<Translation>, KeyHash> targets;
    std::unordered_map<std::string_view, std::vector<Translation>> bare_targets;
    /// Of a source system: what its unmapped codes become.
    std::unordered_map<std::string_view, Translation> fixed;
};

struct Terminology::Tables {
    std::deque<text::Document> documents;  ///< a deque: documents stay where they are
    std::unordered_map<std::string_view, ValueSet> value_sets;
    std::unordered_map<std::string_view, CodeSystem> code_systems;
    std::unordered_map<std::string_view, ConceptMap> concept_maps;
    std::unordered_map<Key, std::string_view, KeyHash> displays;
    std::vector<std::string_view> order;  ///< urls of value sets, in the order read

    bool has_url(std::string_view url) const {
        return value_sets.contains(url) || code_systems.contains(url) || concept_maps.contains(url);
    }

    void state_display(const Coding& coding) {
        if (!coding.display.empty()) {
            displays.try_emplace({coding.system, coding.code}, coding.display);
        }
    }
};

/// Reads one parsed resource into the tables; what is sound of it is kept.
class ResourceReader {
  public:
    ResourceReader(Terminology::Tables& tables, const text::Document& document,
                   text::Issues& issues)
        : tables_(tables), document_(document), issues_(issues) {}

    void read();

  private:
    void read_value_set(const text::Node& root, ValueSet& set);
    void read_expansion(const text::Node& contains, Selection& selection);
    void read_selections(const text::Node& compose, std::string_view name,
                         std::vector<Selection>& out);
    void read_concepts(const text::Node& concepts, Selection& selection);
    void read_code_system(const text::Node& concepts, std::string_view url, CodeSystem& system,
                          std::unordered_set<std::string_view>& seen);
    void read_concept_map(const text::Node& root, ConceptMap& map);
    void read_element(const text::Node& element, const Coding& source, std::string_view system,
                      ConceptMap& map);
    void read_unmapped(const text::Node& group, std::string_view source, std::string_view target,
                       ConceptMap& map);

    /// The member as an array (an empty one when it is absent or, with an issue, something else).
    std::span<const text::Node> list(const text::Node& parent, std::string_view name);
    /// The text of a member that must be a string when it is there.
    std::string_view string(const text::Node& parent, std::string_view name);
    /// The code of a concept, element or target under `system`, checked; empty, with an issue, when
    /// it is none.
    std::string_view code(const text::Node& node, std::string_view system, bool required = true);
    void report(const text::Node& node, std::string_view field, std::string code,
                std::string message, std::string suggestion = {});

    Terminology::Tables& tables_;
    const text::Document& document_;
    text::Issues& issues_;
};

/// Works out the codes of every value set anew.
void expand_all(Terminology::Tables& tables, text::Issues& issues);

}  // namespace linkway::terminology
