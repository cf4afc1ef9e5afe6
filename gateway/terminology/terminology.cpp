#include "terminology/terminology.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "tables.h"

namespace linkway::terminology {

namespace {

/// The resource of that url; with "|version" only when it is that version (or states none).
template <class Map>
const typename Map::mapped_type* find_canonical(const Map& map, std::string_view url) {
    const std::size_t bar = url.find('|');
    const auto found = map.find(url.substr(0, bar));
    if (found == map.end()) {
        return nullptr;
    }
    const std::string_view version =
        bar == std::string_view::npos ? std::string_view() : url.substr(bar + 1);
    const std::string_view held = found->second.version;
    return version.empty() || held.empty() || version == held ? &found->second : nullptr;
}

text::Issue file_issue(const std::string& file, std::string code, std::string message,
                       std::string suggestion) {
    text::Issue issue;
    issue.code = std::move(code);
    issue.message = std::move(message);
    issue.suggestion = std::move(suggestion);
    issue.location.file = file;
    return issue;
}

text::Result<std::string> read_file(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    std::string content((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
    if (!stream.is_open() || stream.bad()) {
        return file_issue(path, "exception", "the file cannot be read",
                          "check that it exists and that you may read it");
    }
    return content;
}

/// Paths of the *.json files of a folder, by name: the same order everywhere.
text::Result<std::vector<std::string>> json_files(const std::string& folder) {
    std::error_code error;
    std::vector<std::string> files;
    std::filesystem::directory_iterator entry(folder, error);
    for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
        if (entry->path().extension() == ".json") {
            files.push_back(entry->path().string());
        }
    }
    if (error) {
        return file_issue(folder, "not-found", "the folder cannot be read: " + error.message(),
                          "check that it exists and that you may read it");
    }
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace

Terminology::Terminology() : tables_(std::make_unique<Tables>()) {}
Terminology::~Terminology() = default;
Terminology::Terminology(Terminology&&) noexcept = default;
Terminology& Terminology::operator=(Terminology&&) noexcept = default;

text::Issues Terminology::load(const std::string& folder) {
    const auto files = json_files(folder);
    if (!files.ok()) {
        return {files.issue()};
    }
    text::Issues issues;
    for (const std::string& file : files.value()) {
        const auto content = read_file(file);
        if (!content.ok()) {
            issues.push_back(content.issue());
            continue;
        }
        auto document = text::parse_json(content.value(), file);
        if (!document.ok()) {
            issues.push_back(document.issue());
            continue;
        }
        tables_->documents.push_back(std::move(document).value());
        ResourceReader(*tables_, tables_->documents.back(), issues).read();
    }
    expand_all(*tables_, issues);
    return issues;
}

bool Terminology::has_value_set(std::string_view url) const {
    return find_canonical(tables_->value_sets, url) != nullptr;
}

bool Terminology::has_concept_map(std::string_view url) const {
    return find_canonical(tables_->concept_maps, url) != nullptr;
}

std::vector<std::string> Terminology::urls() const {
    std::vector<std::string> urls;
    const auto add = [&](const auto& map) {
        for (const auto& [url, resource] : map) {
            urls.emplace_back(url);
        }
    };
    add(tables_->value_sets);
    add(tables_->code_systems);
    add(tables_->concept_maps);
    std::sort(urls.begin(), urls.end());
    return urls;
}

bool Terminology::member_of(std::string_view value_set_url, std::string_view system,
                            std::string_view code) const {
    const ValueSet* set = find_canonical(tables_->value_sets, value_set_url);
    if (set == nullptr) {
        return false;
    }
    return system.empty() ? set->bare_codes.contains(code) : set->members.contains({system, code});
}

std::span<const Translation> Terminology::targets(std::string_view concept_map_url,
                                                  std::string_view system,
                                                  std::string_view code) const {
    const ConceptMap* map = find_canonical(tables_->concept_maps, concept_map_url);
    if (map == nullptr) {
        return {};
    }
    if (system.empty()) {
        const auto found = map->bare_targets.find(code);
        return found == map->bare_targets.end() ? std::span<const Translation>()
                                                : std::span(found->second);
    }
    if (const auto found = map->targets.find({system, code}); found != map->targets.end()) {
        return found->second;
    }
    const auto fixed = map->fixed.find(system);
    return fixed == map->fixed.end() ? std::span<const Translation>()
                                     : std::span(&fixed->second, 1);
}

std::vector<Translation> Terminology::translate(std::string_view concept_map_url,
                                                std::string_view system,
                                                std::string_view code) const {
    const auto found = targets(concept_map_url, system, code);
    return {found.begin(), found.end()};
}

std::string_view Terminology::display(std::string_view system, std::string_view code) const {
    const auto found = tables_->displays.find({system, code});
    return found == tables_->displays.end() ? std::string_view() : found->second;
}

std::vector<Coding> Terminology::expand(std::string_view value_set_url) const {
    const ValueSet* set = find_canonical(tables_->value_sets, value_set_url);
    return set == nullptr ? std::vector<Coding>() : set->codes;
}

}  // namespace linkway::terminology
