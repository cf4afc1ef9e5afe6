#include "table_blocks.h"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <optional>
#include <vector>

#include "parallel.h"

namespace linkway::sources {

using text::Status;

Status Window::fill(std::size_t want) {
    // What is kept is the start of one record: little, but for a record that is larger than what is
    // read at a time, and then twice as much is asked for each time.
    const std::size_t have = end_ - begin_;
    want = std::max(want, have);
    if (want + text::structure_padding > capacity_) {
        auto memory = std::make_unique_for_overwrite<char[]>(want + text::structure_padding);
        if (have > 0) {
            std::memcpy(memory.get(), memory_.get() + begin_, have);
        }
        memory_ = std::move(memory);
        capacity_ = want + text::structure_padding;
    } else {
        std::memmove(memory_.get(), memory_.get() + begin_, have);
    }
    begin_ = 0;
    end_ = have;
    while (end_ < want && !at_end_) {
        auto read = stream_->read({memory_.get() + end_, want - end_});
        if (!read) {
            return std::move(read).issue();
        }
        at_end_ = *read == 0;
        end_ += *read;
    }
    std::memset(memory_.get() + end_, 0, text::structure_padding);
    return {};
}

void Window::drop(std::size_t size) {
    begin_ += size;
    offset_ += size;
}

void Window::restart(ByteStream& stream, std::uint64_t offset) {
    stream_ = &stream;
    offset_ = offset;
    begin_ = end_ = 0;
    at_end_ = false;
}

namespace {

constexpr std::uint64_t no_limit = UINT64_MAX;

/// Reads on and adds to `result` the records that start before `limit`, an offset in the stream,
/// as far as one read brings them.
Status scan_step(Window& window, std::uint64_t limit, const BlockRules& rules,
                 const BlockSizes& sizes, BlockScratch& scratch, BlockResult& result) {
    // Behind the limit only the rest of the last record is wanted.
    const std::size_t usual_record = std::min(sizes.read, std::size_t{4} << 10);
    const std::size_t have = window.bytes().size();
    const std::uint64_t rest = limit - window.offset();
    std::size_t want = have + std::max(have, sizes.read);
    if (rest < want) {
        want = std::max(static_cast<std::size_t>(rest), have + std::max(have, usual_record));
    }
    if (Status failed = window.fill(want)) {
        return failed;
    }
    const std::string_view bytes = window.bytes();
    const auto end = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), rest));
    window.drop(scan_block(bytes, end, window.at_end(), rules, scratch, result));
    return {};
}

bool is_done(const Window& window, std::uint64_t limit) {
    return window.offset() >= limit || (window.at_end() && window.bytes().empty());
}

/// One thread's memory, used again for later blocks.
struct Workplace {
    std::unique_ptr<ByteStream> stream;
    std::optional<Window> window;
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

/// What came of a block, and where in the file its scan began and ended; not found: no record
/// starts in it as far as a guess can tell.
struct Piece {
    bool found = false;
    std::uint64_t start = 0;
    std::uint64_t end = 0;
    BlockResult result;
    Status failed;
};

class FileScan {
  public:
    FileScan(std::shared_ptr<const PlainFile> file, std::uint64_t first, const BlockRules& rules,
             const BlockSizes& sizes)
        : file_(std::move(file)), first_(first), rules_(rules), sizes_(sizes) {}

    std::size_t count() const {
        return static_cast<std::size_t>((file_->size() - first_ + sizes_.block - 1) / sizes_.block);
    }
    std::uint64_t begin_of(std::size_t block) const { return first_ + block * sizes_.block; }
    std::uint64_t end_of(std::size_t block) const {
        return std::min(file_->size(), begin_of(block + 1));
    }

    /// Scans a block from where its first record seems to start; the first block from its start.
    Piece guess(std::size_t block) {
        auto place = places_.borrow();
        Piece piece;
        if (block == 0) {
            piece = scan(*place, block, first_);
        } else {
            // The line end before the first record may be the last byte of the block before.
            std::uint64_t start = 0;
            piece.failed = find_start(*place, begin_of(block) - 1, end_of(block), start);
            if (!piece.failed && start != 0) {
                piece = scan(*place, block, start);
            }
        }
        places_.give_back(std::move(place));
        return piece;
    }

    /// Scans a block from an offset that is known to be a record start.
    Piece exact(std::size_t block, std::uint64_t start) {
        auto place = places_.borrow();
        Piece piece = scan(*place, block, start);
        places_.give_back(std::move(place));
        return piece;
    }

  private:
    void begin(Workplace& place, std::uint64_t offset) const {
        place.stream = stream_from(file_, offset);
        if (place.window) {
            place.window->restart(*place.stream, offset);
        } else {
            place.window.emplace(*place.stream, offset);
        }
    }

    /// The first place in [from, end) behind a line end where a sound record is found; 0 for none.
    Status find_start(Workplace& place, std::uint64_t from, std::uint64_t end,
                      std::uint64_t& start) const {
        begin(place, from);
        const auto most = static_cast<std::size_t>(end - from);
        for (std::size_t want = std::min(most, sizes_.read / 32 + 1);;
             want = std::min(most, want * 4)) {
            if (Status failed = place.window->fill(want)) {
                return failed;
            }
            const std::size_t at = text::find_sound_record(place.window->bytes(), 0, rules_.shape);
            if (at != std::string_view::npos && from + at < end) {
                start = from + at;
                return {};
            }
            if (want == most) {
                return {};
            }
        }
    }

    Piece scan(Workplace& place, std::size_t block, std::uint64_t start) const {
        Piece piece;
        piece.found = true;
        piece.start = start;
        begin(place, start);
        while (!piece.failed && !is_done(*place.window, end_of(block))) {
            piece.failed = scan_step(*place.window, end_of(block), rules_, sizes_, place.scratch,
                                     piece.result);
        }
        piece.end = place.window->offset();
        return piece;
    }

    std::shared_ptr<const PlainFile> file_;
    std::uint64_t first_;
    const BlockRules& rules_;
    const BlockSizes& sizes_;
    Workplaces places_;
};

}  // namespace

Status scan_stream(Window& window, const BlockRules& rules, const BlockSizes& sizes,
                   const TakeBlock& take) {
    BlockScratch scratch;
    BlockResult result;
    while (!is_done(window, no_limit)) {
        result.clear();
        if (Status failed = scan_step(window, no_limit, rules, sizes, scratch, result)) {
            return failed;
        }
        take(result, window.offset());
    }
    return {};
}

Status scan_file(const std::shared_ptr<const PlainFile>& file, std::uint64_t first,
                 const BlockRules& rules, const BlockSizes& sizes, unsigned threads,
                 const TakeBlock& take) {
    if (file->size() <= first) {
        return {};
    }
    FileScan scan(file, first, rules, sizes);
    Status failed;
    std::uint64_t expected = first;
    in_order(
        scan.count(), threads, [&](std::size_t block) { return scan.guess(block); },
        [&](std::size_t block, Piece piece) {
            if (failed || expected >= scan.end_of(block)) {
                return;  // all of it belongs to a record of a block before
            }
            if (!piece.failed && (!piece.found || piece.start != expected)) {
                piece = scan.exact(block, expected);
            }
            failed = std::move(piece.failed);
            if (!failed) {
                expected = piece.end;
                take(piece.result, expected);
            }
        });
    return failed;
}

}  // namespace linkway::sources
