#include "referrals/episode.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <tuple>

namespace linkway::referrals {

namespace {

constexpr std::array<std::string_view, 6> codes = {"offered",    "referred", "declined",
                                                   "signposted", "seen",     "closed"};

/// On one day things happen in this order, whatever order they were keyed in.
int rank(EventKind kind) {
    switch (kind) {
        case EventKind::offered:
            return 0;
        case EventKind::referred:
            return 1;
        case EventKind::signposted:
            return 2;
        case EventKind::seen:
            return 3;
        case EventKind::declined:
            return 4;
        case EventKind::closed:
            return 5;
    }
    return 6;
}

/// The episode that is open while the events are walked through.
struct Open {
    std::size_t first = 0;
    std::vector<std::size_t> referrals;
    bool contacted = false;
};

void apply(std::span<const Event> events, std::size_t at, Open& open, bool& ended, Replay& result) {
    std::string_view task;
    std::string_view request;
    switch (events[at].kind) {
        case EventKind::seen:
            task = "in-progress";
            request = "active";
            open.contacted = true;
            break;
        case EventKind::declined:
            task = open.contacted ? "cancelled" : "rejected";
            request = "revoked";
            ended = true;
            break;
        case EventKind::closed:
            task = "completed";
            request = "completed";
            ended = true;
            break;
        default:
            return;
    }
    result.belongs_to[at] = open.referrals.back();
    for (const std::size_t referral : open.referrals) {
        Progress& progress = *result.referrals[referral];
        progress.task_status = task;
        progress.request_status = request;
        progress.decision = at;
        progress.events.push_back(at);
        if (events[at].link_worker) {
            progress.link_worker = at;
        }
    }
}

}  // namespace

std::optional<EventKind> event_kind(std::string_view code) {
    const auto found = std::find(codes.begin(), codes.end(), code);
    if (found == codes.end()) {
        return {};
    }
    return static_cast<EventKind>(found - codes.begin());
}

std::string_view to_code(EventKind kind) {
    return codes[static_cast<std::size_t>(kind)];
}

Replay replay(std::span<const Event> events) {
    Replay result;
    result.referrals.resize(events.size());
    result.belongs_to.resize(events.size());
    std::vector<std::size_t> order(events.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return std::tuple(events[a].date, rank(events[a].kind), events[a].key) <
               std::tuple(events[b].date, rank(events[b].kind), events[b].key);
    });
    std::optional<Open> open;
    for (const std::size_t at : order) {
        const Event& event = events[at];
        if (event.kind == EventKind::referred) {
            Progress& progress = result.referrals[at].emplace();
            progress.episode = at;
            if (event.date.empty()) {
                continue;  // it stands alone: nothing can be said to have followed it
            }
            if (!open) {
                open = Open{at, {}, false};
            }
            progress.episode = open->first;
            open->referrals.push_back(at);
            continue;
        }
        if (event.date.empty() || !open) {
            continue;
        }
        bool ended = false;
        apply(events, at, *open, ended, result);
        if (ended) {
            open.reset();
        }
    }
    return result;
}

}  // namespace linkway::referrals
