// One tree for JSON, YAML and FHIR XML: every value knows the line and column it stands at.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "text/issue.h"

namespace linkway::text {

/// 1-based place in a text; columns count code points.
struct Position {
    std::uint32_t line = 1;
    std::uint32_t column = 1;
};

enum class NodeKind : std::uint8_t { null, boolean, number, string, array, object };

struct Member;

/// A value of a parsed document. Numbers keep their text (FHIR decimals need "1.10" to stay
/// "1.10"). Nodes live as long as their Document and are never changed after parsing.
struct Node {
    NodeKind kind = NodeKind::null;
    std::uint32_t line = 0;    ///< from 1
    std::uint32_t column = 0;  ///< from 1, in code points
    std::string_view text;     ///< string content (unescaped), number as written, "true" or "false"
    std::span<const Node> items;      ///< of an array
    std::span<const Member> members;  ///< of an object, in document order, names unique

    bool is_object() const { return kind == NodeKind::object; }
    bool is_array() const { return kind == NodeKind::array; }
    bool is_string() const { return kind == NodeKind::string; }

    /// The member of that name, or nullptr.
    const Node* find(std::string_view name) const;

    /// Text of a string member, or `otherwise` when it is absent or no string.
    std::string_view string_or(std::string_view name, std::string_view otherwise) const;
};

struct Member {
    std::string_view name;
    std::uint32_t line = 0;
    std::uint32_t column = 0;
    Node value;
};

/// Owns the nodes of one parsed text. Movable; nodes stay where they are.
class Document {
  public:
    Document();
    ~Document();
    Document(Document&&) noexcept;
    Document& operator=(Document&&) noexcept;

    const Node& root() const;
    const std::string& file() const;

    /// Location of a node or member of this document, for issues.
    Location at(const Node& node) const;
    Location at(const Member& member) const;

    struct Storage;  ///< private to the parsers
    explicit Document(std::unique_ptr<Storage> storage);

  private:
    std::unique_ptr<Storage> storage_;
};

/// What a parser accepts at most; anything beyond is an issue, never a crash.
struct ParseLimits {
    std::size_t bytes = std::size_t{64} << 20;
    std::uint32_t depth = 64;
};

/// Parses one JSON text (RFC 8259, UTF-8 checked, byte order mark tolerated). Duplicate names,
/// invalid UTF-8, depth and size beyond the limits and anything after the value are issues with
/// line and column.
Result<Document> parse_json(std::string_view text, std::string file, ParseLimits limits = {});

/// Parses one YAML 1.2 document of plain data: anchors, aliases, tags, merge keys, duplicate keys
/// and several documents are refused by name. Unquoted scalars follow the core schema (null,
/// true/false, numbers), others are strings.
Result<Document> parse_yaml(std::string_view text, std::string file, ParseLimits limits = {});

/// Appends a node as compact JSON.
void append_json(std::string& out, const Node& node);

/// Appends a JSON string literal: quotes, backslashes and control characters escaped, UTF-8 as it
/// is.
void append_json_string(std::string& out, std::string_view value);

}  // namespace linkway::text
