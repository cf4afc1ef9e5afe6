#include "mapping/format.h"

namespace linkway::mapping {

namespace {

std::uint32_t last_line(const text::Node& node) {
    if (!node.members.empty()) {
        return last_line(node.members.back().value);
    }
    return node.items.empty() ? node.line : last_line(node.items.back());
}

class Printer {
  public:
    explicit Printer(bool keep_lines) : keep_lines_(keep_lines) {}

    std::string print(const text::Node& root) {
        append(root, 0, true);
        out_.push_back('\n');
        return std::move(out_);
    }

  private:
    void append(const text::Node& node, std::size_t depth, bool broken) {
        if (node.members.empty() && node.items.empty()) {
            text::append_json(out_, node);
            return;
        }
        // What is written on one line stays there: a table's columns are best read one a line.
        broken = broken && (!keep_lines_ || depth == 0 || last_line(node) != node.line);
        const bool object = node.is_object();
        out_.push_back(object ? '{' : '[');
        bool first = true;
        const auto next = [&] {
            out_ += first ? "" : broken ? "," : ", ";
            first = false;
            if (broken) {
                line(depth + 1);
            }
        };
        for (const text::Member& member : node.members) {
            next();
            text::append_json_string(out_, member.name);
            out_ += ": ";
            append(member.value, depth + 1, broken);
        }
        for (const text::Node& item : node.items) {
            next();
            append(item, depth + 1, broken);
        }
        if (broken) {
            line(depth);
        }
        out_.push_back(object ? '}' : ']');
    }

    void line(std::size_t depth) {
        out_.push_back('\n');
        out_.append(2 * depth, ' ');
    }

    bool keep_lines_;
    std::string out_;
};

}  // namespace

std::string pretty_json(const text::Node& node) {
    return Printer(false).print(node);
}

std::string tidy_json(const text::Node& node) {
    return Printer(true).print(node);
}

}  // namespace linkway::mapping
