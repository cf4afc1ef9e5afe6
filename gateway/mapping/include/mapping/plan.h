// A template made ready to run: checked against the R4 definitions and the input's types, then
// flattened to a list of steps.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fhirpath/expression.h"
#include "mapping/template.h"
#include "text/issue.h"

namespace linkway::mapping {

/// One place where a template reads its input.
struct Use {
    const fhirpath::Expr* expression = nullptr;  ///< lives in the Plan
    std::string target;  ///< FHIR path it feeds ("Patient.name.family"), or "when" and the like
    text::Location at;
    /// The variables of the template ({% for %}, {% assign %}) that it may use beside those of the
    /// environment, innermost last; lives in the Plan.
    std::span<const fhirpath::Variable> locals;
};

/// Immutable after compilation; several threads may run it at once, each with its own Runner.
class Plan {
  public:
    Plan(Plan&&) noexcept;
    Plan& operator=(Plan&&) noexcept;
    ~Plan();

    /// Checks everything before anything runs: names and types of expressions, elements, types,
    /// lists against single values, required elements, codes outside a required binding. All
    /// mistakes are appended to `issues`; nothing is returned when there was an error.
    static std::optional<Plan> compile(const Template& source,
                                       const fhirpath::Environment& environment,
                                       text::Issues& issues);

    const std::string& resource_type() const;
    std::vector<Use> uses() const;
    bool has_condition() const;

    struct Program;
    const Program& program() const { return *program_; }

  private:
    explicit Plan(std::unique_ptr<Program> program);
    std::unique_ptr<Program> program_;
};

/// A step that a run has done.
struct StepDone {
    std::size_t step = 0;    ///< its number in the plan
    std::size_t next = 0;    ///< that of the step that follows
    std::size_t before = 0;  ///< bytes of output before it
    const std::string& out;  ///< the output after it
    fhirpath::Runtime& runtime;
};

/// Told of every step, so that a run can be explained.
using StepObserver = std::function<void(const StepDone&)>;

/// Runs plans, one at a time; keeps its buffers between runs. Not thread-safe: one per thread.
class Runner {
  public:
    Runner();
    ~Runner();
    Runner(const Runner&) = delete;
    Runner& operator=(const Runner&) = delete;

    /// Whether the template's condition holds; true when it has none.
    text::Result<bool> applies(const Plan& plan, fhirpath::Runtime& runtime);

    /// Appends the resource as one line of compact JSON, without line end. On an issue (a required
    /// element that came out empty, a value that is no valid code or date, an error in an
    /// expression, more than `runtime.steps_left` steps) `out` is as it was before.
    /// `runtime.variables` holds the environment's variables.
    text::Status run(const Plan& plan, fhirpath::Runtime& runtime, std::string& out,
                     const StepObserver* observer = nullptr);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace linkway::mapping
