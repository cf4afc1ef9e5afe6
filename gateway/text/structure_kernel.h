// The loops over masks of 64 bytes; each back end brings its own way to make the masks. Private to
// text. Compiled for several instruction sets in one program: everything that is not plain data has
// internal linkage, and nothing of the standard library is called, so that the linker cannot take
// a function made for one processor into code for another.
#pragma once

#include "text/structure.h"

namespace linkway::text::kernel {

struct Job {
    const char* text;
    std::size_t size;
    Separators separators;
    std::uint64_t* delimiters;
    RecordEnd* records;
    std::size_t record_count;  // result
    std::size_t trouble;       // result
};

struct Search {
    const std::uint64_t* delimiters;
    const RecordEnd* records;
    std::size_t record_count;
    std::uint32_t columns;
    std::uint32_t column;
    FieldSpan* spans;  // result
};

/// One implementation, with the name of the instruction set it needs.
struct Kernel {
    const char* name;
    void (*index)(Job&);
    void (*locate)(const Search&);
};

Kernel portable();
#if defined(__x86_64__)
Kernel avx2();
Kernel avx512();
#endif

/// Whether this processor can run it.
bool is_supported(const Kernel& kernel);

namespace {

/// One bit a byte of a block of 64.
struct Masks {
    std::uint64_t quotes;
    std::uint64_t delimiters;
    std::uint64_t line_ends;
    std::uint64_t returns;
    std::uint64_t nuls;
};

inline std::uint32_t low_bit(std::uint64_t bits) {
    return static_cast<std::uint32_t>(__builtin_ctzll(bits));
}

inline std::uint32_t count(std::uint64_t bits) {
    return static_cast<std::uint32_t>(__builtin_popcountll(bits));
}

/// What one block leaves to the next: bits of its last byte, at the place of the next block's
/// first.
struct Carry {
    std::uint64_t inside = 0;  // all ones while a quoted field goes on
    std::uint64_t closed = 0;  // it was a closing quote
    std::uint64_t broken = 1;  // it was a delimiter or line end, or there was none
    std::uint64_t due = 0;     // it was a carriage return behind a closing quote
    std::uint32_t delimiters = 0;
    std::uint32_t lines = 0;
};

/// Writes the ends of the records of one block.
inline RecordEnd* write_ends(std::uint64_t ends, std::uint64_t delimiters, std::uint64_t line_ends,
                             std::uint32_t base, const Carry& carry, RecordEnd* record) {
    while (ends != 0) {
        const std::uint64_t before = (ends & (~ends + 1)) - 1;
        record->offset = base + low_bit(ends);
        record->delimiters = carry.delimiters + count(delimiters & before);
        record->lines = carry.lines + count(line_ends & before) + 1;
        ++record;
        ends &= ends - 1;
    }
    return record;
}

/// Indexes one block: the bits of `valid` count. Returns the bits of bytes that are not as they
/// should be; the ends of records before the first of them are written.
template <class Block>
[[gnu::always_inline]] inline std::uint64_t index_block(const Masks& masks, std::uint64_t valid,
                                                        std::uint32_t base, Carry& carry,
                                                        std::uint64_t& delimiters_out,
                                                        RecordEnd*& record) {
    const std::uint64_t quotes = masks.quotes & valid;
    const std::uint64_t line_ends = masks.line_ends & valid;
    const std::uint64_t breaks = masks.delimiters | line_ends;
    const std::uint64_t returns = masks.returns & ~line_ends;
    const std::uint64_t quoted = Block::prefix_xor(quotes) ^ carry.inside;
    carry.inside = std::uint64_t{0} - (quoted >> 63);

    // A closing quote is followed by a break, a carriage return before a line end, or another
    // quote; an opening one follows a break, or a closing one (which makes a doubled quote).
    const std::uint64_t closing = quotes & ~quoted;
    const std::uint64_t opening = quotes & quoted;
    const std::uint64_t behind_close = closing << 1 | carry.closed;
    const std::uint64_t behind_break = breaks << 1 | carry.broken;
    const std::uint64_t closed_return = behind_close & returns;
    const std::uint64_t due = closed_return << 1 | carry.due;
    const std::uint64_t trouble =
        ((behind_close & ~(quotes | breaks | returns)) |
         (opening & ~(behind_break | behind_close)) | (due & ~line_ends) | masks.nuls) &
        valid;
    carry.closed = closing >> 63;
    carry.broken = breaks >> 63;
    carry.due = closed_return >> 63;

    const std::uint64_t delimiters = masks.delimiters & ~quoted & valid;
    std::uint64_t ends = line_ends & ~quoted;
    delimiters_out = delimiters;
    if (trouble != 0) {
        ends &= (trouble & (~trouble + 1)) - 1;
    }
    record = write_ends(ends, delimiters, line_ends, base, carry, record);
    carry.delimiters += count(delimiters);
    carry.lines += count(line_ends);
    return trouble;
}

/// `Block` makes the masks of 64 bytes and the running exclusive-or of their bits.
template <class Block>
void index_with(Job& job) {
    const Block block(job.separators);
    const char* const text = job.text;
    const std::size_t size = job.size;
    std::uint64_t* const delimiters = job.delimiters;
    RecordEnd* record = job.records;
    Carry carry;
    std::uint64_t trouble = 0;
    std::size_t at = 0;
    for (; at + 64 <= size && trouble == 0; at += 64) {
        trouble =
            index_block<Block>(block.masks(text + at), ~std::uint64_t{0},
                               static_cast<std::uint32_t>(at), carry, delimiters[at / 64], record);
    }
    if (at < size && trouble == 0) {
        trouble =
            index_block<Block>(block.masks(text + at), (std::uint64_t{1} << (size - at)) - 1,
                               static_cast<std::uint32_t>(at), carry, delimiters[at / 64], record);
        at += 64;
    }
    job.trouble = trouble == 0 ? size : at - 64 + low_bit(trouble);
    job.record_count = static_cast<std::size_t>(record - job.records);
}

/// Position of the set bit with `rank` set bits below it.
inline std::uint32_t select(std::uint64_t bits, std::uint32_t rank) {
#if defined(__BMI2__)
    return low_bit(__builtin_ia32_pdep_di(std::uint64_t{1} << rank, bits));
#else
    for (; rank > 0; --rank) {
        bits &= bits - 1;
    }
    return low_bit(bits);
#endif
}

/// Offset of a delimiter at or behind `from` with `rank` delimiters between; there must be one.
inline std::uint32_t find_forward(const std::uint64_t* words, std::uint32_t from,
                                  std::uint32_t rank) {
    std::uint32_t word = from / 64;
    std::uint64_t bits = words[word] & (~std::uint64_t{0} << (from % 64));
    for (std::uint32_t here = count(bits); here <= rank; here = count(bits)) {
        rank -= here;
        bits = words[++word];
    }
    return word * 64 + select(bits, rank);
}

/// Offset of a delimiter before `end` with `rank` delimiters between; there must be one.
inline std::uint32_t find_backward(const std::uint64_t* words, std::uint32_t end,
                                   std::uint32_t rank) {
    std::uint32_t word = end / 64;
    std::uint64_t bits = words[word] & ~(~std::uint64_t{0} << (end % 64));
    std::uint32_t here = count(bits);
    for (; here <= rank; here = count(bits)) {
        rank -= here;
        bits = words[--word];
    }
    return word * 64 + select(bits, here - 1 - rank);
}

/// Finds one field of each record, from whichever end of the record is nearer.
inline void locate_with(const Search& search) {
    const std::uint32_t behind = search.columns - 1 - search.column;  // fields behind it
    std::uint32_t begin = 0;
    std::uint32_t first = 0;
    for (std::size_t i = 0; i < search.record_count; ++i) {
        const RecordEnd& end = search.records[i];
        FieldSpan& span = search.spans[i];
        if (end.delimiters - first + 1 != search.columns) {
            span = {begin, begin};
        } else if (search.column <= behind) {
            span.from = search.column == 0
                            ? begin
                            : find_forward(search.delimiters, begin, search.column - 1) + 1;
            span.to = behind == 0 ? end.offset : find_forward(search.delimiters, span.from, 0);
        } else {
            span.to =
                behind == 0 ? end.offset : find_backward(search.delimiters, end.offset, behind - 1);
            span.from = find_backward(search.delimiters, span.to, 0) + 1;
        }
        begin = end.offset + 1;
        first = end.delimiters;
    }
}

}  // namespace

}  // namespace linkway::text::kernel
