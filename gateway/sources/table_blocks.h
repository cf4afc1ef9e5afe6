// Reads the stretches of a table file and scans them, several at a time where the file allows it.
// Private to sources.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "block_scan.h"
#include "sources/table_scan.h"
#include "stream_file.h"

namespace linkway::sources {

/// Bytes that are read at a time: small enough for the second-level cache; and bytes of a file that
/// one thread scans at a time. Results do not depend on them: tests make them tiny.
struct BlockSizes {
    std::size_t read = std::size_t{256} << 10;
    std::size_t block = std::size_t{2} << 20;
};

/// The part of a stream that is in memory.
class Window {
  public:
    Window(ByteStream& stream, std::uint64_t offset) : stream_(&stream), offset_(offset) {}

    /// Reads on until `want` bytes are there or the stream ends.
    text::Status fill(std::size_t want);
    /// Forgets the first `size` bytes.
    void drop(std::size_t size);
    /// Goes on with another stream, with the memory of this one.
    void restart(ByteStream& stream, std::uint64_t offset);

    /// Readable text::structure_padding bytes beyond their end.
    std::string_view bytes() const { return {memory_.get() + begin_, end_ - begin_}; }
    std::uint64_t offset() const { return offset_; }  ///< of the first byte in the stream
    bool at_end() const { return at_end_; }           ///< the stream ends behind the last byte

  private:
    ByteStream* stream_;
    std::uint64_t offset_;
    std::unique_ptr<char[]> memory_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    bool at_end_ = false;
};

using TakeBlock = std::function<void(const BlockResult&, std::uint64_t bytes_done)>;

/// Scans what is left of the window's stream, one stretch after the other.
text::Status scan_stream(Window& window, const BlockRules& rules, const BlockSizes& sizes,
                         const TakeBlock& take);

/// Scans a plain file from offset `first` on with several threads. Each block is scanned from a
/// guessed record start; the blocks are taken in order, and one whose guess does not fit the end of
/// the block before is scanned again from there: the outcome is that of scan_stream.
text::Status scan_file(const std::shared_ptr<const PlainFile>& file, std::uint64_t first,
                       const BlockRules& rules, const BlockSizes& sizes, unsigned threads,
                       const TakeBlock& take);

/// scan_table with other sizes and without the threads that a small file is spared.
text::Result<ScanTotals> scan_table_with(const BlockSizes& sizes, const ScanRequest& request,
                                         const TableHeader& header,
                                         const std::function<void(const ScannedRow&)>& row,
                                         const std::function<void(const BadRecord&)>& bad);

}  // namespace linkway::sources
