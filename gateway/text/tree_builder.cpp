#include "tree_builder.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <numeric>
#include <optional>

#include "name_table.h"
#include "text/utf8.h"

namespace linkway::text {

namespace {

/// Whatever a caller asks for: everything that walks a tree may recurse, and a thread's stack is
/// finite.
constexpr std::uint32_t deepest = 1000;

/// Above this many members, sorting finds duplicates sooner than comparing each with each.
constexpr std::size_t few_members = 16;

/// Index of the first member whose name an earlier one has, or nothing.
std::optional<std::size_t> find_duplicate(const Members& members) {
    if (members.size() <= few_members) {
        for (std::size_t i = 1; i < members.size(); ++i) {
            if (members.find(Name(members[i].name)) != &members[i]) {
                return i;
            }
        }
        return std::nullopt;
    }
    // Sorting, not hashing: no choice of names makes it slow.
    std::vector<std::uint32_t> order(members.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        const int names = members[a].name.compare(members[b].name);
        return names != 0 ? names < 0 : a < b;
    });
    std::optional<std::size_t> found;
    for (std::size_t i = 1; i < order.size(); ++i) {
        if (members[order[i]].name == members[order[i - 1]].name && (!found || order[i] < *found)) {
            found = order[i];
        }
    }
    return found;
}

/// Room for `words` and, behind them, as many objects.
template <class T>
std::uint64_t* allocate(std::pmr::monotonic_buffer_resource& arena, std::size_t words,
                        std::size_t count) {
    static_assert(alignof(T) <= alignof(std::uint64_t) && std::is_trivially_copyable_v<T>);
    const std::size_t bytes = words * sizeof(std::uint64_t) + count * sizeof(T);
    return static_cast<std::uint64_t*>(arena.allocate(bytes, alignof(std::uint64_t)));
}

}  // namespace

std::string shown(std::string_view name) {
    constexpr std::size_t longest = 64;
    if (name.size() <= longest) {
        return std::string(name);
    }
    std::size_t end = longest;
    while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0U) == 0x80U) {
        --end;
    }
    return std::string(name.substr(0, end)) + "...";
}

std::string_view Document::Storage::keep(std::string_view text) {
    if (text.empty()) {
        return "";
    }
    char* copy = static_cast<char*>(arena.allocate(text.size(), 1));
    std::memcpy(copy, text.data(), text.size());
    return {copy, text.size()};
}

namespace {

/// Whether eight bytes are ASCII and none of them a control character: eight columns.
bool is_plain(const char* bytes) {
    constexpr std::uint64_t ones = 0x0101010101010101ULL;
    constexpr std::uint64_t high = 0x8080808080808080ULL;
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof(word));
    return ((word | (word - ones * ' ')) & high) == 0;
}

}  // namespace

bool PositionTracker::ends_line(std::size_t i) const {
    // Of CR LF the LF ends the line.
    return text_[i] == '\n' ||
           (text_[i] == '\r' && (i + 1 == text_.size() || text_[i + 1] != '\n'));
}

bool PositionTracker::starts_character(std::size_t i) const {
    return (static_cast<unsigned char>(text_[i]) & 0xC0U) != 0x80U;
}

Position PositionTracker::at(std::size_t offset) {
    offset = std::min(offset, text_.size());
    if (offset < offset_) {
        go_back(offset);
    }
    Position p = position_;
    std::size_t i = offset_;
    for (; i + 8 <= offset && is_plain(text_.data() + i); i += 8) {
        p.column += 8;
    }
    for (; i < offset; ++i) {
        if (ends_line(i)) {
            ++p.line;
            p.column = 1;
        } else if (starts_character(i)) {
            ++p.column;
        }
    }
    position_ = p;
    offset_ = offset;
    return p;
}

void PositionTracker::go_back(std::size_t offset) {
    bool same_line = true;
    while (offset_ > offset) {
        --offset_;
        if (ends_line(offset_)) {
            same_line = false;
            --position_.line;
        } else if (starts_character(offset_)) {
            --position_.column;
        }
    }
    if (same_line) {
        return;
    }
    position_.column = 1;
    for (std::size_t i = offset; i > 0 && !ends_line(i - 1); --i) {
        position_.column += starts_character(i - 1) ? 1 : 0;
    }
}

Position position_of(std::string_view text, std::size_t offset) {
    return PositionTracker(text).at(offset);
}

std::string_view without_byte_order_mark(std::string_view text) {
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    if (text.substr(0, mark.size()) == mark) {
        text.remove_prefix(mark.size());
    }
    return text;
}

