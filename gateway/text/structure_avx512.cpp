// Compiled for AVX-512; chosen while running, where the processor has it.
#if defined(__x86_64__)
#include <immintrin.h>

#include "structure_kernel.h"

namespace linkway::text::kernel {

namespace {

class Avx512Block {
  public:
    explicit Avx512Block(const Separators& separators)
        : quote_(_mm512_set1_epi8(separators.quote)),
          delimiter_(_mm512_set1_epi8(separators.delimiter)),
          line_end_(_mm512_set1_epi8(separators.line_end)) {}

    Masks masks(const char* bytes) const {
        const __m512i block = _mm512_loadu_si512(bytes);
        return {_mm512_cmpeq_epi8_mask(block, quote_), _mm512_cmpeq_epi8_mask(block, delimiter_),
                _mm512_cmpeq_epi8_mask(block, line_end_),
                _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8('\r')),
                _mm512_testn_epi8_mask(block, block)};
    }

    static std::uint64_t prefix_xor(std::uint64_t bits) {
        const __m128i product = _mm_clmulepi64_si128(
            _mm_cvtsi64_si128(static_cast<std::int64_t>(bits)), _mm_set1_epi8(-1), 0);
        return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
    }

  private:
    __m512i quote_;
    __m512i delimiter_;
    __m512i line_end_;
};

}  // namespace

Kernel avx512() {
    return {"avx512", index_with<Avx512Block>, locate_with};
}

}  // namespace linkway::text::kernel
#endif
