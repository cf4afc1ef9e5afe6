#include "split_zip.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <optional>

namespace linkway::sources {

namespace {

namespace fs = std::filesystem;
using text::Issue;
using text::Result;
using text::Severity;
using text::Status;

constexpr std::uint64_t end_signature = 0x06054B50, end64_signature = 0x06064B50,
                        locator_signature = 0x07064B50, entry_signature = 0x02014B50;
constexpr std::size_t end_length = 22, end64_length = 56, locator_length = 20, entry_length = 46;
constexpr std::uint64_t full16 = 0xFFFF, full32 = 0xFFFFFFFF;
constexpr std::uint64_t largest_directory = std::uint64_t{1} << 26;

/// Little-endian number of `bytes` bytes at `at`, which lies within.
std::uint64_t number(std::string_view data, std::size_t at, int bytes) {
    std::uint64_t value = 0;
    for (int i = bytes; i-- > 0;) {
        value = value << 8U | static_cast<unsigned char>(data[at + static_cast<std::size_t>(i)]);
    }
    return value;
}

void put(std::string& out, std::uint64_t value, int bytes) {
    for (; bytes > 0; --bytes, value >>= 8U) {
        out += static_cast<char>(value & 0xFFU);
    }
}

Issue damaged(const std::string& path) {
    return {Severity::error,
            "exception",
            "the directory of the split zip is damaged",
            {path, 0, 0, {}},
            "fetch all its parts again"};
}

/// One entry of the directory with its place counted from the first part. Source: APPNOTE 4.3.12
/// and 4.5.3 (numbers of 64 bits stand in an extra field of type 1, in this order).
struct Entry {
    std::uint64_t size = 0, packed = 0, offset = 0, disk = 0;
    std::string other_extra;

    bool read_extra(std::string_view extra) {
        while (extra.size() >= 4) {
            const auto length = static_cast<std::size_t>(number(extra, 2, 2));
            if (extra.size() < 4 + length) {
                return false;
            }
            if (number(extra, 0, 2) == 1) {
                std::string_view field = extra.substr(4, length);
                const auto take = [&field](std::uint64_t& value, std::uint64_t full, int bytes) {
                    if (value != full) {
                        return true;
                    }
                    if (field.size() < static_cast<std::size_t>(bytes)) {
                        return false;
                    }
                    value = number(field, 0, bytes);
                    field.remove_prefix(static_cast<std::size_t>(bytes));
                    return true;
                };
                if (!take(size, full32, 8) || !take(packed, full32, 8) ||
                    !take(offset, full32, 8) || !take(disk, full16, 4)) {
                    return false;
                }
            } else {
                other_extra += extra.substr(0, 4 + length);
            }
            extra.remove_prefix(4 + length);
        }
        return true;
    }
};

}  // namespace

/// What the end of the last part says. Source: APPNOTE 4.3.14 to 4.3.16.
struct SplitZip::End {
    std::uint64_t disk = 0;  ///< number of the last part, from 0
    std::uint64_t directory_disk = 0;
    std::uint64_t entries = 0;
    std::uint64_t directory_size = 0;
    std::uint64_t directory_offset = 0;

