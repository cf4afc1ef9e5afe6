// Templates over FHIR resources: "input: QuestionnaireResponse" instead of a table.
//
// The resource is %resource, typed by the R4 definitions. Beside FHIRPath's own and those of
// code_functions.h there is one more function:
//
//   text.uuid('more', ...)   an id derived from the text and up to three more parts (UUIDv5 under
//                            Linkway's namespace): the same input gives the same id
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "mapping/template.h"
#include "mapping/trace.h"
#include "terminology/terminology.h"

namespace linkway::mapping {

/// One such template, checked and ready to run. Keeps its buffers between runs; not thread-safe.
class ResourceMapping {
  public:
    ResourceMapping(ResourceMapping&&) noexcept;
    ResourceMapping& operator=(ResourceMapping&&) noexcept;
    ~ResourceMapping();

    /// Every mistake is appended to `issues`; nothing is returned when there was one. `terminology`
    /// must outlive the result.
    static std::optional<ResourceMapping> compile(const Template& source,
                                                  const terminology::Terminology& terminology,
                                                  text::Issues& issues);

    /// The resourceType of what it reads, and of what it makes.
    const std::string& input() const;
    const std::string& output() const;

    /// Appends what the template makes of `resource` (of type input()) as one line of compact JSON,
    /// without line end. False when the template's condition does not hold. On an issue, whose
    /// place is the template's, `out` is as it was before.
    text::Result<bool> run(const text::Node& resource, std::string& out);

    /// The same, telling of each step.
    Trace trace(const text::Node& resource);

    const Plan& plan() const;

  private:
    struct State;
    class Input;
    explicit ResourceMapping(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace linkway::mapping
