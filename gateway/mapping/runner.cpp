#include <algorithm>
#include <array>
#include <charconv>

#include "mapping/plan.h"
#include "program.h"

namespace linkway::mapping {

namespace {

using fhirpath::Collection;
using fhirpath::Value;
using fhirpath::ValueKind;
using text::Issue;
using text::Status;

/// A comma unless this is the first thing in the open object or array.
void separate(std::string& out) {
    if (!out.empty() && out.back() != '{' && out.back() != '[') {
        out.push_back(',');
    }
}

bool is_blank(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
}

/// An object or array being written.
struct Frame {
    std::size_t start = 0;          ///< where to cut back to when it stays empty
    std::size_t body = 0;           ///< just behind its bracket
    const Step* missing = nullptr;  ///< a required element of it that came out empty
};

struct Loop {
    std::uint32_t step = 0;
    std::size_t at = 0;
    Collection items;
};

Issue failure(const Step& step, std::string code, std::string message) {
    Issue issue{text::Severity::error, std::move(code), std::move(message), step.at, {}};
    issue.location.field = step.path;
    return issue;
}

}  // namespace

struct Runner::State {
    std::vector<Collection> variables;
    std::vector<Collection> shared;
    std::vector<Frame> frames;
    std::vector<Loop> loops;
};

Runner::Runner() : state_(std::make_unique<State>()) {}
Runner::~Runner() = default;

namespace {

/// Text of a value for concatenation and for quoted output; boolean and integer are spelt out.
std::string_view spelt(const Value& value, std::array<char, 24>& buffer) {
    switch (value.kind) {
        case ValueKind::boolean:
            return value.boolean ? "true" : "false";
        case ValueKind::integer: {
            const auto written =
                std::to_chars(buffer.data(), buffer.data() + buffer.size(), value.integer);
            return {buffer.data(), written.ptr};
        }
        case ValueKind::node:
            return value.node->text;
        default:
            return value.text;
    }
}

/// Tries the text of a dynamic value against the element's type and required binding.
Status check(const Step& step, const Value& value, std::string_view text) {
    // Dates of typed columns, booleans and integers are written by ourselves; an instant needs its
    // time all the same.
    const bool our_form = value.kind == ValueKind::boolean || value.kind == ValueKind::integer ||
                          ((value.kind == ValueKind::date || value.kind == ValueKind::date_time) &&
                           step.type->name != "instant");
    if (!our_form && step.test != nullptr && !step.test(text)) {
        return failure(step, "value",
                       step.path + ": the value is no valid " + std::string(step.type->name));
    }
    if (!step.codes.empty() && !std::binary_search(step.codes.begin(), step.codes.end(), text)) {
        return failure(step, "code-invalid",
                       step.path + ": the code is not in the required value set " +
                           std::string(step.value_set));
    }
    return std::nullopt;
}

/// Appends one item; sets `written` unless it holds nothing (a blank string).
Status append_item(const Step& step, const Value& value, std::string_view prefix, std::string& out,
                   bool& written) {
    if (value.kind == ValueKind::string && step.test == nullptr && step.codes.empty()) {
        if (!is_blank(value.text)) {  // most of what is written
            separate(out);
            out += prefix;
            text::append_json_string(out, value.text);
            written = true;
        }
        return std::nullopt;
    }
    if (value.kind == ValueKind::record || value.kind == ValueKind::quantity) {
        return failure(step, "value", step.path + ": the expression gives no FHIR value");
    }
    if (value.kind == ValueKind::node && (value.node->is_object() || value.node->is_array())) {
        separate(out);
        out += prefix;
        text::append_json(out, *value.node);
        written = true;
        return std::nullopt;
    }
    std::array<char, 24> buffer;
    const std::string_view text = spelt(value, buffer);
    if (is_blank(text)) {
        return std::nullopt;
    }
    if (Status status = check(step, value, text)) {
        return status;
    }
    separate(out);
    out += prefix;
    const bool bare = value.kind == ValueKind::boolean || value.kind == ValueKind::integer ||
                      value.kind == ValueKind::decimal ||
                      (value.kind == ValueKind::node && !value.node->is_string());
    if (bare) {
        out += text;
    } else {
        text::append_json_string(out, text);
    }
    written = true;
    return std::nullopt;
}

}  // namespace

text::Result<bool> Runner::applies(const Plan& plan, fhirpath::Runtime& runtime) {
    const Plan::Program& program = plan.program();
    if (!program.condition) {
        return true;
    }
    return program.expressions[*program.condition].test(runtime);
}

namespace {

/// One run of one program: the step it stands at, what is open, what the variables hold.
class Execution {
  public:
    Execution(const Plan::Program& program, fhirpath::Runtime& runtime, std::string& out,
              std::vector<Collection>& variables, std::vector<Frame>& frames,
              std::vector<Loop>& loops)
        : program_(program),
          runtime_(runtime),
          out_(out),
          variables_(variables),
          frames_(frames),
          loops_(loops) {}

