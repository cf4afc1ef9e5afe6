// XML as a tree that knows its places. What FHIR makes of it is fhir/resource_xml.h's business.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "text/issue.h"
#include "text/node.h"

namespace linkway::text {

struct XmlAttribute {
    std::string_view name;  ///< as written, prefix and all
    std::string_view value;
};

/// An element, or a run of character data between tags (no name then). Comments and processing
/// instructions leave nothing behind.
struct XmlNode {
    std::string_view name;  ///< as written, prefix and all; empty for character data
    std::string_view text;  ///< of character data: references resolved, line ends LF
    Position position;      ///< of the opening bracket; none for character data
    std::span<const XmlAttribute> attributes;
    std::span<const XmlNode> children;  ///< elements and character data, in document order

    bool is_element() const { return !name.empty(); }

    /// The value of an attribute, or nullptr.
    const std::string_view* attribute(std::string_view wanted) const;
};

/// Owns the nodes of one parsed text. Movable; nodes stay where they are.
class XmlDocument {
  public:
    XmlDocument(XmlDocument&&) noexcept;
    XmlDocument& operator=(XmlDocument&&) noexcept;
    ~XmlDocument();

    const XmlNode& root() const;
    const std::string& file() const;

    /// Location of a node of this document, for issues.
    Location at(const XmlNode& node) const;

    struct Storage;  ///< private to the parser
    explicit XmlDocument(std::unique_ptr<Storage> storage);

  private:
    std::unique_ptr<Storage> storage_;
};

/// Parses one XML 1.0 document in UTF-8 (byte order mark tolerated). Refused with line and column:
/// what is not well-formed, a document type declaration, a reference to any entity but the five
/// that XML defines, another encoding, depth and size beyond the limits. Namespaces are left to the
/// caller.
Result<XmlDocument> parse_xml(std::string_view text, std::string file, ParseLimits limits = {});

/// Appends the node as XML without a declaration: attributes in document order, elements without
/// content as <name/>.
void append_xml(std::string& out, const XmlNode& node);

}  // namespace linkway::text
