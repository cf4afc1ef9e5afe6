#include <algorithm>

#include "episode_notes.h"
#include "loop/write.h"
#include "resources.h"

namespace linkway::loop {

std::string episode_of(store::Reader& reader, const store::Key& key) {
    Resources resources(reader);
    const text::Node* resource = resources.find(reference_of(key));
    return resource == nullptr ? "" : resources.episode(*resource);
}

referrals::Replayed replay(store::Reader& reader, const std::string& episode,
                           const Knowledge& knowledge, const referrals::Policy& policy) {
    return referrals::replay(events_in(reader, episode), *knowledge.rules, *knowledge.measures,
                             policy);
}

void acknowledge(store::Writer& writer, referrals::EventKind kind, const store::Key& resource,
                 store::Instant at) {
    const std::string episode = episode_of(writer, resource);
    if (episode.empty()) {
        return;
    }
    put_event(writer, referrals::acknowledgement(kind, episode, reference_of(resource),
                                                 store::to_instant(at)));
}

std::vector<store::Key> members_of(store::Reader& reader, const std::string& episode) {
    std::vector<store::Key> members;
    for (const referrals::Event& event : events_in(reader, episode)) {
        members.push_back(key_of(event.resource));
    }
    std::sort(members.begin(), members.end());
    members.erase(std::unique(members.begin(), members.end()), members.end());
    return members;
}

}  // namespace linkway::loop
