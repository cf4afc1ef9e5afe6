#include "filing.h"

#include <algorithm>

#include "element.h"
#include "store/moment.h"

namespace linkway::pages {

using Kind = Entry::Kind;

namespace {

store::Instant earliest(store::Instant a, store::Instant b) {
    return a == 0 || b == 0 ? std::max(a, b) : std::min(a, b);
}

void settle(Entry& entry, Filing state) {
    entry.filing = entry.filed != 0 ? Filing::filed : state;
}

Filing filing_of(const store::Delivery& delivery) {
    switch (delivery.state) {
        case store::Delivery::State::waiting:
            return Filing::waiting;
        case store::Delivery::State::delivered:
            return Filing::delivered;
        case store::Delivery::State::filed:
            return Filing::filed;
        case store::Delivery::State::dead:
            return Filing::failed;
        case store::Delivery::State::discarded:
            return Filing::not_sent;
    }
    return Filing::waiting;
}

}  // namespace

bool is_unfiled(Filing filing) {
    return filing == Filing::delivered || filing == Filing::waiting || filing == Filing::failed ||
           filing == Filing::not_sent;
}

FilingTracker::FilingTracker(PatientResources& resources) : resources_(resources) {
    for (const Held& held : resources.all()) {
        if (held.from_record) {
            const std::string origin = referrals::made_from(*held.node);
            if (!origin.empty()) {
                store::Instant& at = filed_[origin];
                at = earliest(at, held.received);
            }
        }
    }
}

bool FilingTracker::came_back(const Held& held) const {
    return held.from_record && !referrals::made_from(*held.node).empty();
}

void FilingTracker::track(Entry& entry) const {
    const bool asks = entry.kind == Kind::referral || entry.kind == Kind::offer;
    const bool to_service = entry.source == Source::record || asks;
    const store::Delivery* latest = nullptr;
    const auto deliveries =
        resources_.reader().deliveries({{}, {}, {}, entry.about, {}, {}, 1'000});
    for (const store::Delivery& delivery : deliveries) {
        // What the record holds goes out to a service, what a service did goes into the record.
        if (delivery.channel != (to_service ? "rest-hook" : "record")) {
            continue;
        }
        if (to_service) {
            entry.delivered = earliest(entry.delivered, delivery.delivered);
        } else if (latest == nullptr || delivery.version >= latest->version) {
            latest = &delivery;
        }
    }
    if (to_service) {
        entry.filing = entry.source == Source::record ? Filing::in_record : Filing::not_for_record;
        return;
    }
    if (latest != nullptr) {
        entry.delivered = latest->delivered;
        entry.filed = latest->filed;
    }
    const auto back = filed_.find(entry.about.type + "/" + entry.about.id);
    if (back != filed_.end()) {
        entry.filed = earliest(entry.filed, back->second);
    }
    settle(entry, latest == nullptr ? Filing::not_sent : filing_of(*latest));
}

void FilingTracker::acknowledge(Entry& entry, const referrals::Times& times) {
    const auto at = [](const std::string& text) {
        const auto moments = store::moments_of(text);
        return moments ? moments->from : 0;
    };
    entry.delivered = earliest(entry.delivered, at(times.delivered));
    entry.filed = earliest(entry.filed, at(times.filed));
    if (is_unfiled(entry.filing)) {
        settle(entry, entry.filing == Filing::not_sent && entry.delivered != 0 ? Filing::delivered
                                                                               : entry.filing);
    }
}

}  // namespace linkway::pages
