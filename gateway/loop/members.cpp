#include <algorithm>

#include "episode_notes.h"
#include "loop/write.h"
#include "resources.h"

namespace linkway::loop {

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
