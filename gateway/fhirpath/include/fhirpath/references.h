// FHIR's functions that look beyond the item they are called on: resolve() and conformsTo().
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "fhirpath/expression.h"

namespace linkway::fhirpath {

/// For Environment::functions:
///
///   reference.resolve()       the resources that References (or their urls, as text) point to,
///   found
///                             by Runtime::resolver; those it does not find are left out (R4,
///                             FHIRPath, resolve)
///   resource.conformsTo(url)  whether each item is of the R4 type whose base profile the url
///   names,
///                             http://hl7.org/fhir/StructureDefinition/Patient; any other profile
///                             is an issue
std::vector<Function> fhir_functions();

/// The resolver for what one text holds: contained resources by "#id" (and the resource around them
/// by "#"), the resource itself and a Bundle's entries by fullUrl or "Type/id", version left aside.
/// Of two that match the first counts. Immutable; safe from any thread; `root` outlives it.
class ResourceIndex {
  public:
    explicit ResourceIndex(const text::Node& root);

    /// The resource, or nullptr. `from` is the node of the reference's text, which says whose
    /// contained resources "#id" means; without it they are those of the root.
    const text::Node* find(std::string_view reference, const text::Node* from) const;

  private:
    void walk(const text::Node& node, const text::Node& around);

    const text::Node& root_;
    std::unordered_map<std::string, const text::Node*> known_;  ///< by url and by Type/id
    std::unordered_map<const text::Node*, const text::Node*>
        around_;  ///< of texts that start with "#": the resource they stand in
};

}  // namespace linkway::fhirpath
