#include "yaml_source.h"

#include <algorithm>

namespace linkway::mapping {

namespace {

bool is_blank_text(std::string_view text) {
    return text.find_first_not_of(" \t") == std::string_view::npos;
}

/// Goes through the text once; the tree says where scalars start, so that a "#" or a quotation mark
/// inside one is not taken for more.
class Scan {
  public:
    Scan(std::string_view text, const text::Node& root) : text_(text) {
        for (std::size_t start = 0; start <= text_.size();) {
            const std::size_t end = std::min(text_.find('\n', start), text_.size());
            lines_.push_back(text_.substr(start, end - start));
            start = end + 1;
        }
        collect(root);
        std::sort(scalars_.begin(), scalars_.end());
        result_.blank_lines.resize(lines_.size() + 1);
    }

    YamlSource run() && {
        auto next = scalars_.begin();
        while (line_ < lines_.size()) {
            if (at_ == 0) {
                result_.blank_lines[line_ + 1] = is_blank_text(lines_[line_]);
                column_ = 1;
            }
            if (at_ >= lines_[line_].size()) {
                ++line_;
                at_ = 0;
                continue;
            }
            const Place here{static_cast<std::uint32_t>(line_ + 1), column_};
            while (next != scalars_.end() && *next < here) {
                ++next;
            }
            if (next != scalars_.end() && *next == here && scalar(here)) {
                continue;
            }
            if ((character() == '{' || character() == '[') && containers_.count(here) != 0) {
                result_.brackets.insert(here);
            }
            if (character() == '#' &&
                (at_ == 0 || is_blank_text(lines_[line_].substr(at_ - 1, 1)))) {
                comment();
                continue;
            }
            step();
        }
        std::sort(result_.tokens.begin(), result_.tokens.end());
        return std::move(result_);
    }

  private:
    void collect(const text::Node& node) {
        if (node.kind != text::NodeKind::null) {
            result_.tokens.push_back(node.line);
            if (node.is_string()) {
                scalars_.emplace_back(node.line, node.column);
            }
            if (node.is_array() || node.is_object()) {
                containers_.emplace(node.line, node.column);
            }
        }
        for (const text::Member& member : node.members) {
            result_.tokens.push_back(member.line);
            scalars_.emplace_back(member.line, member.column);
            collect(member.value);
        }
        for (const text::Node& item : node.items) {
            collect(item);
        }
    }

    char character() const { return lines_[line_][at_]; }

    void step() {
        ++at_;
        if (at_ >= lines_[line_].size() ||
            (static_cast<unsigned char>(lines_[line_][at_]) & 0xC0U) != 0x80U) {
            ++column_;
        }
    }

    /// Passes a quoted or block scalar; a plain one is passed like anything else.
    bool scalar(const Place& place) {
        const char first = character();
        if (first == '"' || first == '\'') {
            quoted(first);
            return true;
        }
        if (first == '|' || first == '>') {
            block(place);
            return true;
        }
        return false;
    }

    void quoted(char quote) {
        step();
        while (line_ < lines_.size()) {
            if (at_ >= lines_[line_].size()) {
                ++line_;
                at_ = 0;
                column_ = 1;
                continue;
            }
            const char c = character();
            step();
            if (quote == '"' && c == '\\' && at_ < lines_[line_].size()) {
                step();
            } else if (c == quote) {
                if (quote == '"' || at_ >= lines_[line_].size() || character() != '\'') {
                    return;
                }
                step();
            }
        }
    }

    void block(const Place& place) {
        Block& result = result_.blocks[place];
        const std::string_view rest = lines_[line_].substr(at_);
        result.header = rest.substr(0, rest.find_first_of(" \t"));
        for (std::size_t i = 0; i < result.header.size(); ++i) {
            step();
        }
        while (at_ < lines_[line_].size()) {
            if (character() == '#' && is_blank_text(lines_[line_].substr(at_ - 1, 1))) {
                comment();
            } else {
                step();
            }
        }
        std::size_t indent = std::string_view::npos;
        std::size_t end = line_ + 1;  // behind the last line of text
        for (std::size_t i = end; i < lines_.size(); ++i) {
            const std::size_t first = lines_[i].find_first_not_of(' ');
            if (first == std::string_view::npos) {
                continue;
            }
            if (indent == std::string_view::npos) {
                indent = first;
            }
            if (first < indent || first == 0) {
                break;
            }
            end = i + 1;
        }
        for (std::size_t i = line_ + 1; i < end; ++i) {
            result.lines.push_back(lines_[i].substr(std::min(indent, lines_[i].size())));
        }
        line_ = end;
        at_ = 0;
    }

    void comment() {
        const std::string_view line = lines_[line_];
        const std::size_t end = line.find_last_not_of(" \t") + 1;
        result_.comments.push_back(
            {static_cast<std::uint32_t>(line_ + 1), column_, line.substr(at_, end - at_),
             line.substr(0, at_).find_first_not_of(" \t-") == std::string_view::npos});
        at_ = line.size();
    }

    std::string_view text_;
    std::vector<std::string_view> lines_;
    std::vector<Place> scalars_;  ///< of text and names, in order
    std::set<Place> containers_;
    YamlSource result_;
    std::size_t line_ = 0;
    std::size_t at_ = 0;
    std::uint32_t column_ = 1;
};

}  // namespace

YamlSource read_source(std::string_view text, const text::Node& root) {
    return Scan(text, root).run();
}

}  // namespace linkway::mapping
