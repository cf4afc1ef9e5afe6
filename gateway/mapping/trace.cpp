#include "mapping/trace.h"

#include <algorithm>
#include <map>

#include "program.h"
#include "step_words.h"

namespace linkway::mapping {

namespace {

/// Follows a run step by step and keeps track of what is open, so that every value has a full path.
class Recorder {
  public:
    explicit Recorder(const Plan::Program& program) : program_(program) {}

    void done(const StepDone& event) {
        const Step& step = program_.steps[event.step];
        step_ = event.step;
        switch (step.kind) {
            case StepKind::text:
                folded(step.folded);
                break;
            case StepKind::open_object:
            case StepKind::open_array:
                open(step, event.before);
                folded(step.folded);
                break;
            case StepKind::close:
                close(event.out.size() > frames_.back().start);
                break;
            case StepKind::value:
            case StepKind::concat:
            case StepKind::all:
                value(step, event);
                break;
            case StepKind::spread:
                spread(step, event);
                break;
            case StepKind::jump_unless:
            case StepKind::loop:
                choice(step, event);
                break;
            case StepKind::assign:
                assignment(step, event);
                break;
            case StepKind::capture:
                frames_.pop_back();
                add(step, step.path, "", {});
                set_by_[step.slot] = trace_.steps.size() - 1;
                break;
            case StepKind::jump:
            case StepKind::next:
            case StepKind::merge:
                break;
        }
    }

    /// That of the whole template, which is asked before it runs.
    void condition(fhirpath::Runtime& runtime) {
        if (!program_.condition) {
            return;
        }
        TracedStep traced;
        traced.text = "only when " + in_words(program_, static_cast<int>(*program_.condition));
        traced.chose = true;
        traced.parts =
            trace(program_.expressions[*program_.condition].ast(), program_.environment, runtime);
        traced.holds = !traced.parts.empty() && traced.parts.back().values.size() == 1 &&
                       traced.parts.back().values[0].text == "true";
        traced.at = program_.places[*program_.condition];
        trace_.steps.push_back(std::move(traced));
    }

    /// Of the condition, right after condition().
    bool holds() const { return trace_.steps.front().holds; }

    Trace take() {
        note_passed_over();
        return std::move(trace_);
    }

  private:
    struct Frame {
        std::string path;  // with indices
        bool list = false;
        std::size_t items = 0;
        std::size_t first = 0;  // size of the trace when it was opened
        std::size_t start = 0;  // of the output: where it is cut back to when it stays empty
    };
    /// Steps that a condition or loop lets run, or keeps from it.
    struct Range {
        std::size_t from = 0;
        std::size_t to = 0;
        std::size_t by = 0;  // index in the trace
    };

    /// Path of what a step writes into what is open. A variable's value stands in nothing.
    std::string path_of(const Step& step) const {
        if (frames_.empty() ||
            (step.path.starts_with('%') && !frames_.back().path.starts_with(step.path))) {
            return step.path;
        }
        const Frame& inside = frames_.back();
        if (inside.list) {
            return inside.path + "[" + std::to_string(inside.items) + "]";
        }
        return inside.path + "." + std::string(member_name(step.text));
    }

    void open(const Step& step, std::size_t start = 0) {
        frames_.push_back(
            {path_of(step), step.kind == StepKind::open_array, 0, trace_.steps.size(), start});
    }

    void close(bool written) {
        const Frame frame = frames_.back();
        frames_.pop_back();
        if (written) {  // of a merge, this may be what stays
            for (std::size_t i = 0; i < frame.first; ++i) {
                TracedStep& each = trace_.steps[i];
                each.replaced = each.replaced || (is_within(each.field, frame.path) && !each.chose);
            }
        }
        count(written);
    }

    static bool is_within(std::string_view field, std::string_view path) {
        return field.starts_with(path) && (field.size() == path.size() ||
                                           field[path.size()] == '.' || field[path.size()] == '[');
    }

    void count(bool written) {
        if (!frames_.empty() && frames_.back().list && written) {
            ++frames_.back().items;
        }
    }

