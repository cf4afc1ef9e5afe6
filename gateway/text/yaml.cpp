// YAML through yaml-cpp's event interface: no node tree of its own, and every event says where it
// stands.
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/node/node.h>
#include <yaml-cpp/parser.h>

#include <istream>
#include <streambuf>

#include "text/node.h"
#include "text/utf8.h"
#include "tree_builder.h"

namespace linkway::text {

namespace {

/// Lets an istream read a text where it lies.
class ViewBuffer : public std::streambuf {
  public:
    explicit ViewBuffer(std::string_view text) {
        // The get area is never written to; the interface is older than const.
        char* begin = const_cast<char*>(text.data());
        setg(begin, begin, begin + text.size());
    }
};

/// Thrown out of the parser's events to end it (it knows no other way); the builder holds the
/// issue. Never leaves this file.
struct Refused {};

constexpr std::string_view alias_message = "YAML aliases (*name) are not accepted";
constexpr std::string_view write_out = "write the value out";

bool is_null(std::string_view text) {
    return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

/// "true" or "false" for what the core schema calls a boolean, else nothing. "yes" and "no" are
/// words.
std::string_view as_boolean(std::string_view text) {
    if (text == "true" || text == "True" || text == "TRUE") {
        return "true";
    }
    if (text == "false" || text == "False" || text == "FALSE") {
        return "false";
    }
    return {};
}

class YamlHandler : public YAML::EventHandler {
  public:
    YamlHandler(std::string_view text, Document::Storage& storage, TreeBuilder& builder)
        : text_(text), storage_(storage), builder_(builder), tracker_(text) {}

    // The names are yaml-cpp's.
    void OnDocumentStart(const YAML::Mark& mark) override {  // NOLINT
        if (documents_++ != 0) {
            refuse(mark, "a second YAML document starts here", "keep one document in a file");
        }
    }
    void OnDocumentEnd() override {}  // NOLINT

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {  // NOLINT
        check_properties(mark, anchor, {});
        if (builder_.expects_key()) {
            refuse(mark, "a name of a mapping is missing or null", "put it in quotes");
        }
        builder_.scalar(NodeKind::null, {}, at(mark));
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {  // NOLINT
        refuse(mark, std::string(alias_message), std::string(write_out));
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,  // NOLINT
                  const std::string& value) override {
        check_properties(mark, anchor, tag);
        const bool is_plain = tag != "!";
        if (!is_plain && !is_closed(mark)) {
            refuse(mark, "this quoted string has no closing quotation mark", {});
        }
        // yaml-cpp turns these two escapes into a byte of Latin-1.
        if (!is_plain && !is_utf8(value)) {
            refuse(mark, "the escapes \\N and \\_ are not accepted", "write \\x85 or \\xA0");
        }
        const Position position = at(mark);
        if (builder_.expects_key()) {
            if (is_plain && value == "<<") {
                refuse(mark, "YAML merge keys (<<) are not accepted", "write the members out");
            }
            builder_.key(storage_.keep(value), position);
        } else if (!is_plain) {
            builder_.scalar(NodeKind::string, storage_.keep(value), position);
        } else if (is_null(value)) {
            builder_.scalar(NodeKind::null, {}, position);
        } else if (const std::string_view boolean = as_boolean(value); !boolean.empty()) {
            builder_.scalar(NodeKind::boolean, boolean, position);
        } else {
            // YAML knows more numbers (0x1F, .5, +1, .inf, 1_000); those stay strings, so that what
            // a template says means the same in both.
            builder_.scalar(is_json_number(value) ? NodeKind::number : NodeKind::string,
                            storage_.keep(value), position);
        }
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag,  // NOLINT
                         YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
        open(NodeKind::array, mark, tag, anchor);
    }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag,  // NOLINT
                    YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
        open(NodeKind::object, mark, tag, anchor);
    }
    void OnSequenceEnd() override { close(); }  // NOLINT
    void OnMapEnd() override { close(); }       // NOLINT

    Position at(const YAML::Mark& mark) {
        return tracker_.at(mark.pos < 0 ? tracker_.offset() : static_cast<std::size_t>(mark.pos));
    }

  private:
    [[noreturn]] void refuse(const YAML::Mark& mark, std::string message, std::string suggestion) {
        builder_.refuse(at(mark), "structure", std::move(message), std::move(suggestion));
        throw Refused{};
    }

    /// yaml-cpp reports "! x" just as a quoted "x": only the text tells them apart.
    void check_properties(const YAML::Mark& mark, YAML::anchor_t anchor, std::string_view tag) {
        // Of a value that is left out, the mark may be the end of the text.
        const char first = mark.pos >= 0 && static_cast<std::size_t>(mark.pos) < text_.size()
                               ? text_[static_cast<std::size_t>(mark.pos)]
                               : '\0';
        if (anchor != 0 || first == '&') {
            refuse(mark, "YAML anchors (&name) are not accepted", std::string(write_out));
        }
        if (first == '!' || !(tag.empty() || tag == "?" || tag == "!")) {
            refuse(mark, "YAML tags (!name) are not accepted",
                   "leave the tag out; quotes make a string");
        }
    }

    /// yaml-cpp takes the end of the file for the end of a quoted string.
    bool is_closed(const YAML::Mark& mark) const {
        std::size_t i = static_cast<std::size_t>(mark.pos);
        const char quote = text_[i];
        if (quote != '"' && quote != '\'') {
            return true;  // a block scalar
        }
        for (++i; i < text_.size(); ++i) {
            const bool doubled = quote == '\'' && text_.substr(i, 2) == "''";
            if (doubled || (quote == '"' && text_[i] == '\\')) {
                ++i;
            } else if (text_[i] == quote) {
                return true;
            }
        }
        return false;
    }

    void open(NodeKind kind, const YAML::Mark& mark, const std::string& tag,
              YAML::anchor_t anchor) {
        check_properties(mark, anchor, tag);
        if (builder_.expects_key()) {
            refuse(mark, "a name of a mapping must be text, not a list or mapping",
                   "put templates such as {{ }} in quotes");
        }
        if (!builder_.open(kind, at(mark))) {
            throw Refused{};
        }
    }

    void close() {
        if (!builder_.close()) {
            throw Refused{};
        }
    }

    std::string_view text_;
    Document::Storage& storage_;
    TreeBuilder& builder_;
    PositionTracker tracker_;
    int documents_ = 0;
};

/// YAML allows no control characters; yaml-cpp would take a NUL for a hint that the text is UTF-16.
Status check_characters(std::string_view text, const std::string& file) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F) {
            return parse_issue(file, position_of(text, i), "structure",
                               "a control character stands here",
                               "write it as an escape in a double-quoted string");
        }
    }
    return std::nullopt;
}

