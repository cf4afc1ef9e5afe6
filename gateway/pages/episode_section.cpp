// One referral: where it stands, who asked and who acts, what happened, what was measured.
#include "chart.h"
#include "dates.h"
#include "sections.h"

namespace linkway::pages {

namespace {

void put_fact(Html& html, std::string_view name, std::string_view value) {
    if (!value.empty()) {
        html.in("div", [&] {
            html.put("dt", name);
            html.put("dd", {{"class", "text"}}, value);
        });
    }
}

void put_date_fact(Html& html, std::string_view name, std::string_view date) {
    if (!date.empty()) {
        html.in("div", [&] {
            html.put("dt", name);
            html.in("dd", [&] { put_time(html, date); });
        });
    }
}

void put_acting(Html& html, const Episode& episode) {
    html.in("div", [&] {
        html.put("dt", is_addressed_only(episode) ? "Addressed to" : "Acting");
        html.in("dd", [&] {
            if (episode.acting.empty()) {
                html.text("Nobody is named yet");
                return;
            }
            html.in("ul", {{"class", "people"}}, [&] {
                for (const Person& person : episode.acting) {
                    html.put("li", in_words(person));
                }
            });
        });
    });
}

void put_standing(Html& html, const Episode& episode) {
    html.in("p", {{"class", "standing"}}, [&] {
        html.text(episode.status);
        html.text(episode.progress.empty() ? "" : ". " + episode.progress);
    });
    if (!episode.why.empty()) {
        html.put("p", {{"class", "text"}}, episode.why);
    }
    if (episode.silent_days >= silence_days) {
        html.in("p", {{"class", "silence"}}, [&] {
            const std::string days = std::to_string(episode.silent_days) + " days";
            if (episode.heard.empty()) {
                html.text("Nothing was heard of it since it was made, " + days + " ago.");
                return;
            }
            html.text("Nothing was heard since ");
            put_time(html, episode.heard);
            html.text(", " + days + " ago. That does not mean that it is completed.");
        });
    }
    html.in("dl", {{"class", "facts"}}, [&] {
        put_date_fact(html, "Referred", episode.referred);
        put_date_fact(html, "Ended", episode.ended);
        put_fact(html, "Asked by",
                 episode.asked_by.empty() ? "Not stated" : in_words(episode.asked_by));
        put_acting(html, episode);
        put_fact(html, "Priority", episode.priority);
        put_fact(html, "Reason", episode.reason);
    });
}

void put_series(Html& html, const Series& series, const std::string& id) {
    html.in("figure", [&] {
        const bool one = series.points.size() == 1;
        html.in("figcaption", [&] { html.text(series.title); });
        html.in("p", {{"class", "note"}}, [&] {
            html.text(!series.known            ? ""
                      : series.lower_is_better ? "Lower is better. "
                                               : "Higher is better. ");
            html.text(one ? "One score so far." : "");
        });
        put_chart(html, series, id);
        html.in("table", [&] {
            const std::string unit = series.unit.empty() ? "" : ", " + series.unit;
            html.put("caption", {{"class", "unseen"}}, "Scores of " + series.title + unit);
            html.in("thead", [&] {
                html.in("tr", [&] {
                    html.put("th", {{"scope", "col"}}, "Date");
                    if (series.has_metric) {
                        html.put("th", {{"scope", "col"}}, "Raw");
                    }
                    html.put("th", {{"scope", "col"}}, series.has_metric ? "Metric" : "Score");
                });
            });
            html.in("tbody", [&] {
                for (const Point& point : series.points) {
                    html.in("tr", [&] {
                        html.in("th", {{"scope", "row"}}, [&] {
                            if (point.when.empty()) {
                                html.text("Date not stated");
                            } else {
                                put_day(html, point.when);
                            }
                        });
                        if (series.has_metric) {
                            html.put("td", point.value);
                        }
                        html.put("td", compared(series, point));
                    });
                }
            });
        });
    });
}

}  // namespace

void put_scores(Html& html, const std::vector<Instrument>& scores, int level,
                const std::string& id) {
    html.put(heading(level), "Scores over time");
    std::size_t number = 0;
    for (const Instrument& instrument : scores) {
        html.put(heading(level + 1), instrument.title);
        if (!instrument.note.empty()) {
            html.put("p", {{"class", "note"}}, instrument.note);
        }
        html.in("div", {{"class", "charts"}}, [&] {
            for (const Series& series : instrument.series) {
                put_series(html, series, id + "-scores-" + std::to_string(++number));
            }
        });
    }
}

void put_episode(Html& html, const Episode& episode, int level, const std::string& id) {
    put_standing(html, episode);
    html.put(heading(level + 1), "Timeline, the latest first");
    put_entries(html, episode.timeline);
    if (!episode.scores.empty()) {
        put_scores(html, episode.scores, level + 1, id);
    }
    if (!episode.signposts.empty()) {
        html.put(heading(level + 1), "Signposts given");
        html.put("p", {{"class", "note"}},
                 "A name and a contact were given. These are not referrals.");
        put_entries(html, episode.signposts);
    }
}

}  // namespace linkway::pages
