#include "referrals/episode.h"

#include "moment.h"

namespace linkway::referrals {

namespace {

/// The episode that is open while the entries are walked through.
struct Open {
    std::size_t first = 0;
    std::vector<std::size_t> referrals;
    bool contacted = false;
};

class Walk {
  public:
    Walk(std::span<const Entry> entries, const Rules& rules) : entries_(entries), rules_(rules) {
        result_.referrals.resize(entries.size());
        result_.belongs_to.resize(entries.size());
    }

    void take(std::size_t at) {
        const Effect& effect = rules_.effect(entries_[at].kind);
        if (effect.opens != no_status) {
            open(at, effect.opens);
        } else if (open_ && !entries_[at].date.empty() && effect.task != no_status) {
            move(at, effect);
        }
    }

    Episodes result() { return std::move(result_); }

  private:
    void open(std::size_t at, StatusId status) {
        Progress& progress = result_.referrals[at].emplace();
        set(progress, status);
        progress.episode = at;
        if (entries_[at].date.empty()) {
            return;  // it stands alone: nothing can be said to have followed it
        }
        if (!open_) {
            open_ = Open{at, {}, false};
        }
        progress.episode = open_->first;
        open_->referrals.push_back(at);
    }

    void move(std::size_t at, const Effect& effect) {
        const StatusId to = open_->contacted && effect.after_contact != no_status
                                ? effect.after_contact
                                : effect.task;
        result_.belongs_to[at] = open_->referrals.back();
        for (const std::size_t referral : open_->referrals) {
            Progress& progress = *result_.referrals[referral];
            set(progress, to);
            progress.decision = at;
            progress.events.push_back(at);
            if (entries_[at].link_worker) {
                progress.link_worker = at;
            }
        }
        open_->contacted = open_->contacted || effect.contact;
        if (rules_.status(to).terminal) {
            open_.reset();
        }
    }

    void set(Progress& progress, StatusId status) const {
        progress.task_status = rules_.status(status).code;
        progress.request_status = rules_.status(status).request;
    }

    std::span<const Entry> entries_;
    const Rules& rules_;
    std::optional<Open> open_;
    Episodes result_;
};

}  // namespace

Episodes replay_entries(std::span<const Entry> entries, const Rules& rules) {
    std::vector<Placed> placed;
    placed.reserve(entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const Effect& effect = rules.effect(entries[i].kind);
        const StatusId status = effect.opens != no_status ? effect.opens : effect.task;
        placed.push_back({moment_of(entries[i].date), rules.order(status, ""), entries[i].key, i});
    }
    Walk walk(entries, rules);
    for (const std::size_t at : in_order(std::move(placed))) {
        walk.take(at);
    }
    return walk.result();
}

}  // namespace linkway::referrals
