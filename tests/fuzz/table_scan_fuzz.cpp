// A scan of any bytes must come to the same rows and defects whatever the size of its blocks and
// the number of its threads.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "../../gateway/sources/table_blocks.h"
#include "sources/table_scan.h"

namespace {

using namespace linkway::sources;

/// A file in memory that can be opened by its path.
class MemoryFile {
  public:
    explicit MemoryFile(std::string_view content) : descriptor_(::memfd_create("table", 0)) {
        const auto size = static_cast<ssize_t>(content.size());
        if (descriptor_ < 0 || ::write(descriptor_, content.data(), content.size()) != size) {
            std::abort();
        }
    }
    ~MemoryFile() { ::close(descriptor_); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

  private:
    int descriptor_;
};

/// All calls of a scan, each cell behind its length. A table without header is scanned for rows
/// whose first cell begins with a digit.
std::string scan(const InputFile& file, bool with_header, const BlockSizes& sizes,
                 unsigned threads) {
    const InputOptions options;
    std::string calls;
    const linkway::text::CsvDialect dialect{',', '"', with_header};
    static constexpr std::size_t widths[] = {1, 2, 3};
    const auto header = read_header(file, options, dialect, widths);
    if (!header) {
        return "issue: " + header.issue().message;
    }
    ScanRequest request;
    request.file = &file;
    request.options = &options;
    request.threads = threads;
    request.watch_column = 0;
    request.dialect = dialect;
    if (!with_header) {
        request.test = {{0}, [](std::span<const std::string_view> cells) {
                            return !cells[0].empty() && cells[0][0] >= '0' && cells[0][0] <= '9';
                        }};
    }
    const auto totals = scan_table_with(
        sizes, request, header.value(),
        [&](const ScannedRow& row) {
            calls += std::to_string(row.number) + "@" + std::to_string(row.line) +
                     (row.repaired_encoding ? "~" : "");
            for (const std::string_view cell : row.cells) {
                calls += ":" + std::to_string(cell.size()) + ":";
                calls += cell;
            }
        },
        [&](const BadRecord& bad) {
            calls += std::to_string(bad.number) + "@" + std::to_string(bad.line) + "!" +
                     std::string(to_string(bad.defect)) + std::to_string(bad.fields_found) + "/" +
                     std::to_string(bad.fields_expected) + bad.key;
        });
    if (!totals) {
        return "issue: " + totals.issue().message;
    }
    return calls + "=" + std::to_string(totals->bytes) + "," + std::to_string(totals->rows) + "," +
           std::to_string(totals->passed) + "," + std::to_string(totals->bad) +
           (totals->watched_differs ? "differ" : "");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) {
        return 0;
    }
    const MemoryFile memory({reinterpret_cast<const char*>(data) + 2, size - 2});
    InputFile file;
    file.name = file.display = "table.csv";
    file.path = memory.path();
    const bool with_header = data[0] < 128;
    const std::string expected = scan(file, with_header, {}, 1);
    const BlockSizes tiny{1U + data[0] % 128U, 1U + data[1]};
    if (scan(file, with_header, tiny, 1) != expected ||
        scan(file, with_header, tiny, 2) != expected) {
        std::abort();
    }
    return 0;
}
