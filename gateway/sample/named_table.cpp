#include "named_table.h"

#include <algorithm>
#include <cerrno>

#include "calendar.h"
#include "text/temporal.h"

namespace linkway::sample {

namespace {

constexpr std::size_t buffer_size = std::size_t{256} << 10U;

void append_cell(std::string& out, std::string_view value, bool quoted) {
    if (!quoted && value.find_first_of(",\"\r\n") == std::string_view::npos) {
        out += value;
        return;
    }
    out += '"';
    for (const char c : value) {
        out += c;
        if (c == '"') {
            out += c;
        }
    }
    out += '"';
}

/// A moment in the letters of text/temporal.h.
std::string written(std::string_view pattern, int day, int second) {
    const Civil date = civil(day);
    std::string out;
    text::append_as(
        out,
        {static_cast<std::int16_t>(date.year), static_cast<std::uint8_t>(date.month),
         static_cast<std::uint8_t>(date.day), text::Precision::day},
        {static_cast<std::uint8_t>(second / 3600), static_cast<std::uint8_t>(second / 60 % 60),
         static_cast<std::uint8_t>(second % 60), text::Precision::second},
        pattern);
    return out;
}

}  // namespace

NamedTable::NamedTable(const sources::DataPackage& package, const sources::Table& table,
                       std::string_view layout, const std::string& path)
    : table_(table),
      order_(sources::columns_in_order(package, table, layout)),
      cells_(table.columns.size()),
      quoted_(package.dialect.header),
      file_(std::fopen(path.c_str(), "wb")) {
    if (!file_) {
        error_ = errno != 0 ? errno : EIO;
    }
    for (std::size_t i = 0; package.dialect.header && i < order_.size(); ++i) {
        cells_[static_cast<std::size_t>(order_[i])] =
            table.columns[static_cast<std::size_t>(order_[i])].name;
    }
    if (package.dialect.header) {
        end();
        rows_ = 0;
    }
}

NamedTable& NamedTable::set(std::string_view column, std::string_view value) {
    if (const int index = table_.find(column); index >= 0) {
        cells_[static_cast<std::size_t>(index)] = value;
    }
    return *this;
}

NamedTable& NamedTable::number(std::string_view column, std::uint64_t value) {
    return set(column, std::to_string(value));
}

NamedTable& NamedTable::date(std::string_view column, int day, int second_of_day) {
    const int index = table_.find(column);
    if (day == 0 || index < 0) {
        return *this;
    }
    return set(column,
               written(table_.columns[static_cast<std::size_t>(index)].format, day, second_of_day));
}

void NamedTable::end() {
    for (std::size_t i = 0; i < order_.size(); ++i) {
        buffer_ += i == 0 ? "" : ",";
        append_cell(buffer_, cells_[static_cast<std::size_t>(order_[i])], quoted_);
    }
    buffer_ += "\r\n";
    ++rows_;
    for (std::string& cell : cells_) {
        cell.clear();
    }
    if (buffer_.size() >= buffer_size) {
        flush();
    }
}

void NamedTable::flush() {
    if (error_ == 0 &&
        std::fwrite(buffer_.data(), 1, buffer_.size(), file_.get()) != buffer_.size()) {
        error_ = errno != 0 ? errno : EIO;
    }
    bytes_ += buffer_.size();
    buffer_.clear();
}

int NamedTable::close() {
    flush();
    // A full disk may show only now.
    if (file_ && std::fclose(file_.release()) != 0 && error_ == 0) {
        error_ = errno != 0 ? errno : EIO;
    }
    return error_;
}

}  // namespace linkway::sample
