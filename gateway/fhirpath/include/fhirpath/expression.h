// Check and compile once, evaluate often.
//
// What is understood: FHIRPath N1 (release 2.0.0) with the additions of FHIR R4 (extension,
// hasValue, getValue, htmlChecks, %resource, %`vs-...`) and, of the draft after it, lastIndexOf,
// matchesFull, encode, decode, escape, unescape, lowBoundary, highBoundary, precision,
// comparable and sort. resolve() and conformsTo() are in references.h, memberOf() is for the
// Environment to give. Bounds: integers have 64 bits, decimals 28 digits; a result beyond them is
// empty. Of units the calendar and the common UCUM codes of time, mass, length and volume convert;
// others compare only when they are the same. A literal date keeps its precision, and `=` of two
// precisions gives nothing; patterns are RE2's, so without look-around.
#pragma once

#include <functional>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhirpath/ast.h"
#include "fhirpath/value.h"

namespace linkway::fhirpath {

/// Static type of an expression: which items it may yield, and whether more than one.
struct StaticType {
    enum class Of : std::uint8_t {
        anything,  ///< not known before it runs
        system,    ///< a System type: `kind` says which
        fhir,      ///< an R4 type: `type`
        record,    ///< a record type: `record`
        nothing,   ///< always empty
    };
    Of of = Of::anything;
    ValueKind kind = ValueKind::string;
    const fhir::TypeDefinition* type = nullptr;
    const RecordType* record = nullptr;
    bool many = false;
};

/// "Row of Admin_Patient", "String", "FHIR HumanName (many)": for messages.
std::string to_string(const StaticType& type);

struct Step;

/// Calls that several expressions have in common, or one has twice, such as %row.Surname.trim() in
/// a condition and in the value behind it: they need evaluating only once for each row. compile()
/// collects them when the Environment has one of these; a Runtime with room for size() results then
/// keeps each until Runtime::shared_known is set back to 0, because the variables have changed.
class SharedCalls {
  public:
    static constexpr std::size_t most = 64;

    /// Only what depends on nothing but the first `fixed` variables is shared.
    explicit SharedCalls(std::size_t fixed) : fixed_(fixed) {}
    std::size_t size() const { return size_; }

    /// Used by compile(): numbers those calls of a compiled expression that were met before.
    void collect(std::span<Step* const> calls);

  private:
    std::size_t fixed_;
    std::size_t size_ = 0;
    std::unordered_map<std::string, Step*> met_;  // by canonical text
};

/// Finds the resource that a reference points to, or nullptr. `from` is the node of the reference's
/// text where it comes from a resource, which says whose contained resources "#id" means.
using Resolver =
    std::function<const text::Node*(std::string_view reference, const text::Node* from)>;

/// A resource that many expressions are evaluated on, as when it is validated: what is below it is
/// found once, by the first that asks for descendants(). Not thread-safe; the resource outlives it.
class Walk {
  public:
    /// Asks for the resource's members to be brought near: one resource among many is in no cache,
    /// and to wait for its members one by one takes longer than most expressions.
    explicit Walk(const Value& resource);

    const Value& resource() const { return resource_; }

  private:
    friend class Descendants;
    Value resource_;
    bool known_ = false;
    std::vector<Value> found_;  // in the order of descendants()
};

/// What an evaluation may use while it runs.
struct Runtime {
    std::span<const Collection> variables;  ///< by slot, as declared in the Environment
    std::pmr::memory_resource* arena = nullptr;
    const Value* context =
        nullptr;           ///< %context and the implicit focus at the top; null in strict mode
    std::string_view now;  ///< FHIR dateTime for now(), today() and timeOfDay(); fixed for a run
    std::uint32_t steps_left =
        1'000'000;  ///< each node visited costs one; at zero the evaluation ends in an error
    const Resolver* resolver = nullptr;  ///< what resolve() asks; null finds nothing
    Walk* walk = nullptr;  ///< of the resource that the expression is evaluated on; may be null
    std::span<Collection> shared;    ///< room for the results of SharedCalls; may be empty
    std::uint64_t shared_known = 0;  ///< bit per shared call: its result is there
};

/// A function of ours beside those of FHIRPath, called as focus.name(args) or, with `free`, as
/// name(args).
struct Function {
    std::string name;
    StaticType result;
    std::size_t min_args = 0;
    std::size_t max_args = 0;
    /// `focus` is the input collection, `args` the evaluated operands. Appends to `out`; returns an
    /// issue when it can't. `context` is that of `bind`, or null.
    std::function<text::Status(const void* context, const Collection& focus,
                               std::span<const Collection> args, Collection& out, Runtime& runtime)>
        call;
    /// Optional: called once at compile time with the operands that are string literals (others as
    /// empty optional), so that an unknown value set or map is an issue before anything runs and
    /// lookups are resolved at start. Returns what `call` gets as context.
    std::function<text::Result<std::shared_ptr<const void>>(
        std::span<const std::optional<std::string>> literal_args)>
        bind;
};

struct Variable {
    std::string name;  ///< without %
    StaticType type;
};

/// The names an expression may use.
struct Environment {
    std::vector<Variable>
        variables;  ///< slot = index; a later one hides an earlier of the same name
    std::vector<Function> functions;
    bool strict = true;  ///< no implicit focus at the top: everything starts at a %variable, a
                         ///< literal or a free function
    const fhir::TypeDefinition* context =
        nullptr;                    ///< in non-strict mode: type of the resource, or null for any
    SharedCalls* shared = nullptr;  ///< must outlive the expressions compiled with it; or null
};

/// A checked expression, ready to run. Immutable; safe from any thread as long as each has its own
/// Runtime.
class Expression {
  public:
    Expression(Expression&&) noexcept;
    Expression& operator=(Expression&&) noexcept;
    ~Expression();

    const StaticType& type() const;
    const Expr& ast() const;

    /// Appends the result. On an error (singleton expected, limits, a function's own) returns it
    /// and leaves `out` unspecified.
    text::Status evaluate(Runtime& runtime, Collection& out) const;

    /// The result without a copy where it exists already (a variable, a constant, a shared call),
    /// else made in `scratch`, which is emptied first. After an error null, and `failure` says what
    /// is wrong.
    const Collection* read(Runtime& runtime, Collection& scratch, text::Status& failure) const;

    /// Evaluates by the rules of a condition: true only for a single true; empty is false; anything
    /// else is an error.
    text::Result<bool> test(Runtime& runtime) const;

    struct Program;
    explicit Expression(std::unique_ptr<Program> program);

  private:
    std::unique_ptr<Program> program_;
    const Step* root_;  // of the program
};

/// Checks names, types and arity against the environment and the R4 definitions, and compiles. All
/// mistakes are appended to `issues` (line and column counted from `at`, nearest right name as
/// suggestion); nothing is returned when there is one of severity error.
std::optional<Expression> compile(ExprPtr ast, const Environment& environment,
                                  const text::Location& at, text::Issues& issues);

}  // namespace linkway::fhirpath
