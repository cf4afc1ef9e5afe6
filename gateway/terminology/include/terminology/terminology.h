// CodeSystems, ValueSets and ConceptMaps from files, as FHIR defines them, and SNOMED CT from a
// release that the site holds.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/issue.h"
#include "text/node.h"

namespace linkway::terminology {

struct Coding {
    std::string_view system;
    std::string_view code;
    std::string_view display;

    friend bool operator==(const Coding&, const Coding&) = default;
};

/// One target of a translation, with its R4 ConceptMapEquivalence.
struct Translation {
    Coding target;
    std::string_view equivalence;
    std::string_view version;  ///< of the target's system, where the map states one
};

/// Whether a code is in a value set. "unknown" when what decides it is not loaded, is a fragment or
/// could not be read; in this order, so that the smaller of two is what both say together.
enum class Membership : std::uint8_t { no, unknown, yes };

struct Designation {
    std::string_view language;
    std::string_view use;  ///< code of what it is for, such as 900000000000003001
    std::string_view value;
};

struct Property {
    std::string_view code;
    std::string_view value;
};

/// What a code system says of one of its concepts.
struct Concept {
    Coding coding;
    bool inactive = false;
    std::vector<Designation> designations;
    std::vector<Property> properties;
    /// Of an inactive SNOMED CT concept: what its release says took its place.
    std::vector<std::string_view> replaced_by;
};

/// Most codes that expand() lists unless it is told otherwise.
inline constexpr std::size_t expansion_limit = 10'000;

/// What is known about codes. Immutable between loads; then safe from any thread. Views returned
/// live as long as the Terminology; none outlives a move of what it was asked with.
class Terminology {
  public:
    Terminology();
    ~Terminology();
    Terminology(Terminology&&) noexcept;
    Terminology& operator=(Terminology&&) noexcept;

    /// Reads every *.json of `folder` that is a ValueSet, CodeSystem or ConceptMap, in name order.
    /// Each defect is an issue with file, line and column; what is sound is kept. Load first what
    /// others refer to: a reference to what nothing so far defines (a value set, a map, the code
    /// system of a filter) is an issue, and is tried again at the next load.
    text::Issues load(const std::string& folder);
    /// The same with resources already parsed.
    text::Issues load(std::vector<text::Document> documents);

    /// Reads the Snapshot files (RF2) of SNOMED CT below `folder`: concepts, is-a relationships,
    /// terms and, where present, language, simple and association reference sets. A broken row is
    /// an issue with file and line; the rest goes on. Once only; nothing is loaded unless asked.
    text::Issues load_snomed(const std::string& folder);

    /// Nothing when the value set (or map) can be asked about, else an issue without a place that
    /// says why not, with the nearest url known. A url may carry "|version"; it must then be the
    /// version loaded. With SNOMED CT loaded these are value sets too:
    /// http://snomed.info/sct?fhir_vs, ?fhir_vs=isa/ID and ?fhir_vs=refset/ID.
    text::Status check_value_set(std::string_view url) const;
    text::Status check_concept_map(std::string_view url) const;
    /// Nothing when the code system is loaded and its hierarchy means "is a".
    text::Status check_hierarchy(std::string_view system) const;
    std::vector<std::string> urls() const;

    /// Whether the value set holds the code. An empty system matches any system. Nothing is
    /// expanded; filters are answered from the hierarchy.
    Membership member_of(std::string_view value_set_url, std::string_view system,
                         std::string_view code) const;

    /// Every code the value set holds, in order, once. An issue when there are more than `limit`,
    /// when it cannot be told, or when the value set is not known.
    text::Result<std::vector<Coding>> expand(std::string_view value_set_url,
                                             std::size_t limit = expansion_limit) const;

    /// Targets of the code in the map, group by group in file order. A group that does not list the
    /// code adds what its `unmapped` rule says: the code itself (mode provided, "equal"; the view
    /// is then the caller's), a fixed one ("relatedto"), or what another map gives. A target of
    /// equivalence "unmatched" (often without a code) or "disjoint" says that there is no
    /// translation. An empty system matches any system.
    std::vector<Translation> translate(std::string_view concept_map_url, std::string_view system,
                                       std::string_view code) const;

    /// The codes that the map, unmapped rules left aside, translates to this one, with the
    /// equivalence as it reads in that direction ("wider" becomes "narrower").
    std::vector<Translation> translate_back(std::string_view concept_map_url,
                                            std::string_view system, std::string_view code) const;

    /// Whether `ancestor` is the code or above it. Nothing when that is not known: no such system
    /// or hierarchy is loaded, or it lacks one of the codes.
    std::optional<bool> subsumes(std::string_view system, std::string_view ancestor,
                                 std::string_view code) const;

    /// What the code system says of the code; nothing when it is not loaded or has no such code.
    std::optional<Concept> lookup(std::string_view system, std::string_view code) const;

    /// Display of a code, from its code system or else any ValueSet or ConceptMap that states one;
    /// empty when none does.
    std::string_view display(std::string_view system, std::string_view code) const;

    struct Tables;  ///< private to this folder

  private:
    std::unique_ptr<Tables> tables_;
};

/// A SNOMED CT identifier: 6 to 18 digits, no leading zero, Verhoeff check digit right, and the
/// partition of a concept (00 or 10). Source: SNOMED CT Release File Specification, "SNOMED CT
/// identifiers".
bool is_valid_sctid(std::string_view text);  ///< any partition
bool is_valid_concept_id(
    std::string_view text);  ///< partition 00, or 10 with its seven digits of namespace

/// A Read v2 code as exports write it, made canonical: trimmed, "-n" synonym suffix removed, padded
/// to five characters with dots
/// ("8T09" and "8T09.-1" give "8T09."). Case is kept. EMIS local codes (starting EMIS, ESCT, ^ESCT,
/// FUNDHC, JHCC or RAFME, or ending KC60 or SHHAPT) and whatever is longer than a Read code come
/// back trimmed only.
std::string canonical_read_code(std::string_view text);

}  // namespace linkway::terminology
