#include "narrative.h"

#include <algorithm>
#include <array>

#include "text/xml.h"

namespace linkway::profiles {

namespace {

using text::XmlNode;

constexpr std::array<std::string_view, 48> elements = {
    "a",       "abbr", "acronym", "address", "area",     "b",   "bdo", "big",  "blockquote", "br",
    "caption", "cite", "code",    "col",     "colgroup", "dd",  "dfn", "div",  "dl",         "dt",
    "em",      "h1",   "h2",      "h3",      "h4",       "h5",  "h6",  "hr",   "i",          "img",
    "kbd",     "li",   "map",     "ol",      "p",        "pre", "q",   "samp", "small",      "span",
    "strong",  "sub",  "sup",     "table",   "td",       "tt",  "ul",  "var"};

constexpr std::array<std::string_view, 5> table_parts = {"tbody", "tfoot", "th", "thead", "tr"};

// Of HTML 4.0, those of the elements above that run nothing and load nothing but images.
constexpr std::array<std::string_view, 55> attributes = {
    "abbr",        "accesskey",   "align",   "alt",      "axis",     "bgcolor", "border",
    "cellpadding", "cellspacing", "char",    "charoff",  "charset",  "cite",    "class",
    "clear",       "color",       "colspan", "compact",  "coords",   "dir",     "frame",
    "headers",     "height",      "href",    "hreflang", "hspace",   "id",      "ismap",
    "lang",        "longdesc",    "name",    "nohref",   "noshade",  "nowrap",  "rel",
    "rev",         "rowspan",     "rules",   "scope",    "shape",    "size",    "span",
    "src",         "start",       "style",   "summary",  "tabindex", "title",   "type",
    "usemap",      "valign",      "value",   "vspace",   "width",    "xmlns"};

template <class List>
bool holds(const List& list, std::string_view name) {
    return std::find(list.begin(), list.end(), name) != list.end();
}

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n\xC2\xA0") == std::string_view::npos;
}

/// The scheme before the colon, lower case, without the blanks and controls that browsers skip.
bool runs_script(std::string_view url) {
    std::string scheme;
    for (const char c : url.substr(0, url.find(':'))) {
        if (static_cast<unsigned char>(c) > ' ') {
            scheme += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        }
    }
    return url.find(':') != std::string_view::npos &&
           (scheme == "javascript" || scheme == "vbscript");
}

std::string_view attribute_mistake(const text::XmlAttribute& attribute) {
    if (attribute.name.starts_with("on")) {
        return "a narrative has no event attributes such as onclick";
    }
    if (!holds(attributes, attribute.name) && !attribute.name.starts_with("xml:") &&
        !attribute.name.starts_with("xmlns:")) {
        return "this XHTML attribute is not allowed in a narrative";
    }
    const bool url = attribute.name == "href" || attribute.name == "src" ||
                     attribute.name == "cite" || attribute.name == "longdesc";
    return url && runs_script(attribute.value) ? "a link of a narrative may not run a script"
                                               : std::string_view{};
}

/// Sets `content` when there is text or an image.
std::string_view element_mistake(const XmlNode& node, bool& content) {
    if (!holds(elements, node.name) && !holds(table_parts, node.name)) {
        return "this XHTML element is not allowed in a narrative; it has no scripts, forms, "
               "frames, "
               "objects, heads or bodies";
    }
    content = content || node.name == "img";
    for (const text::XmlAttribute& attribute : node.attributes) {
        if (const std::string_view mistake = attribute_mistake(attribute); !mistake.empty()) {
            return mistake;
        }
    }
    for (const XmlNode& child : node.children) {
        content = content || (!child.is_element() && !is_blank(child.text));
        const std::string_view mistake =
            child.is_element() ? element_mistake(child, content) : std::string_view{};
        if (!mistake.empty()) {
            return mistake;
        }
    }
    return {};
}

}  // namespace

std::string_view narrative_mistake(std::string_view div) {
    const auto parsed = text::parse_xml(div, {});
    if (!parsed) {
        return "a narrative's div is not well-formed XHTML; of entities only &amp; &lt; &gt; "
               "&quot; "
               "and &apos; are known";
    }
    const XmlNode& root = parsed->root();
    const std::string_view* space = root.attribute("xmlns");
    if (root.name != "div" || space == nullptr || *space != "http://www.w3.org/1999/xhtml") {
        return "a narrative is one <div xmlns=\"http://www.w3.org/1999/xhtml\">";
    }
    bool content = false;
    const std::string_view mistake = element_mistake(root, content);
    if (!mistake.empty()) {
        return mistake;
    }
    return content ? std::string_view{} : "a narrative's div has neither text nor an image";
}

}  // namespace linkway::profiles
