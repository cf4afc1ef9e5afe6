// Writes zips as a test needs them, broken ones too (PKWARE APPNOTE 6.3, stored entries only).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace linkway::tests {

struct ZipEntry {
    std::string name;
    std::string content;
    bool encrypted = false;  ///< says so in its flags; the content is not
    std::uint32_t mode = 0100644;
    std::uint32_t spoil = 0;  ///< exclusive-or of the checksum
};

inline std::uint32_t crc32(std::string_view bytes) {
    std::uint32_t crc = 0xFFFFFFFFU;
    for (const char c : bytes) {
        crc ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit) {
            crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
        }
    }
    return ~crc;
}

/// The bytes of a zip.
inline std::string make_zip(const std::vector<ZipEntry>& entries) {
    std::string out;
    std::string directory;
    const auto put = [](std::string& to, std::uint64_t value, int bytes) {
        for (; bytes > 0; --bytes, value >>= 8U) {
            to += static_cast<char>(value & 0xFFU);
        }
    };
    // From the version needed to the length of the extra field: the same in both headers.
    const auto put_common = [&](std::string& to, const ZipEntry& entry) {
        put(to, 20, 2);
        put(to, (entry.encrypted ? 1U : 0U) | 0x800U, 2);  // names are UTF-8
        put(to, 0, 2);                                     // stored
        put(to, 0x58210000U, 4);                           // 2024-01-01
        put(to, crc32(entry.content) ^ entry.spoil, 4);
        put(to, entry.content.size(), 4);
        put(to, entry.content.size(), 4);
        put(to, entry.name.size(), 2);
        put(to, 0, 2);
    };
    for (const ZipEntry& entry : entries) {
        const std::size_t offset = out.size();
        put(out, 0x04034B50U, 4);
        put_common(out, entry);
        out += entry.name + entry.content;
        put(directory, 0x02014B50U, 4);
        put(directory, (3U << 8U) | 20U, 2);  // made on Unix
        put_common(directory, entry);
        put(directory, 0, 6);
        put(directory, std::uint64_t{entry.mode} << 16U, 4);
        put(directory, offset, 4);
        directory += entry.name;
    }
    const std::size_t offset = out.size();
    out += directory;
    put(out, 0x06054B50U, 4);
    put(out, 0, 4);
    put(out, entries.size(), 2);
    put(out, entries.size(), 2);
    put(out, directory.size(), 4);
    put(out, offset, 4);
    put(out, 0, 2);
    return out;
}

/// The parts of the zip with every `size` bytes a part, as zip tools cut them: the first begins
/// with a mark, and the directory counts offsets from the part an entry begins in (APPNOTE 8.5).
inline std::vector<std::string> make_split_zip(const std::vector<ZipEntry>& entries,
                                               std::size_t size) {
    const std::string whole = std::string("PK\x07\x08") + make_zip(entries);
    std::size_t directory = 4;
    for (const ZipEntry& entry : entries) {
        directory += 30 + entry.name.size() + entry.content.size();
    }
    std::vector<std::string> parts;
    std::string text = whole;
    const auto set = [&text](std::size_t at, std::uint64_t value, std::size_t bytes) {
        for (std::size_t i = 0; i < bytes; ++i, value >>= 8U) {
            text[at + i] = static_cast<char>(value & 0xFFU);
        }
    };
    std::size_t offset = 4;
    std::size_t at = directory;
    for (const ZipEntry& entry : entries) {
        set(at + 34, offset / size, 2);
        set(at + 42, offset % size, 4);
        at += 46 + entry.name.size();
        offset += 30 + entry.name.size() + entry.content.size();
    }
    set(at + 4, (text.size() - 1) / size, 2);
    set(at + 6, directory / size, 2);
    set(at + 16, directory % size, 4);
    for (std::size_t from = 0; from < text.size(); from += size) {
        parts.push_back(text.substr(from, size));
    }
    return parts;
}

}  // namespace linkway::tests
