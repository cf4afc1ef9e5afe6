// Zips in parts: x.z01, x.z02, ... and x.zip, the last. Private to sources.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "stream_file.h"

namespace linkway::sources {

/// A zip in parts as the one zip that it would be: the parts behind one another, with a directory
/// at the end that counts from the beginning of the first (PKWARE APPNOTE 6.3, 4.4 and 8.5).
class SplitZip {
  public:
    /// The zip whose last part is `path`; null when it is in one piece or no zip at all. An issue
    /// names a part that is missing.
    static text::Result<std::unique_ptr<SplitZip>> open(const std::string& path);

    std::uint64_t size() const { return directory_at_ + directory_.size(); }
    /// Reads from `offset` on; 0 bytes only at the end.
    text::Result<std::size_t> read(std::uint64_t offset, std::span<char> into) const;

    /// Whether a file's name is that of a part that is not the last.
    static bool is_part(const std::string& name);
    /// The last part's name for that of another: "x.zip" for "x.z01".
    static std::string last_of(const std::string& part);

  private:
    struct End;

    text::Result<std::size_t> read_parts(std::uint64_t offset, std::span<char> into) const;
    text::Status read_whole(std::uint64_t offset, std::string& into) const;
    text::Status rewrite_directory(const End& end, const std::string& path);

    std::vector<std::shared_ptr<const PlainFile>> parts_;
    std::vector<std::uint64_t> begins_;  // of each part, and the end of the last
    std::uint64_t directory_at_ = 0;
    std::string directory_;  // what stands there instead, to the end
};

}  // namespace linkway::sources
