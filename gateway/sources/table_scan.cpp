#include "sources/table_scan.h"

#include <optional>
#include <set>

#include "block_scan.h"
#include "table_blocks.h"

namespace linkway::sources {

namespace {

using text::Issue;
using text::Result;
using text::Severity;

constexpr std::size_t header_bytes = std::size_t{256} << 10;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

Issue header_issue(const InputFile& file, std::string message, std::string suggestion) {
    return {Severity::error, "structure", std::move(message), {file.display, 1, 0, {}}, std::move(suggestion)};
}

/// The header's place in the first bytes of a file.
struct HeaderPlace {
    std::size_t start = 0;
    std::size_t end = 0;      ///< of its content
    std::size_t behind = 0;   ///< where the first data record starts
    char line_end = '\n';
    bool mark = false;
};

HeaderPlace place_header(std::string_view bytes, char quote) {
    HeaderPlace place;
    place.mark = bytes.starts_with(byte_order_mark);
    place.start = place.mark ? byte_order_mark.size() : 0;
    bool inside = false;
    std::size_t at = place.start;
    for (; at < bytes.size(); ++at) {
        inside = inside != (bytes[at] == quote);
        if (!inside && (bytes[at] == '\n' || bytes[at] == '\r')) {
            break;
        }
    }
    place.end = at;
    place.behind = at;
    if (at < bytes.size()) {
        const bool pair = bytes[at] == '\r' && at + 1 < bytes.size() && bytes[at + 1] == '\n';
        place.line_end = bytes[at] == '\r' && !pair ? '\r' : '\n';
        place.behind = at + (pair ? 2 : 1);
    }
    return place;
}

/// Whatever the header says, once for each file: the same for every scan of it.
Result<std::string> first_bytes(const InputFile& file, const InputOptions& options) {
    auto stream = open_stream(file, options);
    if (!stream) {
        return std::move(stream).issue();
    }
    std::string bytes(header_bytes, '\0');
    std::size_t size = 0;
    while (size < bytes.size()) {
        auto read = (*stream)->read({bytes.data() + size, bytes.size() - size});
        if (!read) {
            return std::move(read).issue();
        }
        if (*read == 0) {
            break;
        }
        size += *read;
    }
    bytes.resize(size);
    return bytes;
}

/// Adds up blocks in order and hands their rows over with numbers that count from the start of the file.
class Merger {
  public:
    Merger(const std::function<void(const ScannedRow&)>& row, const std::function<void(const BadRecord&)>& bad, std::uint32_t columns)
        : row_(row), bad_(bad), cells_(columns) {}

    void take(const BlockResult& block) {
        for (std::size_t r = 0, b = 0; r < block.rows.size() || b < block.bad.size();) {
            if (b == block.bad.size() || (r < block.rows.size() && block.rows[r].number < block.bad[b].number)) {
                hand_over(block, block.rows[r++]);
            } else {
                BadRecord record = block.bad[b++];
                record.number += records_;
                record.line += lines_;
                bad_(record);
            }
        }
        if (block.good > 0) {
            if (!watched_) {
                watched_ = block.watched;
            }
            totals.watched_differs = totals.watched_differs || block.watched_differs || *watched_ != block.watched;
        }
        totals.rows += block.good;
        totals.passed += block.rows.size();
        totals.bad += block.bad.size();
        records_ += block.records;
        lines_ += block.lines;
    }

    ScanTotals totals;

  private:
    void hand_over(const BlockResult& block, const BlockRow& from) {
        for (std::size_t i = 0; i < cells_.size(); ++i) {
            const auto& [offset, length] = block.cells[from.first_cell + i];
            cells_[i] = std::string_view(block.text).substr(offset, length);
        }
        row_({from.number + records_, from.line + lines_, cells_, from.repaired_encoding});
    }

    const std::function<void(const ScannedRow&)>& row_;
    const std::function<void(const BadRecord&)>& bad_;
    std::vector<std::string_view> cells_;
    std::optional<std::string> watched_;
    std::uint64_t records_ = 0;
    std::uint64_t lines_ = 2;  // the header is line 1
};

}  // namespace

Result<TableHeader> read_header(const InputFile& file, const InputOptions& options, const text::CsvDialect& dialect) {
    auto bytes = first_bytes(file, options);
    if (!bytes) {
        return std::move(bytes).issue();
    }
    if (bytes->empty()) {
        return header_issue(file, "the file is empty: not even a header", "fetch it again; a table without changes has its header");
    }
    if (bytes->starts_with("\xFF\xFE") || bytes->starts_with("\xFE\xFF")) {
        return header_issue(file, "the file is UTF-16", "export it as UTF-8");
    }
    const HeaderPlace place = place_header(*bytes, dialect.quote);
    const std::string_view line = std::string_view(*bytes).substr(place.start, place.end - place.start);
    if (line.find('\0') != std::string_view::npos) {
        return header_issue(file, "the header holds NUL bytes", "is this a text file?");
    }
    if (place.end == header_bytes) {
        return header_issue(file, "the header has no end within 256 KiB", "is this a table file?");
    }
    TableHeader header;
    header.byte_order_mark = place.mark;
    std::vector<std::string_view> fields;
    text::split_fields(line, dialect, fields);
    std::set<std::string> seen;
    std::string scratch;
    for (const std::string_view raw : fields) {
        std::string name(text::field_content(raw, dialect, scratch));
        if (!name.empty() && !seen.insert(name).second) {
            return header_issue(file, "the column " + name + " stands twice in the header", "fetch the file again");
        }
        header.columns.push_back(std::move(name));
    }
    if (header.columns.size() == 1 && line.find_first_of(";\t|,") != std::string_view::npos) {
        return header_issue(file, std::string("the header is one field when separated by \"") + dialect.delimiter + "\"",
                            "the file uses another delimiter: export it again with the right one");
    }
    return header;
}

Result<ScanTotals> scan_table(const ScanRequest& request, const TableHeader& header, const std::function<void(const ScannedRow&)>& row,
                              const std::function<void(const BadRecord&)>& bad) {
    auto bytes = first_bytes(*request.file, *request.options);
    if (!bytes) {
        return std::move(bytes).issue();
    }
    const HeaderPlace place = place_header(*bytes, request.dialect.quote);
    const std::size_t first = place.behind;
    BlockRules rules{request.dialect, place.line_end, static_cast<std::uint32_t>(header.columns.size()), &request.any_of,
                     request.watch_column, request.count_only};
    Merger merger(row, bad, rules.columns);
    const auto report = [&](std::uint64_t done) {
        merger.totals.bytes = done;
        if (request.progress) {
            request.progress(done, merger.totals.rows);
        }
    };
    const auto take = [&](const BlockResult& block) { merger.take(block); };
    const bool plain = request.file->container.empty() && !request.file->encrypted;
    const text::Status failed = plain ? scan_file(request, rules, first, take, report) : scan_stream(request, rules, first, take, report);
    if (failed) {
        return *failed;
    }
    return merger.totals;
}

}  // namespace linkway::sources
