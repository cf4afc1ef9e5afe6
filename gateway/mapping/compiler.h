// Checks a template and flattens it. Private to mapping.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "program.h"

namespace linkway::mapping {

/// What an element of the output may hold.
struct Target {
    const fhir::TypeDefinition* type = nullptr;  ///< null inside an assignment: any JSON
    const fhir::ElementDefinition* element =
        nullptr;  ///< null for the resource itself and for primitives' companions
    std::string path;
    bool many = false;
    bool required = false;
};

using Names = std::vector<std::string>;

/// The members an object has been given so far.
struct Given {
    Names names;  ///< that it may have
    Names sure;   ///< that it has whatever conditions hold (what is empty is found at its place)
    bool merged = false;  ///< what is empty in one place may come from another
    bool open = false;    ///< there may be others: an expression gives them
};

class Compiler {
  public:
    Compiler(Plan::Program& program, fhirpath::Environment environment, text::Issues& issues)
        : program_(program),
          environment_(std::move(environment)),
          issues_(issues),
          given_(environment_.variables.size()) {
        program_.slots = given_;
        program_.environment = environment_;
        program_.shared = fhirpath::SharedCalls(given_);
        environment_.shared = &program_.shared;
    }

    void resource(const Template& source);

  private:
    int expression(const Code& code, const std::string& target);
    void fail(std::string code, const text::Location& at, std::string message,
              std::string suggestion = {});
    Step& emit(StepKind kind, const text::Location& at);
    void emit_constant(std::string text, const std::string& path, const text::Location& at);
    Step value_step(StepKind kind, const Form& form, const Target& target);
    std::vector<Piece> pieces(const Form& form, const std::string& target);

    // compiler.cpp: each writes the steps of one value; `prefix` is the member's name as JSON text,
    // or empty for an item of an array.
    void value(const Form& form, const Target& target, const std::string& prefix);
    void list(const Form& form, const Target& target, const std::string& prefix);
    void single(const Form& form, const Target& target, const std::string& prefix);
    void constant(const Form& form, const Target& target, const std::string& prefix);
    void item(const Form& form, const Target& target);
    void all_items(const Form& form, const Target& target);
    bool accepts(const fhirpath::StaticType& from, const Target& target, const text::Location& at);

    // compiler_objects.cpp
    void object(const Form& form, const Target& target, const std::string& prefix);
    bool object_type(const Form& form, Target& target);
    void members(const Form& form, const Target& target, Given& given);
    void member(const Entry& entry, const Target& target, Given& given);
    bool element(const Entry& entry, const Target& target, Target& inside);
    void merge_item(const Form& form, const Target& target, Given& given);
    void merge_members(const Form& form, const Target& target, Given& given);
    void both_branches(const Entry& entry, Given& given,
                       const std::function<void(const Form&, Given&)>& branch);
    std::vector<const fhir::ElementDefinition*> missing_members(const Form& form,
                                                                const Target& target,
                                                                const Given& given);

    // compiler_directives.cpp
    void condition(const Entry& entry, const std::function<void(const Form&)>& branch);
    void loop(const Entry& entry, const std::string& path,
              const std::function<void(const Form&)>& body);
    void assignments(const Form& form);
    void assign(const Assigned& variable);
    fhirpath::StaticType assign_value(const Form& form, std::uint32_t slot,
                                      const std::string& path);
    std::uint32_t declare(const std::string& name, fhirpath::StaticType type);

    // compiler_variables.cpp: what is known of objects and lists that variables hold.
    const Form* form_of(const fhirpath::Expr& expr) const;
    std::vector<const Form*> forms_of(const fhirpath::Expr& expr) const;
    void check_paths(const fhirpath::Expr& expr, const text::Location& at);
    void check_use(const fhirpath::Expr& expr, const Target& target);

    Plan::Program& program_;
    fhirpath::Environment environment_;
    text::Issues& issues_;
    std::size_t given_;  ///< variables of the environment itself
    std::vector<const Form*>
        forms_;  ///< by slot: what was assigned, when that is an object or list
    std::set<std::pair<const Form*, const fhir::TypeDefinition*>> tried_;  ///< by check_use
};

/// The only entry of an object that is not an assignment, when it is a condition or a loop: it then
/// stands for the whole value.
const Entry* replacement(const Form& form);

/// Text of a name for messages.
std::string quoted(std::string_view text);

/// Names of the R4 resources, for suggestions.
std::vector<std::string> resource_names();

}  // namespace linkway::mapping
