// Checks a template and flattens it. Private to mapping.
#pragma once

#include <string>
#include <vector>

#include "program.h"

namespace linkway::mapping {

/// What an element of the output may hold.
struct Target {
    const fhir::TypeDefinition* type = nullptr;
    const fhir::ElementDefinition* element =
        nullptr;  ///< null for the resource itself and for primitives' companions
    std::string path;
    bool many = false;
    bool required = false;
};

class Compiler {
  public:
    Compiler(Plan::Program& program, fhirpath::Environment environment, text::Issues& issues)
        : program_(program), environment_(std::move(environment)), issues_(issues) {
        program_.slots = environment_.variables.size();
        program_.shared = fhirpath::SharedCalls(program_.slots);
        environment_.shared = &program_.shared;
    }

    void resource(const Template& source);
    int expression(const Code& code, const std::string& target);

  private:
    void fail(std::string code, const text::Location& at, std::string message,
              std::string suggestion = {});
    Step& emit(StepKind kind, const text::Location& at);
    void emit_constant(std::string text, const std::string& path, const text::Location& at);

    // Each writes the steps of one value; `prefix` is the member's name as JSON text, or empty for
    // an item of an array.
    void value(const Form& form, const Target& target, const std::string& prefix);
    void list(const Form& form, const Target& target, const std::string& prefix);
    void single(const Form& form, const Target& target, const std::string& prefix);
    void constant(const Form& form, const Target& target, const std::string& prefix);
    void object(const Form& form, const Target& target, const std::string& prefix);
    void item(const Form& form, const Target& target);
    void members(const Form& form, const Target& target, std::vector<std::string>& seen);
    void member(const Entry& entry, const Target& target, std::vector<std::string>& seen);
    void condition(const Entry& entry, const std::function<void(const Form&)>& branch);
    void loop(const Entry& entry, const std::string& path,
              const std::function<void(const Form&)>& body);
    void assign(const Entry& entry);
    void missing_members(const Form& form, const Target& target,
                         const std::vector<std::string>& seen);

    bool accepts(const fhirpath::StaticType& from, const Target& target, const text::Location& at);
    std::uint32_t declare(const std::string& name, fhirpath::StaticType type);
    const fhir::TypeDefinition* object_type(const Form& form, const Target& target);

    Plan::Program& program_;
    fhirpath::Environment environment_;
    text::Issues& issues_;
};

}  // namespace linkway::mapping
