// Ranges of layouts as the data package writes them: "5.0-5.2", "8.0-", "-5.2", "8.1".
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace linkway::sources {

/// Indices into the package's list of layouts, both inclusive.
struct VersionRange {
    std::size_t first = 0;
    std::size_t last = 0;
};

/// Nothing when an end is no known layout or the range runs backwards.
inline std::optional<VersionRange> parse_version_range(std::string_view text,
                                                       const std::vector<std::string>& versions) {
    const auto index = [&](std::string_view version,
                           std::size_t otherwise) -> std::optional<std::size_t> {
        if (version.empty()) {
            return otherwise;
        }
        const auto at = std::find(versions.begin(), versions.end(), version);
        return at == versions.end()
                   ? std::nullopt
                   : std::optional(static_cast<std::size_t>(at - versions.begin()));
    };
    if (text.empty() || text == "-" || versions.empty()) {
        return {};
    }
    const std::size_t dash = text.find('-');
    const auto first = index(text.substr(0, dash), 0);
    const auto last =
        dash == std::string_view::npos ? first : index(text.substr(dash + 1), versions.size() - 1);
    if (!first || !last || *last < *first) {
        return {};
    }
    return VersionRange{*first, *last};
}

}  // namespace linkway::sources
