// Walks a timeline and keeps where each Task and request stands. Private to this folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "referrals/replay.h"

namespace linkway::referrals {

/// A Task while it is replayed.
struct Work {
    TaskState state;
    StatusId status = no_status;  ///< as it is behind `held`
    bool held = false;            ///< a draft until it is confirmed
    bool undated = false;         ///< no record entry can be said to have followed it
    bool contacted = false;
};

class Replayer {
  public:
    Replayer(const Rules& rules, const Policy& policy) : rules_(rules), policy_(policy) {}

    /// The next step of the timeline, at that place in it; its outcome and flags are set.
    void take(Step& step, std::size_t at);
    /// After the last: puts Tasks and requests into the result.
    void finish(Replayed& result);

  private:
    // What each kind of event does.
    void take_entry(const Effect& effect);
    void open_by_entry(StatusId status);
    void take_task();
    void take_contact();
    void take_request();
    void take_abort();  ///< only who fulfils may grant what is asked for

    // Parts of these.
    Work* begin_by_task(StatusId to);     ///< a Task that somebody made
    void state(Work& work, StatusId to);  ///< somebody states where the Task is
    void check_required(StatusId to);
    void take_facts(Work& work);  ///< what a written Task says beside its status
    void begin_work(Work& work, const Effect& effect);  ///< or go on with what was on hold
    /// What is known to have happened moves a Task that is open, whatever steps lie between.
    void evidence(Work& work, StatusId to);

    // Changes, each noted in the step.
    Work& begin(StatusId status);
    void move(Work& work, StatusId to);
    void note_progress(Work& work);  ///< when work began and ended, as far as the event says
    void set_business_status(Work& work, const std::string& code);
    void flag(text::Issue issue);

    // What is there.
    Work* find(std::string_view reference);
    RequestState& request(const std::string& reference);
    std::vector<Work*> open_works();         ///< those that the event is about
    StatusId shown(const Work& work) const;  ///< what others see of it
    StatusId draft() const { return rules_.find("draft"); }
    bool is_open(const Work& work) const { return !rules_.status(work.status).terminal; }
    bool has_begun(const Work& work) const { return rules_.status(work.status).contact; }

    const Rules& rules_;
    const Policy& policy_;
    std::vector<Work> works_;
    std::vector<RequestState> requests_;
    Step* step_ = nullptr;
    std::size_t at_ = 0;
};

}  // namespace linkway::referrals