    Status run() {
        for (at_ = 0; at_ < program_.steps.size(); ++at_) {
            if (Status status = execute(program_.steps[at_])) {
                return status;
            }
        }
        return std::nullopt;
    }

  private:
    Status execute(const Step& step) {
        switch (step.kind) {
            case StepKind::text:
                separate(out_);
                out_ += step.text;
                return std::nullopt;
            case StepKind::open_object:
            case StepKind::open_array:
                open(step);
                return std::nullopt;
            case StepKind::close:
                return close(step);
            case StepKind::value:
                return value(step);
            case StepKind::all:
                return all(step);
            case StepKind::concat:
                return concat(step);
            case StepKind::jump_unless:
                return jump_unless(step);
            case StepKind::jump:
                at_ = step.target - 1;
                return std::nullopt;
            case StepKind::loop:
                return loop(step);
            case StepKind::next:
                next(step);
                return std::nullopt;
            case StepKind::assign:
                return assign(step);
        }
        return std::nullopt;
    }

    const fhirpath::Expression& expression(int index) const {
        return program_.expressions[static_cast<std::size_t>(index)];
    }

    /// The result of an expression; null after an error, which is then in `failure`.
    const Collection* evaluate(int index, Status& failure) {
        return expression(index).read(runtime_, scratch_, failure);
    }

    void open(const Step& step) {
        Frame frame;
        frame.start = out_.size();
        if (!frames_
                 .empty()) {  // what stands before a resource is another one's end, not a sibling
            separate(out_);
        }
        out_ += step.text;
        out_.push_back(step.kind == StepKind::open_object ? '{' : '[');
        frame.body = out_.size();
        out_ += step.inside;
        frames_.push_back(frame);
    }

    Status close(const Step& step) {
        const Frame frame = frames_.back();
        frames_.pop_back();
        if (out_.size() == frame.body) {
            out_.resize(frame.start);
            note_missing(step, false);
        } else if (frame.missing != nullptr) {
            return failure(*frame.missing, "required",
                           frame.missing->path + " is required and came out empty");
        } else {
            out_.push_back(step.list ? ']' : '}');
        }
        return std::nullopt;
    }

    /// A required element that came out empty makes what encloses it invalid, unless that stays
    /// empty too.
    void note_missing(const Step& step, bool written) {
        if (!written && step.required && !frames_.empty()) {
            frames_.back().missing = &step;
        }
    }

    Status value(const Step& step) {
        Status failure = std::nullopt;
        const Collection* result = evaluate(step.expression, failure);
        if (result == nullptr) {
            return failure;
        }
        bool written = false;
        if (!result->empty()) {
            failure = append_item(step, (*result)[0], step.text, out_, written);
            if (failure) {
                return failure;
            }
        }
        note_missing(step, written);
        return std::nullopt;
    }

    Status all(const Step& step) {
        Status failure = std::nullopt;
        const Collection* result = evaluate(step.expression, failure);
        if (result == nullptr) {
            return failure;
        }
        bool written = false;
        for (const Value& item : *result) {
            failure = append_item(step, item, "", out_, written);
            if (failure) {
                return failure;
            }
        }
        return std::nullopt;
    }

