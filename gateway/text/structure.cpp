#include "text/structure.h"

#include "structure_kernel.h"

namespace linkway::text {

namespace {

/// Byte by byte into the same masks, for processors without AVX2; compilers make vector code of it where they can.
class PortableBlock {
  public:
    explicit PortableBlock(const Separators& separators) : separators_(separators) {}

    kernel::Masks masks(const char* bytes, std::uint64_t valid) {
        kernel::Masks result{0, 0, 0};
        std::uint64_t nul = 0;
        for (int i = 0; i < 64; ++i) {
            result.quotes |= static_cast<std::uint64_t>(bytes[i] == separators_.quote) << i;
            result.delimiters |= static_cast<std::uint64_t>(bytes[i] == separators_.delimiter) << i;
            result.line_ends |= static_cast<std::uint64_t>(bytes[i] == separators_.line_end) << i;
            nul |= static_cast<std::uint64_t>(bytes[i] == '\0') << i;
        }
        has_nul_ = has_nul_ || (nul & valid) != 0;
        return {result.quotes & valid, result.delimiters & valid, result.line_ends & valid};
    }

    bool has_nul() const { return has_nul_; }

  private:
    Separators separators_;
    bool has_nul_ = false;
};

}  // namespace

void Structure::reserve(std::size_t bytes) {
    if (bytes <= capacity_) {
        return;
    }
    // Positions are written in groups of four, so that a few beyond the last may be touched.
    delimiters = std::make_unique<std::uint32_t[]>(bytes + 8);
    records = std::make_unique<RecordEnd[]>(bytes + 1);
    capacity_ = bytes;
}

void index_structure(const char* text, std::size_t size, const Separators& separators, Structure& structure) {
    structure.reserve(size);
#if defined(__x86_64__)
    static const bool avx2 = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi") != 0;
    if (avx2) {
        kernel::index_avx2(text, size, separators, structure);
        return;
    }
#endif
    kernel::index<PortableBlock>(text, size, separators, structure);
}

}  // namespace linkway::text
