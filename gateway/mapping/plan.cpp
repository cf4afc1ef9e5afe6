#include "mapping/plan.h"

#include "compiler.h"
#include "program.h"

namespace linkway::mapping {

Plan::Plan(std::unique_ptr<Program> program) : program_(std::move(program)) {}
Plan::Plan(Plan&&) noexcept = default;
Plan& Plan::operator=(Plan&&) noexcept = default;
Plan::~Plan() = default;

std::optional<Plan> Plan::compile(const Template& source, const fhirpath::Environment& environment,
                                  text::Issues& issues) {
    const std::size_t before = issues.size();
    auto program = std::make_unique<Program>();
    Compiler(*program, environment, issues).resource(source);
    for (std::size_t i = before; i < issues.size(); ++i) {
        if (issues[i].severity == text::Severity::error) {
            return {};
        }
    }
    fold_constants(program->steps);
    return Plan(std::move(program));
}

const std::string& Plan::resource_type() const {
    return program_->resource_type;
}

bool Plan::has_condition() const {
    return program_->condition.has_value();
}

std::vector<Use> Plan::uses() const {
    std::vector<Use> result;
    for (std::size_t i = 0; i < program_->expressions.size(); ++i) {
        result.push_back({&program_->expressions[i].ast(), program_->targets[i],
                          program_->places[i], program_->locals[i]});
    }
    return result;
}

}  // namespace linkway::mapping