    /// What the plan writes in one go was written piece by piece in the template.
    void folded(const std::vector<Step>& steps) {
        for (const Step& each : steps) {
            if (each.kind == StepKind::text) {
                const std::size_t name = member_name(each.text).size();
                add(each, path_of(each), each.text.substr(name == 0 ? 0 : name + 3), {});
                count(true);
            } else if (each.kind == StepKind::close) {
                close(true);
            } else {
                open(each);
            }
        }
    }

    void value(const Step& step, const StepDone& event) {
        const std::string path = path_of(step);
        const std::string written = text_written(event);
        auto parts = parts_of(step, event);
        const bool items = step.kind == StepKind::all && member_name(step.text).empty();
        if (!items || written.empty()) {
            add(step, path, written, std::move(parts));
            return count(!written.empty());
        }
        const auto list = text::parse_json("[" + written + "]", "");
        for (const text::Node& item : list ? list->root().items : std::span<const text::Node>()) {
            add(step, path_of(step), as_json(item), parts);
            count(true);
        }
    }

    void spread(const Step& step, const StepDone& event) {
        const std::string& inside = frames_.empty() ? step.path : frames_.back().path;
        std::string_view written = std::string_view(event.out).substr(event.before);
        written.remove_prefix(written.starts_with(',') ? 1 : 0);
        auto parts = parts_of(step, event);
        if (written.empty()) {
            return add(step, inside, "", std::move(parts));
        }
        const auto object = text::parse_json("{" + std::string(written) + "}", "");
        for (const auto& member :
             object ? object->root().members : std::span<const text::Member>()) {
            add(step, inside + "." + std::string(member.name), as_json(member.value), parts);
        }
    }

    static std::string as_json(const text::Node& node) {
        std::string json;
        text::append_json(json, node);
        return json;
    }

    void choice(const Step& step, const StepDone& event) {
        add(step, step.kind == StepKind::loop ? step.path : "", "", parts_of(step, event));
        const std::size_t by = trace_.steps.size() - 1;
        TracedStep& traced = trace_.steps.back();
        traced.text = step.kind == StepKind::loop
                          ? "for each " + step.path + " of " + in_words(program_, step.expression)
                          : "if " + in_words(program_, step.expression);
        traced.chose = true;
        traced.holds = event.next == event.step + 1;
        if (step.kind == StepKind::loop) {
            set_by_[step.slot] = by;
        }
        const Range first{event.step + 1, step.target, by};
        // A branch for "else" ends where the jump before it leads.
        const Step& last = program_.steps[step.target - 1];
        const bool otherwise = last.kind == StepKind::jump && last.target >= step.target;
        const Range second{step.target, otherwise ? last.target : step.target, by};
        const auto is_of = [&](const Range& range) { return range.by == by_step_[event.step]; };
        if (by_step_.count(event.step) != 0) {  // an earlier round of a loop
            std::erase_if(taken_, is_of);
            std::erase_if(left_, is_of);
        }
        by_step_[event.step] = by;
        taken_.push_back(traced.holds ? first : second);
        left_.push_back(traced.holds ? second : first);
    }

    void assignment(const Step& step, const StepDone& event) {
        auto parts = parts_of(step, event);
        const bool reset = step.expression < 0 && step.pieces.empty() && !step.constant;
        if (reset) {
            return;
        }
        add(step, step.path, "", std::move(parts));
        set_by_[step.slot] = trace_.steps.size() - 1;
    }

    /// The JSON a step appended, without the member's name.
    static std::string text_written(const StepDone& event) {
        std::string_view written = std::string_view(event.out).substr(event.before);
        if (written.starts_with(',')) {
            written.remove_prefix(1);
        }
        const std::size_t name = member_name(written).size();
        return std::string(written.substr(name == 0 ? 0 : name + 3));
    }