    /// Reads the last bytes of the last part; nothing when they are no end of a zip.
    static std::optional<End> read(std::string_view tail) {
        for (std::size_t at = tail.size() < end_length ? 0 : tail.size() - end_length + 1;
             at-- > 0;) {
            if (number(tail, at, 4) != end_signature ||
                at + end_length + number(tail, at + 20, 2) != tail.size()) {
                continue;
            }
            End end{number(tail, at + 4, 2), number(tail, at + 6, 2), number(tail, at + 10, 2),
                    number(tail, at + 12, 4), number(tail, at + 16, 4)};
            // Where the numbers need more room they stand again, right before.
            const std::size_t before = locator_length + end64_length;
            if (at >= before && number(tail, at - locator_length, 4) == locator_signature &&
                number(tail, at - before, 4) == end64_signature) {
                const std::size_t from = at - before;
                end = {number(tail, from + 16, 4), number(tail, from + 20, 4),
                       number(tail, from + 32, 8), number(tail, from + 40, 8),
                       number(tail, from + 48, 8)};
            }
            return end;
        }
        return std::nullopt;
    }
};

bool SplitZip::is_part(const std::string& name) {
    const std::string ending = fs::path(name).extension().string();
    return ending.size() >= 4 && (ending[1] == 'z' || ending[1] == 'Z') &&
           std::all_of(ending.begin() + 2, ending.end(),
                       [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; });
}

std::string SplitZip::last_of(const std::string& part) {
    fs::path path(part);
    return path.replace_extension(path.extension().string()[1] == 'Z' ? ".ZIP" : ".zip").string();
}

Result<std::unique_ptr<SplitZip>> SplitZip::open(const std::string& path) {
    const auto open_part = [](const fs::path& part) {
        InputFile file;
        file.path = file.display = part.string();
        return PlainFile::open(file);
    };
    auto last = open_part(path);
    if (!last) {
        return std::move(last).issue();
    }
    const std::uint64_t whole = (*last)->size();
    std::string tail(std::min<std::uint64_t>(whole, full16 + end_length + end64_length), '\0');
    auto zip = std::make_unique<SplitZip>();
    zip->parts_ = {*last};
    zip->begins_ = {0, whole};
    if (Status failed = zip->read_whole(whole - tail.size(), tail)) {
        return std::move(*failed);
    }
    const std::optional<End> end = End::read(tail);
    if (!end || end->disk == 0) {
        return std::unique_ptr<SplitZip>();
    }
    zip->parts_.clear();
    zip->begins_ = {0};
    const auto add = [&zip](std::shared_ptr<const PlainFile> part) {
        zip->begins_.push_back(zip->begins_.back() + part->size());
        zip->parts_.push_back(std::move(part));
    };
    for (std::uint64_t i = 1; i <= end->disk; ++i) {
        fs::path name(path);
        const bool capital = name.extension().string()[1] == 'Z';
        const std::string digits = (i < 10 ? "0" : "") + std::to_string(i);
        auto part = open_part(name.replace_extension((capital ? ".Z" : ".z") + digits));
        if (!part) {
            return Issue{Severity::error,
                         "not-found",
                         "part " + name.filename().string() + " of the split zip cannot be read; " +
                             std::to_string(end->disk) + " come before the last",
                         {path, 0, 0, {}},
                         "fetch all its parts into one folder"};
        }
        add(std::move(part).value());
    }
    add(std::move(last).value());
    if (Status failed = zip->rewrite_directory(*end, path)) {
        return std::move(*failed);
    }
    return zip;
}

/// Offsets and part numbers become offsets from the first part; everything is written in the form
/// of 64 bits, which takes any size.
Status SplitZip::rewrite_directory(const End& end, const std::string& path) {
    if (end.directory_disk >= parts_.size() || end.directory_size > largest_directory) {
        return damaged(path);
    }
    directory_at_ = begins_[end.directory_disk] + end.directory_offset;
    std::string old(end.directory_size, '\0');
    if (read_whole(directory_at_, old)) {
        return damaged(path);
    }
    for (std::string_view rest = old; !rest.empty();) {
        if (rest.size() < entry_length || number(rest, 0, 4) != entry_signature) {
            return damaged(path);
        }
        const auto name = static_cast<std::size_t>(number(rest, 28, 2));
        const auto extra = static_cast<std::size_t>(number(rest, 30, 2));
        const auto comment = static_cast<std::size_t>(number(rest, 32, 2));
        if (rest.size() < entry_length + name + extra + comment) {
            return damaged(path);
        }
        Entry entry{
            number(rest, 24, 4), number(rest, 20, 4), number(rest, 42, 4), number(rest, 34, 2), {}};
        if (!entry.read_extra(rest.substr(entry_length + name, extra)) ||
            entry.disk >= parts_.size()) {
            return damaged(path);
        }
        directory_ += rest.substr(0, 20);
        put(directory_, full32, 4);
        put(directory_, full32, 4);
        put(directory_, name, 2);
        put(directory_, entry.other_extra.size() + 28, 2);
        put(directory_, 0, 2);  // no comment
        put(directory_, 0, 2);  // all in one
        directory_ += rest.substr(36, 6);
        put(directory_, full32, 4);
        directory_ += rest.substr(entry_length, name);
        put(directory_, 1, 2);
        put(directory_, 24, 2);
        put(directory_, entry.size, 8);
        put(directory_, entry.packed, 8);
        put(directory_, begins_[entry.disk] + entry.offset, 8);
        directory_ += entry.other_extra;
        rest.remove_prefix(entry_length + name + extra + comment);
    }
    const std::uint64_t length = directory_.size();
    put(directory_, end64_signature, 4);
    put(directory_, end64_length - 12, 8);
    put(directory_, 45, 2);
    put(directory_, 45, 2);
    put(directory_, 0, 8);
    put(directory_, end.entries, 8);
    put(directory_, end.entries, 8);
    put(directory_, length, 8);
    put(directory_, directory_at_, 8);
    put(directory_, locator_signature, 4);
    put(directory_, 0, 4);
    put(directory_, directory_at_ + length, 8);
    put(directory_, 1, 4);
    put(directory_, end_signature, 4);
    put(directory_, 0, 4);
    put(directory_, full16, 2);
    put(directory_, full16, 2);
    put(directory_, full32, 4);
    put(directory_, full32, 4);
    put(directory_, 0, 2);
    return {};
}

Result<std::size_t> SplitZip::read(std::uint64_t offset, std::span<char> into) const {
    if (offset < directory_at_) {
        const std::uint64_t left = directory_at_ - offset;
        return read_parts(offset, into.first(std::min<std::uint64_t>(into.size(), left)));
    }
    const std::string_view rest =
        std::string_view(directory_)
            .substr(std::min<std::uint64_t>(offset - directory_at_, directory_.size()));
    return rest.copy(into.data(), into.size());
}

Result<std::size_t> SplitZip::read_parts(std::uint64_t offset, std::span<char> into) const {
    const auto after = std::upper_bound(begins_.begin(), begins_.end(), offset);
    if (after == begins_.end() || into.empty()) {
        return std::size_t{0};
    }
    const auto part = static_cast<std::size_t>(after - begins_.begin()) - 1;
    return parts_[part]->read(offset - begins_[part], into);
}

/// Fills all of `into`.
Status SplitZip::read_whole(std::uint64_t offset, std::string& into) const {
    for (std::size_t done = 0; done < into.size();) {
        auto got = read_parts(offset + done, std::span(into).subspan(done));
        if (!got) {
            return std::move(got).issue();
        }
        if (*got == 0) {
            return Issue{Severity::error, "exception", "the file ends early", {}, {}};
        }
        done += *got;
    }
    return {};
}

}  // namespace linkway::sources
