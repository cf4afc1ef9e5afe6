#include <array>

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

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

/// An object or array being written.
struct Frame {
    std::size_t start = 0;           ///< where to cut back to when it stays empty
    std::size_t body = 0;            ///< just behind its bracket
    const Step* missing = nullptr;   ///< a required element of it that came out empty
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
    std::vector<Frame> frames;
    std::vector<Loop> loops;
    Collection result;
    std::string joined;
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
            const int length = std::snprintf(buffer.data(), buffer.size(), "%lld", static_cast<long long>(value.integer));
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
    const bool known_form = value.kind == ValueKind::date || value.kind == ValueKind::date_time ||
                            value.kind == ValueKind::boolean || value.kind == ValueKind::integer ||
                            step.type->name == "string" || step.type->name == "markdown";
    if (!known_form && !fhir::is_valid_primitive(step.type->name, text)) {
        return failure(step, "value", step.path + ": the value is no valid " + std::string(step.type->name));
    }
    if (!step.value_set.empty() && fhir::Definitions::r4().has_code(step.value_set, text) == false) {
        return failure(step, "code-invalid",
                       step.path + ": the code is not in the required value set " + std::string(step.value_set));
    }
    return {};
}

/// Appends one item; sets `written` unless it holds nothing (a blank string).
Status append_item(const Step& step, const Value& value, std::string_view prefix, std::string& out, bool& written) {
    if (value.kind == ValueKind::record || value.kind == ValueKind::quantity) {
        return failure(step, "value", step.path + ": the expression gives no FHIR value");
    }
    if (value.kind == ValueKind::node && (value.node->is_object() || value.node->is_array())) {
        separate(out);
        out += prefix;
        text::append_json(out, *value.node);
        written = true;
        return {};
    }
    std::array<char, 24> buffer{};
    const std::string_view text = spelt(value, buffer);
    if (is_blank(text)) {
        return {};
    }
    if (step.checked) {
        if (Status status = check(step, value, text)) {
            return status;
        }
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

/// Joins the pieces of a concatenation; false when one of them is empty.
text::Result<bool> join(const Plan::Program& program, const Step& step, fhirpath::Runtime& runtime, Collection& result,
                        std::string& joined) {
    joined.clear();
    for (const Piece& piece : step.pieces) {
        if (piece.expression < 0) {
            joined += piece.text;
            continue;
        }
        result.clear();
        if (Status status = program.expressions[static_cast<std::size_t>(piece.expression)].evaluate(runtime, result)) {
            return std::move(*status);
        }
        if (result.empty()) {
            return false;
        }
        std::array<char, 24> buffer{};
        joined += spelt(result[0], buffer);
    }
    return true;
}

}  // namespace

Status Runner::run(const Plan& plan, fhirpath::Runtime& runtime, std::string& out) {
    const Plan::Program& program = plan.program();
    State& state = *state_;
    const std::size_t begin = out.size();
    state.variables.assign(runtime.variables.begin(), runtime.variables.end());
    state.variables.resize(program.slots);
    state.frames.clear();
    state.loops.clear();
    const auto outer = runtime.variables;
    runtime.variables = state.variables;
    const auto stop = [&](Issue issue) -> Status {
        out.resize(begin);
        runtime.variables = outer;
        return issue;
    };
    const auto evaluate = [&](int expression) -> Status {
        state.result.clear();
        return program.expressions[static_cast<std::size_t>(expression)].evaluate(runtime, state.result);
    };
    const auto note_missing = [&](const Step& step) {
        if (step.required && !state.frames.empty()) {
            state.frames.back().missing = &step;
        }
    };

    for (std::uint32_t at = 0; at < program.steps.size(); ++at) {
        const Step& step = program.steps[at];
        switch (step.kind) {
            case StepKind::text:
                separate(out);
                out += step.text;
                break;
            case StepKind::open_object:
            case StepKind::open_array: {
                Frame frame;
                frame.start = out.size();
                if (!state.frames.empty()) {  // the line before this resource ends in '\n', not in a bracket
                    separate(out);
                }
                out += step.text;
                out.push_back(step.kind == StepKind::open_object ? '{' : '[');
                frame.body = out.size();
                state.frames.push_back(frame);
                break;
            }
            case StepKind::close: {
                const Frame frame = state.frames.back();
                state.frames.pop_back();
                if (out.size() == frame.body) {
                    out.resize(frame.start);
                    note_missing(step);
                } else if (frame.missing != nullptr) {
                    return stop(failure(*frame.missing, "required", frame.missing->path + " is required and came out empty"));
                } else {
                    out.push_back(step.list ? ']' : '}');
                }
                break;
            }
            case StepKind::value: {
                if (Status status = evaluate(step.expression)) {
                    return stop(std::move(*status));
                }
                bool written = false;
                if (!state.result.empty()) {
                    if (Status status = append_item(step, state.result[0], step.text, out, written)) {
                        return stop(std::move(*status));
                    }
                }
                if (!written) {
                    note_missing(step);
                }
                break;
            }
            case StepKind::all: {
                if (Status status = evaluate(step.expression)) {
                    return stop(std::move(*status));
                }
                bool written = false;
                for (const Value& value : state.result) {
                    if (Status status = append_item(step, value, "", out, written)) {
                        return stop(std::move(*status));
                    }
                }
                break;
            }
            case StepKind::concat: {
                auto whole = join(program, step, runtime, state.result, state.joined);
                if (!whole) {
                    return stop(std::move(whole).issue());
                }
                bool written = false;
                if (*whole) {
                    const Value value = Value::of_string(state.joined);
                    if (Status status = append_item(step, value, step.text, out, written)) {
                        return stop(std::move(*status));
                    }
                }
                if (!written) {
                    note_missing(step);
                }
                break;
            }
            case StepKind::jump_unless: {
                auto holds = program.expressions[static_cast<std::size_t>(step.expression)].test(runtime);
                if (!holds) {
                    return stop(std::move(holds).issue());
                }
                if (!*holds) {
                    at = step.target - 1;
                }
                break;
            }
            case StepKind::jump:
                at = step.target - 1;
                break;
            case StepKind::loop: {
                if (Status status = evaluate(step.expression)) {
                    return stop(std::move(*status));
                }
                if (state.result.empty()) {
                    at = step.target - 1;
                    break;
                }
                state.loops.push_back({at, 0, state.result});
                state.variables[step.slot] = Collection(state.loops.back().items[0]);
                if (step.index_slot != 0) {
                    state.variables[step.index_slot] = Collection(Value::of_integer(0));
                }
                break;
            }
            case StepKind::next: {
                Loop& loop = state.loops.back();
                const Step& head = program.steps[step.target];
                if (++loop.at == loop.items.size()) {
                    state.loops.pop_back();
                    break;
                }
                state.variables[head.slot] = Collection(loop.items[loop.at]);
                if (head.index_slot != 0) {
                    state.variables[head.index_slot] = Collection(Value::of_integer(static_cast<std::int64_t>(loop.at)));
                }
                at = step.target;
                break;
            }
            case StepKind::assign: {
                Collection& variable = state.variables[step.slot];
                variable.clear();
                if (step.expression >= 0) {
                    if (Status status = evaluate(step.expression)) {
                        return stop(std::move(*status));
                    }
                    if (step.list) {
                        variable = state.result;
                    } else if (!state.result.empty()) {
                        variable = Collection(state.result[0]);
                    }
                } else if (!step.pieces.empty()) {
                    auto whole = join(program, step, runtime, state.result, state.joined);
                    if (!whole) {
                        return stop(std::move(whole).issue());
                    }
                    if (*whole) {
                        char* copy = static_cast<char*>(runtime.arena->allocate(state.joined.size(), 1));
                        state.joined.copy(copy, state.joined.size());
                        variable = Collection(Value::of_string({copy, state.joined.size()}));
                    }
                } else {
                    variable = Collection(Value::of_string(step.text));
                }
                break;
            }
        }
    }
    runtime.variables = outer;
    return {};
}

}  // namespace linkway::mapping
