// Where fields and records end in delimited text, found with SIMD.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace linkway::text {

/// Bytes behind the text that must be readable (their content does not matter).
inline constexpr std::size_t structure_padding = 64;

/// The three characters that give delimited text its structure.
struct Separators {
    char delimiter = ',';
    char quote = '"';
    char line_end = '\n';
};

/// End of a record: offset of its line end, delimiters and line ends (those inside quotes too) counted from the start of the text up to it.
struct RecordEnd {
    std::uint32_t offset = 0;
    std::uint32_t delimiters = 0;
    std::uint32_t lines = 0;
};

/// What index_structure found. Arrays grow to the largest text seen and are reused.
class Structure {
  public:
    /// Makes room for a text of that many bytes.
    void reserve(std::size_t bytes);

    std::unique_ptr<std::uint32_t[]> delimiters;  ///< offsets of the delimiters outside quotes
    std::unique_ptr<RecordEnd[]> records;         ///< ends of the records, in order
    std::size_t delimiter_count = 0;
    std::size_t record_count = 0;
    bool has_nul = false;                         ///< a NUL byte stands somewhere in the text

  private:
    std::size_t capacity_ = 0;
};

/// Finds every delimiter and line end outside quotes in `text`, which begins outside quotes and is less than 4 GiB. A quote toggles; doubled quotes inside a quoted
/// field toggle twice, which changes nothing.
void index_structure(const char* text, std::size_t size, const Separators& separators, Structure& structure);

}  // namespace linkway::text
