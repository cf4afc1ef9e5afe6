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

/// End of a record: offset of its line end; delimiters outside quotes and line ends (those inside
/// quotes too, its own included) counted from the start of the text.
struct RecordEnd {
    std::uint32_t offset;
    std::uint32_t delimiters;
    std::uint32_t lines;
};

/// A field's place in the text, quotes and all; of the last field of a record without its line end.
struct FieldSpan {
    std::uint32_t from;
    std::uint32_t to;
};

/// What index_structure found. Arrays grow to the largest text seen and are reused.
class Structure {
  public:
    /// Makes room for a text of that many bytes.
    void reserve(std::size_t bytes);

    /// Bit i of word w: a delimiter outside quotes stands at offset 64 w + i. Up to `trouble` only.
    std::unique_ptr<std::uint64_t[]> delimiters;
    std::unique_ptr<RecordEnd[]> records;  ///< ends of the records before `trouble`, in order
    std::unique_ptr<FieldSpan[]> spans;    ///< of the last locate_fields
    std::size_t record_count = 0;

    /// Offset of the first byte that must be looked at with care: a quote where none may be, text
    /// behind a closing quote, a NUL byte. The size of the text when there is none.
    std::size_t trouble = 0;

  private:
    std::size_t capacity_ = 0;
};

/// Finds every delimiter and line end outside quotes in `text`, which begins where a record does
/// and is less than 4 GiB, and stops at the first byte that is not as it should be. Doubled quotes
/// inside a quoted field are as they should be; blanks between a quote and a delimiter are not.
void index_structure(const char* text, std::size_t size, const Separators& separators,
                     Structure& structure);

/// Finds field `column` of every record that has `columns` fields (the spans of others mean
/// nothing): structure.spans[i] is that of record i.
void locate_fields(Structure& structure, std::uint32_t columns, std::uint32_t column);

}  // namespace linkway::text
