#include "sections.h"

#include <algorithm>

#include "dates.h"
#include "words.h"

namespace linkway::pages {

using Kind = Entry::Kind;

namespace {

/// What stands beside a title so that nothing of another kind is taken for a contact of a link
/// worker's.
std::string_view tag_of(const Entry& entry) {
    switch (entry.kind) {
        case Kind::referral:
            return "Referral";
        case Kind::status:
            return "Progress";
        case Kind::contact:
            return entry.by.role == Role::health_coach        ? "Health coach contact"
                   : entry.by.role == Role::care_co_ordinator ? "Care co-ordinator contact"
                                                              : "Contact";
        case Kind::score:
            return "Score";
        case Kind::outcome:
            return "Outcome";
        case Kind::questionnaire:
            return "Questionnaire";
        case Kind::message:
            return "Message";
        case Kind::action:
            return "Action requested";
        case Kind::onward:
            return "Referral onwards";
        case Kind::signpost:
            return "Signpost, not a referral";
        case Kind::offer:
            return "Offer";
        case Kind::ending:
            return "Progress";
        case Kind::near:
            return "Not social prescribing";
    }
    return "";
}

std::string_view filing_in_words(Filing filing) {
    switch (filing) {
        case Filing::delivered:
            return "Delivered to the practice, not yet filed";
        case Filing::waiting:
            return "Waiting to be sent to the practice";
        case Filing::failed:
            return "Could not be delivered: someone must look at it";
        case Filing::not_sent:
            return "Not sent to the practice";
        default:
            return "";
    }
}

void put_moment(Html& html, bool& first, std::string_view label, store::Instant at) {
    if (at == 0) {
        return;
    }
    html.text(first ? "" : " · ");
    first = false;
    html.text(label);
    put_time(html, at);
}

/// When it was received, delivered and filed, or why not.
void put_times(Html& html, const Entry& entry) {
    html.in("p", {{"class", "times"}}, [&] {
        bool first = true;
        const bool record = entry.source == Source::record;
        put_moment(html, first, record ? "From the practice's record, received " : "Received ",
                   entry.received);
        put_moment(html, first, record ? "Sent to the service " : "Delivered ", entry.delivered);
        put_moment(html, first, "Filed ", entry.filed);
        if (is_unfiled(entry.filing)) {
            html.text(first ? "" : " · ");
            // When it was delivered stands before.
            html.put("strong", entry.filing == Filing::delivered ? "Not yet filed"
                                                                 : filing_in_words(entry.filing));
        }
    });
}

void put_done(Html& html, std::string_view done) {
    if (done.empty()) {
        html.text("Date not stated");
    } else {
        put_time(html, done);
    }
}

void put_entry(Html& html, const Entry& entry) {
    html.in("li", {{"class", entry.source == Source::record ? "record" : "service"}}, [&] {
        html.in("p", {{"class", "when"}}, [&] { put_done(html, entry.done); });
        html.in("div", [&] {
            html.in("p", {{"class", "what"}}, [&] {
                const std::string_view tag = tag_of(entry);
                if (tag != entry.title) {
                    html.put("span", {{"class", "tag"}}, tag);
                    html.text(" ");
                }
                html.text(entry.title);
            });
            if (!entry.text.empty()) {
                html.put("p", {{"class", "text"}}, entry.text);
            }
            if (!entry.by.empty()) {
                html.put("p", {{"class", "who"}}, in_short(entry.by));
            }
            put_times(html, entry);
        });
    });
}

void put_action(Html& html, const Action& action) {
    html.in("li", [&] {
        html.in("p", {{"class", "what"}}, [&] {
            // That an open one is requested, the heading says.
            if (!action.open || action.status != action_standing("requested")) {
                html.put("span", {{"class", "tag"}}, action.status);
                html.text(" ");
            }
            if (action.open && !action.due.empty()) {
                html.put("span", {{"class", "tag due"}}, "Due " + in_words(action.due));
                html.text(" ");
            }
            html.text(action.text.empty() ? "Action, not described" : action.text);
        });
        if (!action.note.empty()) {
            html.put("p", {{"class", "text"}}, action.note);
        }
        html.in("p", {{"class", "who"}}, [&] {
            html.text(action.asked_by.empty() ? "Asked" : "Asked by " + in_short(action.asked_by));
            if (!action.asked.empty()) {
                html.text(", ");
                put_time(html, action.asked);
            }
        });
    });
}

bool any_filed(const Story& story) {
    return std::any_of(story.episodes.begin(), story.episodes.end(), [](const Episode& episode) {
        return std::any_of(episode.timeline.begin(), episode.timeline.end(),
                           [](const Entry& entry) { return entry.filing == Filing::filed; });
    });
}

std::vector<const Action*> actions_of(const Story& story, bool open, bool for_person) {
    std::vector<const Action*> found;
    for (const Episode& episode : story.episodes) {
        for (const Action& action : episode.actions) {
            if (action.open == open && action.for_person == for_person) {
                found.push_back(&action);
            }
        }
    }
    return found;
}

void put_action_list(Html& html, const std::vector<const Action*>& actions) {
    html.in("ul", {{"class", "list"}}, [&] {
        for (const Action* action : actions) {
            put_action(html, *action);
        }
    });
}

}  // namespace

std::string heading(int level) {
    return "h" + std::to_string(std::min(level, 6));
}

std::string in_short(const Person& person) {
    std::string words = person.name;
    words += words.empty() || person.role_name.empty() ? "" : ", ";
    words += person.role_name;
    const bool needs_role = !person.name.empty() && person.role == Role::unknown;
    words += needs_role ? " (role not stated)" : "";
    return words.empty() ? person.organisation : words;
}

std::string in_words(const Person& person) {
    const std::string words = in_short(person);
    const bool more = !person.organisation.empty() && words != person.organisation;
    return more ? words + ", " + person.organisation : words;
}

bool is_addressed_only(const Episode& episode) {
    return !episode.acting.empty() &&
           std::all_of(episode.acting.begin(), episode.acting.end(), [](const Person& person) {
               return person.name.empty() && person.role_name.empty();
           });
}

void put_actions(Html& html, const Story& story) {
    const auto open = actions_of(story, true, false);
    const auto for_person = actions_of(story, true, true);
    auto done = actions_of(story, false, false);
    const auto done_by_person = actions_of(story, false, true);
    done.insert(done.end(), done_by_person.begin(), done_by_person.end());
    html.in(
        "section",
        {{"class", open.empty() ? "card calm" : "card ask"}, {"aria-labelledby", "actions"}}, [&] {
            const std::string count = open.empty() ? "" : " (" + std::to_string(open.size()) + ")";
            html.put("h2", {{"id", "actions"}}, "Requested of the practice" + count);
            if (open.empty()) {
                html.put("p", story.complete ? "None. No action is requested of the practice."
                                             : "None among what this page can show.");
            } else {
                put_action_list(html, open);
            }
            if (!for_person.empty()) {
                html.put("h3", "Agreed with the patient");
                put_action_list(html, for_person);
            }
            if (!done.empty()) {
                html.in("details", [&] {
                    html.put("summary", "Done or withdrawn (" + std::to_string(done.size()) + ")");
                    put_action_list(html, done);
                });
            }
        });
}

void put_unfiled(Html& html, const Story& story) {
    std::vector<const Entry*> all;
    for (const Episode& episode : story.episodes) {
        const auto found = unfiled(episode);
        all.insert(all.end(), found.begin(), found.end());
    }
    html.in("section", {{"class", "card"}, {"aria-labelledby", "unfiled"}}, [&] {
        const std::string count = all.empty() ? "" : " (" + std::to_string(all.size()) + ")";
        html.put("h2", {{"id", "unfiled"}}, "Not yet in the practice's record" + count);
        if (all.empty()) {
            html.put("p",
                     !story.complete ? "Nothing among what this page can show."
                     : any_filed(story)
                         ? "Nothing. All that the service recorded is in the practice's record."
                         : "Nothing: the service has recorded nothing for it so far.");
            return;
        }
        html.in("ul", {{"class", "list dated"}}, [&] {
            for (const Entry* entry : all) {
                html.in("li", [&] {
                    html.in("p", {{"class", "when"}}, [&] { put_done(html, entry->done); });
                    html.in("div", [&] {
                        html.put("p", {{"class", "what"}}, entry->title);
                        html.in("p", {{"class", "who"}}, [&] {
                            html.text(entry->by.empty() ? "" : in_short(entry->by) + ". ");
                            html.put("strong", filing_in_words(entry->filing));
                        });
                    });
                });
            }
        });
    });
}

void put_entries(Html& html, const std::vector<Entry>& entries) {
    html.in("ol", {{"class", "timeline"}}, [&] {
        for (const Entry& entry : entries) {
            put_entry(html, entry);
        }
    });
}

}  // namespace linkway::pages
