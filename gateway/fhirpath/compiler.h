// Checks a tree against an environment and turns it into steps.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "builtins.h"
#include "program.h"

namespace linkway::fhirpath {

/// A step and what is known of its result.
struct Checked {
    Step* step = nullptr;
    StaticType type;
};

/// What names mean at one place of an expression.
struct Scope {
    bool has_focus = false;    ///< false at the top in strict mode
    bool in_criteria = false;  ///< $index has a value
    StaticType focus;          ///< of $this, one item
    std::optional<StaticType> total;
};

/// Every check_ function gives a step even after a mistake, of unknown type, so that the mistakes
/// behind it are found too and none is reported twice.
class Compiler {
  public:
    Compiler(Expression::Program& program, const Environment& environment, text::Issues& issues)
        : program_(program), environment_(environment), issues_(issues) {}

    Checked check(const Expr& expr, const Scope& scope);

    bool failed() const { return failed_; }

  private:
    Checked check_literal(const Expr& expr);
    Checked check_variable(const Expr& expr);
    Checked check_special(const Expr& expr, const Scope& scope);
    Checked check_member(const Expr& expr, const Scope& scope);
    Checked check_field(const Expr& expr, Step& step, const StaticType& focus);
    Checked check_element(const Expr& expr, Step& step, const StaticType& focus);
    Checked check_function(const Expr& expr, const Scope& scope);
    Checked check_built_in(const Expr& expr, const BuiltIn& function, const Scope& scope);
    Checked check_external(const Expr& expr, const Function& function, const Scope& scope);
    Checked check_index(const Expr& expr, const Scope& scope);
    Checked check_unary(const Expr& expr, const Scope& scope);
    Checked check_binary(const Expr& expr, const Scope& scope);
    Checked check_type_test(const Expr& expr, std::string_view name, const std::string& type_name,
                            const Scope& scope);
    Checked unknown_function(const Expr& expr);

    /// The focus of a member or function: its own or the scope's. Sets step.focus.
    StaticType check_focus(const Expr& expr, Step& step, const Scope& scope, bool required);
    void check_operands(const Expr& expr, const BuiltIn& function, Step& step,
                        const StaticType& focus, const Scope& scope,
                        std::vector<StaticType>& types);
    void check_operand(const Expr& operand, char letter, const StaticType& type);
    void check_takes(const Expr& expr, const BuiltIn& function, const StaticType& focus);
    void check_condition(const Expr& operand, const StaticType& type);
    void check_operator(const Expr& expr, Step& step, const StaticType& left,
                        const StaticType& right, StaticType& type);
    StaticType arithmetic_type(const Expr& expr, const StaticType& left, const StaticType& right);
    StaticType result_of(const BuiltIn& function, const StaticType& focus,
                         const std::vector<StaticType>& operands) const;
    bool check_count(const Expr& expr, std::size_t least, std::size_t most);
    std::string literal_type_name(const Expr& operand);
    void prepare(const Expr& expr, Step& step);

    Step& make(Op op, const Expr& expr);
    std::string_view keep(std::string text);
    void mistake(const Expr& where, std::string_view code, std::string message,
                 std::string suggestion = {}, text::Severity severity = text::Severity::error);
    void unknown_name(const Expr& where, const std::string& message,
                      const std::vector<std::string>& candidates);

    Expression::Program& program_;
    const Environment& environment_;
    text::Issues& issues_;
    bool failed_ = false;
};

/// A System type.
StaticType system_type(ValueKind kind, bool many = false);

/// What holds for items of either type.
StaticType common_type(const StaticType& a, const StaticType& b);

/// Variables that FHIR defines for every expression: %ucum, %sct, %loinc, %`vs-name`, %`ext-name`.
std::optional<std::string> standard_variable(std::string_view name);

}  // namespace linkway::fhirpath
