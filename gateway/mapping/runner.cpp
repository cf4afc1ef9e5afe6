#include <array>

#include "mapping/plan.h"
#include "member_merge.h"
#include "program.h"
#include "written.h"

namespace linkway::mapping {

namespace {

using fhirpath::Collection;
using fhirpath::Value;
using fhirpath::ValueKind;
using text::Status;

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

/// An object or array being written.
struct Frame {
    std::size_t start = 0;          ///< where to cut back to when it stays empty
    std::size_t body = 0;           ///< just behind its bracket
    const Step* missing = nullptr;  ///< a required element of it that came out empty
    bool merged = false;            ///< of members with one name the last stays
};

/// What one resource may grow to.
constexpr std::size_t max_resource_bytes = std::size_t{64} << 20;

struct Loop {
    std::uint32_t step = 0;
    std::size_t at = 0;
    Collection items;
};

}  // namespace

struct Runner::State {
    std::vector<Collection> variables;
    std::vector<Frame> frames;
    std::vector<Loop> loops;
    std::vector<text::Document> documents;  ///< objects and lists in variables
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
            const int length = std::snprintf(buffer.data(), buffer.size(), "%lld",
                                             static_cast<long long>(value.integer));
            return {buffer.data(), static_cast<std::size_t>(length)};
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
    const bool our_form = step.test == nullptr || value.kind == ValueKind::boolean ||
                          value.kind == ValueKind::integer ||
                          ((value.kind == ValueKind::date || value.kind == ValueKind::date_time) &&
                           step.type->name != "instant");
    if (!our_form && !step.test(text)) {
        return failure(step, "value",
                       step.path + ": the value is no valid " + std::string(step.type->name));
    }
    if (!step.value_set.empty() &&
        fhir::Definitions::r4().has_code(step.value_set, text) == false) {
        return failure(step, "code-invalid",
                       step.path + ": the code is not in the required value set " +
                           std::string(step.value_set));
    }
    return {};
}

/// Appends one item; sets `written` unless it holds nothing (a blank string).
Status append_item(const Step& step, const Value& value, std::string_view prefix, std::string& out,
                   bool& written) {
    if ((step.kinds & kind_bit(value.kind)) == 0) {
        return wrong_kind(step, value);
    }
    if (value.kind == ValueKind::node) {
        return append_node(step, value, prefix, out, written);
    }
    std::array<char, 24> buffer{};
    const std::string_view text = spelt(value, buffer);
    if (is_blank(text)) {
        return {};
    }
    if (Status status = check(step, value, text)) {
        return status;
    }
    separate(out);
    out += prefix;
    const bool bare = value.kind == ValueKind::boolean || value.kind == ValueKind::integer ||
                      value.kind == ValueKind::decimal;
    if (bare) {
        out += text;
    } else {
        text::append_json_string(out, text);
    }
    written = true;
    return {};
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
              std::vector<Loop>& loops, std::vector<text::Document>& documents)
        : program_(program),
          runtime_(runtime),
          out_(out),
          variables_(variables),
          frames_(frames),
          loops_(loops),
          documents_(documents),
          begin_(out.size()) {}

    Status run() {
        for (at_ = 0; at_ < program_.steps.size(); ++at_) {
            if (Status status = execute(program_.steps[at_])) {
                return status;
            }
        }
        return {};
    }

  private:
    Status execute(const Step& step) {
        switch (step.kind) {
            case StepKind::text:
                separate(out_);
                out_ += step.text;
                return {};
            case StepKind::open_object:
            case StepKind::open_array:
                open(step);
                return {};
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
                return {};
            case StepKind::loop:
                return loop(step);
            case StepKind::next:
                return next(step);
            case StepKind::assign:
                return assign(step);
            case StepKind::capture:
                return capture(step);
            case StepKind::spread:
                return spread(step);
            case StepKind::merge:
                frames_.back().merged = true;
                return {};
        }
        return {};
    }

    const fhirpath::Expression& expression(int index) const {
        return program_.expressions[static_cast<std::size_t>(index)];
    }

    Status evaluate(int index) {
        result_.clear();
        return expression(index).evaluate(runtime_, result_);
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
        frames_.push_back(frame);
    }

    Status close(const Step& step) {
        const Frame frame = frames_.back();
        frames_.pop_back();
        if (out_.size() == frame.body) {
            out_.resize(frame.start);
            note_missing(step, false);
            return {};
        }
        // A merge may have given what was empty before: `needs` then holds all that is required.
        if (frame.missing != nullptr && !frame.merged) {
            return failure(*frame.missing, "required",
                           frame.missing->path + " is required and came out empty");
        }
        if (frame.merged) {
            keep_last_members(out_, frame.body);
        }
        if (!step.needs.empty()) {
            if (Status status = check_needs(step, std::string_view(out_).substr(frame.body))) {
                return status;
            }
        }
        out_.push_back(step.list ? ']' : '}');
        return {};
    }

