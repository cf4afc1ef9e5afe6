// Plain files. Private to sources.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "sources/input.h"

namespace linkway::sources {

/// A regular file that is open for reading at any offset, by several threads at a time. Its size is
/// what it was when it was opened: a file that grows is read up to there, one that shrinks is an
/// issue.
class PlainFile {
  public:
    static text::Result<std::shared_ptr<const PlainFile>> open(const InputFile& file);
    ~PlainFile();
    PlainFile(const PlainFile&) = delete;
    PlainFile& operator=(const PlainFile&) = delete;

    std::uint64_t size() const { return size_; }
    /// Reads from `offset` on; 0 bytes only at the end.
    text::Result<std::size_t> read(std::uint64_t offset, std::span<char> into) const;

  private:
    PlainFile(int descriptor, std::uint64_t size, std::string display)
        : descriptor_(descriptor), size_(size), display_(std::move(display)) {}

    int descriptor_;
    std::uint64_t size_;
    std::string display_;
};

/// A plain file from `offset` on, in order.
std::unique_ptr<ByteStream> stream_from(std::shared_ptr<const PlainFile> file,
                                        std::uint64_t offset);

}  // namespace linkway::sources
