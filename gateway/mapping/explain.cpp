#include "mapping/explain.h"

#include <set>

#include "program.h"

namespace linkway::mapping {

namespace {

/// One plan put into words.
class Words {
  public:
    explicit Words(const Plan::Program& program) : program_(program) {}

    std::string of(const Step& step) const {
        switch (step.kind) {
            case StepKind::text:
                return "write " + constants(step);
            case StepKind::open_object:
                return "open " + step.path + " { }" + begun(step);
            case StepKind::open_array:
                return "open " + step.path + " [ ]" + begun(step);
            case StepKind::close:
                return "close " + step.path + ", or take it back when nothing was put inside" +
                       needs(step);
            case StepKind::value:
                return "write " + step.path + " <- " + expression(step.expression) + tests(step);
            case StepKind::all:
                return "write every " + step.path + " <- " + expression(step.expression) +
                       tests(step);
            case StepKind::concat:
                return "write " + step.path + " <- " + pieces(step) + tests(step);
            case StepKind::jump_unless:
                return "unless " + expression(step.expression) + " go to " +
                       std::to_string(step.target);
            case StepKind::jump:
                return "go to " + std::to_string(step.target);
            case StepKind::loop:
                return "for each of " + expression(step.expression) + " up to " +
                       std::to_string(step.target);
            case StepKind::next:
                return "next item, back to " + std::to_string(step.target);
            case StepKind::assign:
                return "set a variable <- " + assigned(step);
            case StepKind::capture:
                return "set a variable to what was written since the list was opened";
            case StepKind::spread:
                return "merge into " + step.path + " <- " + expression(step.expression);
            case StepKind::merge:
                return "of members with one name the last stays";
        }
        return {};
    }

    std::string expression(int index) const {
        return index < 0
                   ? std::string("?")
                   : fhirpath::print(program_.expressions[static_cast<std::size_t>(index)].ast());
    }

  private:
    static std::string constants(const Step& step) {
        std::string text;
        for (const Constant& each : step.constants) {
            text += (text.empty() ? "" : ", ") + each.path + " = " +
                    each.text.substr(each.text.starts_with('"') ? value_at(each.text) : 0);
        }
        return text;
    }

    /// Where the value starts in "name":value; a list's item has no name.
    static std::size_t value_at(const std::string& json) {
        const std::size_t end = json.find('"', 1);
        return end != std::string::npos && json.substr(end + 1, 1) == ":" ? end + 2 : 0;
    }

    static std::string begun(const Step& step) {
        return step.constants.empty() ? "" : " with " + constants(step);
    }

    static std::string needs(const Step& step) {
        std::string text;
        for (const fhir::ElementDefinition* each : step.needs) {
            text += (text.empty() ? "; it needs " : ", ") + std::string(each->name);
        }
        return text;
    }

    static std::string tests(const Step& step) {
        std::string text;
        if (step.test != nullptr && step.type != nullptr) {
            text += "; tried as " + std::string(step.type->name);
        }
        if (!step.codes.empty()) {
            text += "; one of the " + std::to_string(step.codes.size()) + " codes of " +
                    std::string(step.value_set);
        }
        return text + (step.required ? "; required" : "");
    }

    std::string pieces(const Step& step) const {
        std::string text;
        for (const Piece& piece : step.pieces) {
            text += text.empty() ? "" : " & ";
            text += piece.expression < 0 ? "'" + piece.text + "'" : expression(piece.expression);
        }
        return text;
    }

    std::string assigned(const Step& step) const {
        return step.expression >= 0   ? expression(step.expression)
               : !step.pieces.empty() ? pieces(step)
               : step.constant        ? step.text
                                      : "nothing";
    }

    const Plan::Program& program_;
};

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
    const Words words(program);
    std::vector<ExplainedStep> result;
    if (program.condition) {
        result.push_back({"only when " + words.expression(static_cast<int>(*program.condition)),
                          program.places[*program.condition]});
    }
    for (std::size_t i = 0; i < program.steps.size(); ++i) {
        const Step& step = program.steps[i];
        result.push_back({std::to_string(i) + " " + words.of(step), step.at});
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
