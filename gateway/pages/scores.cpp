#include "scores.h"

#include <algorithm>
#include <map>

#include "element.h"
#include "entries.h"
#include "store/moment.h"

namespace linkway::pages {

using text::Node;

namespace {

struct About {
    std::string_view prefix;  ///< of the names of its measures
    std::string_view title, note;
};
constexpr About instruments[] = {
    {"ons4", "ONS4 personal well-being",
     "Four questions of the Office for National Statistics, each from 0 to 10: four separate "
     "scores."},
    {"swemwbs", "Short Warwick-Edinburgh Mental Well-being Scale (SWEMWBS)",
     "Shown as metric scores, from 7 to 35: raw scores are converted before they are compared."},
    {"wemwbs", "Warwick-Edinburgh Mental Well-being Scale (WEMWBS)", "From 14 to 70."},
};

const About* about(std::string_view measure) {
    for (const About& each : instruments) {
        if (measure.rfind(each.prefix, 0) == 0) {
            return &each;
        }
    }
    return nullptr;
}

store::Instant moment(const std::string& when) {
    const auto moments = store::moments_of(when);
    return moments ? moments->from : store::end_of_time;
}

std::string name_of_other(const Value& value) {
    const Node* coding = at(*value.node, "code.coding");
    return coding == nullptr ? value.title
                             : std::string(coding->string_or("system", "")) + "|" +
                                   std::string(coding->string_or("code", ""));
}

Series series_of(const Value& value) {
    Series series;
    series.title = value.title;
    series.unit = value.unit;
    if (value.measure == nullptr) {
        series.measure = name_of_other(value);
        return series;
    }
    series.measure = value.measure->name;
    series.known = value.measure->range.has_value();
    series.lower_is_better = value.measure->lower_is_better;
    series.has_metric = !value.measure->metric.empty();
    if (value.measure->range) {
        series.lowest = value.measure->range->first;
        series.highest = value.measure->range->second;
    }
    return series;
}

Instrument& instrument_of(std::vector<Instrument>& instruments_seen, const Value& value,
                          const Node& observation) {
    const About* known = value.measure == nullptr ? nullptr : about(value.measure->name);
    // Parts of a panel that is not known stand together under its name.
    const std::string title =
        known != nullptr ? std::string(known->title) : concept_at(observation, "code");
    const auto found = std::find_if(instruments_seen.begin(), instruments_seen.end(),
                                    [&](const Instrument& each) { return each.title == title; });
    if (found != instruments_seen.end()) {
        return *found;
    }
    return instruments_seen.emplace_back(
        Instrument{title, known == nullptr ? "" : std::string(known->note), {}});
}

void add(std::vector<Instrument>& found, const Value& value, const Node& observation) {
    Instrument& instrument = instrument_of(found, value, observation);
    Series made = series_of(value);
    auto series = std::find_if(instrument.series.begin(), instrument.series.end(),
                               [&](const Series& each) { return each.measure == made.measure; });
    if (series == instrument.series.end()) {
        instrument.series.push_back(std::move(made));
        series = std::prev(instrument.series.end());
    }
    series->points.push_back({effective(observation), value.number, value.metric});
}

std::size_t place(const std::vector<referrals::Measure>& all, const Series& series) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const referrals::Measure& each) {
        return each.name == series.measure;
    });
    return static_cast<std::size_t>(found - all.begin());
}

}  // namespace

std::vector<Instrument> scores_of(const std::vector<const Held*>& observations,
                                  const loop::Knowledge& knowledge) {
    std::vector<Instrument> found;
    for (const Held* held : observations) {
        const std::string status = text_at(*held->node, "status");
        if (status == "registered" || status == "cancelled" || status == "entered-in-error" ||
            !event_code(*held->node, "code", knowledge.codes).empty()) {
            continue;
        }
        for (const Value& value : values_of(*held->node, *knowledge.measures)) {
            if (!value.number.empty()) {
                add(found, value, *held->node);
            }
        }
    }
    const auto& all = knowledge.measures->all();
    for (Instrument& instrument : found) {
        for (Series& series : instrument.series) {
            std::stable_sort(
                series.points.begin(), series.points.end(),
                [](const Point& a, const Point& b) { return moment(a.when) < moment(b.when); });
        }
        std::stable_sort(
            instrument.series.begin(), instrument.series.end(),
            [&](const Series& a, const Series& b) { return place(all, a) < place(all, b); });
    }
    std::stable_sort(found.begin(), found.end(), [&](const Instrument& a, const Instrument& b) {
        return place(all, a.series.front()) < place(all, b.series.front());
    });
    return found;
}

}  // namespace linkway::pages
