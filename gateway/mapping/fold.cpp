// What is the same for every row is written in one go: members and items that are constants join,
// and an object or array of nothing but constants becomes one.
#include "program.h"

namespace linkway::mapping {

namespace {

bool has_target(StepKind kind) {
    return kind == StepKind::jump || kind == StepKind::jump_unless || kind == StepKind::loop ||
           kind == StepKind::next;
}

bool is_open(StepKind kind) {
    return kind == StepKind::open_object || kind == StepKind::open_array;
}

/// The steps so far, the last of which may still grow.
class Folder {
  public:
    /// `entered`: some other step jumps to it, so that it must begin a step of its own.
    void add(Step step, bool entered) {
        if (step.kind == StepKind::text) {
            step.folded.push_back(step);
        }
        const bool joins = !entered && !steps_.empty();
        if (joins && step.kind == StepKind::close && is_open(steps_.back().kind) &&
            !steps_.back().inside.empty() && step.needs.empty()) {
            close(std::move(step));
        } else if (joins && takes(step)) {
            join(std::move(step));
        } else {
            steps_.push_back(std::move(step));
            entered_.push_back(entered);
        }
    }

    std::vector<Step>& steps() { return steps_; }

  private:
    bool takes(const Step& step) const {
        return step.kind == StepKind::text &&
               (steps_.back().kind == StepKind::text || is_open(steps_.back().kind));
    }

    void join(Step step) {
        Step& last = steps_.back();
        std::string& text = last.kind == StepKind::text ? last.text : last.inside;
        text += text.empty() ? "" : ",";
        text += step.text;
        last.folded.insert(last.folded.end(), std::make_move_iterator(step.folded.begin()),
                           std::make_move_iterator(step.folded.end()));
    }

    /// The open object or array holds constants only: it is one itself.
    void close(Step end) {
        Step whole = std::move(steps_.back());
        Step head = whole;
        head.folded.clear();
        head.inside.clear();
        whole.folded.insert(whole.folded.begin(), std::move(head));
        whole.folded.push_back(std::move(end));
        const bool entered = entered_.back();
        const bool object = whole.kind == StepKind::open_object;
        steps_.pop_back();
        entered_.pop_back();
        whole.kind = StepKind::text;
        whole.text += (object ? '{' : '[') + whole.inside + (object ? '}' : ']');
        whole.inside.clear();
        if (!entered && !steps_.empty() && takes(whole)) {
            join(std::move(whole));
        } else {
            steps_.push_back(std::move(whole));
            entered_.push_back(entered);
        }
    }

    std::vector<Step> steps_;
    std::vector<bool> entered_;
};

}  // namespace

void fold_constants(std::vector<Step>& steps) {
    const std::size_t count = steps.size();
    std::vector<bool> entered(count + 1, false);
    for (const Step& step : steps) {
        if (has_target(step.kind)) {
            entered[step.target] = true;
        }
    }
    Folder folder;
    std::vector<std::uint32_t> moved(count + 1);  // right for those that are entered
    for (std::size_t i = 0; i < count; ++i) {
        moved[i] = static_cast<std::uint32_t>(folder.steps().size());
        folder.add(std::move(steps[i]), entered[i]);
    }
    moved[count] = static_cast<std::uint32_t>(folder.steps().size());
    for (Step& step : folder.steps()) {
        step.target = has_target(step.kind) ? moved[step.target] : step.target;
    }
    steps = std::move(folder.steps());
}

}  // namespace linkway::mapping
