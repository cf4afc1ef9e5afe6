#include "mapping/template.h"

#include <algorithm>

#include "markers.h"

namespace linkway::mapping {

namespace {

using text::Issues;
using text::Location;
using text::Node;
using text::NodeKind;

bool is_name(std::string_view text) {
    const auto letter = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
    };
    return !text.empty() && letter(text.front()) &&
           std::all_of(text.begin(), text.end(),
                       [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

/// Of a name that stands twice in a template's object: what to write instead.
std::string twice(const std::string& message) {
    if (message.find("{% else") != std::string::npos) {
        return "put a word behind one: \"{% else %} 2\"";
    }
    if (message.find("{% assign") != std::string::npos ||
        message.find("{% merge") != std::string::npos) {
        return "write one, with a list";
    }
    return {};
}

class Parser {
  public:
    Parser(std::string_view source, const std::string& file, const text::Document& document,
           Issues& issues)
        : places_(source, file), document_(document), issues_(issues) {}

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
        Code result = places_.code(node, trimmed, from + lead);
        if (trimmed.empty()) {
            fail(result.at, "an expression is missing between the markers");
        }
        return result;
    }

  private:
    void scalar(const Node& node, Form& result) {
        const std::string_view whole = node.text;
        if (whole.starts_with("{%")) {
            fail(result.at, "a directive such as \"{% if ... %}\" is the name of a member",
                 "put a colon and a value behind it");
            return;
        }
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
        pieces(node, result);
    }

    /// Text with any number of {{ }} in it.
    void pieces(const Node& node, Form& result) {
        const std::string_view whole = node.text;
        std::size_t at = 0;
        while (at < whole.size()) {
            const std::size_t open = whole.find("{{", at);
            if (open == std::string_view::npos) {
                break;
            }
            const Location place = places_.code(node, {}, open).at;
            if (whole.substr(open, 3) == "{{+") {
                fail(place, "\"{{+ ... +}}\" (keep a null) is not supported: FHIR has no nulls",
                     "write {{ ... }}");
                return;
            }
            const std::size_t end = marker_end(whole, open + 2, "}}");
            if (end == std::string_view::npos) {
                fail(place, "\"{{\" is not closed by \"}}\"");
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
            if (const std::size_t open = whole.find("{[");
                open != std::string_view::npos &&
                whole.find("]}", open) != std::string_view::npos) {
                fail(places_.code(node, {}, open).at,
                     "\"{[ ... ]}\" gives a list and stands alone in its text");
            }
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
        static const std::vector<std::string> known = {"if", "else", "for", "assign", "merge"};
        const Location at = document_.at(member);
        const std::size_t close = member.name.rfind("%}");
        if (close == std::string_view::npos || close < 2) {
            fail(at, "\"{%\" is not closed by \"%}\"");
            return;
        }
        // A key has the marks of a scalar; code() works on it as on any other text.
        const Node key{NodeKind::string, member.line, member.column, member.name, {}, {}};
        const std::string_view inside = trim(member.name.substr(2, close - 2));
        const std::string_view word = inside.substr(0, inside.find_first_of(" \t\n"));
        if (close + 2 != member.name.size() && word != "else") {
            fail(at, "nothing may stand behind the \"%}\" of \"" + std::string(word) + "\"");
            return;
        }
        Entry entry;
        entry.at = at;
        const std::size_t stop =
            static_cast<std::size_t>(inside.data() - member.name.data()) + inside.size();
        const std::size_t start = stop - inside.size() + word.size();
        if (word == "if") {
            entry.kind = EntryKind::condition;
            entry.code = code(key, start, stop);
            entry.value = form(member.value);
        } else if (word == "else") {
            otherwise(member, inside, result);
            return;
        } else if (word == "for") {
            if (!loop(member, key, start, stop, entry)) {
                return;
            }
        } else if (inside == "assign") {
            entry.kind = EntryKind::assign;
            assign(member.value, entry);
        } else if (inside == "merge") {
            entry.kind = EntryKind::merge;
            entry.value = form(member.value);
        } else {
            const bool is_known = std::find(known.begin(), known.end(), word) != known.end();
            fail(at,
                 is_known ? "\"{% " + std::string(word) + " %}\" takes no expression"
                          : "unknown directive \"" + std::string(word) +
                                "\": expected if, else, for, assign or merge",
                 is_known ? "" : text::did_you_mean(word, known));
            return;
        }
        result.entries.push_back(std::move(entry));
    }

    void otherwise(const text::Member& member, std::string_view inside, Form& result) {
        if (inside != "else") {
            fail(document_.at(member), "\"{% else %}\" takes no expression",
                 "put an \"{% if ... %}\" into the object below it");
            return;
        }
        if (result.entries.empty() || result.entries.back().kind != EntryKind::condition ||
            result.entries.back().otherwise) {
            fail(document_.at(member),
                 "\"{% else %}\" must follow an \"{% if ... %}\" without one");
            return;
        }
        result.entries.back().otherwise = form(member.value);
    }

    bool loop(const text::Member& member, const Node& key, std::size_t start, std::size_t stop,
              Entry& entry) {
        const std::string_view inside = member.name.substr(start, stop - start);
        const std::size_t in = inside.find(" in ");
        entry.kind = EntryKind::loop;
        std::string_view names =
            in == std::string_view::npos ? std::string_view{} : trim(inside.substr(0, in));
        if (const std::size_t comma = names.find(','); comma != std::string_view::npos) {
            entry.index = trim(names.substr(0, comma));
            names = trim(names.substr(comma + 1));
        }
        entry.name = names;
        if (!is_name(entry.name) || !(entry.index.empty() || is_name(entry.index)) ||
            entry.name == entry.index) {
            fail(entry.at,
                 "expected \"{% for item in expression %}\" or \"{% for index, item in "
                 "expression %}\"");
            return false;
        }
        entry.code = code(key, start + in + 4, stop);
        entry.value = form(member.value);
        return true;
    }

    /// A list of objects with one variable each, or one object: in the order written either way.
    void assign(const Node& node, Entry& entry) {
        if (node.is_object()) {
            variables(node, entry);
            return;
        }
        if (!node.is_array()) {
            fail(document_.at(node), "\"{% assign %}\" takes a list of { name: value }");
            return;
        }
        for (const Node& item : node.items) {
            if (item.is_object() && item.members.size() == 1) {
                variables(item, entry);
            } else {
                fail(document_.at(item), "\"{% assign %}\" takes one { name: value } an item");
            }
        }
    }

    void variables(const Node& object, Entry& entry) {
        for (const text::Member& variable : object.members) {
            if (!is_name(variable.name)) {
                fail(document_.at(variable),
                     "a variable's name is made of letters, digits and \"_\"");
                continue;
            }
            entry.assigned.push_back(
                {std::string(variable.name), document_.at(variable), form(variable.value)});
        }
    }

    Places places_;
    const text::Document& document_;
    Issues& issues_;
};

/// What drives the template: "each" or "input".
void read_driver(const Node& root, Parser& parser, const text::Document& document,
                 Template& result) {
    const Node* each = root.find("each");
    const Node* input = root.find("input");
    const Node* driver = each != nullptr ? each : input;
    if (driver == nullptr) {
        parser.fail(document.at(root),
                    "a template needs \"each\" (the table, or event, that drives it) or \"input\" "
                    "(the type of the FHIR resource that does)");
        return;
    }
    result.input_at = document.at(*driver);
    if (each != nullptr && input != nullptr) {
        parser.fail(document.at(*input), "a template has \"each\" or \"input\", not both");
    } else if (!driver->is_string() || driver->text.empty()) {
        parser.fail(result.input_at, each != nullptr ? "\"each\" is the name of a table, or event"
                                                     : "\"input\" is the name of an R4 resource");
    }
    (each != nullptr ? result.each : result.input) = driver->text;
}

void read_header(const Node& root, Parser& parser, const text::Document& document,
                 Template& result) {
    static const std::vector<std::string> known = {"each", "input", "when", "referencedOnly",
                                                   "resource"};
    for (const text::Member& member : root.members) {
        if (std::find(known.begin(), known.end(), member.name) == known.end()) {
            parser.fail(document.at(member),
                        "unknown header \"" + std::string(member.name) + "\" in a template",
                        text::did_you_mean(member.name, known));
        }
    }
    read_driver(root, parser, document, result);
    if (const Node* when = root.find("when"); when != nullptr) {
        if (when->text.starts_with("{{")) {
            parser.fail(document.at(*when), "\"when\" is a condition as it is, without {{ }}");
        } else if (when->is_string() || when->kind == NodeKind::boolean) {
            result.when = parser.code(*when, 0, when->text.size());
        } else {
            parser.fail(document.at(*when), "\"when\" is a FHIRPath condition");
        }
    }
    if (const Node* only = root.find("referencedOnly"); only != nullptr) {
        result.referenced_only = only->kind == NodeKind::boolean && only->text == "true";
        if (only->kind != NodeKind::boolean) {
            parser.fail(document.at(*only), "\"referencedOnly\" is true or false");
        } else if (result.referenced_only && !result.input.empty()) {
            parser.fail(document.at(*only),
                        "\"referencedOnly\" is for rows: nothing refers to an input resource");
        }
    }
}

}  // namespace

std::optional<Template> parse_template(std::string_view content, const std::string& file,
                                       Issues& issues) {
    auto parsed = file.ends_with(".json") ? text::parse_json(content, file, template_limits)
                                          : text::parse_yaml(content, file, template_limits);
    if (!parsed) {
        issues.push_back(std::move(parsed).issue());
        if (std::string better = twice(issues.back().message); !better.empty()) {
            issues.back().suggestion = std::move(better);
        }
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
                    "a template is an object with a header and \"resource\"");
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
