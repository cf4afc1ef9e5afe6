// Cuts a table file into blocks and scans them, several at a time where the file allows it. Private to sources.
#pragma once

#include <cstdint>
#include <functional>

#include "block_scan.h"
#include "sources/table_scan.h"

namespace linkway::sources {

using TakeBlock = std::function<void(const BlockResult&)>;
using ReportBytes = std::function<void(std::uint64_t bytes)>;

/// Bytes of a file that are read and scanned at a time; a test may make it small.
inline std::size_t block_bytes = std::size_t{1} << 20;

/// Scans a plain file from offset `first` on with request.threads threads. Each block is scanned from a guessed record start; the blocks are taken in order, and one
/// whose guess does not fit the end of the block before is scanned again from there: the outcome is the sequential one.
text::Status scan_file(const ScanRequest& request, const BlockRules& rules, std::uint64_t first, const TakeBlock& take, const ReportBytes& report);

/// Scans a stream (zip entry, decrypted file) as it comes, skipping its first `first` bytes.
text::Status scan_stream(const ScanRequest& request, const BlockRules& rules, std::uint64_t first, const TakeBlock& take, const ReportBytes& report);

}  // namespace linkway::sources
