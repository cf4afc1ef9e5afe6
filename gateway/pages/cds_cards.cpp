#include "pages/cds_cards.h"

#include <algorithm>

#include "chart.h"
#include "dates.h"
#include "fhir/identity.h"
#include "sections.h"
#include "store/moment.h"
#include "text/json_writer.h"

namespace linkway::pages {

namespace {

/// CDS Hooks: a summary has fewer than 140 characters.
constexpr std::size_t longest_summary = 139;

struct Card {
    std::string summary, indicator, detail;
};

/// Cut between characters, and at a word where there is one.
std::string shortened(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    std::size_t characters = 0, cut = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) {
            if (characters == longest_summary - 1) {
                cut = i;
            }
            ++characters;
        }
    }
    if (characters <= longest_summary) {
        return text;
    }
    const std::size_t space = text.rfind(' ', cut);
    text.resize(space != std::string::npos && space > cut / 2 ? space : cut);
    return text + "…";
}

/// Text of a resource as Markdown that means only itself, on one line: no emphasis, link, list,
/// heading or HTML, and no address that becomes a link by itself. It does not begin a line, but may
/// begin an item of a list.
std::string markdown(std::string_view text) {
    std::string made;
    bool begins = true;  // so far only what may begin a list or heading
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const std::string_view rest = text.substr(i);
        const bool always = std::string_view("\\`*_[]<>|~&$@!").find(c) != std::string_view::npos;
        const bool spaced = i + 1 == text.size() || text[i + 1] == ' ';
        const bool at_begin =
            begins && (c == '#' || c == '=' ||
                       (spaced && std::string_view("+-.)").find(c) != std::string_view::npos));
        const bool address = rest.rfind("://", 0) == 0 ||
                             (c == '.' && i >= 3 &&
                              (text.substr(i - 3, 3) == "www" || text.substr(i - 3, 3) == "WWW"));
        const bool control = static_cast<unsigned char>(c) < 0x20;
        made += always || at_begin || address ? "\\" : "";
        made += control ? ' ' : c;
        begins = begins && (c >= '0' && c <= '9');
    }
    return made;
}

void add_line(std::string& text, const std::string& line) {
    text += text.empty() ? "" : "\n";
    text += line;
}

std::string counted(std::size_t count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string action_line(const Action& action) {
    std::string line = "- " + markdown(action.text.empty() ? "Action, not described" : action.text);
    if (!action.asked_by.empty()) {
        line += " (" + markdown(in_short(action.asked_by)) + ")";
    }
    return action.due.empty() ? line : line + ", due " + markdown(in_words(action.due));
}

void add_actions(const Story& story, std::vector<Card>& cards) {
    std::size_t count = 0;
    std::string detail;
    for (const Episode& episode : story.episodes) {
        for (const Action& action : episode.actions) {
            if (action.open && !action.for_person) {
                ++count;
                add_line(detail, action_line(action));
            }
        }
    }
    if (count > 0) {
        cards.push_back(
            {"Social prescribing: " + counted(count, "action") + " requested of the practice",
             "warning", detail});
    }
}

/// The first and the latest score of each measure that has both.
void add_scores(const Episode& episode, std::string& detail) {
    for (const Instrument& instrument : episode.scores) {
        for (const Series& series : instrument.series) {
            if (series.points.size() < 2) {
                continue;
            }
            add_line(detail, "- " + markdown(series.title) + ": first " +
                                 markdown(compared(series, series.points.front())) + ", latest " +
                                 markdown(compared(series, series.points.back())) +
                                 (series.lower_is_better ? " (lower is better)" : ""));
        }
    }
}

Card standing_card(const Episode& episode) {
    Card card;
    card.indicator = "info";
    std::string acting;
    if (!episode.acting.empty()) {
        acting = in_short(episode.acting.front());
    }
    card.summary = "Social prescribing: " + episode.status + (acting.empty() ? "" : ". " + acting);
    add_line(card.detail,
             "- " + markdown(episode.status +
                             (episode.progress.empty() ? "" : ". " + episode.progress)));
    if (!episode.why.empty()) {
        add_line(card.detail, "- " + markdown(episode.why));
    }
    if (!episode.referred.empty()) {
        add_line(
            card.detail,
            "- Referred " + markdown(in_words(episode.referred)) +
                (episode.asked_by.empty() ? "" : " by " + markdown(in_words(episode.asked_by))));
    }
    for (const Person& person : episode.acting) {
        add_line(card.detail, (is_addressed_only(episode) ? "- Addressed to: " : "- Acting: ") +
                                  markdown(in_words(person)));
    }
    if (!episode.heard.empty()) {
        add_line(card.detail, "- Last heard of " + markdown(in_words(episode.heard)));
    } else if (episode.silent_days >= silence_days) {
        add_line(card.detail,
                 "- Nothing heard of it for " + std::to_string(episode.silent_days) + " days");
    }
    add_scores(episode, card.detail);
    if (const std::size_t count = unfiled(episode).size(); count > 0) {
        add_line(card.detail, "- Not yet in the practice's record: " + std::to_string(count));
    }
    return card;
}

bool is_recent(const Episode& episode, store::Instant now) {
    constexpr store::Instant year = 365LL * 86'400'000;
    const std::string& last = !episode.ended.empty()   ? episode.ended
                              : !episode.heard.empty() ? episode.heard
                                                       : episode.referred;
    const auto moments = store::moments_of(last);
    return moments && now - moments->to < year;
}

void write_card(text::JsonWriter& json, const Card& card, const Story& story,
                std::string_view page) {
    json.begin_object();
    // The same card about the same patient has the same id: a client may tell which it has shown.
    json.member("uuid",
                fhir::derived_id({"cds-card", story.patient.id, card.summary, card.detail}));
    json.member("summary", shortened(card.summary));
    json.member("indicator", card.indicator);
    json.name("source");
    json.begin_object();
    json.member("label", "Linkway, social prescribing");
    json.end_object();
    json.member("detail", card.detail);
    if (!page.empty()) {
        json.name("links");
        json.begin_array();
        json.begin_object();
        json.member("label", "Open the social prescribing record");
        json.member("url", page);
        json.member("type", "absolute");
        json.end_object();
        json.end_array();
    }
    json.end_object();
}

}  // namespace

std::string cds_cards(const Story& story, std::string_view page, store::Instant now) {
    std::vector<Card> cards;
    add_actions(story, cards);
    if (!story.episodes.empty()) {
        const Episode& latest = story.episodes.front();  // an open one, where there is one
        if (latest.open || is_recent(latest, now)) {
            cards.push_back(standing_card(latest));
        }
    }
    std::string out;
    text::JsonWriter json(out);
    json.begin_object();
    json.name("cards");
    json.begin_array();
    for (const Card& card : cards) {
        write_card(json, card, story, page);
    }
    json.end_array();
    json.end_object();
    return out;
}

}  // namespace linkway::pages
