#include <algorithm>

#include "record/record.h"

namespace linkway::record {

void Resources::add(const text::Node& resource, const text::Location& at, std::string_view full_url,
                    Use use) {
    const std::string type(resource.string_or("resourceType", ""));
    const std::string id(resource.string_or("id", ""));
    if (type.empty() || id.empty()) {
        refuse({text::Severity::error, "required", "a resource without type or id is no entry's",
                at, "give it an id: entries are known by it"});
        return;
    }
    std::string json;
    text::append_json(json, resource);
    auto copy = text::parse_json(json, at.file);
    if (!copy) {
        refuse(std::move(copy).issue());
        return;
    }
    if (!by_reference_.emplace(type + "/" + id, all_.size()).second) {
        refuse({text::Severity::error, "duplicate",
                "a second " + type + " of the id " + id + "; the first counts", at, ""});
        return;
    }
    by_reference_.emplace("urn:uuid:" + id, all_.size());
    if (!full_url.empty()) {
        by_reference_.emplace(full_url, all_.size());
    }
    all_.push_back({type, id, at, std::move(copy).value(), use});
}

const Resources::Held* Resources::find(std::string_view reference) const {
    reference = reference.substr(0, reference.find("/_history/"));
    auto found = by_reference_.find(reference);
    if (found == by_reference_.end()) {
        const std::size_t slash = reference.rfind('/');
        const std::size_t before = slash == std::string_view::npos || slash == 0
                                       ? std::string_view::npos
                                       : reference.rfind('/', slash - 1);
        found = before == std::string_view::npos ? by_reference_.end()
                                                 : by_reference_.find(reference.substr(before + 1));
    }
    return found == by_reference_.end() ? nullptr : &all_[found->second];
}

}  // namespace linkway::record
