#include "moment.h"

#include <algorithm>
#include <tuple>

#include "text/temporal.h"

namespace linkway::referrals {

namespace {

constexpr std::int64_t second = 1'000'000;

/// Microseconds of ".123" and the like; digits behind the sixth are dropped.
std::int64_t fraction(std::string_view text) {
    std::int64_t result = 0;
    std::int64_t unit = second / 10;
    for (const char digit : text) {
        if (digit < '0' || digit > '9') {
            break;
        }
        result += (digit - '0') * unit;
        unit /= 10;
    }
    return result;
}

/// Microseconds since 1970-01-01T00:00Z of a dateTime with a time and an offset.
std::optional<std::int64_t> clock_of(std::string_view text) {
    const std::size_t zone = text.find_first_of("Z+-", 11);
    if (zone == std::string_view::npos) {
        return {};
    }
    const std::size_t point = std::min(text.find('.'), zone);
    auto civil = text::parse_date_time(text.substr(0, point), "yyyy-MM-ddTHH:mm:ss");
    civil = civil ? civil : text::parse_date_time(text.substr(0, point), "yyyy-MM-ddTHH:mm");
    const auto offset = text[zone] == 'Z' ? std::optional(text::TimeOfDay{})
                                          : text::parse_time(text.substr(zone + 1), "HH:mm");
    if (!civil || !offset) {
        return {};
    }
    const std::int64_t minutes_ahead = offset->hour * 60 + offset->minute;
    const std::int64_t ahead = text[zone] == '-' ? -minutes_ahead : minutes_ahead;
    const std::int64_t minutes =
        (text::days_since_epoch(civil->date) * 24 + civil->time.hour) * 60 + civil->time.minute;
    const std::int64_t micros =
        point < zone ? fraction(text.substr(point + 1, zone - point - 1)) : 0;
    return ((minutes - ahead) * 60 + civil->time.second) * second + micros;
}

/// The things of one day. `timed` and `others` are sorted; goes through both at once.
void merge_day(const std::vector<Placed>& timed, const std::vector<Placed>& others,
               std::vector<std::size_t>& order) {
    std::size_t done = 0;
    for (const Placed& other : others) {
        std::size_t behind = done;  // the last of lower rank that has a time, and all before it
        for (std::size_t i = done; i < timed.size(); ++i) {
            behind = timed[i].rank < other.rank ? i + 1 : behind;
        }
        for (; done < behind; ++done) {
            order.push_back(timed[done].index);
        }
        order.push_back(other.index);
    }
    for (; done < timed.size(); ++done) {
        order.push_back(timed[done].index);
    }
}

}  // namespace

std::optional<Moment> moment_of(std::string_view fhir) {
    const auto civil = text::parse_uk_moment(fhir);
    if (!civil) {
        return {};
    }
    Moment moment;
    moment.day = text::days_since_epoch(civil->date);
    moment.whole_day = civil->date.precision >= text::Precision::day;
    if (civil->time) {
        moment.clock = clock_of(fhir);
    }
    return moment;
}

std::vector<std::size_t> in_order(std::vector<Placed> things) {
    // Unplaced, then by day; of a day the months and years that begin with it, then the rest.
    const auto group = [](const Placed& each) {
        return each.moment ? std::tuple(true, each.moment->day, each.moment->whole_day)
                           : std::tuple(false, std::int64_t{0}, false);
    };
    const auto key = [&](const Placed& each) {
        const bool has_time = each.moment && each.moment->clock;
        return std::tuple(group(each), has_time, has_time ? *each.moment->clock : 0, each.rank,
                          each.id);
    };
    std::sort(things.begin(), things.end(),
              [&](const Placed& a, const Placed& b) { return key(a) < key(b); });
    std::vector<std::size_t> order;
    order.reserve(things.size());
    for (std::size_t i = 0; i < things.size();) {
        std::vector<Placed> others;
        std::vector<Placed> timed;
        const auto day = group(things[i]);
        for (; i < things.size() && group(things[i]) == day; ++i) {
            (things[i].moment && things[i].moment->clock ? timed : others).push_back(things[i]);
        }
        merge_day(timed, others, order);
    }
    return order;
}

}  // namespace linkway::referrals
