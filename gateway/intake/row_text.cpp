#include "row_text.h"

#include <algorithm>
#include <cstring>
#include <unordered_map>

#include "sources/table_scan.h"
#include "text/utf8.h"

namespace linkway::intake {

using text::Result;
using text::Status;

namespace {

/// Bytes of a stream from where it has come to, as many as asked for.
class Window {
  public:
    explicit Window(sources::ByteStream& stream) : stream_(stream) {}

    /// At least `size` bytes, fewer only at the end.
    Status fill(std::size_t size) {
        if (at_ > std::size_t{1} << 20) {
            buffer_.erase(0, at_);
            at_ = 0;
        }
        while (!ended_ && buffer_.size() - at_ < size) {
            const std::size_t before = buffer_.size();
            constexpr std::size_t block = std::size_t{1} << 18;
            buffer_.resize(before + block);
            const auto got = stream_.read({buffer_.data() + before, block});
            buffer_.resize(before + (got ? *got : 0));
            if (!got) {
                return got.issue();
            }
            ended_ = *got == 0;
        }
        return {};
    }
    std::string_view bytes() const { return std::string_view(buffer_).substr(at_); }
    bool ended() const { return ended_; }
    void skip(std::size_t size) { at_ += size; }

  private:
    sources::ByteStream& stream_;
    std::string buffer_;
    std::size_t at_ = 0;
    bool ended_ = false;
};

/// The record at the window's beginning; it stays there.
Result<std::string> record_at(Window& window, const text::RecordShape& shape) {
    std::vector<std::string_view> fields;
    for (std::size_t size = std::size_t{1} << 16;; size *= 8) {
        if (Status failed = window.fill(size)) {
            return *failed;
        }
        const auto reading = text::read_record(window.bytes(), 0, window.ended(), shape, fields);
        if (reading.decided || window.ended()) {
            return std::string(window.bytes().substr(0, reading.end));
        }
    }
}

/// Goes to a later physical line; false when the file ends before it.
Result<bool> go_to(Window& window, std::uint64_t& line, std::uint64_t wanted, char line_end) {
    while (line < wanted) {
        if (Status failed = window.fill(1)) {
            return *failed;
        }
        const std::string_view bytes = window.bytes();
        if (bytes.empty()) {
            return false;
        }
        const std::size_t end = bytes.find(line_end);
        line += end == std::string_view::npos ? 0 : 1;
        window.skip(end == std::string_view::npos ? bytes.size() : end + 1);
    }
    return true;
}

std::string to_utf8(const std::string& bytes, bool windows_1252) {
    if (!windows_1252 && text::is_utf8(bytes)) {
        return bytes;
    }
    std::string out;
    text::append_windows_1252(out, bytes);
    return out;
}

}  // namespace

Result<RowTexts> read_rows(const sources::InputFile& file, const sources::InputOptions& access,
                           const sources::DataPackage& package,
                           const std::vector<std::uint64_t>& lines) {
    const auto header = sources::read_header(file, access, package.dialect);
    if (!header) {
        return header.issue();
    }
    auto stream = sources::open_stream(file, access);
    if (!stream) {
        return std::move(stream).issue();
    }
    Window window(**stream);
    if (Status failed = window.fill(std::size_t{1} << 20)) {
        return *failed;
    }
    window.skip(window.bytes().starts_with("\xEF\xBB\xBF") ? 3 : 0);
    const bool feeds = window.bytes().find('\n') != std::string_view::npos ||
                       window.bytes().find('\r') == std::string_view::npos;
    const text::RecordShape shape{package.dialect, feeds ? '\n' : '\r',
                                  static_cast<std::uint32_t>(header->columns.size())};
    RowTexts texts;
    std::uint64_t line = 1;
    if (package.dialect.header) {
        auto first = record_at(window, shape);
        if (!first) {
            return std::move(first).issue();
        }
        texts.header = to_utf8(*first, package.dialect.windows_1252);
    }
    for (const std::uint64_t wanted : lines) {
        const auto there = go_to(window, line, wanted, shape.line_end);
        if (!there) {
            return there.issue();
        }
        if (!*there) {
            break;
        }
        auto row = record_at(window, shape);
        if (!row) {
            return std::move(row).issue();
        }
        texts.rows[wanted] = to_utf8(*row, package.dialect.windows_1252);
    }
    return texts;
}

std::optional<std::string> to_windows_1252(std::string_view utf8) {
    static const std::unordered_map<std::string, char> letters = [] {
        std::unordered_map<std::string, char> all;
        for (int byte = 0x80; byte < 0x100; ++byte) {
            std::string letter;
            const char raw = static_cast<char>(byte);
            if (text::append_windows_1252(letter, {&raw, 1}) == 0) {
                all[letter] = raw;
            }
        }
        return all;
    }();
    std::string out;
    for (std::size_t at = 0; at < utf8.size();) {
        const auto first = static_cast<unsigned char>(utf8[at]);
        const std::size_t size = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
        const auto found = letters.find(std::string(utf8.substr(at, size)));
        if (size > 1 && found == letters.end()) {
            return {};
        }
        out += size == 1 ? utf8[at] : found->second;
        at += size;
    }
    return out;
}

}  // namespace linkway::intake
