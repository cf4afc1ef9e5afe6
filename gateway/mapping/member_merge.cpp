#include "member_merge.h"

#include <map>

namespace linkway::mapping {

namespace {

/// Just behind the string that starts at `i`.
std::size_t string_end(std::string_view json, std::size_t i) {
    for (++i; json[i] != '"'; ++i) {
        if (json[i] == '\\') {
            ++i;
        }
    }
    return i + 1;
}

/// Just behind the value that starts at `i`: at the comma of its parent, or the end.
std::size_t value_end(std::string_view json, std::size_t i) {
    std::size_t depth = 0;
    while (i < json.size() && (depth != 0 || json[i] != ',')) {
        const char c = json[i];
        if (c == '"') {
            i = string_end(json, i);
            continue;
        }
        depth += c == '{' || c == '[' ? 1 : 0;
        depth -= c == '}' || c == ']' ? 1 : 0;
        ++i;
    }
    return i;
}

}  // namespace

std::vector<std::string_view> member_names(std::string_view json) {
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < json.size(); ++i) {
        const std::size_t colon = string_end(json, i);
        names.push_back(json.substr(i + 1, colon - i - 2));
        i = value_end(json, colon + 1);
    }
    return names;
}

void keep_last_members(std::string& out, std::size_t body) {
    const std::string_view json = std::string_view(out).substr(body);
    std::vector<std::string_view> members;
    std::map<std::string_view, std::size_t> last;
    for (std::size_t i = 0; i < json.size(); ++i) {
        const std::size_t start = i;
        const std::size_t colon = string_end(json, i);
        i = value_end(json, colon + 1);
        last[json.substr(start, colon - start)] = members.size();
        members.push_back(json.substr(start, i - start));
    }
    if (last.size() == members.size()) {
        return;
    }
    std::string kept;
    for (std::size_t i = 0; i < members.size(); ++i) {
        if (last[members[i].substr(0, string_end(members[i], 0))] == i) {
            kept += kept.empty() ? "" : ",";
            kept += members[i];
        }
    }
    out.replace(body, std::string::npos, kept);
}

}  // namespace linkway::mapping
