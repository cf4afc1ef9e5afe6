#include <algorithm>

#include "loop/write.h"

namespace linkway::loop {

std::vector<store::Key> members_of(store::Reader& reader, const std::string& episode) {
    std::vector<store::Key> members;
    for (const store::Note& note : reader.notes("episode/" + episode)) {
        const auto document = text::parse_json(note.content, "event");
        const auto event = document ? referrals::event_from(*document, document->root())
                                    : text::Result<referrals::Event>(document.issue());
        const std::size_t slash = event ? event->resource.find('/') : std::string::npos;
        if (slash != std::string::npos) {
            members.push_back(
                {event->resource.substr(0, slash), event->resource.substr(slash + 1)});
        }
    }
    std::sort(members.begin(), members.end());
    members.erase(std::unique(members.begin(), members.end()), members.end());
    return members;
}

}  // namespace linkway::loop