Issue syntax_issue(const std::string& file, std::string_view text, const YAML::Exception& error) {
    // After a colon some messages quote the byte they did not like, maybe half a character.
    std::string message = "not valid YAML: " + error.msg.substr(0, error.msg.find(": "));
    if (error.mark.pos < 0) {
        return parse_issue(file, {0, 0}, "structure", std::move(message));
    }
    const auto offset = static_cast<std::size_t>(error.mark.pos);
    const Position position = position_of(text, offset);
    if (offset < text.size() && text[offset] == '*') {
        // An alias whose anchor is unknown fails before there is an event for it.
        return parse_issue(file, position, "structure", std::string(alias_message),
                           std::string(write_out));
    }
    return parse_issue(file, position, "structure", std::move(message));
}

/// Runs yaml-cpp over the whole text. True when there was one document.
Result<bool> run_parser(std::string_view text, const std::string& file, YamlHandler& handler,
                        TreeBuilder& builder) {
    ViewBuffer buffer(text);
    std::istream stream(&buffer);
    try {
        YAML::Parser parser(stream);
        bool found = false;
        while (parser.HandleNextDocument(handler)) {
            found = true;
        }
        return found;
    } catch (const Refused&) {
        return std::move(builder.issue());
    } catch (const YAML::Exception& error) {
        return syntax_issue(file, text, error);
    }
}

}  // namespace

Result<Document> parse_yaml(std::string_view text, std::string file, ParseLimits limits) {
    text = without_byte_order_mark(text);
    if (Status status = check_text(text, file, limits)) {
        return *std::move(status);
    }
    if (Status status = check_characters(text, file)) {
        return *std::move(status);
    }
    auto storage = std::make_unique<Document::Storage>(std::move(file), 2 * text.size() + 256);
    // yaml-cpp recurses with each level, but tells us of a level before it enters it: the builder's
    // limit is reached first.
    TreeBuilder builder(*storage, limits.depth);
    YamlHandler handler(text, *storage, builder);
    Result<bool> found = run_parser(text, storage->file, handler, builder);
    if (!found.ok()) {
        return std::move(found).issue();
    }
    if (!found.value()) {
        return parse_issue(storage->file, {1, 1}, "structure",
                           "the file is empty where a YAML value was expected");
    }
    builder.finish();
    return Document(std::move(storage));
}

}  // namespace linkway::text
