#include "text/structure.h"

#include <bit>
#include <cstring>
#include <string_view>

#include "structure_kernel.h"

namespace linkway::text {

namespace {

/// Eight bytes at a time in a plain register, for processors without a back end of their own.
class PortableBlock {
  public:
    explicit PortableBlock(const Separators& separators)
        : quote_(repeated(separators.quote)),
          delimiter_(repeated(separators.delimiter)),
          line_end_(repeated(separators.line_end)) {}

    kernel::Masks masks(const char* bytes) const {
        kernel::Masks result{0, 0, 0, 0, 0};
        for (unsigned i = 0; i < 64; i += 8) {
            std::uint64_t word = 0;
            std::memcpy(&word, bytes + i, 8);
            if constexpr (std::endian::native == std::endian::big) {
                word = __builtin_bswap64(word);
            }
            result.quotes |= equal(word, quote_) << i;
            result.delimiters |= equal(word, delimiter_) << i;
            result.line_ends |= equal(word, line_end_) << i;
            result.returns |= equal(word, repeated('\r')) << i;
            result.nuls |= equal(word, 0) << i;
        }
        return result;
    }

    static std::uint64_t prefix_xor(std::uint64_t bits) {
        for (unsigned shift = 1; shift < 64; shift *= 2) {
            bits ^= bits << shift;
        }
        return bits;
    }

  private:
    static constexpr std::uint64_t ones = 0x0101010101010101U;
    static constexpr std::uint64_t low_seven = ones * 0x7F;

    static constexpr std::uint64_t repeated(char c) { return ones * static_cast<unsigned char>(c); }

    /// Bit i: byte i of `word` is that of `pattern`.
    static std::uint64_t equal(std::uint64_t word, std::uint64_t pattern) {
        const std::uint64_t differing = word ^ pattern;
        // Bit 7 of each byte that differs, exact: no carry leaves a byte.
        const std::uint64_t marks = ((differing & low_seven) + low_seven) | differing;
        const std::uint64_t same = (~marks & ~low_seven) >> 7U;
        return (same * 0x0102040810204080U) >> 56U;
    }

    std::uint64_t quote_;
    std::uint64_t delimiter_;
    std::uint64_t line_end_;
};

kernel::Kernel best() {
#if defined(__x86_64__)
    for (const kernel::Kernel& candidate : {kernel::avx512(), kernel::avx2()}) {
        if (kernel::is_supported(candidate)) {
            return candidate;
        }
    }
#endif
    return kernel::portable();
}

const kernel::Kernel& chosen() {
    static const kernel::Kernel choice = best();
    return choice;
}

}  // namespace

namespace kernel {

Kernel portable() {
    return {"portable", index_with<PortableBlock>, locate_with};
}

bool is_supported(const Kernel& kernel) {
    const std::string_view name = kernel.name;
#if defined(__x86_64__)
    const bool basic = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi") != 0 &&
                       __builtin_cpu_supports("popcnt") != 0 &&
                       __builtin_cpu_supports("pclmul") != 0;
    if (name == "avx2") {
        return basic;
    }
    if (name == "avx512") {
        return basic && __builtin_cpu_supports("bmi2") != 0 &&
               __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0;
    }
#endif
    return name == "portable";
}

}  // namespace kernel

void Structure::reserve(std::size_t bytes) {
    if (bytes <= capacity_) {
        return;
    }
    // Left as they come: only what is written is ever touched.
    delimiters = std::make_unique_for_overwrite<std::uint64_t[]>(bytes / 64 + 1);
    records = std::make_unique_for_overwrite<RecordEnd[]>(bytes + 1);
    spans = std::make_unique_for_overwrite<FieldSpan[]>(bytes + 1);
    capacity_ = bytes;
}

void index_structure(const char* text, std::size_t size, const Separators& separators,
                     Structure& structure) {
    structure.reserve(size);
    kernel::Job job{text, size, separators, structure.delimiters.get(), structure.records.get(),
                    0,    0};
    chosen().index(job);
    structure.record_count = job.record_count;
    structure.trouble = job.trouble;
}

void locate_fields(Structure& structure, std::uint32_t columns, std::uint32_t column) {
    chosen().locate({structure.delimiters.get(), structure.records.get(), structure.record_count,
                     columns, column, structure.spans.get()});
}

}  // namespace linkway::text
