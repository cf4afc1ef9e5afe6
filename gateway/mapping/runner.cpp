// Runs a plan: what is open, what the variables hold, where it stands.
#include <algorithm>
#include <array>

#include "mapping/plan.h"
#include "member_merge.h"
#include "program.h"
#include "value_writer.h"

namespace linkway::mapping {

namespace {

using fhirpath::Collection;
using fhirpath::Value;
using fhirpath::ValueKind;
using text::Status;

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
    std::vector<Collection> shared;
    std::vector<Frame> frames;
    std::vector<Loop> loops;
    std::vector<text::Document> documents;  ///< objects and lists in variables
};

Runner::Runner() : state_(std::make_unique<State>()) {}
Runner::~Runner() = default;

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
              std::vector<Loop>& loops, std::vector<text::Document>& documents,
              const StepObserver* observer)
        : program_(program),
          runtime_(runtime),
          out_(out),
          observer_(observer),
          variables_(variables),
          frames_(frames),
          loops_(loops),
          documents_(documents),
          begin_(out.size()) {}

    Status run() {
        for (at_ = 0; at_ < program_.steps.size(); ++at_) {
            const std::uint32_t step = at_;
            const std::size_t before = out_.size();
            if (Status status = execute(program_.steps[step])) {
                return status;
            }
            if (observer_ != nullptr) {
                (*observer_)({step, at_ + 1, before, out_, runtime_});
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
                return next(step);
            case StepKind::assign:
                return assign(step);
            case StepKind::capture:
                return capture(step);
            case StepKind::spread:
                return spread(step);
            case StepKind::merge:
                frames_.back().merged = true;
                return std::nullopt;
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
            return std::nullopt;
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
            return std::nullopt;
        }
        set_item(program_.steps[step.target]);
        at_ = step.target;
        return std::nullopt;
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
        return std::nullopt;
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
        return std::nullopt;
    }

    /// Members of objects, put beside those that are there.
    Status spread(const Step& step) {
        Status failed = std::nullopt;
        const Collection* result = evaluate(step.expression, failed);
        if (result == nullptr) {
            return failed;
        }
        const std::size_t count =
            step.list ? result->size() : std::min<std::size_t>(1, result->size());
        for (std::size_t i = 0; i < count; ++i) {
            if (Status status = append_members(step, (*result)[i], out_)) {
                return status;
            }
        }
        return std::nullopt;
    }

    const Plan::Program& program_;
    fhirpath::Runtime& runtime_;
    std::string& out_;
    const StepObserver* observer_;
    std::vector<Collection>& variables_;
    std::vector<Frame>& frames_;
    std::vector<Loop>& loops_;
    std::vector<text::Document>& documents_;
    std::size_t begin_;
    Collection scratch_;
    std::string joined_;
    std::uint32_t at_ = 0;
};

}  // namespace

Status Runner::run(const Plan& plan, fhirpath::Runtime& runtime, std::string& out,
                   const StepObserver* observer) {
    const std::size_t begin = out.size();
    const auto given = runtime.variables;
    state_->variables.assign(given.begin(), given.end());
    state_->variables.resize(plan.program().slots);
    state_->frames.clear();
    state_->loops.clear();
    state_->documents.clear();
    state_->shared.resize(std::max(state_->shared.size(), plan.program().shared.size()));
    runtime.variables = state_->variables;
    runtime.shared = std::span(state_->shared).first(plan.program().shared.size());
    runtime.shared_known = 0;
    Status failed = Execution(plan.program(), runtime, out, state_->variables, state_->frames,
                              state_->loops, state_->documents, observer)
                        .run();
    runtime.variables = given;
    runtime.shared = {};
    if (failed) {
        out.resize(begin);
    }
    return failed;
}

}  // namespace linkway::mapping
