// Compiled for AVX2; chosen while running, where the processor has it.
#if defined(__x86_64__)
#include <immintrin.h>

#include "structure_kernel.h"

namespace linkway::text::kernel {

namespace {

class Avx2Block {
  public:
    explicit Avx2Block(const Separators& separators)
        : quote_(_mm256_set1_epi8(separators.quote)),
          delimiter_(_mm256_set1_epi8(separators.delimiter)),
          line_end_(_mm256_set1_epi8(separators.line_end)) {}

    Masks masks(const char* bytes) const {
        const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes));
        const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes + 32));
        return {equal(low, high, quote_), equal(low, high, delimiter_), equal(low, high, line_end_),
                equal(low, high, _mm256_set1_epi8('\r')), equal(low, high, _mm256_setzero_si256())};
    }

    static std::uint64_t prefix_xor(std::uint64_t bits) {
        const __m128i product = _mm_clmulepi64_si128(
            _mm_cvtsi64_si128(static_cast<std::int64_t>(bits)), _mm_set1_epi8(-1), 0);
        return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
    }

  private:
    static std::uint64_t equal(__m256i low, __m256i high, __m256i to) {
        const auto first =
            static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, to)));
        const auto second =
            static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, to)));
        return first | static_cast<std::uint64_t>(second) << 32U;
    }

    __m256i quote_;
    __m256i delimiter_;
    __m256i line_end_;
};

}  // namespace

Kernel avx2() {
    return {"avx2", index_with<Avx2Block>, locate_with};
}

}  // namespace linkway::text::kernel
#endif
