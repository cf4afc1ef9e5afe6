// How files look from outside, to notice that they changed. Private to intake.
#pragma once

#include <cstdint>
#include <filesystem>

namespace linkway::intake {

struct Stamp {
    std::uint64_t hash = 0;  ///< of each file's path, size, times of change and inode
    std::size_t files = 0;

    friend bool operator==(const Stamp&, const Stamp&) = default;
};

/// Of a file or of all below a folder; links are not followed.
Stamp stamp_of(const std::filesystem::path& path);

}  // namespace linkway::intake
