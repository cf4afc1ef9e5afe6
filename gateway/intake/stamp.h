// How files look from outside, to notice that they changed. Private to intake.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

namespace linkway::intake {

struct Stamp {
    std::uint64_t hash = 0;  ///< of each file's path, size, times of change and inode
    std::size_t files = 0;

    friend bool operator==(const Stamp&, const Stamp&) = default;
};

/// Of files and of all below folders; links are not followed.
Stamp stamp_of(std::span<const std::filesystem::path> paths);

}  // namespace linkway::intake
