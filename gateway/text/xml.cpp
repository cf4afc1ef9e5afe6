// The tree is pugixml's, read into nodes of our own in document order, so that each place is found
// by one walk through the text.
#include "text/xml.h"

#include <algorithm>
#include <memory_resource>
#include <pugixml.hpp>

#include "tree_builder.h"
#include "xml_scan.h"

namespace linkway::text {

struct XmlDocument::Storage {
    std::string file;
    pugi::xml_document document;  // owns the characters that names and values point to
    std::pmr::monotonic_buffer_resource arena;
    XmlNode root;
};

namespace {

constexpr std::uint32_t deepest = 1000;
constexpr unsigned parse_flags = pugi::parse_cdata | pugi::parse_ws_pcdata | pugi::parse_escapes |
                                 pugi::parse_eol | pugi::parse_wconv_attribute;

template <class T>
T* allocate(std::pmr::monotonic_buffer_resource& arena, std::size_t count) {
    return static_cast<T*>(arena.allocate(count * sizeof(T), alignof(T)));
}

class Reader {
  public:
    Reader(std::string_view text, std::pmr::monotonic_buffer_resource& arena)
        : tracker_(text), arena_(arena) {}

    /// Recursion is bounded: check_xml counted the levels.
    XmlNode read(const pugi::xml_node& from) {
        XmlNode node;
        node.position = {0, 0};
        if (from.type() != pugi::node_element) {
            node.text = from.value();
            return node;
        }
        node.name = from.name();
        // The offset is that of the name, one behind the bracket.
        node.position = tracker_.at(static_cast<std::size_t>(from.offset_debug() - 1));
        node.attributes = attributes(from);
        const auto count =
            static_cast<std::size_t>(std::distance(from.children().begin(), from.children().end()));
        if (count != 0) {
            XmlNode* kept = allocate<XmlNode>(arena_, count);
            std::size_t i = 0;
            for (const pugi::xml_node& child : from.children()) {
                std::construct_at(kept + i++, read(child));
            }
            node.children = {kept, count};
        }
        return node;
    }

  private:
    std::span<const XmlAttribute> attributes(const pugi::xml_node& from) {
        const auto count = static_cast<std::size_t>(
            std::distance(from.attributes().begin(), from.attributes().end()));
        if (count == 0) {
            return {};
        }
        XmlAttribute* kept = allocate<XmlAttribute>(arena_, count);
        std::size_t i = 0;
        for (const pugi::xml_attribute& attribute : from.attributes()) {
            std::construct_at(kept + i++, XmlAttribute{attribute.name(), attribute.value()});
        }
        return {kept, count};
    }

    PositionTracker tracker_;
    std::pmr::monotonic_buffer_resource& arena_;
};

void append_escaped(std::string& out, std::string_view text, bool attribute) {
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '\r':
                out += "&#13;";  // a bare one would be read as a line end
                break;
            case '"':
                out += attribute ? "&quot;" : "\"";
                break;
            case '\n':
                out += attribute ? "&#10;" : "\n";
                break;
            case '\t':
                out += attribute ? "&#9;" : "\t";
                break;
            default:
                out += c;
        }
    }
}

}  // namespace

const std::string_view* XmlNode::attribute(std::string_view wanted) const {
    const auto found =
        std::find_if(attributes.begin(), attributes.end(),
                     [wanted](const XmlAttribute& each) { return each.name == wanted; });
    return found == attributes.end() ? nullptr : &found->value;
}

XmlDocument::XmlDocument(std::unique_ptr<Storage> storage) : storage_(std::move(storage)) {}
XmlDocument::XmlDocument(XmlDocument&&) noexcept = default;
XmlDocument& XmlDocument::operator=(XmlDocument&&) noexcept = default;
XmlDocument::~XmlDocument() = default;

const XmlNode& XmlDocument::root() const {
    return storage_->root;
}

const std::string& XmlDocument::file() const {
    return storage_->file;
}

Location XmlDocument::at(const XmlNode& node) const {
    return {storage_->file, node.position.line, node.position.column, {}};
}

Result<XmlDocument> parse_xml(std::string_view text, std::string file, ParseLimits limits) {
    text = without_byte_order_mark(text);
    if (Status status = check_text(text, file, limits)) {
        return *std::move(status);
    }
    if (Status status = check_xml(text, file, std::min(limits.depth, deepest))) {
        return *std::move(status);
    }
    auto storage = std::make_unique<XmlDocument::Storage>();
    storage->file = std::move(file);
    const pugi::xml_parse_result parsed =
        storage->document.load_buffer(text.data(), text.size(), parse_flags, pugi::encoding_utf8);
    if (!parsed) {
        return parse_issue(storage->file,
                           position_of(text, static_cast<std::size_t>(parsed.offset)), "structure",
                           std::string("the XML is not well-formed: ") + parsed.description());
    }
    storage->root = Reader(text, storage->arena).read(storage->document.document_element());
    return XmlDocument(std::move(storage));
}

void append_xml(std::string& out, const XmlNode& node) {
    if (!node.is_element()) {
        append_escaped(out, node.text, false);
        return;
    }
    out += '<';
    out += node.name;
    for (const XmlAttribute& attribute : node.attributes) {
        out += ' ';
        out += attribute.name;
        out += "=\"";
        append_escaped(out, attribute.value, true);
        out += '"';
    }
    if (node.children.empty()) {
        out += "/>";
        return;
    }
    out += '>';
    for (const XmlNode& child : node.children) {
        append_xml(out, child);
    }
    out += "</";
    out += node.name;
    out += '>';
}

}  // namespace linkway::text
