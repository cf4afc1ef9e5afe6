#include "release_files.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <system_error>

#include "rf2_file.h"

namespace linkway::terminology {

namespace fs = std::filesystem;

namespace {

using Kind = ReleaseFile::Kind;

/// What a file holds, by its name: "sct2_Concept_Snapshot_INT_20250101.txt",
/// "der2_cRefset_LanguageMONOSnapshot-en_GB_20250101.txt". An "x" before marks a provisional one.
std::optional<Kind> kind_of(std::string_view name) {
    if (name.starts_with('x')) {
        name.remove_prefix(1);
    }
    if (!name.ends_with(".txt") || name.find("Snapshot") == std::string_view::npos) {
        return std::nullopt;
    }
    constexpr std::array<std::pair<std::string_view, Kind>, 6> starts = {{
        {"sct2_Concept_", Kind::concepts},
        {"sct2_Relationship_", Kind::relationships},
        {"sct2_Description_", Kind::descriptions},
        {"der2_cRefset_Language", Kind::preferences},
        {"der2_cRefset_Association", Kind::associations},
        {"der2_Refset_Simple", Kind::refsets},
    }};
    for (const auto& [start, kind] : starts) {
        if (name.starts_with(start)) {
            return kind;
        }
    }
    return std::nullopt;
}

}  // namespace

text::Result<std::vector<ReleaseFile>> find_release_files(const std::string& folder) {
    std::vector<ReleaseFile> files;
    std::error_code error;
    fs::recursive_directory_iterator entry(folder, error);
    for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
        const std::string name = entry->path().filename().string();
        if (const auto kind = kind_of(name); kind && entry->is_regular_file(error)) {
            files.push_back({*kind, entry->path().string()});
        }
    }
    if (error) {
        return text::Issue{text::Severity::error,
                           "not-found",
                           "the folder cannot be read: " + error.message(),
                           {folder, 0, 0, {}},
                           "check that it exists and that you may read it"};
    }
    std::sort(files.begin(), files.end(),
              [](const ReleaseFile& a, const ReleaseFile& b) { return a.path < b.path; });
    return files;
}

std::string_view release_date(std::string_view path) {
    constexpr std::size_t date_and_extension = 12;
    if (path.size() < date_and_extension) {
        return {};
    }
    const std::string_view date = path.substr(path.size() - date_and_extension, 8);
    return number_of(date) != 0 ? date : std::string_view();
}

}  // namespace linkway::terminology
