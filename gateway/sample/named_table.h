// One file of an extract whose rows are set column by column, in the dialect of its data package:
// with a header every field is quoted, without one those that must be. Records end with CR LF.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sources/data_package.h"

namespace linkway::sample {

/// A row is set column by column, by name, and then ended; what was not set is empty. A column that
/// the layout lacks is not written. Write errors are kept: see close().
class NamedTable {
  public:
    NamedTable(const sources::DataPackage& package, const sources::Table& table,
               std::string_view layout, const std::string& path);

    NamedTable& set(std::string_view column, std::string_view value);
    NamedTable& number(std::string_view column, std::uint64_t value);
    /// In the column's own pattern; empty for day 0.
    NamedTable& date(std::string_view column, int day, int second_of_day = 0);
    void end();

    /// Writes what is left; 0 or the errno of the first failure.
    int close();
    int error() const { return error_; }
    std::uint64_t bytes() const { return bytes_; }
    std::uint64_t rows() const { return rows_; }
    const std::string& name() const { return table_.name; }

  private:
    void flush();

    struct Closer {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };

    const sources::Table& table_;
    std::vector<int> order_;          // columns of the file
    std::vector<std::string> cells_;  // by column of the table
    bool quoted_;
    std::unique_ptr<std::FILE, Closer> file_;
    std::string buffer_;
    std::uint64_t bytes_ = 0;
    std::uint64_t rows_ = 0;
    int error_ = 0;
};

}  // namespace linkway::sample
