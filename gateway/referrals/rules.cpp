#include "referrals/rules.h"

#include <algorithm>

namespace linkway::referrals {

namespace {

constexpr std::array<std::string_view, entry_kinds> entry_codes = {
    "offered", "referred", "declined", "signposted", "seen", "closed"};

constexpr std::array<std::string_view, 3> side_codes = {"source", "target", "either"};

}  // namespace

std::optional<EntryKind> entry_kind(std::string_view code) {
    const auto found = std::find(entry_codes.begin(), entry_codes.end(), code);
    if (found == entry_codes.end()) {
        return {};
    }
    return static_cast<EntryKind>(found - entry_codes.begin());
}

std::string_view to_code(EntryKind kind) {
    return entry_codes[static_cast<std::size_t>(kind)];
}

std::string_view to_code(Side side) {
    return side_codes[static_cast<std::size_t>(side)];
}

StatusId Rules::find(std::string_view code) const {
    for (std::size_t i = 0; i < statuses_.size(); ++i) {
        if (statuses_[i].code == code) {
            return static_cast<StatusId>(i);
        }
    }
    return no_status;
}

std::size_t Rules::cell(StatusId from, StatusId to, Side who) const {
    const std::size_t row = from == no_status ? 0 : from + std::size_t{1};
    return (row * statuses_.size() + to) * side_codes.size() + static_cast<std::size_t>(who);
}

const Transition& Rules::transition(StatusId from, StatusId to, Side who) const {
    return transitions_[cell(from, to, who)];
}

std::vector<std::string> Rules::next(StatusId from, Side who, Allowed at_least) const {
    std::vector<std::string> result;
    for (const Status& to : statuses_) {
        if (transition(from, find(to.code), who).allowed >= at_least) {
            result.push_back(to.code);
        }
    }
    return result;
}

std::string_view Rules::request_status(const std::vector<StatusId>& tasks) const {
    for (const std::string& request : requests_) {
        for (const StatusId task : tasks) {
            if (statuses_[task].request == request) {
                return request;
            }
        }
    }
    return {};
}

const Effect* Rules::progress(std::string_view code) const {
    for (const auto& [known, effect] : progress_) {
        if (known == code) {
            return &effect;
        }
    }
    return nullptr;
}

std::vector<std::string> Rules::progress_codes() const {
    std::vector<std::string> codes;
    for (const auto& [code, effect] : progress_) {
        codes.push_back(code);
    }
    return codes;
}

const Effect* Rules::requester(std::string_view status) const {
    const auto found = requester_.find(status);
    return found == requester_.end() ? nullptr : &found->second;
}

const Effect* Rules::abort(std::string_view status) const {
    const auto found = abort_.find(status);
    return found == abort_.end() ? nullptr : &found->second;
}

std::string_view Rules::contact_fact(std::string_view type, std::string_view status) const {
    const auto of_type = contacts_.find(type);
    if (of_type == contacts_.end()) {
        return {};
    }
    const auto fact = of_type->second.find(status);
    return fact == of_type->second.end() ? std::string_view() : std::string_view(fact->second);
}

const Role& Rules::role(std::string_view code) const {
    const Role* unknown = nullptr;
    for (const Role& role : roles_) {
        if (role.code == code) {
            return role;
        }
        unknown = role.code == "unknown" ? &role : unknown;
    }
    return *unknown;
}

std::uint32_t Rules::order(StatusId status, std::string_view business_status) const {
    std::uint32_t progress = 0;
    for (std::size_t i = 0; i < progress_.size(); ++i) {
        if (progress_[i].first == business_status) {
            progress = static_cast<std::uint32_t>(i) + 1;
            // A fact of an appointment stands before the work that it may begin.
            const StatusId task = progress_[i].second.task;
            status = status == no_status ? task : status;
        }
    }
    if (status == no_status && progress > 0) {
        const auto begun = std::find_if(statuses_.begin(), statuses_.end(),
                                        [](const Status& each) { return each.contact; });
        status = static_cast<StatusId>(begun - statuses_.begin());
        return status * 256U - 128U + progress;
    }
    return status == no_status ? 0 : status * 256U + progress;
}

}  // namespace linkway::referrals
