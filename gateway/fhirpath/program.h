// What compile() makes of a tree, and the machine that runs it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhirpath/expression.h"

namespace linkway::fhirpath {

class Machine;
struct Step;

enum class Truth : std::int8_t { no, yes, unknown };

/// A built-in function. `args` are the evaluated operands, or null for a lazy function, which
/// evaluates `step.operands` itself. Appends to `out`; false when the machine holds an issue.
using Handler = bool (*)(Machine& machine, const Step& step, const Collection& focus,
                         const Collection* args, Collection& out);

/// One that gives true, false or nothing.
using Predicate = bool (*)(Machine& machine, const Step& step, const Collection& focus,
                           const Collection* args, Truth& truth);

enum class Op : std::uint8_t {
    constant,  ///< `constant`
    variable,  ///< slot `index`
    context,   ///< %context
    self,      ///< $this, and the implicit focus
    position,  ///< $index
    total,     ///< $total
    field,     ///< field `index` of the records of type `record`; others by `name`
    element,   ///< child `name` of nodes; `element` is the definition when all are of type `type`
    root,      ///< those items of the focus that are a `type` (Patient in Patient.name)
    call,      ///< `handler` or `predicate`
    external,  ///< `function`
    item_at,   ///< focus[operand]
    logic_and,
    logic_or,
    logic_xor,
    logic_implies,
    equal,       ///< `negated` for !=
    equivalent,  ///< `negated` for !~
    compare,     ///< `comparison`
    arithmetic,  ///< `symbol`: + - * / d (div) m (mod)
    concatenate,
    merge,     ///< |
    contains,  ///< operand 1 is in operand 0; `negated` swaps (in)
    type_is,
    type_as,
    type_filter,  ///< ofType
    sign,         ///< `symbol`: + or -
};

/// Which type an `is`, `as` or ofType() asks for.
struct TypeQuery {
    ValueKind kind = ValueKind::node;            ///< the System type; node for none
    const fhir::TypeDefinition* type = nullptr;  ///< the FHIR type; null for none
    bool any = false;                            ///< System.Any
};

/// What only some steps need.
struct Details {
    Collection constant;                   ///< of Op::constant
    std::vector<Collection> args;          ///< of external: the operands, when all are constants
    const Function* function = nullptr;    ///< of external
    std::shared_ptr<const void> bound;     ///< of external: what Function::bind gave
    std::shared_ptr<const void> prepared;  ///< e.g. a regular expression that is a literal
    TypeQuery query;  ///< of type_is, type_as and type_filter; of descendants() with one behind
};

/// One node of a compiled expression: the tree with every name resolved. Two cache lines: a
/// mapping's hundreds of steps are all visited for every row.
struct Step {
    Op op = Op::constant;
    bool negated = false;
    bool lazy = false;
    char symbol = 0;
    std::uint32_t index = 0;
    int shared = -1;             ///< number among the SharedCalls
    const Expr* expr = nullptr;  ///< where it comes from, for messages
    const Step* focus = nullptr;
    std::vector<const Step*> operands;
    Handler handler = nullptr;
    Predicate predicate = nullptr;
    const fhir::TypeDefinition* type = nullptr;
    const fhir::ElementDefinition* element = nullptr;
    const RecordType* record = nullptr;
    text::Name name;
    std::unique_ptr<Details> more;

    /// Made when first asked for.
    Details& details() {
        if (!more) {
            more = std::make_unique<Details>();
        }
        return *more;
    }
};
static_assert(sizeof(Step) <= 128);

struct Expression::Program {
    ExprPtr ast;
    text::Location at;
    StaticType type;
    std::deque<Step> steps;  ///< a deque, so that steps stay where they are
    std::deque<std::string> texts;
    std::deque<Function> functions;  ///< copies: the environment may go away
    const Step* root = nullptr;
};

inline constexpr std::size_t max_items = 1'000'000;
inline constexpr std::size_t max_text_bytes = std::size_t{16} << 20;

/// One evaluation. Everything that fails leaves an issue and returns false.
class Machine {
  public:
    Machine(const Expression::Program& program, Runtime& runtime)
        : program_(program), runtime_(runtime), arena_(*runtime.arena) {}

