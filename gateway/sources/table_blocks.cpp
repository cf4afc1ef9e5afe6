#include "table_blocks.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <mutex>
#include <system_error>
#include <vector>

#include "parallel.h"

namespace linkway::sources {

namespace {

using text::Issue;
using text::Severity;
using text::Status;

Issue read_failure(const InputFile& file, const std::string& why) {
    return {Severity::error, "exception", "cannot be read: " + why, {file.display, 0, 0, {}}, "check the file and its permissions"};
}

/// An open file descriptor that closes itself.
class Descriptor {
  public:
    explicit Descriptor(const std::string& path) : number_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
    ~Descriptor() {
        if (number_ >= 0) {
            ::close(number_);
        }
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int number() const { return number_; }

  private:
    int number_;
};

constexpr std::size_t overlap_bytes = std::size_t{64} << 10;  // read beyond a block for its last record; more when that is longer

/// Memory of one block's work, used again for later blocks.
struct Workplace {
    std::vector<char> bytes;
    BlockScratch scratch;
};

/// Workplaces not in use.
class Workplaces {
  public:
    std::unique_ptr<Workplace> borrow() {
        const std::lock_guard lock(mutex_);
        if (free_.empty()) {
            return std::make_unique<Workplace>();
        }
        auto place = std::move(free_.back());
        free_.pop_back();
        return place;
    }
    void give_back(std::unique_ptr<Workplace> place) {
        const std::lock_guard lock(mutex_);
        free_.push_back(std::move(place));
    }

  private:
    std::mutex mutex_;
    std::vector<std::unique_ptr<Workplace>> free_;
};

/// What came of a block, and where in the file its scan began; not found: no record starts in it as far as a guess can tell.
struct Piece {
    std::uint64_t start = 0;
    bool found = false;
    BlockResult result;
    Status failed;
};

class FileScan {
  public:
    FileScan(const InputFile& file, const BlockRules& rules, std::uint64_t first)
        : file_(file), rules_(rules), first_(first), descriptor_(file.path), error_(descriptor_.number() < 0 ? errno : 0) {
        const off_t end = error_ == 0 ? ::lseek(descriptor_.number(), 0, SEEK_END) : 0;
        size_ = end < 0 ? 0 : static_cast<std::uint64_t>(end);
    }

    Status open_failure() const {
        return error_ == 0 ? Status{} : Status{read_failure(file_, std::generic_category().message(error_))};
    }
    std::size_t count() const { return size_ <= first_ ? 0 : static_cast<std::size_t>((size_ - first_ + block_bytes - 1) / block_bytes); }
    std::uint64_t end_of(std::size_t block) const { return std::min(size_, first_ + (block + 1) * static_cast<std::uint64_t>(block_bytes)); }

    /// Scans a block from where its first record seems to start; the first block from its start.
    Piece guess(std::size_t block) {
        Piece piece;
        const std::uint64_t begin = first_ + block * static_cast<std::uint64_t>(block_bytes);
        auto place = places_.borrow();
        if (block == 0) {
            piece.start = begin;
            scan(piece, block, *place, 0, {});
        } else {
            // The line end behind which the first record starts may be the last byte of the block before.
            std::string_view bytes;
            piece.failed = fill(*place, begin - 1, block_bytes + overlap_bytes, bytes);
            const std::size_t at = piece.failed ? std::string_view::npos : guess_start(bytes, 0, rules_);
            if (at != std::string_view::npos && begin - 1 + at < end_of(block)) {
                piece.start = begin - 1 + at;
                scan(piece, block, *place, at, bytes);
            }
        }
        places_.give_back(std::move(place));
        return piece;
    }

    /// Scans a block from an offset that is known to be a record start.
    Piece exact(std::size_t block, std::uint64_t start) {
        Piece piece;
        piece.start = start;
        auto place = places_.borrow();
        scan(piece, block, *place, 0, {});
        places_.give_back(std::move(place));
        return piece;
    }

