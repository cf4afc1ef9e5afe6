// Value sets worked out to the codes they hold.
#include <algorithm>

#include "tables.h"

namespace linkway::terminology {

namespace {

class Expander {
  public:
    Expander(Terminology::Tables& tables, text::Issues& issues)
        : tables_(tables), issues_(issues) {}

    void expand(ValueSet& set);

  private:
    std::vector<Coding> select(const ValueSet& set, const Selection& selection);
    std::vector<Coding> candidates(const ValueSet& set, const Selection& selection,
                                   std::span<const ValueSet* const> narrowed_by);
    const ValueSet* referred(const ValueSet& set, const Selection& selection, std::string_view url);
    void report(const ValueSet& set, const Selection& selection, std::string code,
                std::string message, std::string suggestion);

    Terminology::Tables& tables_;
    text::Issues& issues_;
};

void Expander::report(const ValueSet& set, const Selection& selection, std::string code,
                      std::string message, std::string suggestion) {
    text::Issue issue;
    issue.code = std::move(code);
    issue.message = std::move(message);
    issue.suggestion = std::move(suggestion);
    issue.location = set.document->at(*selection.node);
    issues_.push_back(std::move(issue));
}

const ValueSet* Expander::referred(const ValueSet& set, const Selection& selection,
                                   std::string_view url) {
    const auto found = tables_.value_sets.find(url.substr(0, url.find('|')));
    if (found == tables_.value_sets.end()) {
        report(set, selection, "not-found", "no file defines the value set " + std::string(url),
               "load the folder that holds it first");
        return nullptr;
    }
    if (found->second.state == ValueSet::State::working) {
        report(set, selection, "business-rule",
               "the value set " + std::string(url) + " includes itself",
               "take one of the includes out");
        return nullptr;
    }
    expand(found->second);
    return &found->second;
}

std::vector<Coding> Expander::candidates(const ValueSet& set, const Selection& selection,
                                         std::span<const ValueSet* const> narrowed_by) {
    if (selection.has_codes) {
        return selection.codes;
    }
    if (selection.system.empty()) {
        return narrowed_by.front()->codes;
    }
    const auto system = tables_.code_systems.find(selection.system);
    if (system == tables_.code_systems.end()) {
        // With a value set beside it, the system only narrows that down; no list of its codes is
        // needed.
        if (!narrowed_by.empty()) {
            std::vector<Coding> codes = narrowed_by.front()->codes;
            std::erase_if(codes,
                          [&](const Coding& coding) { return coding.system != selection.system; });
            return codes;
        }
        report(set, selection, "not-found",
               "the codes of " + std::string(selection.system) + " are in no CodeSystem file",
               "list the concepts that are meant");
        return {};
    }
    return system->second.codes;
}

std::vector<Coding> Expander::select(const ValueSet& set, const Selection& selection) {
    std::vector<const ValueSet*> others;
    for (const std::string_view url : selection.value_sets) {
        const ValueSet* other = referred(set, selection, url);
        if (other == nullptr) {
            return {};
        }
        others.push_back(other);
    }
    std::vector<Coding> codes = candidates(set, selection, others);
    // Value sets named side by side in one include mean what they have in common.
    std::erase_if(codes, [&](const Coding& coding) {
        return !std::all_of(others.begin(), others.end(), [&](const ValueSet* other) {
            return other->members.contains({coding.system, coding.code});
        });
    });
    return codes;
}

void Expander::expand(ValueSet& set) {
    if (set.state == ValueSet::State::known) {
        return;
    }
    set.state = ValueSet::State::working;
    std::unordered_set<Key, KeyHash> excluded;
    for (const Selection& selection : set.excludes) {
        for (const Coding& coding : select(set, selection)) {
            excluded.insert({coding.system, coding.code});
        }
    }
    for (const Selection& selection : set.includes) {
        for (Coding& coding : select(set, selection)) {
            const Key key{coding.system, coding.code};
            if (excluded.contains(key) || !set.members.insert(key).second) {
                continue;
            }
            set.bare_codes.insert(coding.code);
            if (const auto display = tables_.displays.find(key);
                coding.display.empty() && display != tables_.displays.end()) {
                coding.display = display->second;
            }
            set.codes.push_back(coding);
        }
    }
    set.state = ValueSet::State::known;
}

}  // namespace

void expand_all(Terminology::Tables& tables, text::Issues& issues) {
    for (auto& [url, set] : tables.value_sets) {
        set.state = ValueSet::State::unknown;
        set.codes.clear();
        set.members.clear();
        set.bare_codes.clear();
    }
    Expander expander(tables, issues);
    for (const std::string_view url : tables.order) {
        expander.expand(tables.value_sets.at(url));
    }
}

}  // namespace linkway::terminology
