#include "mapping/explain.h"

#include <set>

#include "program.h"
#include "step_words.h"

namespace linkway::mapping {

namespace {

void collect(const fhirpath::Expr& expr, std::set<std::string>& urls) {
    const bool is_call = expr.kind == fhirpath::ExprKind::function;
    for (const fhirpath::ExprPtr& operand : expr.operands) {
        const bool is_url = operand->kind == fhirpath::ExprKind::literal &&
                            operand->literal == fhirpath::LiteralKind::string &&
                            operand->text.find("://") != std::string::npos;
        if (is_call && is_url) {
            urls.insert(operand->text);
        }
        collect(*operand, urls);
    }
    if (expr.focus) {
        collect(*expr.focus, urls);
    }
}

}  // namespace

std::vector<ExplainedStep> explain(const Plan& plan) {
    const Plan::Program& program = plan.program();
    std::vector<ExplainedStep> result;
    if (program.condition) {
        result.push_back({"only when " + in_words(program, static_cast<int>(*program.condition)),
                          program.places[*program.condition]});
    }
    for (std::size_t i = 0; i < program.steps.size(); ++i) {
        const Step& step = program.steps[i];
        result.push_back({std::to_string(i) + " " + in_words(program, step), step.at});
    }
    return result;
}

std::vector<std::string> lookups(const Plan& plan) {
    std::set<std::string> urls;
    for (const Use& use : plan.uses()) {
        collect(*use.expression, urls);
    }
    return {urls.begin(), urls.end()};
}

}  // namespace linkway::mapping
