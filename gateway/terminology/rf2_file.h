// One file of a SNOMED CT release (RF2), row by row, never all of it at once.
#pragma once

#include <cstdint>
#include <istream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/issue.h"

namespace linkway::terminology {

/// Reads tab-separated UTF-8 text with a header. Rows that are not as they should be are issues and
/// are stepped over. Source: SNOMED CT Release File Specification, "Release File Format".
class Rf2File {
  public:
    /// `columns` are those the file must have, in that order.
    Rf2File(std::istream& in, std::string name, std::span<const std::string_view> columns,
            text::Issues& issues);

    /// Goes to the next row with the right number of fields; false at the end, and at once, with
    /// an issue, when the header is another.
    bool next();

    std::string_view operator[](std::size_t column) const { return fields_[column]; }
    std::uint64_t line() const { return line_; }

    /// effectiveTime and active, which every file has next to its id. False, with an issue, when
    /// they are none.
    struct Version {
        std::uint32_t time = 0;  ///< 20250101
        bool active = false;
    };
    bool version(Version& version);

    /// An issue about a field of this row. After the first hundred of a file they are only counted.
    void report(std::size_t column, std::string code, std::string message,
                std::string suggestion = {});
    /// Says how many issues were only counted.
    ~Rf2File();
    Rf2File(const Rf2File&) = delete;
    Rf2File& operator=(const Rf2File&) = delete;

  private:
    bool next_line();
    bool fill();
    bool skip_line();
    bool read_header();
    std::size_t split();

    static constexpr std::size_t block = std::size_t{64} << 10;  ///< and the longest line
    static constexpr std::size_t most_issues = 100;

    std::istream& in_;
    std::string name_;
    std::span<const std::string_view> columns_;
    text::Issues& issues_;
    std::vector<char> buffer_;
    std::size_t from_ = 0;
    std::size_t size_ = 0;
    std::string_view text_;  ///< the line, without its end
    std::vector<std::string_view> fields_;
    std::uint64_t line_ = 0;
    std::size_t reported_ = 0;
};

/// A number of up to 18 digits; 0 when the text is none.
std::uint64_t number_of(std::string_view digits);

}  // namespace linkway::terminology
