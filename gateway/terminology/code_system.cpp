#include "code_system.h"

#include <algorithm>
#include <array>

#include "terminology/terminology.h"

namespace linkway::terminology {

namespace {

/// The SNOMED CT concept that says what kind of description it is.
constexpr std::string_view fully_specified_name = "900000000000003001";

/// Codes are ASCII in practice; other letters stay as they are.
std::string folded(std::string_view code) {
    std::string result(code);
    std::transform(result.begin(), result.end(), result.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return result;
}

/// Properties that FHIR defines for any code system (concept-properties); a file may use them
/// without declaring them.
constexpr std::array<std::string_view, 7> common_properties = {
    "parent", "child", "inactive", "status", "deprecated", "notSelectable", "effectiveDate"};

}  // namespace

bool CodeSystem::add(const Entry& entry) {
    const auto place = static_cast<Ordinal>(entries.size());
    std::string_view key = entry.code;
    if (!case_sensitive) {
        key = folded_.emplace_back(folded(entry.code));
    }
    if (!index_.try_emplace(key, place).second) {
        return false;
    }
    entries.push_back(entry);
    return true;
}

std::optional<Ordinal> CodeSystem::find(std::string_view code) const {
    const auto found = case_sensitive ? index_.find(code) : index_.find(folded(code));
    return found == index_.end() ? std::nullopt : std::optional<Ordinal>(found->second);
}

std::string_view CodeSystem::spelling(std::string_view code) const {
    if (case_sensitive) {
        return code;
    }
    const auto found = find(code);
    return found ? entries[*found].code : code;
}

Membership CodeSystem::absent(std::string_view code) const {
    if (content == Content::complete) {
        return Membership::no;
    }
    // A concept of another edition, or newer than the release.
    const bool may_exist = content != Content::edition || is_valid_concept_id(code);
    return may_exist ? Membership::unknown : Membership::no;
}

bool CodeSystem::knows_property(std::string_view name) const {
    const auto holds = [&](const auto& names) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    return holds(common_properties) || holds(property_codes) ||
           std::any_of(supplemented_by.begin(), supplemented_by.end(),
                       [&](const CodeSystem* other) { return holds(other->property_codes); });
}

std::vector<std::string_view> replacements(const CodeSystem& system, Ordinal of) {
    std::vector<std::string_view> result;
    auto at = std::lower_bound(system.replaced.begin(), system.replaced.end(),
                               std::pair<Ordinal, Ordinal>(of, 0));
    for (; at != system.replaced.end() && at->first == of; ++at) {
        result.push_back(system.entries[at->second].code);
    }
    return result;
}

std::string nearest_code(const CodeSystem& system, std::string_view code) {
    constexpr std::size_t most_candidates = 2000;
    if (system.entries.size() > most_candidates) {
        return {};
    }
    std::vector<std::string> codes;
    codes.reserve(system.entries.size());
    for (const Entry& entry : system.entries) {
        codes.emplace_back(entry.code);
    }
    return text::did_you_mean(code, codes);
}

Concept describe(const CodeSystem& system, Ordinal of) {
    const Entry& entry = system.entries[of];
    Concept result;
    result.coding = {system.url, entry.code, entry.display};
    result.inactive = entry.inactive;
    result.replaced_by = replacements(system, of);
    if (!entry.full_name.empty()) {
        result.designations.push_back({"en", fully_specified_name, entry.full_name});
    }
    system.each_node(of, [&](const text::Node& node) {
        for (const text::Node& item : items_of(node, "designation")) {
            const text::Node* use = item.find("use");
            result.designations.push_back({item.string_or("language", ""),
                                           use == nullptr ? "" : use->string_or("code", ""),
                                           item.string_or("value", "")});
        }
        for (const text::Node& item : items_of(node, "property")) {
            result.properties.push_back({item.string_or("code", ""), property_value(item)});
        }
    });
    return result;
}

}  // namespace linkway::terminology
