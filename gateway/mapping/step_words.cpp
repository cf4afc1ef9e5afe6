#include "step_words.h"

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
                return "for each " + step.path + " of " + expression(step.expression) + " up to " +
                       std::to_string(step.target);
            case StepKind::next:
                return "next item, back to " + std::to_string(step.target);
            case StepKind::assign:
                return "set " + step.path + " <- " + assigned(step);
            case StepKind::capture:
                return "set " + step.path + " <- what was written since it was opened";
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
        for (const Step& each : step.folded) {
            if (each.kind == StepKind::text) {
                const std::string_view name = member_name(each.text);
                text += (text.empty() ? "" : ", ") + each.path + " = " +
                        each.text.substr(name.empty() ? 0 : name.size() + 3);
            }
        }
        return text;
    }

    static std::string begun(const Step& step) {
        return step.folded.empty() ? "" : " with " + constants(step);
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

}  // namespace

std::string_view member_name(std::string_view json) {
    const std::size_t end = json.starts_with('"') ? json.find('"', 1) : std::string_view::npos;
    return json.substr(0, end).empty() || end == std::string_view::npos ||
                   json.substr(end + 1, 1) != ":"
               ? std::string_view{}
               : json.substr(1, end - 1);
}

std::string in_words(const Plan::Program& program, const Step& step) {
    return Words(program).of(step);
}

std::string in_words(const Plan::Program& program, int expression) {
    return Words(program).expression(expression);
}

}  // namespace linkway::mapping
