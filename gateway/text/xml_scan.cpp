// pugixml is fast because it forgives: it reads undeclared entities as text, lets a second root and
// a repeated attribute pass, and never looks at characters. FHIR's readers may not (XML 1.0 makes
// all of it fatal), and its reason for a refusal is one of a dozen words. So the text is walked
// once here first.
#include "xml_scan.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "tree_builder.h"

namespace linkway::text {

namespace {

constexpr std::string_view blanks = " \t\r\n";
constexpr std::size_t max_attributes = 256;

bool is_name_start(unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' || c >= 0x80;
}

bool is_name_part(unsigned char c) {
    return is_name_start(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

/// XML 1.0, production 2: the characters that a document may hold, written or by number.
bool is_character(std::uint32_t code) {
    return code == '\t' || code == '\n' || code == '\r' || (code >= 0x20 && code <= 0xD7FF) ||
           (code >= 0xE000 && code <= 0xFFFD) || (code >= 0x10000 && code <= 0x10FFFF);
}

std::string quoted(std::string_view name) {
    return "<" + shown(name) + ">";
}

class Scanner {
  public:
    Scanner(std::string_view text, const std::string& file, std::uint32_t depth_limit)
        : text_(text), file_(file), depth_limit_(depth_limit) {}

    Status run() {
        while (!issue_ && at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '<') {
                markup();
            } else if (c == '&' && !open_.empty()) {
                reference();
            } else {
                character();
            }
        }
        if (!issue_ && !open_.empty()) {
            refuse(open_.back().offset, "the element " + quoted(open_.back().name) +
                                            " that starts here is never closed");
        }
        if (!issue_ && !root_seen_) {
            refuse(text_.size(), "the text is empty where an XML element was expected");
        }
        return issue_;
    }

  private:
    struct Open {
        std::string_view name;
        std::size_t offset;
    };

    void refuse(std::size_t offset, std::string message, std::string suggestion = {},
                std::string code = "structure") {
        issue_ = parse_issue(file_, position_of(text_, offset), std::move(code), std::move(message),
                             std::move(suggestion));
    }

    bool starts(std::string_view prefix) const {
        return text_.substr(at_, prefix.size()) == prefix;
    }

    void skip_blanks() { at_ = std::min(text_.find_first_not_of(blanks, at_), text_.size()); }

    /// Steps over the end mark; `what` started here.
    void skip_past(std::size_t from, std::string_view end, std::string_view what) {
        const std::size_t found = text_.find(end, from);
        if (found == std::string_view::npos) {
            refuse(at_, "the " + std::string(what) + " that starts here is never closed");
            return;
        }
        for (std::size_t i = at_; !issue_ && i < found; ++i) {
            check_control(i);
        }
        at_ = found + end.size();
    }

    void check_control(std::size_t offset) {
        const auto c = static_cast<unsigned char>(text_[offset]);
        const bool noncharacter = c == 0xEF && (text_.substr(offset, 3) == "\xEF\xBF\xBE" ||
                                                text_.substr(offset, 3) == "\xEF\xBF\xBF");
        if ((c < 0x20 && !is_character(c)) || noncharacter) {
            refuse(offset, "a control character stands here, which XML does not allow");
        }
    }

    void character() {
        check_control(at_);
        if (!issue_ && open_.empty() && blanks.find(text_[at_]) == std::string_view::npos) {
            refuse(at_,
                   root_seen_ ? "there is more text after the root element"
                              : "an XML element was expected here",
                   text_[at_] == '{' ? "this looks like JSON" : "");
        } else if (!issue_ && starts("]]>")) {
            refuse(at_, "]]> may not stand in text", "write ]]&gt;");
        }
        ++at_;
    }

    void markup() {
        if (starts("<!--")) {
            const std::size_t dashes = text_.find("--", at_ + 4);
            if (dashes != std::string_view::npos && text_.substr(dashes, 3) != "-->") {
                refuse(dashes, "two dashes may not stand inside a comment");
            } else {
                skip_past(at_ + 4, "-->", "comment");
            }
        } else if (starts("<![CDATA[")) {
            if (open_.empty()) {
                refuse(at_, "text stands outside of the root element");
            } else {
                skip_past(at_ + 9, "]]>", "CDATA section");
            }
        } else if (starts("<!DOCTYPE")) {
            refuse(at_, "a document type declaration (<!DOCTYPE) is not accepted",
                   "take it out; FHIR has no use for one", "security");
        } else if (starts("<?xml") && blanks.find(peek(5)) != std::string_view::npos) {
            declaration();
        } else if (starts("<?")) {
            skip_past(at_ + 2, "?>", "processing instruction");
        } else if (starts("</")) {
            end_tag();
        } else {
            start_tag();
        }
    }

    char peek(std::size_t ahead) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }

    void declaration() {
        const std::size_t start = at_;
        skip_past(at_ + 2, "?>", "XML declaration");
        if (issue_) {
            return;
        }
        if (start != 0) {
            refuse(start, "the XML declaration must be the first thing in the text");
            return;
        }
        const std::string_view written = text_.substr(start, at_ - start);
        const std::size_t encoding = written.find("encoding");
        const std::size_t quote =
            encoding == std::string_view::npos ? encoding : written.find_first_of("'\"", encoding);
        if (quote == std::string_view::npos) {
            return;
        }
        std::string name(
            written.substr(quote + 1, written.find(written[quote], quote + 1) - quote - 1));
        std::transform(name.begin(), name.end(), name.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
        if (name != "utf-8" && name != "us-ascii") {
            refuse(start + encoding, "the text says that its encoding is not UTF-8",
                   "save the file as UTF-8");
        }
    }

    /// Takes a name, or refuses.
    std::string_view name(std::string_view what) {
        std::size_t end = at_;
        if (end < text_.size() && is_name_start(static_cast<unsigned char>(text_[end]))) {
            while (end < text_.size() && is_name_part(static_cast<unsigned char>(text_[end]))) {
                ++end;
            }
        }
        if (end == at_) {
            refuse(at_, "expected the name of an " + std::string(what) + " here",
                   what == "element" ? "a < in text is written &lt;" : "");
        }
        const std::string_view found = text_.substr(at_, end - at_);
        at_ = end;
        return found;
    }

    void end_tag() {
        const std::size_t start = at_;
        at_ += 2;
        const std::string_view closed = name("element");
        skip_blanks();
        if (issue_) {
            return;
        }
        if (peek(0) != '>') {
            refuse(at_, "expected > here, at the end of the closing tag");
        } else if (open_.empty()) {
            refuse(start, "the tag closes " + quoted(closed) + " but no element is open");
        } else if (open_.back().name != closed) {
            const Position opened = position_of(text_, open_.back().offset);
            refuse(start,
                   "the tag closes " + quoted(closed) + " but the open element is " +
                       quoted(open_.back().name) + " of line " + std::to_string(opened.line),
                   "close " + quoted(open_.back().name) + " first");
        } else {
            ++at_;
            open_.pop_back();
        }
    }

    void start_tag() {
        const std::size_t start = at_++;
        const std::string_view element = name("element");
        if (!issue_ && open_.empty() && root_seen_) {
            refuse(start, "there is a second root element", "one text holds one resource");
        } else if (!issue_ && open_.size() >= depth_limit_) {
            refuse(start,
                   "elements are nested deeper than the limit of " + std::to_string(depth_limit_) +
                       " levels",
                   {}, "too-costly");
        }
        root_seen_ = true;
        attributes_.clear();
        while (!issue_) {
            const std::size_t before = at_;
            skip_blanks();
            if (starts("/>")) {
                at_ += 2;
                return;
            }
            if (peek(0) == '>') {
                ++at_;
                open_.push_back({element, start});
                return;
            }
            if (at_ == text_.size()) {
                refuse(start, "the tag that starts here is never closed");
            } else if (at_ == before) {
                refuse(at_, "expected a blank, > or /> here, inside the tag " + quoted(element));
            } else {
                attribute();
            }
        }
    }

    void attribute() {
        const std::size_t start = at_;
        const std::string_view found = name("attribute");
        if (!issue_ &&
            std::find(attributes_.begin(), attributes_.end(), found) != attributes_.end()) {
            refuse(start, "this attribute stands twice in its tag", "keep one of the two");
        } else if (!issue_ && attributes_.size() == max_attributes) {
            refuse(start, "the tag has more than " + std::to_string(max_attributes) + " attributes",
                   {}, "too-costly");
        }
        attributes_.push_back(found);
        skip_blanks();
        if (!issue_ && peek(0) != '=') {
            refuse(at_, "expected = here, after the attribute's name");
        }
        ++at_;
        skip_blanks();
        const char quote = peek(0);
        if (!issue_ && quote != '"' && quote != '\'') {
            refuse(std::min(at_, text_.size()), "expected a quotation mark here",
                   "an attribute's value stands in quotation marks");
        }
        const std::size_t value = at_++;
        while (!issue_ && at_ < text_.size() && text_[at_] != quote) {
            if (text_[at_] == '<') {
                refuse(at_, "a < may not stand in an attribute's value", "write &lt;");
            } else if (text_[at_] == '&') {
                reference();
            } else {
                check_control(at_++);
            }
        }
        if (!issue_ && at_ >= text_.size()) {
            refuse(value, "this attribute's value has no closing quotation mark");
        }
        ++at_;
    }

    void reference() {
        static constexpr std::array<std::string_view, 5> known = {"lt", "gt", "amp", "quot",
                                                                  "apos"};
        constexpr std::size_t longest = 64;
        const std::size_t end = text_.substr(0, at_ + longest).find(';', at_);
        if (end == std::string_view::npos) {
            refuse(at_, "an & starts a reference such as &lt; but this one has no end",
                   "an & in text is written &amp;");
            return;
        }
        const std::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
        if (inside.starts_with('#')
                ? !is_character_reference(inside.substr(1))
                : std::find(known.begin(), known.end(), inside) == known.end()) {
            refuse(at_,
                   inside.starts_with('#') ? "this reference is to no character of XML"
                                           : "only the entities lt, gt, amp, quot and apos "
                                             "are known; this one is not",
                   inside.starts_with('#') ? "" : "write the character itself or its number",
                   "security");
        }
        at_ = end + 1;
    }

    static bool is_character_reference(std::string_view digits) {
        const bool hexadecimal = digits.starts_with('x');
        digits.remove_prefix(hexadecimal ? 1 : 0);
        std::uint32_t code = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(),
                                                  code, hexadecimal ? 16 : 10);
        return error == std::errc() && end == digits.data() + digits.size() && is_character(code);
    }

    std::string_view text_;
    const std::string& file_;
    std::size_t depth_limit_;
    std::size_t at_ = 0;
    bool root_seen_ = false;
    std::vector<Open> open_;
    std::vector<std::string_view> attributes_;  ///< of the tag being read
    Status issue_;
};

}  // namespace

Status check_xml(std::string_view text, const std::string& file, std::uint32_t depth_limit) {
    return Scanner(text, file, depth_limit).run();
}

}  // namespace linkway::text
