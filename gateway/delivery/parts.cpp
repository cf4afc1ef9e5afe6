#include "delivery/parts.h"

#include <algorithm>

namespace linkway::delivery {

std::shared_ptr<const Mappings> load_mappings(const std::string& folder, text::Issues& issues) {
    auto mappings = std::make_shared<Mappings>();
    text::Issues found;
    for (const std::string& target : record::targets(folder)) {
        if (auto mapping = record::load(folder, target, found)) {
            mappings->emplace(target, std::move(*mapping));
        }
    }
    const bool broken = text::has_errors(found);
    issues.insert(issues.end(), found.begin(), found.end());
    return broken ? nullptr : std::move(mappings);
}

store::Instant delay(const Retry& retry, std::string_view key, unsigned attempt) {
    store::Instant whole = retry.first;
    for (unsigned i = 1; i < attempt && whole < retry.longest; ++i) {
        whole *= 2;
    }
    whole = std::min(whole, retry.longest);
    // FNV-1a; what matters is only that keys differ.
    std::uint64_t hash = 0xcbf29ce484222325ULL + attempt;
    for (const char c : key) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    }
    return whole / 2 +
           static_cast<store::Instant>((hash >> 16U) % static_cast<std::uint64_t>(whole / 2 + 1));
}

}  // namespace linkway::delivery
