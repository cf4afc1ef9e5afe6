#include "mapping/format.h"

#include <algorithm>
#include <array>
#include <vector>

#include "mapping/template.h"
#include "markers.h"
#include "yaml_layout.h"

namespace linkway::mapping {

namespace {

using text::Node;

/// Line ends as LF; no byte order mark. A lone CR, which readers of YAML disagree about, stays.
std::string plain_lines(std::string_view content) {
    if (content.starts_with("\xEF\xBB\xBF")) {
        content.remove_prefix(3);
    }
    std::string result;
    result.reserve(content.size());
    for (std::size_t i = 0; i < content.size(); ++i) {
        if (content.substr(i, 2) != "\r\n") {
            result.push_back(content[i]);
        }
    }
    return result;
}

bool is_template(const Node& root) {
    return root.find("resource") != nullptr;
}

bool same_text(std::string_view one, std::string_view other, bool even_markers) {
    return one == other || (even_markers && with_even_markers(one) == with_even_markers(other));
}

/// Equal but for the blanks inside markers and, at the top, the order of the header.
bool same(const Node& one, const Node& other, bool even_markers, bool any_order) {
    if (one.kind != other.kind || one.members.size() != other.members.size() ||
        one.items.size() != other.items.size() || !same_text(one.text, other.text, even_markers)) {
        return false;
    }
    for (std::size_t i = 0; i < one.items.size(); ++i) {
        if (!same(one.items[i], other.items[i], even_markers, false)) {
            return false;
        }
    }
    for (std::size_t i = 0; i < one.members.size(); ++i) {
        const text::Member& member = one.members[i];
        const Node* partner = any_order ? other.find(member.name)
                              : same_text(member.name, other.members[i].name, even_markers)
                                  ? &other.members[i].value
                                  : nullptr;
        if (partner == nullptr || !same(member.value, *partner, even_markers, false)) {
            return false;
        }
    }
    return true;
}

std::vector<std::string_view> comments_of(const YamlSource& source) {
    std::vector<std::string_view> result;
    for (const Comment& comment : source.comments) {
        result.push_back(comment.text);
    }
    return result;
}

/// The rank of a line of canonical text that starts a member of the header; the lines below it, and
/// the comments just above it, belong to it.
std::size_t rank(std::string_view line) {
    static constexpr std::array<std::string_view, 5> order = {"each", "input", "when",
                                                              "referencedOnly", "resource"};
    const std::string_view name = line.substr(0, line.find(':'));
    return static_cast<std::size_t>(std::find(order.begin(), order.end(), name) - order.begin());
}

/// A template in canonical layout with its header in order. What stands above the first member is
/// the file's, and stays.
std::string in_order(const std::string& content) {
    struct Part {
        std::size_t rank;
        std::string text;
    };
    std::vector<Part> parts = {{0, ""}};
    std::string waiting;  // comments and blank lines
    for (std::size_t start = 0; start < content.size();) {
        const std::size_t end = content.find('\n', start) + 1;
        const std::string_view line(content.data() + start, end - start);
        if (line[0] == '#' || line[0] == '\n') {
            waiting += line;
        } else if (line[0] == ' ') {
            parts.back().text += waiting + std::string(line);
            waiting.clear();
        } else if (parts.size() == 1) {
            parts.front().text = waiting;
            parts.push_back({rank(line), std::string(line)});
            waiting.clear();
        } else {
            parts.push_back({rank(line), waiting + std::string(line)});
            waiting.clear();
        }
        start = end;
    }
    // A resource, such as a ViewDefinition, has no header.
    const bool is_resource = ("\n" + content).find("\nresourceType:") != std::string::npos;
    const bool sorted =
        is_resource || std::is_sorted(parts.begin() + 1, parts.end(),
                                      [](const Part& a, const Part& b) { return a.rank < b.rank; });
    if (sorted) {
        return content;
    }
    std::stable_sort(parts.begin() + 1, parts.end(),
                     [](const Part& a, const Part& b) { return a.rank < b.rank; });
    std::string result;
    for (const Part& part : parts) {
        result += part.text;
    }
    return result + waiting;
}

text::Issue cant_be_kept(const std::string& file) {
    return {text::Severity::error,
            "not-supported",
            "the layout of this file can't be changed without changing what it says",
            {file, 0, 0, {}},
            "write it more plainly: no tabs, no lone CR, no text over several lines but in | or > "
            "blocks"};
}

text::Result<std::string> format_yaml(const std::string& content, const std::string& file) {
    auto before = text::parse_yaml(content, file, template_limits);
    if (!before) {
        return std::move(before).issue();
    }
    const bool templated = is_template(before->root());
    const YamlSource source = read_source(content, before->root());
    std::string result = yaml_layout(before->root(), source, templated);
    // Nothing goes out that reads differently, or a second time would change.
    auto after = text::parse_yaml(result, file, template_limits);
    if (!after || !same(before->root(), after->root(), templated, false) ||
        comments_of(read_source(result, after->root())) != comments_of(source)) {
        return cant_be_kept(file);
    }
    return result;
}

}  // namespace

text::Result<std::string> format(std::string_view content, const std::string& file) {
    if (file.ends_with(".json")) {
        auto parsed = text::parse_json(content, file);
        if (!parsed) {
            return std::move(parsed).issue();
        }
        return tidy_json(parsed->root());
    }
    std::string current = plain_lines(content);
    if (current.find('\r') != std::string::npos) {
        return cant_be_kept(file);
    }
    // The second round settles what the first one moved, such as a comment below a list.
    for (int round = 0; round < 3; ++round) {
        auto result = format_yaml(current, file);
        if (!result) {
            return result;
        }
        const auto parsed = text::parse_yaml(*result, file, template_limits);
        std::string next = is_template(parsed->root()) ? in_order(*result) : *result;
        if (next == current) {
            return next;
        }
        current = std::move(next);
    }
    return cant_be_kept(file);
}

}  // namespace linkway::mapping