    std::vector<TracedPart> parts_of(const Step& step, const StepDone& event) {
        std::vector<TracedPart> parts;
        const auto append = [&](int expression) {
            const auto index = static_cast<std::size_t>(expression);
            fhirpath::Environment environment = program_.environment;
            const auto& locals = program_.locals[index];
            environment.variables.insert(environment.variables.end(), locals.begin(), locals.end());
            const fhirpath::Expr& ast = program_.expressions[index].ast();
            for (TracedPart& part : trace(ast, environment, event.runtime)) {
                parts.push_back(std::move(part));
            }
            note_variables(ast, environment);
        };
        if (step.expression >= 0) {
            append(step.expression);
        }
        for (const Piece& piece : step.pieces) {
            if (piece.expression >= 0) {
                append(piece.expression);
            }
        }
        return parts;
    }

    /// Which steps set the template's variables that an expression uses.
    void note_variables(const fhirpath::Expr& expr, const fhirpath::Environment& environment) {
        if (expr.kind == fhirpath::ExprKind::variable) {
            for (std::size_t slot = environment.variables.size(); slot-- > 0;) {
                if (environment.variables[slot].name == expr.name) {
                    if (const auto set = set_by_.find(slot); set != set_by_.end()) {
                        uses_.push_back(set->second);
                    }
                    break;
                }
            }
        }
        if (expr.focus) {
            note_variables(*expr.focus, environment);
        }
        for (const fhirpath::ExprPtr& operand : expr.operands) {
            note_variables(*operand, environment);
        }
    }

    /// What a merge writes again has no effect any more.
    void replace(const std::string& field) {
        for (TracedStep& each : trace_.steps) {
            each.replaced = each.replaced || (is_within(each.field, field) && !each.chose);
        }
    }

    void add(const Step& step, std::string field, std::string written,
             std::vector<TracedPart> parts) {
        if (!written.empty()) {
            replace(field);
        }
        TracedStep traced;
        traced.step = step_;
        traced.text = in_words(program_, step);
        traced.field = std::move(field);
        traced.written = std::move(written);
        traced.parts = std::move(parts);
        traced.at = step.at;
        for (const Range& range : taken_) {
            if (step_ >= range.from && step_ < range.to) {
                traced.because.push_back(range.by);
            }
        }
        traced.because.insert(traced.because.end(), uses_.begin(), uses_.end());
        uses_.clear();
        std::sort(traced.because.begin(), traced.because.end());
        traced.because.erase(std::unique(traced.because.begin(), traced.because.end()),
                             traced.because.end());
        trace_.steps.push_back(std::move(traced));
    }

    void note_passed_over() {
        for (const Range& range : left_) {
            for (std::size_t i = range.from; i < range.to; ++i) {
                const Step& step = program_.steps[i];
                for (const Step& each : step.folded) {
                    trace_.passed_over.push_back({each.path, range.by, each.at});
                }
                if (!step.path.empty()) {
                    trace_.passed_over.push_back({step.path, range.by, step.at});
                }
            }
        }
    }

    std::size_t step_ = 0;  // that is being recorded
    const Plan::Program& program_;
    Trace trace_;
    std::vector<Frame> frames_;
    std::vector<Range> taken_;
    std::vector<Range> left_;
    std::map<std::size_t, std::size_t> by_step_;  // of conditions and loops: index in the trace
    std::map<std::size_t, std::size_t> set_by_;   // by slot: index in the trace
    std::vector<std::size_t> uses_;               // of step_
};

}  // namespace

Trace trace(const Plan& plan, fhirpath::Runtime& runtime) {
    Recorder recorder(plan.program());
    recorder.condition(runtime);
    const StepObserver observer = [&](const StepDone& event) { recorder.done(event); };
    std::string out;
    Runner runner;
    text::Status failed;
    if (plan.has_condition() && !recorder.holds()) {
        failed = text::Issue{text::Severity::information,
                             "business-rule",
                             "the template's condition leaves it out",
                             {},
                             {}};
    } else {
        failed = runner.run(plan, runtime, out, &observer);
    }
    Trace trace = recorder.take();
    trace.resource = std::move(out);
    trace.failed = std::move(failed);
    return trace;
}

}  // namespace linkway::mapping
