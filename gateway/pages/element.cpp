#include "element.h"

#include <algorithm>

namespace linkway::pages {

using text::Node;

namespace {

void collect(const Node& node, std::string_view path, std::vector<const Node*>& found) {
    if (node.is_array()) {
        for (const Node& item : node.items) {
            collect(item, path, found);
        }
        return;
    }
    if (path.empty()) {
        found.push_back(&node);
        return;
    }
    const std::size_t dot = std::min(path.find('.'), path.size());
    if (const Node* child = node.find(path.substr(0, dot))) {
        collect(*child, path.substr(std::min(dot + 1, path.size())), found);
    }
}

bool is_scalar(const Node& node) {
    return !node.is_object() && !node.is_array() && node.kind != text::NodeKind::null;
}

}  // namespace

std::vector<const Node*> all_at(const Node& node, std::string_view path) {
    std::vector<const Node*> found;
    collect(node, path, found);
    return found;
}

const Node* at(const Node& node, std::string_view path) {
    const auto found = all_at(node, path);
    return found.empty() ? nullptr : found.front();
}

std::string text_at(const Node& node, std::string_view path) {
    const Node* found = at(node, path);
    return found != nullptr && is_scalar(*found) ? std::string(found->text) : std::string();
}

std::string texts_at(const Node& node, std::string_view path, std::string_view between) {
    std::vector<std::string_view> seen;
    std::string joined;
    for (const Node* each : all_at(node, path)) {
        if (!is_scalar(*each) || each->text.empty() ||
            std::find(seen.begin(), seen.end(), each->text) != seen.end()) {
            continue;
        }
        joined += seen.empty() ? "" : between;
        joined += each->text;
        seen.push_back(each->text);
    }
    return joined;
}

bool has_code(const Node& node, std::string_view path, std::string_view code) {
    const auto codings = all_at(node, std::string(path) + ".coding");
    return std::any_of(codings.begin(), codings.end(),
                       [&](const Node* coding) { return coding->string_or("code", "") == code; });
}

std::string concept_of(const Node& codeable_concept) {
    for (const char* path : {"text", "coding.display", "coding.code"}) {
        std::string text = text_at(codeable_concept, path);
        if (!text.empty()) {
            return text;
        }
    }
    return {};
}

std::string concept_at(const Node& node, std::string_view path) {
    const Node* found = at(node, path);
    return found == nullptr ? std::string() : concept_of(*found);
}

std::string plain_reference(std::string_view reference) {
    reference = reference.substr(0, reference.find("/_history/"));
    const std::size_t slash = reference.rfind('/');
    if (slash == std::string_view::npos || slash == 0) {
        return {};
    }
    const std::size_t before = reference.rfind('/', slash - 1);
    return std::string(reference.substr(before == std::string_view::npos ? 0 : before + 1));
}

}  // namespace linkway::pages
