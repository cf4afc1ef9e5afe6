// One file of an EMIS extract: the columns of a layout, every field quoted, records ended by CR LF.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "random.h"
#include "sources/data_package.h"

namespace linkway::sample {

/// How a record comes out.
enum class RowShape : std::uint8_t { whole, one_field_short, one_field_long, stray_quote };

/// Cells are given in one fixed order, by name; the layout decides which of them are written, and
/// where. Write errors are kept: see error().
class EmisTable {
  public:
    /// `cells` names what each row will give; other columns of the layout stay empty, but for
    /// AgreementGuid, which is always `agreement`. `names` are the columns of the file as its
    /// header spells them.
    EmisTable(const sources::Table& table, std::span<const std::string_view> cells,
              const std::vector<std::string>& names, std::string agreement,
              const std::string& path);

    EmisTable& raw(std::string_view value);   ///< holds neither quotes nor anything else special
    EmisTable& text(std::string_view value);  ///< quotes are doubled
    EmisTable& none() { return raw({}); }
    EmisTable& guid(Id id);
    EmisTable& date(int day);  ///< empty for 0: nothing of a sample happened on 1 January 1970
    EmisTable& time(int second_of_day);
    EmisTable& flag(bool value) { return raw(value ? "true" : "false"); }
    EmisTable& number(std::int64_t value);
    EmisTable& decimal(int thousandths);  ///< "60.000"

    /// Ends the record. With `repeats`, it is written that many times more.
    void end(RowShape shape = RowShape::whole, int repeats = 0);

    /// From now on GUIDs are lower case without braces, or right again.
    void plain_guids(bool plain) { plain_guids_ = plain; }
    /// The last record will have no line end.
    void leave_open() { open_end_ = true; }

    /// Writes what is left; 0 or the errno of the first failure.
    int close();
    int error() const { return error_; }
    std::uint64_t bytes() const { return bytes_; }
    std::uint64_t rows() const { return rows_; }
    const std::string& name() const { return name_; }

  private:
    void flush();

    struct Closer {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };

    std::string name_;
    std::string agreement_;
    std::unique_ptr<std::FILE, Closer> file_;
    std::vector<int> order_;  // for each column of the file the cell that fills it, -1 for none or
                              // agreement_cell
    std::vector<std::uint32_t> ends_;  // of each cell in cells_
    std::string cells_;
    std::string buffer_;
    std::uint64_t bytes_ = 0;
    std::uint64_t rows_ = 0;
    int error_ = 0;
    bool plain_guids_ = false;
    bool open_end_ = false;
};

/// "{45E7CD20-EE37-41AB-90D6-DC9D4B03D102}", or lower case without braces. The bits that say
/// "random UUID" are set.
void append_guid(std::string& out, Id id, bool plain);
void append_day(std::string& out, int day);  ///< yyyy-MM-dd

}  // namespace linkway::sample