    Status concat(const Step& step) {
        auto whole = join(step);
        if (!whole) {
            return std::move(whole).issue();
        }
        bool written = false;
        if (*whole) {
            if (Status status =
                    append_item(step, Value::of_string(joined_), step.text, out_, written)) {
                return status;
            }
        }
        note_missing(step, written);
        return std::nullopt;
    }

    /// Joins the pieces of a concatenation; false when one of them is empty.
    text::Result<bool> join(const Step& step) {
        joined_.clear();
        for (const Piece& piece : step.pieces) {
            if (piece.expression < 0) {
                joined_ += piece.text;
                continue;
            }
            Status failure = std::nullopt;
            const Collection* result = evaluate(piece.expression, failure);
            if (result == nullptr) {
                return std::move(*failure);
            }
            if (result->empty()) {
                return false;
            }
            std::array<char, 24> buffer;
            joined_ += spelt((*result)[0], buffer);
        }
        return true;
    }

    Status jump_unless(const Step& step) {
        auto holds = expression(step.expression).test(runtime_);
        if (!holds) {
            return std::move(holds).issue();
        }
        if (!*holds) {
            at_ = step.target - 1;
        }
        return std::nullopt;
    }

    Status loop(const Step& step) {
        Status failure = std::nullopt;
        const Collection* result = evaluate(step.expression, failure);
        if (result == nullptr) {
            return failure;
        }
        if (result->empty()) {
            at_ = step.target - 1;
            return std::nullopt;
        }
        loops_.push_back({at_, 0, *result});
        set_item(step);
        return std::nullopt;
    }

    void next(const Step& step) {
        Loop& innermost = loops_.back();
        if (++innermost.at == innermost.items.size()) {
            loops_.pop_back();
            return;
        }
        set_item(program_.steps[step.target]);
        at_ = step.target;
    }

    void set_item(const Step& head) {
        const Loop& innermost = loops_.back();
        variables_[head.slot] = Collection(innermost.items[innermost.at]);
        if (head.index_slot != 0) {
            variables_[head.index_slot] =
                Collection(Value::of_integer(static_cast<std::int64_t>(innermost.at)));
        }
    }

    Status assign(const Step& step) {
        Collection& variable = variables_[step.slot];
        if (step.expression >= 0) {
            Status failure = std::nullopt;
            const Collection* result = evaluate(step.expression, failure);
            if (result == nullptr) {
                return failure;
            }
            variable = step.list         ? *result
                       : result->empty() ? Collection()
                                         : Collection((*result)[0]);
        } else if (!step.pieces.empty()) {
            auto whole = join(step);
            if (!whole) {
                return std::move(whole).issue();
            }
            variable.clear();
            if (*whole) {
                char* copy = static_cast<char*>(runtime_.arena->allocate(joined_.size(), 1));
                joined_.copy(copy, joined_.size());
                variable = Collection(Value::of_string({copy, joined_.size()}));
            }
        } else {
            variable = Collection(Value::of_string(step.text));
        }
        return std::nullopt;
    }

    const Plan::Program& program_;
    fhirpath::Runtime& runtime_;
    std::string& out_;
    std::vector<Collection>& variables_;
    std::vector<Frame>& frames_;
    std::vector<Loop>& loops_;
    Collection scratch_;
    std::string joined_;
    std::uint32_t at_ = 0;
};

}  // namespace

Status Runner::run(const Plan& plan, fhirpath::Runtime& runtime, std::string& out) {
    const std::size_t begin = out.size();
    const auto given = runtime.variables;
    state_->variables.assign(given.begin(), given.end());
    state_->variables.resize(plan.program().slots);
    state_->frames.clear();
    state_->loops.clear();
    state_->shared.resize(std::max(state_->shared.size(), plan.program().shared.size()));
    runtime.variables = state_->variables;
    runtime.shared = std::span(state_->shared).first(plan.program().shared.size());
    runtime.shared_known = 0;
    Status failed =
        Execution(plan.program(), runtime, out, state_->variables, state_->frames, state_->loops)
            .run();
    runtime.variables = given;
    runtime.shared = {};
    if (failed) {
        out.resize(begin);
    }
    return failed;
}

}  // namespace linkway::mapping
