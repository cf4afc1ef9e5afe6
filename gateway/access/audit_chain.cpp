#include "audit_chain.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>

#include "crypto.h"
#include "text/json_writer.h"
#include "text/node.h"

namespace linkway::access {

namespace {

constexpr std::string_view seq_part = "{\"seq\":";
constexpr std::string_view previous_part = ",\"previous\":\"";
constexpr std::string_view hash_part = "\",\"hash\":\"";
constexpr std::string_view event_part = "\",\"event\":";
constexpr std::size_t hash_size = 64;
constexpr std::size_t head_size = 256;

bool is_hash(std::string_view text) {
    return text.size() == hash_size && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

/// Takes what must stand next off the front.
bool take(std::string_view& text, std::string_view wanted) {
    if (text.substr(0, wanted.size()) != wanted) {
        return false;
    }
    text.remove_prefix(wanted.size());
    return true;
}

std::optional<std::string_view> take_hash(std::string_view& text) {
    const std::string_view hash = text.substr(0, hash_size);
    if (!is_hash(hash)) {
        return std::nullopt;
    }
    text.remove_prefix(hash_size);
    return hash;
}

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    // One way of writing it: no zeros in front.
    if (text.empty() || text[0] == '0' || read.ec != std::errc() || read.ptr != end) {
        return std::nullopt;
    }
    return value;
}

}  // namespace

void append_line(std::string& out, ChainEnd& end, std::string_view event) {
    std::string hashed(seq_part);
    hashed += std::to_string(end.seq + 1);
    hashed += previous_part;
    hashed += end.hash;
    const std::size_t place = hashed.size();
    hashed += event_part;
    hashed += event;
    hashed += '}';
    end.hash = sha256_hex(hashed);
    ++end.seq;
    out.append(hashed, 0, place);
    out += hash_part;
    out += end.hash;
    out.append(hashed, place);
    out += '\n';
}

std::optional<ChainLine> parse_line(std::string_view line) {
    std::string_view rest = line;
    ChainLine result;
    if (!take(rest, seq_part)) {
        return std::nullopt;
    }
    const std::size_t digits = std::min(rest.find(','), rest.size());
    const auto seq = number(rest.substr(0, digits));
    rest.remove_prefix(digits);
    if (!seq || !take(rest, previous_part)) {
        return std::nullopt;
    }
    const auto previous = take_hash(rest);
    const std::size_t before_hash = line.size() - rest.size();
    if (!previous || !take(rest, hash_part)) {
        return std::nullopt;
    }
    const auto hash = take_hash(rest);
    if (!hash || rest.substr(0, event_part.size()) != event_part || rest.back() != '}') {
        return std::nullopt;
    }
    std::string hashed(line.substr(0, before_hash));
    hashed += rest;
    if (sha256_hex(hashed) != *hash) {
        return std::nullopt;
    }
    result.end = {*seq, std::string(*hash)};
    result.previous = *previous;
    rest.remove_prefix(event_part.size());
    rest.remove_suffix(1);
    result.event = rest;
    return result;
}

std::string to_text(const Head& head) {
    std::string out;
    text::JsonWriter json(out);
    json.begin_object();
    json.member("file", head.file);
    json.member("size", head.size);
    json.member("seq", head.end.seq);
    json.member("hash", head.end.hash);
    json.end_object();
    out.resize(head_size - 1, ' ');
    return out + '\n';
}

std::optional<Head> read_head(const std::string& folder) {
    const auto content = read_small_file(folder + "/head", 2 * head_size);
    if (!content) {
        return std::nullopt;
    }
    const auto parsed = text::parse_json(*content, "head");
    if (!parsed) {
        return std::nullopt;
    }
    const text::Node& root = parsed->root();
    const auto member = [&](std::string_view name) -> std::optional<std::uint64_t> {
        const text::Node* found = root.find(name);
        if (found == nullptr || found->kind != text::NodeKind::number) {
            return std::nullopt;
        }
        return found->text == "0" ? 0 : number(found->text);
    };
    const auto size = member("size");
    const auto seq = member("seq");
    const std::string_view hash = root.string_or("hash", "");
    if (!size || !seq || !is_hash(hash)) {
        return std::nullopt;
    }
    return Head{std::string(root.string_or("file", "")), *size, {*seq, std::string(hash)}};
}

std::vector<std::string> day_files(const std::string& folder) {
    std::vector<std::string> names;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        if (entry.path().extension() == ".ndjson") {
            names.push_back(entry.path().filename().string());
        }
    }
    std::sort(names.begin(), names.end());
    return names;
}

LineReader::LineReader(const std::string& file, std::uint64_t from)
    : file_(file), descriptor_(::open(file.c_str(), O_RDONLY | O_CLOEXEC)), position_(from) {
    if (!descriptor_ || ::lseek(descriptor_.number(), static_cast<off_t>(from), SEEK_SET) < 0) {
        failed_ = system_issue("can't be read", file_);
    }
}

bool LineReader::fill() {
    buffer_.erase(0, at_);
    position_ += at_;
    at_ = 0;
    const std::size_t held = buffer_.size();
    buffer_.resize(held + most_line_bytes);
    ssize_t got = 0;
    do {
        got = ::read(descriptor_.number(), buffer_.data() + held, most_line_bytes);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        failed_ = system_issue("can't be read", file_);
    }
    buffer_.resize(held + static_cast<std::size_t>(std::max<ssize_t>(0, got)));
    return got > 0;
}

std::optional<LineReader::Line> LineReader::next() {
    if (failed_) {
        return std::nullopt;
    }
    std::size_t end = buffer_.find('\n', at_);
    while (end == std::string::npos && buffer_.size() - at_ <= most_line_bytes && fill()) {
        end = buffer_.find('\n', at_);
    }
    if (at_ == buffer_.size()) {
        return std::nullopt;
    }
    const bool finished = end != std::string::npos;
    const std::size_t begin = at_;
    const std::size_t size = (finished ? end : buffer_.size()) - begin;
    at_ = begin + size + (finished ? 1 : 0);
    return Line{std::string_view(buffer_).substr(begin, size), position_ + begin, finished};
}

}  // namespace linkway::access
