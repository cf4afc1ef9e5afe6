#include "patient_resources.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "element.h"
#include "store/searchable.h"

namespace linkway::pages {

using store::Key;
using text::Node;

namespace {

constexpr std::array<std::string_view, 7> telling = {
    "ServiceRequest",        "Task",         "Encounter", "Appointment", "Observation",
    "QuestionnaireResponse", "Communication"};

std::string reference_of(const Key& key) {
    return key.type + "/" + key.id;
}

}  // namespace

const Node* PatientResources::keep(const store::Version& version) {
    auto parsed = text::parse_json(version.json, version.key.type);
    if (!parsed) {
        return nullptr;
    }
    documents_.push_back(std::move(*parsed));
    return &documents_.back().root();
}

void PatientResources::load(std::string_view patient) {
    for (const std::string_view type : telling) {
        load_type(type, patient);
    }
    std::stable_sort(all_.begin(), all_.end(), [](const Held& a, const Held& b) {
        return a.received != b.received
                   ? a.received < b.received
                   : std::tie(a.key.type, a.key.id) < std::tie(b.key.type, b.key.id);
    });
}

void PatientResources::load_type(std::string_view type, std::string_view patient) {
    const store::Searchable* parameter = store::searchable(type, "patient");
    if (parameter == nullptr) {
        return;
    }
    store::Search search;
    search.type = type;
    search.count = 200;
    search.sort = store::SortKey{"_lastUpdated", true};
    store::Criterion whose;
    whose.parameter = parameter->stored_as;
    whose.any_of.push_back({"Patient", std::string(patient), store::Compare::equal, 0, 0});
    search.all_of.push_back(std::move(whose));
    for (std::size_t seen = 0;;) {
        const store::Page page = reader_.search(search, reach_);
        for (const store::Version& version : page.matches) {
            const Node* node = version.deleted ? nullptr : keep(version);
            if (node == nullptr) {
                continue;
            }
            Held held{version.key, node, version.updated, version.updated, false};
            // The first change is how it came: history begins with the latest.
            const auto changes =
                reader_.history({version.key.type, version.key.id, {}, 1'000, 0}, reach_);
            if (!changes.empty()) {
                held.received = changes.back().origin.at;
                held.from_record = changes.back().origin.agent == "intake";
            }
            known_[reference_of(version.key)] = node;
            all_.push_back(std::move(held));
        }
        seen += page.matches.size();
        if (page.next.empty()) {
            return;
        }
        if (seen >= most_of_a_type) {
            complete_ = false;
            return;
        }
        search.after = page.next;
    }
}

const Node* PatientResources::find(std::string_view reference) {
    const std::string plain = plain_reference(reference);
    if (plain.empty()) {
        return nullptr;
    }
    const auto found = known_.find(plain);
    if (found != known_.end()) {
        return found->second;
    }
    const std::size_t slash = plain.find('/');
    const auto version = reader_.read({plain.substr(0, slash), plain.substr(slash + 1)}, reach_);
    const Node* node = version && !version->deleted ? keep(*version) : nullptr;
    known_[plain] = node;
    return node;
}

const Held* PatientResources::held(std::string_view reference) const {
    const std::string plain = plain_reference(reference);
    const auto found = std::find_if(all_.begin(), all_.end(), [&](const Held& each) {
        return reference_of(each.key) == plain;
    });
    return found == all_.end() ? nullptr : &*found;
}

}  // namespace linkway::pages
