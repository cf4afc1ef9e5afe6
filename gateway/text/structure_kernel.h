// The loop of index_structure over masks of 64 bytes; each back end brings its own way to make them. Private to text.
// Kept free of the standard library's templates: it is compiled for several instruction sets in one program.
#pragma once

#include "text/structure.h"

namespace linkway::text::kernel {

/// One bit a byte of a block of 64.
struct Masks {
    std::uint64_t quotes;
    std::uint64_t delimiters;
    std::uint64_t line_ends;
};

/// Bit i of the result: whether an odd number of bits up to and including i is set.
inline std::uint64_t prefix_xor(std::uint64_t bits) {
    bits ^= bits << 1;
    bits ^= bits << 2;
    bits ^= bits << 4;
    bits ^= bits << 8;
    bits ^= bits << 16;
    bits ^= bits << 32;
    return bits;
}

/// Writes the positions of the set bits; always writes in groups, so that the common case has no branch to guess.
inline std::uint32_t* write_positions(std::uint64_t bits, std::uint32_t base, std::uint32_t* out) {
    const int count = __builtin_popcountll(bits);
    for (int group = 0; group < count; group += 4) {
        for (int i = 0; i < 4; ++i) {
            out[group + i] = base + static_cast<std::uint32_t>(bits == 0 ? 0 : __builtin_ctzll(bits));
            bits &= bits - 1;
        }
    }
    return out + count;
}

/// `Block` makes the masks of 64 bytes and remembers whether any byte was NUL.
template <class Block>
void index(const char* text, std::size_t size, const Separators& separators, Structure& structure) {
    Block block(separators);
    std::uint32_t* delimiter = structure.delimiters.get();
    RecordEnd* record = structure.records.get();
    std::uint64_t inside = 0;  // all ones while a quoted field goes on
    std::uint32_t lines = 0;
    for (std::size_t base = 0; base < size; base += 64) {
        const std::uint64_t valid = size - base >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << (size - base)) - 1;
        const Masks masks = block.masks(text + base, valid);
        const std::uint64_t quoted = prefix_xor(masks.quotes) ^ inside;
        inside = static_cast<std::uint64_t>(static_cast<std::int64_t>(quoted) >> 63);
        const std::uint64_t delimiters = masks.delimiters & ~quoted;
        std::uint64_t ends = masks.line_ends & ~quoted;
        const auto offset = static_cast<std::uint32_t>(base);
        while (ends != 0) {
            const int bit = __builtin_ctzll(ends);
            const std::uint64_t before = (std::uint64_t{1} << bit) - 1;
            record->offset = offset + static_cast<std::uint32_t>(bit);
            record->delimiters = static_cast<std::uint32_t>(delimiter - structure.delimiters.get()) +
                                 static_cast<std::uint32_t>(__builtin_popcountll(delimiters & before));
            record->lines = lines + static_cast<std::uint32_t>(__builtin_popcountll(masks.line_ends & before)) + 1;
            ++record;
            ends &= ends - 1;
        }
        lines += static_cast<std::uint32_t>(__builtin_popcountll(masks.line_ends));
        delimiter = write_positions(delimiters, offset, delimiter);
    }
    structure.delimiter_count = static_cast<std::size_t>(delimiter - structure.delimiters.get());
    structure.record_count = static_cast<std::size_t>(record - structure.records.get());
    structure.has_nul = block.has_nul();
}

#if defined(__x86_64__)
void index_avx2(const char* text, std::size_t size, const Separators& separators, Structure& structure);
#endif

}  // namespace linkway::text::kernel
