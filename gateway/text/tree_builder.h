// Turns the events of a parser into nodes in an arena. Shared by JSON and YAML; private to this
// folder.
#pragma once

#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/node.h"

namespace linkway::text {

/// Everything a Document owns. Nodes are trivially destructible, so the arena is simply let go.
struct Document::Storage {
    Storage(std::string name, std::size_t expected_bytes)
        : file(std::move(name)), arena(expected_bytes) {}

    std::string file;
    std::pmr::monotonic_buffer_resource arena;
    Node root;

    /// A copy of `text` that lives as long as the arena.
    std::string_view keep(std::string_view text);
};

/// Follows a parser through its text and turns byte offsets into lines and columns. Costs one look
/// at each byte passed, forwards or (yaml-cpp does that for values left out) backwards. LF, CR LF
/// and a lone CR each end a line.
class PositionTracker {
  public:
    explicit PositionTracker(std::string_view text) : text_(text) {}

    Position at(std::size_t offset);
    std::size_t offset() const { return offset_; }

  private:
    bool ends_line(std::size_t i) const;
    bool starts_character(std::size_t i) const;
    void go_back(std::size_t offset);

    std::string_view text_;
    std::size_t offset_ = 0;
    Position position_;
};

/// Finds the place of one offset; for errors, where speed does not matter.
Position position_of(std::string_view text, std::size_t offset);

/// `text` without the byte order mark some editors put in front of UTF-8.
std::string_view without_byte_order_mark(std::string_view text);

/// What both parsers check before they look at syntax: size and well-formed UTF-8.
Status check_text(std::string_view text, const std::string& file, const ParseLimits& limits);

/// A name as messages show it: never more than a line's worth.
std::string shown(std::string_view name);

/// Whether parse_json would take the text for a number.
bool is_json_number(std::string_view text);

Issue parse_issue(const std::string& file, Position position, std::string code, std::string message,
                  std::string suggestion = {});

/// Collects values bottom-up: children wait on one stack until their container closes and they are
/// copied, once, to their final place. Each call returns false when the text must be refused;
/// issue() then says why.
class TreeBuilder {
  public:
    TreeBuilder(Document::Storage& storage, std::uint32_t depth_limit);

    bool open(NodeKind kind, Position position);
    bool close();
    /// `name` must already live in the arena.
    void key(std::string_view name, Position position);
    /// `text` must already live in the arena (or be a literal).
    void scalar(NodeKind kind, std::string_view text, Position position);
    bool refuse(Position position, std::string code, std::string message,
                std::string suggestion = {});

    /// True inside an object when the next event must be a name.
    bool expects_key() const;
    bool has_issue() const { return refused_; }
    Issue& issue() { return issue_; }

    /// Puts the finished value into the storage. Call once, after the last event.
    void finish();

  private:
    struct Frame {
        NodeKind kind;
        bool key_pending;
        Position position;
        std::size_t first;  ///< index in waiting_ of the first child
    };

    void add(const Node& node);
    bool close_object(const Frame& frame, Node& node);

    Document::Storage& storage_;
    std::uint32_t depth_limit_;
    std::vector<Frame> frames_;
    std::vector<Member> waiting_;
    bool refused_ = false;
    Issue issue_;
};

}  // namespace linkway::text