  private:
    /// Scans from piece.start to the end of the block; `bytes` from `at` on are those of the file from there, when some were read already.
    void scan(Piece& piece, std::size_t block, Workplace& place, std::size_t at, std::string_view bytes) {
        const auto limit = static_cast<std::size_t>(end_of(block) - piece.start);
        bytes = bytes.substr(std::min(at, bytes.size()));
        for (std::size_t want = limit + overlap_bytes;; want *= 2) {
            if (bytes.size() < std::min<std::uint64_t>(want, size_ - piece.start)) {
                piece.failed = fill(place, piece.start, want, bytes);
                if (piece.failed) {
                    return;
                }
            }
            scan_block(bytes, limit, piece.start + bytes.size() == size_, rules_, place.scratch, piece.result);
            if (!piece.result.incomplete) {
                break;
            }
        }
        piece.found = true;
    }

    /// Reads `want` bytes from `offset` on, or what the file has of them.
    Status fill(Workplace& place, std::uint64_t offset, std::size_t want, std::string_view& bytes) {
        want = static_cast<std::size_t>(std::min<std::uint64_t>(want, size_ - offset));
        if (place.bytes.size() < want + text::structure_padding) {
            place.bytes.resize(want + text::structure_padding);
        }
        for (std::size_t have = 0; have < want;) {
            const ssize_t read = ::pread(descriptor_.number(), place.bytes.data() + have, want - have, static_cast<off_t>(offset + have));
            if (read < 0 && errno == EINTR) {
                continue;
            }
            if (read <= 0) {
                return read_failure(file_, read == 0 ? "it became shorter while it was read" : std::generic_category().message(errno));
            }
            have += static_cast<std::size_t>(read);
        }
        bytes = {place.bytes.data(), want};
        return {};
    }

    const InputFile& file_;
    const BlockRules& rules_;
    std::uint64_t first_;
    Descriptor descriptor_;
    int error_;
    std::uint64_t size_ = 0;
    Workplaces places_;
};

}  // namespace

Status scan_file(const ScanRequest& request, const BlockRules& rules, std::uint64_t first, const TakeBlock& take, const ReportBytes& report) {
    FileScan scan(*request.file, rules, first);
    Status failed = scan.open_failure();
    if (failed) {
        return failed;
    }
    std::uint64_t expected = first;
    in_order(
        scan.count(), request.threads, [&](std::size_t block) { return scan.guess(block); },
        [&](std::size_t block, Piece piece) {
            if (failed || (expected >= scan.end_of(block) && expected != first)) {
                return;  // all of it belongs to a record of a block before
            }
            if (!piece.failed && (!piece.found || piece.start != expected)) {
                piece = scan.exact(block, expected);
            }
            failed = std::move(piece.failed);
            if (!failed) {
                take(piece.result);
                expected = piece.start + piece.result.consumed;
                report(expected);
            }
        });
    report(expected);
    return failed;
}

Status scan_stream(const ScanRequest& request, const BlockRules& rules, std::uint64_t first, const TakeBlock& take, const ReportBytes& report) {
    auto stream = open_stream(*request.file, *request.options);
    if (!stream) {
        return std::move(stream).issue();
    }
    Workplace place;
    BlockResult result;
    std::size_t have = 0;      // bytes at the front of the buffer
    std::uint64_t skip = first;
    std::uint64_t done = first;
    for (bool at_end = false; !at_end;) {
        if (place.bytes.size() < have + block_bytes + text::structure_padding) {
            place.bytes.resize(have + block_bytes + text::structure_padding);
        }
        const std::size_t room = place.bytes.size() - text::structure_padding;
        while (have < room && !at_end) {
            auto read = (*stream)->read({place.bytes.data() + have, room - have});
            if (!read) {
                return std::move(read).issue();
            }
            at_end = *read == 0;
            have += *read;
            if (skip > 0) {  // the header, known already
                const auto drop = static_cast<std::size_t>(std::min<std::uint64_t>(skip, have));
                std::move(place.bytes.begin() + static_cast<std::ptrdiff_t>(drop), place.bytes.begin() + static_cast<std::ptrdiff_t>(have),
                          place.bytes.begin());
                have -= drop;
                skip -= drop;
            }
        }
        scan_block({place.bytes.data(), have}, have, at_end, rules, place.scratch, result);
        take(result);
        done += result.consumed;
        report(done);
        std::move(place.bytes.begin() + static_cast<std::ptrdiff_t>(result.consumed), place.bytes.begin() + static_cast<std::ptrdiff_t>(have),
                  place.bytes.begin());
        have -= result.consumed;
    }
    return {};
}

}  // namespace linkway::sources
