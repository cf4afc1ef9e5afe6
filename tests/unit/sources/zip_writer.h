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

}  // namespace linkway::tests
