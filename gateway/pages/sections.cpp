#include "sections.h"

#include <algorithm>

#include "dates.h"

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
        put_moment(html, first, record ? "Received from the practice's record " : "Received ",
                   entry.received);
        put_moment(html, first, record ? "Delivered to the service " : "Delivered ",
                   entry.delivered);
        put_moment(html, first, "Filed in the practice's record ", entry.filed);
        if (is_unfiled(entry.filing)) {
            html.text(first ? "" : " · ");
            html.put("strong", filing_in_words(entry.filing));
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
            html.put("p", {{"class", "who"}}, in_words(entry.by));
        }
        put_times(html, entry);
    });
}

void put_action(Html& html, const Action& action) {
    html.in("li", [&] {
        html.in("p", {{"class", "what"}}, [&] {
            html.put("span", {{"class", action.open ? "tag due" : "tag"}}, action.status);
            html.text(" ");
            html.text(action.text.empty() ? "Action, not described" : action.text);
        });
        if (!action.note.empty()) {
            html.put("p", {{"class", "text"}}, action.note);
        }
        html.in("p", {{"class", "who"}}, [&] {
            html.text(action.asked_by.empty() ? "Asked" : "Asked by " + in_words(action.asked_by));
            if (!action.asked.empty()) {
                html.text(", ");
                put_time(html, action.asked);
            }
            if (!action.due.empty()) {
                html.text(". Due ");
                put_time(html, action.due);
            }
        });
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

std::string in_words(const Person& person) {
    std::string words = person.name;
    for (const std::string* part : {&person.role_name, &person.organisation}) {
        words += words.empty() || part->empty() ? "" : ", ";
        words += *part;
    }
    const bool needs_role = !person.name.empty() && person.role == Role::unknown;
    return words + (needs_role ? " (role not stated)" : "");
}

void put_actions(Html& html, const Story& story) {
    const auto open = actions_of(story, true, false);
    const auto for_person = actions_of(story, true, true);
    auto done = actions_of(story, false, false);
    const auto done_by_person = actions_of(story, false, true);
    done.insert(done.end(), done_by_person.begin(), done_by_person.end());
    html.in("section",
            {{"class", open.empty() ? "card calm" : "card ask"}, {"aria-labelledby", "actions"}},
            [&] {
                const std::string count = open.empty() ? "" : " (" + std::to_string(open.size()) + ")";
                html.put("h2", {{"id", "actions"}}, "Requested of the practice" + count);
                if (open.empty()) {
                    html.put("p", "None. No action is requested of the practice.");
                } else {
                    put_action_list(html, open);
                }
                if (!for_person.empty()) {
                    html.put("h3", "Agreed with the patient");
                    put_action_list(html, for_person);
                }
                if (!done.empty()) {
                    html.in("details", [&] {
                        html.put("summary",
                                 "Done or withdrawn (" + std::to_string(done.size()) + ")");
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
            html.put("p", "Nothing. All that the service recorded is in the practice's record.");
            return;
        }
        html.in("ul", {{"class", "list"}}, [&] {
            for (const Entry* entry : all) {
                html.in("li", [&] {
                    html.in("p", {{"class", "what"}}, [&] { html.text(entry->title); });
                    html.in("p", {{"class", "who"}}, [&] {
                        put_done(html, entry->done);
                        html.text(entry->by.empty() ? "" : ", " + in_words(entry->by));
                        html.text(". ");
                        html.put("strong", filing_in_words(entry->filing));
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
