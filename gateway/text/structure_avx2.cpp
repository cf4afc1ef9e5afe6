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
          line_end_(_mm256_set1_epi8(separators.line_end)),
          least_(_mm256_set1_epi8(-1)) {}

    Masks masks(const char* bytes, std::uint64_t valid) {
        const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes));
        const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes + 32));
        if (valid == ~std::uint64_t{0}) {
            least_ = _mm256_min_epu8(least_, _mm256_min_epu8(low, high));
        } else {
            tail_nul_ = tail_nul_ || (equal(low, high, _mm256_setzero_si256()) & valid) != 0;
        }
        return {equal(low, high, quote_) & valid, equal(low, high, delimiter_) & valid, equal(low, high, line_end_) & valid};
    }

    bool has_nul() const { return tail_nul_ || _mm256_movemask_epi8(_mm256_cmpeq_epi8(least_, _mm256_setzero_si256())) != 0; }

  private:
    static std::uint64_t equal(__m256i low, __m256i high, __m256i to) {
        const auto first = static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, to)));
        const auto second = static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, to)));
        return first | static_cast<std::uint64_t>(second) << 32;
    }

    __m256i quote_;
    __m256i delimiter_;
    __m256i line_end_;
    __m256i least_;
    bool tail_nul_ = false;
};

}  // namespace

void index_avx2(const char* text, std::size_t size, const Separators& separators, Structure& structure) {
    index<Avx2Block>(text, size, separators, structure);
}

}  // namespace linkway::text::kernel
#endif
