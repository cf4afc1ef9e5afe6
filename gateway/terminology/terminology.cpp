#include "terminology/terminology.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "element_reader.h"
#include "filter.h"
#include "snomed_release.h"
#include "tables.h"

namespace linkway::terminology {

namespace {

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

text::Issue unknown(const std::string& what, std::string_view url,
                    const std::vector<std::string>& known) {
    return file_issue({}, "not-found",
                      "no code file defines the " + what + " \"" + std::string(url) + "\"",
                      text::did_you_mean(url, known));
}

}  // namespace

std::string_view Terminology::Tables::display(Key key) const {
    if (const CodeSystem* system = code_system(key.system)) {
        const auto found = system->find(key.code);
        if (found && !system->entries[*found].display.empty()) {
            return system->entries[*found].display;
        }
    }
    const auto found = displays.find(key);
    return found == displays.end() ? std::string_view() : found->second;
}

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
    std::vector<text::Document> documents;
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
        documents.push_back(std::move(document).value());
    }
    const text::Issues found = load(std::move(documents));
    issues.insert(issues.end(), found.begin(), found.end());
    return issues;
}

text::Issues Terminology::load(std::vector<text::Document> documents) {
    text::Issues issues;
    for (text::Document& document : documents) {
        tables_->documents.push_back(std::move(document));
        ElementReader reader(*tables_, tables_->documents.back(), issues);
        read_resource(reader);
    }
    settle(*tables_, issues);
    return issues;
}

text::Issues Terminology::load_snomed(const std::string& folder) {
    text::Issues issues;
    read_snomed_release(folder, *tables_, issues);
    settle(*tables_, issues);
    return issues;
}

text::Status Terminology::check_value_set(std::string_view url) const {
    if (const auto implicit = implicit_value_set(*tables_, url)) {
        return implicit->ok() ? text::Status() : implicit->issue();
    }
    if (find_canonical(tables_->value_sets, url) != nullptr) {
        return {};
    }
    return unknown("value set", url, urls());
}

text::Status Terminology::check_concept_map(std::string_view url) const {
    if (find_canonical(tables_->concept_maps, url) != nullptr) {
        return {};
    }
    return unknown("concept map", url, urls());
}

text::Status Terminology::check_hierarchy(std::string_view system) const {
    const CodeSystem* loaded = tables_->code_system(system);
    if (loaded == nullptr) {
        return unknown("code system", system, urls());
    }
    if (!loaded->is_a) {
        return file_issue({}, "business-rule",
                          "the hierarchy of " + std::string(system) + " does not mean \"is a\"",
                          {});
    }
    return {};
}

std::vector<std::string> Terminology::urls() const {
    std::vector<std::string> urls(tables_->order.begin(), tables_->order.end());
    std::sort(urls.begin(), urls.end());
    return urls;
}

Membership Terminology::member_of(std::string_view value_set_url, std::string_view system,
                                  std::string_view code) const {
    const ValueSet* set = find_canonical(tables_->value_sets, value_set_url);
    std::optional<text::Result<ValueSet>> implicit;
    if (set == nullptr) {
        implicit = implicit_value_set(*tables_, value_set_url);
        if (!implicit || !implicit->ok()) {
            return Membership::unknown;
        }
        set = &implicit->value();
    }
    if (!system.empty()) {
        return holds(*set, {system, code});
    }
    Membership result = Membership::no;
    for (const std::string_view any : set->systems) {
        result = std::max(result, holds(*set, {any, code}));
    }
    return result;
}

text::Result<std::vector<Coding>> Terminology::expand(std::string_view value_set_url,
                                                      std::size_t limit) const {
    const ValueSet* set = find_canonical(tables_->value_sets, value_set_url);
    const auto implicit =
        set == nullptr ? implicit_value_set(*tables_, value_set_url) : std::nullopt;
    if (set == nullptr && !implicit) {
        return unknown("value set", value_set_url, urls());
    }
    if (implicit && !implicit->ok()) {
        return implicit->issue();
    }
    std::vector<Coding> codes;
    bool too_many = false;
    auto issue = each_member(set == nullptr ? implicit->value() : *set, [&](const Coding& coding) {
        too_many = codes.size() == limit;
        if (!too_many) {
            codes.push_back(coding);
        }
        return !too_many;
    });
    if (issue) {
        return std::move(*issue);
    }
    if (too_many) {
        return file_issue({}, "too-costly",
                          "the value set " + std::string(value_set_url) + " holds more than " +
                              std::to_string(limit) + " codes",
                          "ask whether it holds a code instead");
    }
    for (Coding& coding : codes) {
        if (coding.display.empty()) {
            coding.display = tables_->display({coding.system, coding.code});
        }
    }
    return codes;
}

std::string_view Terminology::display(std::string_view system, std::string_view code) const {
    return tables_->display({system, code});
}

std::optional<bool> Terminology::subsumes(std::string_view system, std::string_view ancestor,
                                          std::string_view code) const {
    const CodeSystem* loaded = tables_->code_system(system);
    if (loaded == nullptr || !loaded->is_a) {
        return std::nullopt;
    }
    const auto above = loaded->find(ancestor);
    const auto below = loaded->find(code);
    if (!above || !below) {
        return std::nullopt;
    }
    return loaded->hierarchy.is_a(*below, *above);
}

std::optional<Concept> Terminology::lookup(std::string_view system, std::string_view code) const {
    const CodeSystem* loaded = tables_->code_system(system);
    const auto found = loaded == nullptr ? std::nullopt : loaded->find(code);
    if (!found) {
        return std::nullopt;
    }
    return describe(*loaded, *found);
}

}  // namespace linkway::terminology
