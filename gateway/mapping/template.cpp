#include "mapping/template.h"

#include <algorithm>
#include <array>

namespace linkway::mapping {

namespace {

using text::Issues;
using text::Location;
using text::Node;
using text::NodeKind;

std::string_view trim(std::string_view text) {
    const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
    while (!text.empty() && blank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && blank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

std::string_view source_line(std::string_view source, std::uint32_t line) {
    for (std::uint32_t n = 1; n < line; ++n) {
        const std::size_t end = source.find('\n');
        if (end == std::string_view::npos) {
            return {};
        }
        source.remove_prefix(end + 1);
    }
    return source.substr(0, source.find('\n'));
}

/// Position of `close` that ends a marker opened before `from`, skipping FHIRPath strings; npos
/// when there is none.
std::size_t marker_end(std::string_view text, std::size_t from, std::string_view close) {
    char quote = 0;
    for (std::size_t i = from; i < text.size(); ++i) {
        const char c = text[i];
        if (quote != 0) {
            if (c == '\\') {
                ++i;
            } else if (c == quote) {
                quote = 0;
            }
        } else if (c == '\'' || c == '`') {
            quote = c;
        } else if (text.substr(i, close.size()) == close) {
            return i;
        }
    }
    return std::string_view::npos;
}

class Parser {
  public:
    Parser(std::string_view source, const std::string& file, const text::Document& document,
           Issues& issues)
        : source_(source), file_(file), document_(document), issues_(issues) {}

    FormPtr form(const Node& node) {
        auto result = std::make_unique<Form>();
        result->at = document_.at(node);
        switch (node.kind) {
            case NodeKind::string:
                scalar(node, *result);
                break;
            case NodeKind::array:
                result->kind = FormKind::array;
                for (const Node& item : node.items) {
                    result->items.push_back(form(item));
                }
                break;
            case NodeKind::object:
                object(node, *result);
                break;
            default:
                result->node = &node;
        }
        return result;
    }

    void fail(Location at, std::string message, std::string suggestion = {}) {
        issues_.push_back({text::Severity::error, "structure", std::move(message), std::move(at),
                           std::move(suggestion)});
    }

    Code code(const Node& node, std::size_t from, std::size_t to) {
        const std::string_view raw = node.text.substr(from, to - from);
        const std::string_view trimmed = trim(raw);
        const std::size_t lead =
            trimmed.empty() ? 0 : static_cast<std::size_t>(trimmed.data() - raw.data());
        Code result = code_at(node, trimmed, from + lead, source_, file_);
        if (trimmed.empty()) {
            fail(result.at, "an expression is missing between the markers");
        }
        return result;
    }

  private:
    void scalar(const Node& node, Form& result) {
        const std::string_view whole = node.text;
        if (whole.starts_with("{[")) {
            const std::size_t end = marker_end(whole, 2, "]}");
            if (end == std::string_view::npos || end + 2 != whole.size()) {
                fail(result.at, "\"{[\" must be closed by \"]}\" at the end of the text");
                return;
            }
            result.kind = FormKind::all_items;
            result.code = code(node, 2, end);
            return;
        }
        std::size_t at = 0;
        while (at < whole.size()) {
            const std::size_t open = whole.find("{{", at);
            if (open == std::string_view::npos) {
                break;
            }
            const std::size_t end = marker_end(whole, open + 2, "}}");
            if (end == std::string_view::npos) {
                fail(code_at(node, {}, open, source_, file_).at, "\"{{\" is not closed by \"}}\"");
                return;
            }
            if (open > at) {
                result.parts.push_back({std::string(whole.substr(at, open - at)), {}});
            }
            result.parts.push_back({{}, code(node, open + 2, end)});
            at = end + 2;
        }
        if (result.parts.empty()) {
            result.node = &node;
            return;
        }
        if (at < whole.size()) {
            result.parts.push_back({std::string(whole.substr(at)), {}});
        }
        result.kind = FormKind::concat;
        if (result.parts.size() == 1) {
            result.kind = FormKind::value;
            result.code = std::move(*result.parts.front().code);
            result.parts.clear();
        }
    }

    void object(const Node& node, Form& result) {
        result.kind = FormKind::object;
        for (const text::Member& member : node.members) {
            if (!member.name.starts_with("{%")) {
                Entry entry;
                entry.at = document_.at(member);
                entry.name = member.name;
                entry.value = form(member.value);
                result.entries.push_back(std::move(entry));
                continue;
            }
            directive(member, result);
        }
    }

    void directive(const text::Member& member, Form& result) {
        const Location at = document_.at(member);
        if (!member.name.ends_with("%}")) {
            fail(at, "\"{%\" is not closed by \"%}\"");
            return;
        }
        // A key has the marks of a scalar; code() works on it as on any other text.
        const Node key{NodeKind::string, member.line, member.column, member.name, {}, {}};
        const std::string_view inside = trim(member.name.substr(2, member.name.size() - 4));
        const std::size_t start = static_cast<std::size_t>(inside.data() - member.name.data());
        const std::size_t stop = start + inside.size();
        if (inside.starts_with("if ")) {
            Entry entry;
            entry.kind = EntryKind::condition;
            entry.at = at;
            entry.code = code(key, start + 3, stop);
            entry.value = form(member.value);
            result.entries.push_back(std::move(entry));
        } else if (inside == "else") {
            if (result.entries.empty() || result.entries.back().kind != EntryKind::condition ||
                result.entries.back().otherwise) {
                fail(at, "\"{% else %}\" must follow an \"{% if ... %}\"");
                return;
            }
            result.entries.back().otherwise = form(member.value);
        } else if (inside.starts_with("for ")) {
            loop(member, key, start, stop, result);
        } else if (inside == "assign") {
            assign(member, result);
        } else {
            const std::string word(inside.substr(0, inside.find(' ')));
            fail(at, "unknown directive \"" + word + "\": expected if, else, for or assign",
                 text::did_you_mean(word, {"if", "else", "for", "assign"}));
        }
    }

    void loop(const text::Member& member, const Node& key, std::size_t start, std::size_t stop,
              Form& result) {
        const std::string_view inside = member.name.substr(start, stop - start);
        const std::size_t in = inside.find(" in ");
        if (in == std::string_view::npos) {
            fail(document_.at(member), "expected \"{% for item in expression %}\"");
            return;
        }
        Entry entry;
        entry.kind = EntryKind::loop;
        entry.at = document_.at(member);
        std::string_view names = trim(inside.substr(4, in - 4));
        if (const std::size_t comma = names.find(','); comma != std::string_view::npos) {
            entry.index = trim(names.substr(0, comma));
            names = trim(names.substr(comma + 1));
        }
        entry.name = names;
        entry.code = code(key, start + in + 4, stop);
        entry.value = form(member.value);
        result.entries.push_back(std::move(entry));
    }

    void assign(const text::Member& member, Form& result) {
        if (!member.value.is_array()) {
            fail(document_.at(member), "\"{% assign %}\" takes a list of { name: expression }");
            return;
        }
        Entry entry;
        entry.kind = EntryKind::assign;
        entry.at = document_.at(member);
        for (const Node& item : member.value.items) {
            for (const text::Member& variable : item.members) {
                FormPtr value = form(variable.value);
                if (value->kind == FormKind::object || value->kind == FormKind::array) {
                    fail(value->at,
                         "\"{% assign %}\" takes expressions and constants, not objects or lists");
                    continue;
                }
                entry.assigned.emplace_back(variable.name, std::move(value));
            }
        }
        result.entries.push_back(std::move(entry));
    }

    std::string_view source_;
    const std::string& file_;
    const text::Document& document_;
    Issues& issues_;
};

void read_header(const Node& root, Parser& parser, const text::Document& document,
                 Template& result) {
    static const std::vector<std::string> known = {"each", "when", "referencedOnly", "resource"};
    for (const text::Member& member : root.members) {
        if (std::find(known.begin(), known.end(), member.name) == known.end()) {
            parser.fail(document.at(member),
                        "unknown header \"" + std::string(member.name) + "\" in a template",
                        text::did_you_mean(member.name, known));
        }
    }
    if (const Node* each = root.find("each"); each != nullptr && each->is_string()) {
        result.each = each->text;
        result.each_at = document.at(*each);
    } else {
        parser.fail(document.at(root),
                    "a template needs \"each\": the table, or event, that drives it");
    }
    if (const Node* when = root.find("when"); when != nullptr) {
        result.when = parser.code(*when, 0, when->text.size());
    }
    if (const Node* only = root.find("referencedOnly"); only != nullptr) {
        result.referenced_only = only->kind == NodeKind::boolean && only->text == "true";
    }
}

}  // namespace

Code code_at(const Node& scalar, std::string_view text, std::size_t offset, std::string_view source,
             const std::string& file) {
    Code result{std::string(text), {file, scalar.line, scalar.column, {}}};
    const std::string_view line = source_line(source, scalar.line);
    const char first =
        scalar.column >= 1 && scalar.column <= line.size() ? line[scalar.column - 1] : '\0';
    if (first != '|' && first != '>') {
        result.at.column +=
            static_cast<std::uint32_t>(offset) + (first == '"' || first == '\'' ? 1U : 0U);
        return result;
    }
    // A block scalar starts on the next line, behind its indentation; folding keeps one character
    // per line end.
    const std::string_view body = source_line(source, scalar.line + 1);
    const std::size_t indent = std::min(body.find_first_not_of(' '), body.size());
    const std::string_view before = scalar.text.substr(0, offset);
    const std::size_t last = before.rfind('\n');
    result.at.line +=
        1 + static_cast<std::uint64_t>(std::count(before.begin(), before.end(), '\n'));
    result.at.column = static_cast<std::uint32_t>(
        indent + 1 + (last == std::string_view::npos ? offset : offset - last - 1));
    return result;
}

std::optional<Template> parse_template(std::string_view content, const std::string& file,
                                       Issues& issues) {
    auto parsed = text::parse_yaml(content, file);
    if (!parsed) {
        issues.push_back(std::move(parsed).issue());
        return {};
    }
    const std::size_t before = issues.size();
    Template result;
    result.file = file;
    result.document = std::make_shared<text::Document>(std::move(parsed).value());
    const Node& root = result.document->root();
    Parser parser(content, file, *result.document, issues);
    if (!root.is_object()) {
        parser.fail(result.document->at(root),
                    "a template is an object with \"each\" and \"resource\"");
        return {};
    }
    read_header(root, parser, *result.document, result);
    if (const Node* resource = root.find("resource");
        resource != nullptr && resource->is_object()) {
        result.resource = parser.form(*resource);
        result.resource_type = resource->string_or("resourceType", "");
        if (result.resource_type.empty()) {
            parser.fail(result.document->at(*resource), "the resource needs a \"resourceType\"");
        }
    } else {
        parser.fail(result.document->at(root),
                    "a template needs \"resource\": the FHIR resource as it will look");
    }
    if (issues.size() != before) {
        return {};
    }
    return result;
}

}  // namespace linkway::mapping
