#include "pages/record_page.h"

#include <algorithm>

#include "dates.h"
#include "document.h"
#include "sections.h"

namespace linkway::pages {

namespace {

/// "999 000 0018", as people read it; any other text as it is.
std::string in_groups(const std::string& number) {
    return number.size() == 10
               ? number.substr(0, 3) + " " + number.substr(3, 3) + " " + number.substr(6)
               : number;
}

void put_bar(Html& html, const Story& story, const Visit& visit) {
    html.in("div", {{"class", "bar"}}, [&] {
        html.put("p", "Social prescribing");
        html.in("p", [&] {
            const std::string practice =
                story.practice.empty() ? visit.organisation : story.practice;
            html.text(practice);
            html.text(story.practice_ods.empty() ? "" : " (" + story.practice_ods + ")");
        });
        if (visit.expires != 0) {
            html.in("p", [&] {
                html.text("Link valid until ");
                put_time(html, visit.expires);
            });
        }
    });
}

/// Where things stand, in a line: the rest of the page says it in full.
void put_standing(Html& html, const Story& story) {
    if (story.episodes.empty()) {
        return;
    }
    const Episode& latest = story.episodes.front();
    const auto open = std::count_if(story.episodes.begin(), story.episodes.end(),
                                    [](const Episode& episode) { return episode.open; });
    html.in("p", {{"class", "now"}}, [&] {
        html.put("strong", open > 1    ? std::to_string(open) + " open referrals"
                           : open == 1 ? "Open referral"
                                       : "No open referral");
        html.text((open == 0 ? ". The latest: " : ". ") + latest.status);
        html.text(latest.acting.empty() ? "" : ". " + in_short(latest.acting.front()));
    });
}

void put_patient(Html& html, const Story& story, store::Instant now) {
    const Story::Patient& patient = story.patient;
    html.in("section", {{"class", "patient"}, {"aria-label", "Patient"}}, [&] {
        html.put("h1", patient.name.empty() ? "Name not known" : patient.name);
        html.in("dl", [&] {
            html.in("div", [&] {
                html.put("dt", "Born");
                html.in("dd", [&] {
                    if (patient.birth_date.empty()) {
                        html.text("not known");
                        return;
                    }
                    put_time(html, patient.birth_date);
                    const int years = age(patient.birth_date, now);
                    html.text(years < 0 || !patient.died.empty()
                                  ? ""
                                  : " (" + std::to_string(years) + " years)");
                });
            });
            html.in("div", [&] {
                html.put("dt", "NHS number");
                html.put("dd",
                         patient.nhs_number.empty() ? "not known" : in_groups(patient.nhs_number));
            });
        });
        if (!patient.died.empty()) {
            html.in("p", {{"class", "died"}}, [&] {
                html.text(patient.died == "yes" ? "Died" : "Died ");
                if (patient.died != "yes") {
                    put_time(html, patient.died);
                }
            });
        }
        put_standing(html, story);
    });
}

void put_current(Html& html, const Story& story, std::size_t current) {
    for (std::size_t i = 0; i < current; ++i) {
        const std::string id = "referral-" + std::to_string(i + 1);
        html.in("section", {{"class", "card"}, {"aria-labelledby", id}}, [&] {
            const Episode& episode = story.episodes[i];
            const bool several = current > 1 && !episode.referred.empty();
            html.put("h2", {{"id", id}},
                     episode.title + (several ? ", " + in_words(episode.referred) : ""));
            put_episode(html, episode, 2, id);
        });
    }
}

void put_earlier(Html& html, const Story& story, std::size_t current) {
    if (story.episodes.size() <= current) {
        return;
    }
    html.in("section", {{"class", "card"}, {"aria-labelledby", "earlier"}}, [&] {
        html.put("h2", {{"id", "earlier"}}, "Earlier referrals");
        for (std::size_t i = current; i < story.episodes.size(); ++i) {
            const Episode& episode = story.episodes[i];
            html.in("details", [&] {
                html.in("summary", [&] {
                    html.in("h3", [&] {
                        html.text("Referred ");
                        html.text(episode.referred.empty() ? "on a date not stated"
                                                           : in_words(episode.referred));
                    });
                    html.put("span", " " + episode.status +
                                         (episode.progress.empty() ? "" : ". " + episode.progress));
                });
                put_episode(html, episode, 3, "referral-" + std::to_string(i + 1));
            });
        }
    });
}

void put_apart(Html& html, const std::vector<Entry>& entries, const std::string& id,
               std::string_view title, std::string_view note) {
    if (entries.empty()) {
        return;
    }
    html.in("section", {{"class", "card"}, {"aria-labelledby", id}}, [&] {
        html.put("h2", {{"id", id}}, title);
        const auto body = [&] {
            html.put("p", {{"class", "note"}}, note);
            put_entries(html, entries);
        };
        constexpr std::size_t few = 3;
        if (entries.size() <= few) {
            body();
            return;
        }
        html.in("details", [&] {
            html.put("summary", std::to_string(entries.size()) + " entries");
            body();
        });
    });
}

void put_foot(Html& html, const Story& story, const Visit& visit) {
    html.in("footer", {{"class", "foot"}}, [&] {
        if (!story.complete) {
            html.put("p", "There is more than this page can show: what is oldest is left out.");
        }
        html.in("p", [&] {
            if (story.received == 0) {
                html.text("Nothing has been received yet.");
            } else {
                html.text("Last received ");
                put_time(html, story.received);
                html.text(".");
            }
            html.text(" This page shows what was known on ");
            put_time(html, visit.now);
            html.text(".");
        });
        if (!visit.organisation.empty()) {
            html.put("p", "Opened for " + visit.organisation + ".");
        }
    });
}

}  // namespace

Page record_page(const Story& story, const Visit& visit) {
    std::size_t current = 0;
    while (current < story.episodes.size() && story.episodes[current].open) {
        ++current;
    }
    current = current == 0 && !story.episodes.empty() ? 1 : current;
    return document(200, "Social prescribing record", [&](Html& html) {
        html.in("header", [&] {
            put_bar(html, story, visit);
            put_patient(html, story, visit.now);
        });
        html.in("main", {{"id", "main"}}, [&] {
            if (story.episodes.empty()) {
                html.in("section", {{"class", "card calm"}, {"aria-labelledby", "none"}}, [&] {
                    html.put("h2", {{"id", "none"}}, "No social prescribing referrals");
                    html.put("p", "None is known for this patient.");
                });
            } else {
                put_actions(html, story);
                put_unfiled(html, story);
            }
            put_current(html, story, current);
            put_earlier(html, story, current);
            put_apart(html, story.signposts, "signposts", "Signposts outside of a referral",
                      "A name and a contact were given. These are not referrals.");
            put_apart(html, story.others, "others", "Other social prescribing entries",
                      "Offers, answers to them and entries of no known referral.");
            put_apart(html, story.near, "near", "Near social prescribing",
                      "Health coaching, exercise, weight management and the like. None of it is "
                      "counted as social prescribing.");
        });
        put_foot(html, story, visit);
    });
}

}  // namespace linkway::pages
