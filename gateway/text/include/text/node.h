// One tree for JSON, YAML and FHIR XML: every value knows the line and column it stands at.
#pragma once

#include <bit>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "text/issue.h"
#include "text/name.h"

namespace linkway::text {

/// 1-based place in a text; columns count code points.
struct Position {
    std::uint32_t line = 1;
    std::uint32_t column = 1;
};

enum class NodeKind : std::uint8_t { null, boolean, number, string, array, object };

struct Node;
struct Member;

/// Of an array: its values, in order.
class Items {
  public:
    std::size_t size() const { return block_ == nullptr ? 0 : *block_; }
    bool empty() const { return block_ == nullptr; }
    const Node* begin() const;
    const Node* end() const;
    const Node& operator[](std::size_t i) const;
    const Node& front() const;
    const Node& back() const;

  private:
    friend class TreeBuilder;
    const std::uint64_t* block_ = nullptr;  // their number, then the nodes; null for none
};

/// Of an object: its members in document order, no name twice.
class Members {
  public:
    std::size_t size() const { return block_ == nullptr ? 0 : *block_; }
    bool empty() const { return block_ == nullptr; }
    const Member* begin() const;
    const Member* end() const;
    const Member& operator[](std::size_t i) const;
    const Member& front() const;
    const Member& back() const;

    /// The member of that name, or nullptr.
    const Member* find(const Name& name) const;

    /// Calls `see(member)` for those whose names have the tag, in document order, until it returns
    /// true. Absent names nearly always end here, without a look at any member.
    template <class See>
    bool any_tagged(std::uint8_t tag, const See& see) const;

  private:
    friend class TreeBuilder;
    const std::uint64_t* tags() const { return block_ + 1; }

    const std::uint64_t* block_ = nullptr;  // their number, the tags eight to a word, the members
};

/// A value of a parsed document. Numbers keep their text (FHIR decimals need "1.10" to stay
/// "1.10"). Nodes live as long as their Document and are never changed after parsing.
struct Node {
    NodeKind kind = NodeKind::null;
    std::uint32_t line = 0;    ///< from 1
    std::uint32_t column = 0;  ///< from 1, in code points
    std::string_view text;     ///< string content (unescaped), number as written, "true" or "false"
    Items items;               ///< of an array
    Members members;           ///< of an object

    bool is_object() const { return kind == NodeKind::object; }
    bool is_array() const { return kind == NodeKind::array; }
    bool is_string() const { return kind == NodeKind::string; }

    /// The member of that name, or nullptr.
    const Node* find(std::string_view name) const { return find(Name(name)); }
    const Node* find(const Name& name) const;

    /// Text of a string member, or `otherwise` when it is absent or no string.
    std::string_view string_or(std::string_view name, std::string_view otherwise) const;
};

struct Member {
    std::string_view name;
    std::uint32_t line = 0;
    std::uint32_t column = 0;
    Node value;
};

inline const Node* Items::begin() const {
    return block_ == nullptr ? nullptr : reinterpret_cast<const Node*>(block_ + 1);
}
inline const Node* Items::end() const {
    return begin() + size();
}
inline const Node& Items::operator[](std::size_t i) const {
    return begin()[i];
}
inline const Node& Items::front() const {
    return *begin();
}
inline const Node& Items::back() const {
    return begin()[size() - 1];
}

inline const Member* Members::begin() const {
    return block_ == nullptr ? nullptr
                             : reinterpret_cast<const Member*>(tags() + (*block_ + 7) / 8);
}
inline const Member* Members::end() const {
    return begin() + size();
}
inline const Member& Members::operator[](std::size_t i) const {
    return begin()[i];
}
inline const Member& Members::front() const {
    return *begin();
}
inline const Member& Members::back() const {
    return begin()[size() - 1];
}

template <class See>
bool Members::any_tagged(std::uint8_t tag, const See& see) const {
    constexpr std::uint64_t ones = 0x0101010101010101ULL;
    constexpr std::uint64_t high = 0x8080808080808080ULL;
    const std::size_t words = (size() + 7) / 8;
    for (std::size_t i = 0; i < words; ++i) {
        // A byte that is zero after this is a tag alike, and only such have their high bit set
        // then (or the one behind such, which costs `see` a look).
        const std::uint64_t differ = tags()[i] ^ (ones * tag);
        std::uint64_t alike = (differ - ones) & ~differ & high;
        for (; alike != 0; alike &= alike - 1) {
            const auto at = static_cast<std::size_t>(std::countr_zero(alike)) / 8;
            if (see(begin()[i * 8 + at])) {
                return true;
            }
        }
    }
    return false;
}

inline const Member* Members::find(const Name& name) const {
    const Member* found = nullptr;
    any_tagged(name.tag(), [&](const Member& member) {
        found = same_name(member.name, name.text()) ? &member : nullptr;
        return found != nullptr;
    });
    return found;
}

inline const Node* Node::find(const Name& name) const {
    const Member* member = members.find(name);
    return member != nullptr ? &member->value : nullptr;
}

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
