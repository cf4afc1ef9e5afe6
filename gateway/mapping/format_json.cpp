#include "mapping/format.h"

namespace linkway::mapping {

namespace {

void line(std::string& out, std::size_t depth) {
    out.push_back('\n');
    out.append(2 * depth, ' ');
}

void append(std::string& out, const text::Node& node, std::size_t depth) {
    if (node.members.empty() && node.items.empty()) {
        text::append_json(out, node);
        return;
    }
    const bool object = node.is_object();
    out.push_back(object ? '{' : '[');
    bool first = true;
    const auto next = [&] {
        out += first ? "" : ",";
        first = false;
        line(out, depth + 1);
    };
    for (const text::Member& member : node.members) {
        next();
        text::append_json_string(out, member.name);
        out += ": ";
        append(out, member.value, depth + 1);
    }
    for (const text::Node& item : node.items) {
        next();
        append(out, item, depth + 1);
    }
    line(out, depth);
    out.push_back(object ? '}' : ']');
}

}  // namespace

std::string pretty_json(const text::Node& node) {
    std::string out;
    append(out, node, 0);
    out.push_back('\n');
    return out;
}

}  // namespace linkway::mapping
