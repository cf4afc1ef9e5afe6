#include "sources/table_scan.h"

#include <algorithm>
#include <optional>
#include <set>

#include "block_scan.h"
#include "table_blocks.h"
#include "text/utf8.h"

namespace linkway::sources {

namespace {

using text::Issue;
using text::Result;
using text::Severity;

constexpr std::size_t header_bytes = std::size_t{256} << 10;
constexpr std::uint64_t progress_bytes = std::uint64_t{8} << 20;  // between two reports
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

Issue header_issue(const InputFile& file, std::string message, std::string suggestion) {
    return {Severity::error,
            "structure",
            std::move(message),
            {file.display, 1, 0, {}},
            std::move(suggestion)};
}

/// The header's place in the first bytes of a file; empty for a file without one.
struct HeaderPlace {
    std::size_t start = 0;
    std::size_t end = 0;     ///< of its content
    std::size_t behind = 0;  ///< where the first data record starts
    char line_end = '\n';
    std::uint64_t lines = 1;  // physical ones
    bool mark = false;
    bool open = false;  // a quote is never closed
};

HeaderPlace place_header(std::string_view bytes, const text::CsvDialect& dialect) {
    HeaderPlace place;
    place.mark = bytes.starts_with(byte_order_mark);
    place.start = place.mark ? byte_order_mark.size() : 0;
    if (!dialect.header) {
        place.end = place.behind = place.start;
        place.lines = 0;
        const bool feeds = bytes.find('\n') != std::string_view::npos;
        place.line_end = feeds || bytes.find('\r') == std::string_view::npos ? '\n' : '\r';
        return place;
    }
    const char quote = dialect.quote;
    bool inside = false;
    std::size_t at = place.start;
    for (; at < bytes.size(); ++at) {
        inside = inside != (bytes[at] == quote);
        if (!inside && (bytes[at] == '\n' || bytes[at] == '\r')) {
            break;
        }
    }
    place.open = inside;
    place.end = at;
    place.behind = at;
    if (at < bytes.size()) {
        // Carriage returns before a line feed belong to it; one without is a line end by itself.
        const std::size_t feed = bytes.find_first_not_of('\r', at);
        const bool feeds = feed != std::string_view::npos && bytes[feed] == '\n';
        place.line_end = feeds ? '\n' : '\r';
        place.behind = (feeds ? feed : at) + 1;
    }
    const std::string_view header = bytes.substr(0, place.end);
    place.lines +=
        static_cast<std::uint64_t>(std::count(header.begin(), header.end(), place.line_end));
    return place;
}

/// Reads on until the header is there, or what there is of it.
Result<HeaderPlace> find_header(Window& window, const text::CsvDialect& dialect) {
    if (text::Status failed = window.fill(header_bytes)) {
        return std::move(*failed);
    }
    return place_header(window.bytes(), dialect);
}

/// Adds up blocks in order and hands their rows over with numbers that count from the start of the
/// file.
class Merger {
  public:
    Merger(const std::function<void(const ScannedRow&)>& row,
           const std::function<void(const BadRecord&)>& bad, std::uint32_t columns,
           std::uint64_t header_lines)
        : row_(row), bad_(bad), cells_(columns), lines_(header_lines + 1) {}

