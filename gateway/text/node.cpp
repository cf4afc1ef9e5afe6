#include "text/node.h"

#include <cstring>

#include "tree_builder.h"

namespace linkway::text {

std::string_view Node::string_or(std::string_view name, std::string_view otherwise) const {
    const Node* node = find(name);
    return node != nullptr && node->is_string() ? node->text : otherwise;
}

Document::Document() : storage_(std::make_unique<Storage>(std::string(), 0)) {}
Document::Document(std::unique_ptr<Storage> storage) : storage_(std::move(storage)) {}
Document::~Document() = default;
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;

const Node& Document::root() const {
    return storage_->root;
}
const std::string& Document::file() const {
    return storage_->file;
}

Location Document::at(const Node& node) const {
    return {storage_->file, node.line, node.column, {}};
}

Location Document::at(const Member& member) const {
    return {storage_->file, member.line, member.column, {}};
}

namespace {

/// Whether none of eight bytes is a quote, a backslash or below a blank, all at once in one
/// register: a byte that is zero after the subtraction trick sets its high bit.
bool needs_no_escape(const char* bytes) {
    constexpr std::uint64_t ones = 0x0101010101010101ULL;
    constexpr std::uint64_t high = 0x8080808080808080ULL;
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof(word));
    const std::uint64_t quote = word ^ (ones * '"');
    const std::uint64_t backslash = word ^ (ones * '\\');
    const std::uint64_t low = (word - ones * ' ') & ~word;
    return ((((quote - ones) & ~quote) | ((backslash - ones) & ~backslash) | low) & high) == 0;
}

/// The same of a whole text; false may only mean that it is short.
bool is_plain(std::string_view text) {
    if (text.size() < 8) {
        return false;
    }
    const std::size_t last = text.size() - 8;  // the last eight overlap those before
    bool plain = needs_no_escape(text.data() + last);
    for (std::size_t i = 0; plain && i < last; i += 8) {
        plain = needs_no_escape(text.data() + i);
    }
    return plain;
}

}  // namespace

void append_json_string(std::string& out, std::string_view value) {
    if (is_plain(value)) {
        out += '"';
        out += value;
        out += '"';
        return;
    }
    constexpr std::string_view hex = "0123456789abcdef";
    out += '"';
    std::size_t plain = 0;  // start of the run not yet appended
    for (std::size_t i = 0; i < value.size(); ++i) {
        while (i + 8 <= value.size() && needs_no_escape(value.data() + i)) {
            i += 8;
        }
        if (i == value.size()) {
            break;
        }
        const auto c = static_cast<unsigned char>(value[i]);
        if (c >= 0x20 && c != '"' && c != '\\') {
            continue;
        }
        out.append(value, plain, i - plain);
        plain = i + 1;
        out += '\\';
        switch (c) {
            case '"':
            case '\\':
                out += static_cast<char>(c);
                break;
            case '\n':
                out += 'n';
                break;
            case '\r':
                out += 'r';
                break;
            case '\t':
                out += 't';
                break;
            default:
                out += "u00";
                out += hex[c >> 4U];
                out += hex[c & 0x0FU];
        }
    }
    out.append(value, plain, value.size() - plain);
    out += '"';
}

void append_json(std::string& out, const Node& node) {
    bool first = true;
    switch (node.kind) {
        case NodeKind::null:
            out += "null";
            break;
        case NodeKind::boolean:
        case NodeKind::number:
            out += node.text;
            break;
        case NodeKind::string:
            append_json_string(out, node.text);
            break;
        case NodeKind::array:
            out += '[';
            for (const Node& item : node.items) {
                if (!std::exchange(first, false)) {
                    out += ',';
                }
                append_json(out, item);
            }
            out += ']';
            break;
        case NodeKind::object:
            out += '{';
            for (const Member& member : node.members) {
                if (!std::exchange(first, false)) {
                    out += ',';
                }
                append_json_string(out, member.name);
                out += ':';
                append_json(out, member.value);
            }
            out += '}';
            break;
    }
}

}  // namespace linkway::text