    /// A required element that came out empty makes what encloses it invalid, unless that stays
    /// empty too.
    void note_missing(const Step& step, bool written) {
        if (!written && step.required && !frames_.empty()) {
            frames_.back().missing = &step;
        }
    }

    Status value(const Step& step) {
        if (Status status = evaluate(step.expression)) {
            return status;
        }
        bool written = false;
        if (!result_.empty()) {
            if (Status status = append_item(step, result_[0], step.text, out_, written)) {
                return status;
            }
        }
        note_missing(step, written);
        return {};
    }

    Status all(const Step& step) {
        if (Status status = evaluate(step.expression)) {
            return status;
        }
        bool written = false;
        for (const Value& item : result_) {
            if (Status status = append_item(step, item, "", out_, written)) {
                return status;
            }
        }
        return {};
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
        return {};
    }

    /// Joins the pieces of a concatenation; false when one of them is empty.
    text::Result<bool> join(const Step& step) {
        joined_.clear();
        for (const Piece& piece : step.pieces) {
            if (piece.expression < 0) {
                joined_ += piece.text;
                continue;
            }
            if (Status status = evaluate(piece.expression)) {
                return std::move(*status);
            }
            if (result_.empty()) {
                return false;
            }
            std::array<char, 24> buffer{};
            joined_ += spelt(result_[0], buffer);
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
        return {};
    }

    Status loop(const Step& step) {
        if (Status status = evaluate(step.expression)) {
            return status;
        }
        if (result_.empty()) {
            at_ = step.target - 1;
            return {};
        }
        loops_.push_back({at_, 0, result_});
        set_item(step);
        return {};
    }

    /// Only loops can make a run long: each round is paid for.
    Status next(const Step& step) {
        const std::uint32_t cost = at_ - step.target;
        if (runtime_.steps_left < cost || out_.size() - begin_ > max_resource_bytes) {
            return failure(step, "too-costly",
                           "the loop takes too many steps, or gives too much, on this input");
        }
        runtime_.steps_left -= cost;
        Loop& innermost = loops_.back();
        if (++innermost.at == innermost.items.size()) {
            loops_.pop_back();
            return {};
        }
        set_item(program_.steps[step.target]);
        at_ = step.target;
        return {};
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
        variable.clear();
        if (step.expression >= 0) {
            if (Status status = evaluate(step.expression)) {
                return status;
            }
            if (step.list) {
                variable = result_;
            } else if (!result_.empty()) {
                variable = Collection(result_[0]);
            }
        } else if (!step.pieces.empty()) {
            auto whole = join(step);
            if (!whole) {
                return std::move(whole).issue();
            }
            if (*whole) {
                char* copy = static_cast<char*>(runtime_.arena->allocate(joined_.size(), 1));
                joined_.copy(copy, joined_.size());
                variable = Collection(Value::of_string({copy, joined_.size()}));
            }
        } else if (step.constant) {
            const bool string = *step.constant == ValueKind::string;
            const bool boolean = *step.constant == ValueKind::boolean;
            const text::Node node{string    ? text::NodeKind::string
                                  : boolean ? text::NodeKind::boolean
                                            : text::NodeKind::number,
                                  0,
                                  0,
                                  step.text,
                                  {},
                                  {}};
            variable = Collection(value_of(node));
        }
        return {};
    }

    /// The array that stands open becomes the variable's items.
    Status capture(const Step& step) {
        const Frame frame = frames_.back();
        frames_.pop_back();
        out_.push_back(']');
        auto parsed = text::parse_json(std::string_view(out_).substr(frame.body - 1), "", {});
        out_.resize(frame.start);
        Collection& variable = variables_[step.slot];
        variable.clear();
        if (!parsed) {
            return failure(step, "structure", step.path + ": " + parsed.issue().message);
        }
        documents_.push_back(std::move(parsed).value());
        for (const text::Node& item : documents_.back().root().items) {
            variable.push_back(value_of(item), *runtime_.arena);
        }
        return {};
    }

    /// Members of objects, put beside those that are there.
    Status spread(const Step& step) {
        if (Status status = evaluate(step.expression)) {
            return status;
        }
        const std::size_t count =
            step.list ? result_.size() : std::min<std::size_t>(1, result_.size());
        for (std::size_t i = 0; i < count; ++i) {
            if (Status status = append_members(step, result_[i], out_)) {
                return status;
            }
        }
        return {};
    }

    const Plan::Program& program_;
    fhirpath::Runtime& runtime_;
    std::string& out_;
    std::vector<Collection>& variables_;
    std::vector<Frame>& frames_;
    std::vector<Loop>& loops_;
    std::vector<text::Document>& documents_;
    std::size_t begin_;
    Collection result_;
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
    state_->documents.clear();
    runtime.variables = state_->variables;
    Status failed = Execution(plan.program(), runtime, out, state_->variables, state_->frames,
                              state_->loops, state_->documents)
                        .run();
    runtime.variables = given;
    if (failed) {
        out.resize(begin);
    }
    return failed;
}

}  // namespace linkway::mapping
