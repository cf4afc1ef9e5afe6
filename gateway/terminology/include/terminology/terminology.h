// ValueSets and ConceptMaps from files, as FHIR defines them.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/issue.h"

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
};

/// What is known about codes: every ValueSet and ConceptMap of the folders loaded. Immutable after
/// loading; safe from any thread. Views returned live as long as the Terminology.
class Terminology {
  public:
    Terminology();
    ~Terminology();
    Terminology(Terminology&&) noexcept;
    Terminology& operator=(Terminology&&) noexcept;

    /// Reads every *.json of `folder` that is a ValueSet, CodeSystem or ConceptMap, in name order.
    /// Each defect is an issue with file, line and column: not valid JSON, no url, a SNOMED code
    /// whose check digit is wrong, the same url twice. What is sound is kept. May be called for
    /// several folders, those that are referred to first: an include of a value set that no folder
    /// so far defines is an issue (and is tried again at the next call).
    text::Issues load(const std::string& folder);

    // A url may carry "|version"; it must then be the version loaded.
    bool has_value_set(std::string_view url) const;
    bool has_concept_map(std::string_view url) const;
    std::vector<std::string> urls() const;

    /// Whether the value set (enumerated concepts, includes of other value sets, excludes) holds
    /// the code. An empty system matches any system.
    bool member_of(std::string_view value_set_url, std::string_view system,
                   std::string_view code) const;

    /// Targets of the code in the map, in file order; `unmapped` rules of mode fixed are applied
    /// (equivalence "relatedto"), others give nothing. What the map states is returned as it
    /// stands: a target of equivalence "unmatched" (often without a code) or "disjoint" says that
    /// there is no translation. An empty system matches any system.
    std::vector<Translation> translate(std::string_view concept_map_url, std::string_view system,
                                       std::string_view code) const;

    /// The same without a copy: nothing is allocated.
    std::span<const Translation> targets(std::string_view concept_map_url, std::string_view system,
                                         std::string_view code) const;

    /// Display of a code, from any CodeSystem, ValueSet or ConceptMap that states one; empty when
    /// none does.
    std::string_view display(std::string_view system, std::string_view code) const;

    /// Every (system, code) the value set enumerates after includes and excludes.
    std::vector<Coding> expand(std::string_view value_set_url) const;

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
