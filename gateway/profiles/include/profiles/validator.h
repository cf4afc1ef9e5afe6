// Whether a resource is valid R4: structure, values, required codes, references and invariants, as
// the base definitions have them.
//
// What is checked, and the issue's code when it fails (Location::field holds the path, such as
// Task.input[0].valueReference, and line and column are those of the value):
//
//   structure     unknown resource type or element (with the nearest name), one where many may
//                 stand or the reverse, a choice given twice, empty objects and arrays, null,
//                 `_name` beside what is no primitive or of another length
//   required      a missing element of minimum cardinality 1
//   value         not the form of its primitive type, the wrong JSON kind, a reference of a wrong
//                 type or form, XHTML that narratives may not hold (txt-1, txt-2)
//   code-invalid  a code, Coding or CodeableConcept outside the value set of a required binding
//   not-found     "#id" without such a contained resource (ref-1)
//   invariant     an invariant of R4 does not hold; warnings keep their severity. An empty
//                 result, as of two times of different precision, breaks none
//   too-costly    a warning: an invariant that compares all with all (csd-1, bdl-7) would
//                 take too long on a resource of thousands of parts, and was not checked
//
// What is not: extensions and profiles by their own definitions; bindings that are not required, or
// whose codes HL7 does not publish with R4 (MIME types, currencies, UCUM); where references outside
// the resource lead, so that ctm-1 of CareTeam, which asks, holds unless a contained resource
// breaks it; the types of canonical references.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "fhir/definitions.h"
#include "text/issue.h"
#include "text/node.h"

namespace linkway::profiles {

struct Options {
    std::string file;              ///< for the issues' locations
    std::uint64_t first_line = 1;  ///< of `file`: the line at which the resource's text begins
    bool invariants = true;        ///< false: structure, values, codes and references only
    bool best_practice = false;    ///< also invariants that are advice only: dom-6, that every
                                   ///< resource should have a narrative, and con-3
};

/// More issues of one resource than this are not looked for; the last one says so.
inline constexpr std::size_t most_issues = 500;

/// Checks resources against the base R4 definitions. Made once (a millisecond; invariants are
/// compiled when a type first comes by) and safe from any thread.
class Validator {
  public:
    explicit Validator(const fhir::Definitions& definitions = fhir::Definitions::r4());
    Validator(const Validator&) = delete;
    Validator& operator=(const Validator&) = delete;
    ~Validator();

    /// All that is wrong, in document order; nothing when it is valid. Contained resources and
    /// those of Parameters are checked with it. A Bundle's are not: they are resources of their
    /// own, to be validated one by one.
    text::Issues validate(const text::Node& resource, const Options& options = {}) const;

  private:
    struct State;
    std::unique_ptr<const State> state_;
};

}  // namespace linkway::profiles