Status check_text(std::string_view text, const std::string& file, const ParseLimits& limits) {
    // Offsets and lines are kept in 32 bits.
    const std::size_t most = std::min<std::size_t>(limits.bytes, 0x7FFFFFFFU);
    if (text.size() > most) {
        return parse_issue(
            file, {0, 0}, "too-long",
            "the text is larger than the limit of " + std::to_string(most) + " bytes");
    }
    if (const std::size_t valid = utf8_prefix(text); valid != text.size()) {
        return parse_issue(file, position_of(text, valid), "structure",
                           "a byte here belongs to no valid UTF-8 character",
                           "save the file as UTF-8");
    }
    return std::nullopt;
}

Issue parse_issue(const std::string& file, Position position, std::string code, std::string message,
                  std::string suggestion) {
    Issue issue;
    issue.code = std::move(code);
    issue.message = std::move(message);
    issue.suggestion = std::move(suggestion);
    issue.location.file = file;
    issue.location.line = position.line;
    issue.location.column = position.column;
    return issue;
}

TreeBuilder::TreeBuilder(Document::Storage& storage, std::uint32_t depth_limit)
    : storage_(storage), depth_limit_(std::min(depth_limit, deepest)) {}

bool TreeBuilder::refuse(Position position, std::string code, std::string message,
                         std::string suggestion) {
    issue_ = parse_issue(storage_.file, position, std::move(code), std::move(message),
                         std::move(suggestion));
    refused_ = true;
    return false;
}

bool TreeBuilder::expects_key() const {
    return !frames_.empty() && frames_.back().kind == NodeKind::object &&
           !frames_.back().key_pending;
}

void TreeBuilder::add(const Node& node) {
    if (!frames_.empty() && frames_.back().kind == NodeKind::object) {
        waiting_.back().value = node;
        frames_.back().key_pending = false;
    } else {
        waiting_.push_back({{}, node.line, node.column, node});
    }
}

void TreeBuilder::key(std::string_view name, Position position) {
    waiting_.push_back({well_known(name), position.line, position.column, {}});
    frames_.back().key_pending = true;
}

void TreeBuilder::scalar(NodeKind kind, std::string_view text, Position position) {
    Node node;
    node.kind = kind;
    node.line = position.line;
    node.column = position.column;
    node.text = text;
    add(node);
}

bool TreeBuilder::open(NodeKind kind, Position position) {
    if (frames_.size() >= depth_limit_) {
        return refuse(position, "too-costly",
                      "values are nested deeper than the limit of " + std::to_string(depth_limit_) +
                          " levels");
    }
    frames_.push_back({kind, false, position, waiting_.size()});
    return true;
}

bool TreeBuilder::close() {
    const Frame frame = frames_.back();
    frames_.pop_back();
    Node node;
    node.kind = frame.kind;
    node.line = frame.position.line;
    node.column = frame.position.column;
    const std::size_t count = waiting_.size() - frame.first;
    if (frame.kind == NodeKind::object) {
        if (!close_object(frame, node)) {
            return false;
        }
    } else if (count != 0) {
        std::uint64_t* block = allocate<Node>(storage_.arena, 1, count);
        *block = count;
        Node* items = reinterpret_cast<Node*>(block + 1);
        for (std::size_t i = 0; i < count; ++i) {
            std::construct_at(items + i, waiting_[frame.first + i].value);
        }
        node.items.block_ = block;
    }
    waiting_.resize(frame.first);
    add(node);
    return true;
}

bool TreeBuilder::close_object(const Frame& frame, Node& node) {
    const std::span<const Member> members = std::span(waiting_).subspan(frame.first);
    if (members.empty()) {
        return true;
    }
    const std::size_t words = 1 + (members.size() + 7) / 8;
    std::uint64_t* block = allocate<Member>(storage_.arena, words, members.size());
    std::fill_n(block, words, 0);
    *block = members.size();
    for (std::size_t i = 0; i < members.size(); ++i) {
        block[1 + i / 8] |= std::uint64_t{tag_of(members[i].name)} << (8 * (i % 8));
    }
    std::uninitialized_copy(members.begin(), members.end(),
                            reinterpret_cast<Member*>(block + words));
    node.members.block_ = block;
    if (const auto duplicate = find_duplicate(node.members)) {
        const Member& member = members[*duplicate];
        return refuse({member.line, member.column}, "structure",
                      "the name \"" + shown(member.name) + "\" stands twice in this object",
                      "keep one of the two");
    }
    return true;
}

void TreeBuilder::finish() {
    storage_.root = waiting_.front().value;
}

}  // namespace linkway::text