    void take(const BlockResult& block) {
        for (std::size_t r = 0, b = 0; r < block.rows.size() || b < block.bad.size();) {
            if (b == block.bad.size() ||
                (r < block.rows.size() && block.rows[r].number < block.bad[b].number)) {
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
            totals.watched_differs =
                totals.watched_differs || block.watched_differs || *watched_ != block.watched;
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
    std::uint64_t lines_;  // number of the line that comes next
};

/// What is wrong with the first bytes of a file, before anything is made of them.
std::optional<Issue> check_start(const InputFile& file, std::string_view bytes, bool header) {
    if (bytes.empty() && header) {
        return header_issue(file, "the file is empty: not even a header",
                            "fetch it again; a table without changes has its header");
    }
    if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
        return header_issue(file, "the file is UTF-16", "export it as UTF-8");
    }
    return {};
}

Result<TableHeader> parse_header(const InputFile& file, std::string_view bytes,
                                 const HeaderPlace& place, const text::CsvDialect& dialect) {
    const std::string_view line = bytes.substr(place.start, place.end - place.start);
    if (line.find('\0') != std::string_view::npos) {
        return header_issue(file, "the header holds NUL bytes", "is this a text file?");
    }
    if (place.end >= header_bytes) {
        return header_issue(file, "the header has no end within 256 KiB", "is this a table file?");
    }
    if (place.open) {
        return header_issue(file, "the header opens a quote and never closes it",
                            "correct the header");
    }
    if (line.find_first_not_of(' ') == std::string_view::npos) {
        return header_issue(file, "the first line, which is to be the header, is blank",
                            "is this a table file?");
    }
    TableHeader header;
    header.byte_order_mark = place.mark;
    std::vector<std::string_view> fields;
    text::split_fields(line, dialect, fields);
    std::set<std::string> seen;
    std::string scratch;
    for (const std::string_view raw : fields) {
        const std::string_view content = text::field_content(raw, dialect, scratch);
        std::string name(content);
        if (!text::is_utf8(content)) {
            name.clear();
            text::append_windows_1252(name, content);
        }
        if (!name.empty() && !seen.insert(name).second) {
            return header_issue(file, "the column " + name + " stands twice in the header",
                                "fetch the file again");
        }
        header.columns.push_back(std::move(name));
    }
    if (header.columns.size() == 1 && line.find_first_of(";\t|,") != std::string_view::npos) {
        return header_issue(
            file,
            std::string("the header is one field when separated by \"") + dialect.delimiter + "\"",
            "the file uses another delimiter: export it again with the right one");
    }
    return header;
}

/// Which of `widths` the first records of a file without header have.
Result<TableHeader> count_columns(const InputFile& file, const Window& window,
                                  const HeaderPlace& place, const text::CsvDialect& dialect,
                                  std::span<const std::size_t> widths) {
    constexpr int records = 100;
    std::vector<std::string_view> fields;
    std::size_t best = widths.empty() ? 0 : widths.back();
    int most = 0;
    int read = 0;
    for (const std::size_t width : widths) {
        const text::RecordShape shape{dialect, place.line_end, static_cast<std::uint32_t>(width)};
        int sound = 0;
        read = 0;
        for (std::size_t at = place.start; at < window.bytes().size() && read < records;) {
            const text::RecordReading record =
                text::read_record(window.bytes(), at, window.at_end(), shape, fields);
            if (!record.decided) {
                break;
            }
            read += record.blank ? 0 : 1;
            sound += !record.blank && record.defect == text::RecordDefect::none ? 1 : 0;
            at = record.end;
        }
        if (sound >= most) {
            best = sound > 0 ? width : best;
            most = sound;
        }
    }
    if (most == 0 && read > 0) {
        std::string expected;
        for (const std::size_t width : widths) {
            expected += (expected.empty() ? "" : " or ") + std::to_string(width);
        }
        return header_issue(
            file,
            "no record has " + expected + " fields when separated by \"" + dialect.delimiter + "\"",
            "is this file of another table, layout or delimiter?");
    }
    TableHeader header;
    header.byte_order_mark = place.mark;
    header.columns.resize(best);
    return header;
}

/// A plain file, or the stream of any other, at its start.
struct Opened {
    std::shared_ptr<const PlainFile> plain;
    std::unique_ptr<ByteStream> stream;
};

Result<Opened> open(const InputFile& file, const InputOptions& options) {
    Opened opened;
    if (file.container.empty() && !file.encrypted) {
        auto plain = PlainFile::open(file);
        if (!plain) {
            return std::move(plain).issue();
        }
        opened.plain = std::move(plain).value();
        opened.stream = stream_from(opened.plain, 0);
        return opened;
    }
    auto stream = open_stream(file, options);
    if (!stream) {
        return std::move(stream).issue();
    }
    opened.stream = std::move(stream).value();
    return opened;
}

/// The first reason why a request cannot be served.
text::Status request_failure(const ScanRequest& request, std::size_t columns) {
    const auto outside = [&](std::uint32_t column) { return column >= columns; };
    const bool filters =
        std::any_of(request.any_of.begin(), request.any_of.end(),
                    [&](const CellFilter& filter) { return outside(filter.column); });
    const bool tested =
        std::any_of(request.test.columns.begin(), request.test.columns.end(), outside);
    if (filters || tested ||
        (request.watch_column != UINT32_MAX && outside(request.watch_column))) {
        return header_issue(*request.file, "a column that is asked for is not in the header",
                            "was the file changed?");
    }
    return {};
}

BlockRules rules_of(const ScanRequest& request, const TableHeader& header, char line_end) {
    BlockRules rules;
    rules.shape = {request.dialect, line_end, static_cast<std::uint32_t>(header.columns.size())};
    rules.any_of = request.any_of;
    rules.test = request.test;
    rules.watch_column = request.watch_column;
    rules.count_only = request.count_only;
    return rules;
}

}  // namespace

Result<TableHeader> read_header(const InputFile& file, const InputOptions& options,
                                const text::CsvDialect& dialect,
                                std::span<const std::size_t> widths) {
    auto opened = open(file, options);
    if (!opened) {
        return std::move(opened).issue();
    }
    Window window(*opened->stream, 0);
    const auto place = find_header(window, dialect);
    if (!place) {
        return place.issue();
    }
    if (auto issue = check_start(file, window.bytes(), dialect.header)) {
        return std::move(*issue);
    }
    if (!dialect.header) {
        return count_columns(file, window, *place, dialect, widths);
    }
    return parse_header(file, window.bytes(), *place, dialect);
}

Result<ScanTotals> scan_table_with(const BlockSizes& sizes, const ScanRequest& request,
                                   const TableHeader& header,
                                   const std::function<void(const ScannedRow&)>& row,
                                   const std::function<void(const BadRecord&)>& bad) {
    if (text::Status failed = request_failure(request, header.columns.size())) {
        return std::move(*failed);
    }
    auto opened = open(*request.file, *request.options);
    if (!opened) {
        return std::move(opened).issue();
    }
    Window window(*opened->stream, 0);
    const auto place = find_header(window, request.dialect);
    if (!place) {
        return place.issue();
    }
    if (request.dialect.header) {
        const auto now = parse_header(*request.file, window.bytes(), *place, request.dialect);
        if (!now || now->columns != header.columns) {
            return header_issue(*request.file, "the header is not what it was a moment ago",
                                "run again when nobody writes the file");
        }
    }
    const BlockRules rules = rules_of(request, header, place->line_end);
    Merger merger(row, bad, rules.shape.columns, place->lines);
    std::uint64_t reported = 0;
    const TakeBlock take = [&](const BlockResult& block, std::uint64_t bytes_done) {
        merger.take(block);
        merger.totals.bytes = bytes_done;
        if (request.progress && bytes_done - reported >= progress_bytes) {
            reported = bytes_done;
            request.progress(bytes_done, merger.totals.rows);
        }
    };
    merger.totals.bytes = place->behind;
    text::Status failed;
    if (opened->plain && request.threads > 1 && opened->plain->size() > 2 * sizes.block) {
        failed = scan_file(opened->plain, place->behind, rules, sizes, request.threads, take);
    } else {
        window.drop(place->behind);
        failed = scan_stream(window, rules, sizes, take);
    }
    if (failed) {
        return std::move(*failed);
    }
    if (request.progress) {
        request.progress(merger.totals.bytes, merger.totals.rows);
    }
    return merger.totals;
}

Result<ScanTotals> scan_table(const ScanRequest& request, const TableHeader& header,
                              const std::function<void(const ScannedRow&)>& row,
                              const std::function<void(const BadRecord&)>& bad) {
    return scan_table_with(BlockSizes{}, request, header, row, bad);
}

}  // namespace linkway::sources
