// Lines of the audit log and how they hang together; audit.h says what they look like.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "access/instant.h"
#include "files.h"
#include "text/issue.h"

namespace linkway::access {

/// Longer lines are no lines of an audit log.
inline constexpr std::size_t most_line_bytes = std::size_t{64} << 10;

/// The last line of a chain, as the next one refers to it.
struct ChainEnd {
    std::uint64_t seq = 0;
    std::string hash = std::string(64, '0');

    friend bool operator==(const ChainEnd&, const ChainEnd&) = default;
};

/// Appends the line of an event, with its line break, and moves the chain's end there.
void append_line(std::string& out, ChainEnd& end, std::string_view event);

/// A line that is whole: it has the form, and its hash is right.
struct ChainLine {
    ChainEnd end;  ///< this line
    std::string_view previous;
    std::string_view event;

    bool follows(const ChainEnd& before) const {
        return end.seq == before.seq + 1 && previous == before.hash;
    }
};
std::optional<ChainLine> parse_line(std::string_view line);

/// The checkpoint: the chain's end as it was last known to be on disk, and where.
struct Head {
    std::string file;        ///< name in the folder; empty before the first line
    std::uint64_t size = 0;  ///< of that file, up to this line
    ChainEnd end;
};
/// Of one length always, so that it is written over in place, in one disk sector.
std::string to_text(const Head& head);
/// Nothing when it is not there or not to be read.
std::optional<Head> read_head(const std::string& folder);

/// Names of the day files of a folder, the oldest first.
std::vector<std::string> day_files(const std::string& folder);

/// Reads a file line by line, however long it is.
class LineReader {
  public:
    LineReader(const std::string& file, std::uint64_t from);

    struct Line {
        std::string_view text;    ///< without its line break; until the next call
        std::uint64_t begin = 0;  ///< its place in the file
        bool finished = false;    ///< has a line break
    };
    /// The next line; nothing at the end. A line of more than `most_line_bytes` comes in pieces
    /// that are not finished.
    std::optional<Line> next();

    /// Why reading ended early, if it did.
    const text::Status& failed() const { return failed_; }

  private:
    bool fill();

    std::string file_;
    Descriptor descriptor_;
    std::string buffer_;
    std::size_t at_ = 0;          // in the buffer
    std::uint64_t position_ = 0;  // of the buffer's begin in the file
    text::Status failed_;
};

}  // namespace linkway::access
