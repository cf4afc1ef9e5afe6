#include "episode_notes.h"

#include "resources.h"

namespace linkway::loop {

namespace {

std::string name_of(const referrals::Event& event) {
    return event.id + "@" + event.version;
}

}  // namespace

std::string episode_group(const std::string& episode) {
    return "episode/" + episode;
}

std::string awaiting_group(const store::Key& referral) {
    return "awaiting/" + reference_of(referral);
}

std::string given_group(const store::Key& key) {
    return "given/" + reference_of(key);
}

void put_event(store::Writer& writer, const referrals::Event& event) {
    std::string json;
    referrals::append_json(json, event);
    writer.put_note(episode_group(event.episode), {name_of(event), std::move(json)});
}

void remove_event(store::Writer& writer, const referrals::Event& event) {
    writer.put_note(episode_group(event.episode), {name_of(event), ""});
}

std::vector<referrals::Event> events_in(store::Reader& reader, const std::string& episode) {
    std::vector<referrals::Event> events;
    for (const store::Note& note : reader.notes(episode_group(episode))) {
        if (const auto document = text::parse_json(note.content, "event")) {
            if (auto event = referrals::event_from(*document, document->root())) {
                events.push_back(std::move(*event));
            }
        }
    }
    return events;
}

}  // namespace linkway::loop