    /// Appends the items of the step to `out`, which is empty when the call starts.
    bool eval(const Step& step, Collection& out);
    /// The items of a step without a copy where they exist already; null after a failure.
    const Collection* read(const Step& step, Collection& scratch);
    /// Evaluates `step` with that item as $this.
    bool eval_item(const Step& step, const Value& item, std::size_t index, Collection& out);
    /// The items of the step as a condition, see truth_of().
    bool test(const Step& step, Truth& truth);
    /// The same with that item as $this.
    bool test_item(const Step& step, const Value& item, std::size_t index, Truth& truth);
    /// Evaluates with an empty focus in place of $this.
    bool eval_nothing(const Step& step, Collection& out);
    /// Evaluates with $total too.
    bool eval_total(const Step& step, const Value& item, std::size_t index, const Collection& total,
                    Collection& out);

    /// The collection as a condition: empty is unknown, one item that is no boolean counts as true
    /// (FHIRPath N1, singleton evaluation).
    bool truth_of(const Step& step, const Collection& items, Truth& truth);

    bool fail(const Step& step, std::string message, std::string_view code = "processing");
    bool charge(const Step& step, std::size_t steps);
    /// False after something else than charge() has used up the steps.
    bool has_steps(const Step& step) { return runtime_.steps_left != 0 || charge(step, 1); }
    bool single(const Step& step, const Collection& items, std::string_view what);

    void push(Collection& out, const Value& value) { out.push_back(value, arena_); }
    void push_truth(Collection& out, Truth truth);
    void push_boolean(Collection& out, bool value) { push(out, Value::of_boolean(value)); }
    void push_integer(Collection& out, std::int64_t value) { push(out, Value::of_integer(value)); }
    /// Pays for reading a text, so that long ones in a loop end in an error.
    bool charge_text(const Step& step, std::size_t bytes) {
        return bytes < 1024 || charge(step, bytes >> 10U);
    }
    /// Copies the text into the arena. One step pays for 64 bytes, so a run makes at most 64 MB of
    /// text.
    bool push_text(const Step& step, Collection& out, ValueKind kind, std::string_view text);
    bool append(const Step& step, Collection& out, const Collection& items);
    std::string_view keep(std::string_view text);
    bool too_many(const Step& step);

    std::pmr::memory_resource& arena() { return arena_; }
    Runtime& runtime() { return runtime_; }
    text::Issue take_issue() { return issue_ ? std::move(*issue_) : text::Issue{}; }

    const Value* self = nullptr;  ///< $this
    std::size_t position = 0;     ///< $index
    const Collection* total = nullptr;

  private:
    bool compute(const Step& step, Collection& out);
    const Collection* shared_result(const Step& step);
    bool is_shared(const Step& step) const {
        return step.shared >= 0 && static_cast<std::size_t>(step.shared) < runtime_.shared.size();
    }
    const Collection* focus_of(const Step& step, Collection& scratch);
    bool eval_field(const Step& step, Collection& out);
    bool eval_element(const Step& step, Collection& out);
    bool eval_root(const Step& step, Collection& out);
    template <class Run>
    bool with_operands(const Step& step, const Run& run);
    bool eval_call(const Step& step, Collection& out);
    bool eval_external(const Step& step, Collection& out);
    bool eval_item_at(const Step& step, Collection& out);
    bool test_logic(const Step& step, Truth& truth);
    bool eval_operator(const Step& step, Collection& out);
    bool eval_type(const Step& step, Collection& out);
    bool eval_sign(const Step& step, Collection& out);

    const Expression::Program& program_;
    Runtime& runtime_;
    std::pmr::memory_resource& arena_;
    text::Status issue_;
};

}  // namespace linkway::fhirpath
