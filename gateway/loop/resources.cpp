#include "resources.h"

#include <algorithm>

#include "fhir/identifier.h"
#include "referrals/events_of.h"

namespace linkway::loop {

std::string reference_of(const store::Key& key) {
    return key.type + "/" + key.id;
}

store::Key key_of(std::string_view reference) {
    const std::size_t slash = std::min(reference.find('/'), reference.size());
    const std::string_view id = reference.substr(std::min(slash + 1, reference.size()));
    return {std::string(reference.substr(0, slash)), std::string(id.substr(0, id.find('/')))};
}

void Resources::add(const store::Key& key, std::string_view json) {
    if (auto parsed = text::parse_json(json, key.type)) {
        documents_.push_back(std::move(*parsed));
        known_[reference_of(key)] = &documents_.back().root();
    }
}

const text::Node* Resources::find(std::string_view reference) {
    const std::string plain = reference_of(key_of(reference));
    const auto known = known_.find(plain);
    if (known != known_.end()) {
        return known->second;
    }
    const text::Node*& node = known_[plain];
    if (const auto version = reader_.read(key_of(reference), store::Reach::all());
        version && !version->deleted) {
        if (auto parsed = text::parse_json(version->json, plain)) {
            documents_.push_back(std::move(*parsed));
            node = &documents_.back().root();
        }
    }
    return node;
}

std::string Resources::episode(const text::Node& resource, int depth) {
    const referrals::Links links = referrals::links_of(resource);
    const std::string_view type = resource.string_or("resourceType", "");
    if (!links.episode.empty() && type != "Task") {
        return links.episode;
    }
    constexpr int deepest = 8;  // references in a ring must end somewhere
    for (const std::string& reference : links.referrals) {
        const text::Node* referral = depth < deepest ? find(reference) : nullptr;
        if (referral != nullptr) {
            if (std::string found = episode(*referral, depth + 1); !found.empty()) {
                return found;
            }
        }
    }
    if (!links.episode.empty()) {
        return links.episode;
    }
    return type == "ServiceRequest"
               ? std::string(type) + "-" + std::string(resource.string_or("id", ""))
               : std::string();
}

std::string Resources::organisation(const store::Key& key) {
    const text::Node* node = find(reference_of(key));
    for (const char* member : {"organization", "providedBy"}) {
        const text::Node* belongs = node == nullptr ? nullptr : node->find(member);
        if (belongs != nullptr && key.type != "Organization") {
            if (const text::Node* stated = belongs->find("identifier")) {
                return std::string(fhir::value_of(*stated, fhir::ods_system));
            }
            node = find(belongs->string_or("reference", ""));
        }
    }
    return node == nullptr ? std::string()
                           : std::string(fhir::identifier_of(*node, fhir::ods_system));
}

}  // namespace linkway::loop
