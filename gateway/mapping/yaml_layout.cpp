#include "yaml_layout.h"

#include <algorithm>

#include "markers.h"
#include "yaml_scalar.h"

namespace linkway::mapping {

namespace {

using text::Member;
using text::Node;
using text::NodeKind;

bool is_container(const Node& node) {
    return node.is_object() || node.is_array();
}

bool is_empty(const Node& node) {
    return node.members.empty() && node.items.empty();
}

std::uint32_t last_line(const Node& node) {
    std::uint32_t line = node.line;
    for (const Member& member : node.members) {
        line = std::max({line, member.line, last_line(member.value)});
    }
    for (const Node& item : node.items) {
        line = std::max(line, last_line(item));
    }
    return line;
}

/// Of lists in lists, the line of what stands behind all the dashes.
std::uint32_t first_line(const Node& node) {
    if (!node.members.empty()) {
        return node.members.front().line;
    }
    return node.items.empty() ? node.line : first_line(node.items.front());
}

class Layout {
  public:
    Layout(const YamlSource& source, bool even_markers)
        : source_(source), even_markers_(even_markers), comment_(source.comments.begin()) {}

    std::string run(const Node& root) {
        if (is_container(root) && !is_empty(root)) {
            children(root, 0);
        } else {
            begin(root.line, 0);
            value(root, 0);
        }
        comments_until(UINT32_MAX, 0, 0);
        std::string out;
        for (const Line& line : lines_) {
            out += line.text;
            out.push_back('\n');
        }
        return out;
    }

  private:
    enum class LineKind : std::uint8_t { text, opener, comment, block, blank };
    struct Line {
        std::string text;
        LineKind kind = LineKind::text;
        bool has_comment = false;
    };

    std::string& current() { return lines_.back().text; }

    void blank_before(std::uint32_t line) {
        const bool wanted = line > 1 && source_.is_blank(line - 1) && !lines_.empty() &&
                            lines_.back().kind != LineKind::opener;
        if (wanted) {
            lines_.push_back({"", LineKind::blank});
        }
    }

    /// Puts the next comment behind the line that was written last, where it stood behind something
    /// and that line can take one.
    bool attach() {
        const bool takes_one =
            !lines_.empty() && !lines_.back().has_comment &&
            (lines_.back().kind == LineKind::text || lines_.back().kind == LineKind::opener);
        if (comment_->own_line || !takes_one) {
            return false;
        }
        current().append(" ").append(comment_->text);
        lines_.back().has_comment = true;
        return true;
    }

    /// Comments above `line` that stand at least at `column`, in their order.
    void comments_until(std::uint32_t line, std::uint32_t column, std::size_t indent) {
        for (; comment_ != source_.comments.end() && comment_->line < line; ++comment_) {
            if (attach()) {
                continue;
            }
            if (comment_->column < column) {
                return;
            }
            blank_before(comment_->line);
            lines_.push_back({std::string(indent, ' ').append(comment_->text), LineKind::comment});
        }
    }

    /// Starts a line for what stands on `line` of the source, or goes on behind a dash.
    void begin(std::uint32_t line, std::size_t indent) {
        seen_ = std::max(seen_, line);
        if (behind_dash_) {
            behind_dash_ = false;
            return;
        }
        comments_until(line, 0, indent);
        blank_before(line);
        lines_.push_back({std::string(indent, ' ')});
    }

    /// Comments below a container's last child that are indented like its children.
    void end(std::uint32_t column, std::size_t indent) {
        const auto next = std::upper_bound(source_.tokens.begin(), source_.tokens.end(), seen_);
        comments_until(next == source_.tokens.end() ? UINT32_MAX : *next, column, indent);
    }

    void children(const Node& node, std::size_t indent) {
        for (const Member& member : node.members) {
            begin(member.line, indent);
            current() += scalar(member.name, false) + ":";
            value(member.value, indent);
        }
        for (const Node& item : node.items) {
            begin(item.kind == NodeKind::null ? seen_ : first_line(item), indent);
            current().push_back('-');
            if (is_block(item)) {
                current().push_back(' ');
                behind_dash_ = true;
                children(item, indent + 2);
            } else {
                value(item, indent);
            }
        }
        const std::uint32_t column =
            node.is_object() ? node.members.front().column : std::max(node.column, 1U);
        end(column, indent);
    }

    /// Containers written in brackets on one line stay there; others are laid out over lines.
    bool is_block(const Node& node) const {
        return is_container(node) && !is_empty(node) &&
               (last_line(node) != node.line ||
                source_.brackets.count({node.line, node.column}) == 0);
    }

    void value(const Node& node, std::size_t indent) {
        if (is_block(node)) {
            lines_.back().kind = LineKind::opener;
            children(node, indent + 2);
            return;
        }
        if (const auto block = source_.blocks.find({node.line, node.column});
            node.is_string() && block != source_.blocks.end() && keeps_block(block->second)) {
            this->block(node, block->second, indent);
            return;
        }
        if (node.kind != NodeKind::null) {
            seen_ = std::max(seen_, last_line(node));
        }
        if (!current().empty() && current().find_first_not_of(' ') != std::string::npos) {
            current().push_back(' ');
        }
        flow(node);
    }

    static bool keeps_block(const Block& block) {
        return block.header.find_first_of("+0123456789") == std::string_view::npos &&
               !block.lines.empty();
    }

    void block(const Node& node, const Block& block, std::size_t indent) {
        current().append(current().empty() ? "" : " ").append(block.header);
        // None may stand between the header and the text: what does not fit behind it comes later.
        while (comment_ != source_.comments.end() && comment_->line <= node.line && attach()) {
            ++comment_;
        }
        for (const std::string_view line : block.lines) {
            lines_.push_back(
                {line.empty() ? "" : std::string(indent + 2, ' ').append(line), LineKind::block});
        }
        seen_ = std::max(seen_, node.line);
    }

    std::string scalar(std::string_view text, bool in_flow) const {
        return yaml_scalar(even_markers_ ? with_even_markers(text) : std::string(text), in_flow);
    }

    /// On one line, as scalars and containers of one line are.
    void flow(const Node& node) {
        std::string& out = current();
        switch (node.kind) {
            case NodeKind::null:
                out += "null";
                return;
            case NodeKind::boolean:
            case NodeKind::number:
                out += node.text;
                return;
            case NodeKind::string:
                out += scalar(node.text, depth_ != 0);
                return;
            default:
                break;
        }
        ++depth_;
        const bool object = node.is_object();
        out += object ? "{" : "[";
        const char* separator = object ? " " : "";
        for (const Member& member : node.members) {
            out.append(separator).append(scalar(member.name, true)).append(": ");
            flow(member.value);
            separator = ", ";
        }
        for (const Node& item : node.items) {
            out.append(separator);
            flow(item);
            separator = ", ";
        }
        out += object ? (is_empty(node) ? "}" : " }") : "]";
        --depth_;
    }

    const YamlSource& source_;
    bool even_markers_;
    std::vector<Comment>::const_iterator comment_;
    std::vector<Line> lines_;
    std::uint32_t seen_ = 0;  ///< last line of the source that was laid out
    bool behind_dash_ = false;
    int depth_ = 0;
};

}  // namespace

std::string yaml_layout(const text::Node& root, const YamlSource& source, bool even_markers) {
    return Layout(source, even_markers).run(root);
}

}  // namespace linkway::mapping
