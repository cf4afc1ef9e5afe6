#include "audit_recovery.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

namespace linkway::access {

namespace {

namespace fs = std::filesystem;

/// Whether the checkpoint's line ends where it says.
bool is_anchored(const std::string& file, const Head& head) {
    const std::uint64_t from = head.size - std::min<std::uint64_t>(head.size, 2 * most_line_bytes);
    LineReader reader(file, from);
    while (const auto line = reader.next()) {
        if (line->finished && line->begin + line->text.size() + 1 == head.size) {
            const auto parsed = parse_line(line->text);
            return parsed && parsed->end == head.end;
        }
        if (line->begin >= head.size) {
            break;
        }
    }
    return false;
}

struct Scan {
    std::optional<ChainEnd> end;  ///< of the last good line
    std::uint64_t good = 0;       ///< the file up to here is to stay
};

/// Goes through the lines from a place on. Strict: stops at the first that does not follow the one
/// before. Else only an unfinished last line is not to stay.
text::Result<Scan> scan(const std::string& file, std::uint64_t from, std::optional<ChainEnd> before,
                        bool strict) {
    LineReader reader(file, from);
    Scan result{std::move(before), from};
    while (const auto line = reader.next()) {
        const auto parsed = line->finished ? parse_line(line->text) : std::nullopt;
        const bool follows = parsed && (!result.end || parsed->follows(*result.end));
        if (strict ? !follows : !line->finished) {
            break;
        }
        if (parsed) {
            result.end = parsed->end;
        }
        result.good = line->begin + line->text.size() + 1;
    }
    if (reader.failed()) {
        return *reader.failed();
    }
    return result;
}

/// Moves the end of a file aside; on disk before it is cut off.
text::Status move_aside(const std::string& file, std::uint64_t from) {
    const std::string torn_file = file + ".torn";
    const Descriptor torn(
        ::open(torn_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    const Descriptor source(::open(file.c_str(), O_RDWR | O_CLOEXEC));
    if (!torn || !source) {
        return system_issue("can't be opened", !torn ? torn_file : file);
    }
    std::string piece(most_line_bytes, '\0');
    for (std::uint64_t at = from;;) {
        const ssize_t got =
            ::pread(source.number(), piece.data(), piece.size(), static_cast<off_t>(at));
        if (got < 0) {
            return system_issue("can't be read", file);
        }
        if (got == 0) {
            break;
        }
        if (!write_all(torn.number(), {piece.data(), static_cast<std::size_t>(got)})) {
            return system_issue("can't be written", torn_file);
        }
        at += static_cast<std::uint64_t>(got);
    }
    if (::fsync(torn.number()) != 0) {
        return system_issue("can't be written", torn_file);
    }
    if (::ftruncate(source.number(), static_cast<off_t>(from)) != 0 ||
        ::fsync(source.number()) != 0) {
        return system_issue("can't be cut to its last whole line", file);
    }
    sync_folder(fs::path(file).parent_path().string());
    return {};
}

void go_on_from_checkpoint(Recovered& result, const Head& head) {
    if (result.end.seq < head.end.seq) {
        result.notice += (result.notice.empty() ? "" : "; ");
        result.notice += "lines " + std::to_string(result.end.seq + 1) + " to " +
                         std::to_string(head.end.seq) +
                         " were on disk at the last checkpoint and are missing";
        result.end = head.end;
    }
}

/// The file of the checkpoint, else the last one that holds anything.
std::size_t first_to_scan(const std::string& folder, const std::vector<std::string>& files,
                          const std::optional<Head>& head) {
    const auto known = head ? std::find(files.begin(), files.end(), head->file) : files.end();
    if (known != files.end()) {
        return static_cast<std::size_t>(known - files.begin());
    }
    std::size_t first = files.size() - 1;
    std::error_code error;
    while (first > 0 && fs::file_size(folder + '/' + files[first], error) == 0) {
        --first;
    }
    return first;
}

text::Status set_aside(Recovered& result, const std::string& path, std::uint64_t bytes) {
    result.notice = "the last " + std::to_string(bytes) +
                    " bytes, written when the service stopped, were no whole lines and stand in " +
                    result.file + ".torn";
    return move_aside(path, result.size);
}

/// Follows the chain from the checkpoint through the files behind it.
text::Status follow(const std::string& folder, const std::vector<std::string>& files,
                    const std::optional<Head>& head, Recovered& result) {
    std::optional<ChainEnd> end;
    for (std::size_t i = first_to_scan(folder, files, head); i < files.size(); ++i) {
        const std::string path = folder + '/' + files[i];
        std::error_code error;
        const std::uint64_t size = fs::file_size(path, error);
        const bool has_head = head && head->file == files[i];
        const bool anchored = has_head && size >= head->size && is_anchored(path, *head);
        // Where lines that were on disk are gone, nothing that is left may be taken for torn.
        const auto scanned = scan(path, anchored ? head->size : 0,
                                  anchored ? std::optional(head->end) : end, anchored || !has_head);
        if (!scanned) {
            return scanned.issue();
        }
        end = scanned->end;
        result.file = files[i];
        result.size = scanned->good;
        if (scanned->good == size) {
            continue;
        }
        if (i + 1 == files.size()) {
            if (auto failed = set_aside(result, path, size - scanned->good)) {
                return failed;
            }
        } else {
            end.reset();  // broken in an earlier file: for verify to tell, not to mend
        }
    }
    result.end = end.value_or(ChainEnd());
    return {};
}

}  // namespace

text::Result<Recovered> recover_chain(const std::string& folder) {
    Recovered result;
    const auto head = read_head(folder);
    const auto files = day_files(folder);
    if (!files.empty()) {
        if (auto failed = follow(folder, files, head, result)) {
            return std::move(*failed);
        }
    }
    if (head) {
        go_on_from_checkpoint(result, *head);
    }
    return result;
}

}  // namespace linkway::access
