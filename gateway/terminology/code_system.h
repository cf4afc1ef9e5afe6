// One code system in memory, whether it came from a FHIR file or from a SNOMED CT release. Private
// to this folder.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "hierarchy.h"
#include "terminology/terminology.h"
#include "text/node.h"

namespace linkway::terminology {

inline constexpr std::string_view snomed = "http://snomed.info/sct";

/// How much of the code system is here: a FHIR CodeSystemContentMode, or a SNOMED CT release.
enum class Content : std::uint8_t {
    not_present,
    example,
    fragment,
    complete,
    supplement,
    edition,  ///< whole in itself, but other editions and later releases have more
};

struct Entry {
    std::string_view code;
    std::string_view display;
    std::string_view full_name;        ///< fully specified name, of SNOMED CT
    const text::Node* node = nullptr;  ///< where a FHIR file defines it
    bool inactive = false;
};

struct CodeSystem {
    std::string_view url;
    std::string_view version;
    const text::Document* document = nullptr;  ///< null for a SNOMED CT release
    const text::Node* root = nullptr;
    Content content = Content::complete;
    bool case_sensitive = true;
    bool is_a = true;              ///< the hierarchy says "is a", not "part of" and the like
    std::string_view supplements;  ///< url of the code system that this one adds to
    std::vector<Entry> entries;    ///< in file order
    Hierarchy hierarchy;
    std::vector<std::string_view> property_codes;  ///< declared
    std::string_view parent_property = "parent";   ///< what it calls them
    std::string_view child_property = "child";
    std::vector<const CodeSystem*> supplemented_by;  ///< settled after each load

    // Of a SNOMED CT release only.
    std::unordered_map<std::string_view, std::vector<Ordinal>> refsets;  ///< members, ascending
    std::vector<std::pair<Ordinal, Ordinal>> replaced;  ///< inactive and what took its place

    /// Appends the entry unless its code is there already.
    bool add(const Entry& entry);
    std::optional<Ordinal> find(std::string_view code) const;
    /// The code as the system itself writes it, when case does not matter; else as it is.
    std::string_view spelling(std::string_view code) const;
    bool is_whole() const { return content == Content::complete; }
    /// Whether a code that is not here belongs to the system all the same: no or unknown.
    Membership absent(std::string_view code) const;
    bool knows_property(std::string_view name) const;

    /// Calls `visit` with the node of each file that says something of the concept: its own, then
    /// those of supplements.
    template <class Visit>
    void each_node(Ordinal of, const Visit& visit) const {
        if (entries[of].node != nullptr) {
            visit(*entries[of].node);
        }
        for (const CodeSystem* other : supplemented_by) {
            if (const auto same = other->find(entries[of].code)) {
                visit(*other->entries[*same].node);
            }
        }
    }

  private:
    std::unordered_map<std::string_view, Ordinal> index_;
    std::deque<std::string> folded_;  ///< keys of the index when case does not matter
};

/// The value of a CodeSystem.concept.property as a filter compares it: the text of a primitive,
/// the code of a Coding.
std::string_view property_value(const text::Node& property);

/// All that the code system and its supplements say of a concept.
Concept describe(const CodeSystem& system, Ordinal of);

/// What the release says took the place of an inactive concept.
std::vector<std::string_view> replacements(const CodeSystem& system, Ordinal of);

/// `did you mean "x"?` among the codes of a system that is not too large for it, or nothing.
std::string nearest_code(const CodeSystem& system, std::string_view code);

/// Items of an array member; none when it is absent (what is wrong with it was said on reading).
std::span<const text::Node> items_of(const text::Node& parent, std::string_view name);

}  // namespace linkway::terminology
