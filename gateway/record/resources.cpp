#include <algorithm>

#include "record/record.h"

namespace linkway::record {

void Resources::add(const text::Node& resource, const text::Location& at) {
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
    all_.push_back({type, id, at, std::move(copy).value()});
}

const text::Node* Resources::find(std::string_view reference) const {
    reference = reference.substr(0, reference.find("/_history/"));
    if (const std::size_t slash = reference.rfind('/');
        slash != std::string_view::npos && slash > 0) {
        const std::size_t before = reference.rfind('/', slash - 1);
        reference = reference.substr(before == std::string_view::npos ? 0 : before + 1);
    }
    const auto found = by_reference_.find(reference);
    return found == by_reference_.end() ? nullptr : &all_[found->second].document.root();
}

}  // namespace linkway::record
