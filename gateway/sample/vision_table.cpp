#include "vision_table.h"

#include <cerrno>

#include "calendar.h"

namespace linkway::sample {

namespace {

constexpr std::size_t buffer_size = std::size_t{256} << 10U;

void append_cell(std::string& out, std::string_view value) {
    if (value.find_first_of(",\"\r\n") == std::string_view::npos) {
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

}  // namespace

VisionTable::VisionTable(const sources::DataPackage& package, const sources::Table& table,
                         std::string_view layout, const std::string& path)
    : table_(table),
      order_(sources::columns_in_order(package, table, layout)),
      cells_(table.columns.size()),
      file_(std::fopen(path.c_str(), "wb")) {
    if (!file_) {
        error_ = errno != 0 ? errno : EIO;
    }
}

VisionTable& VisionTable::set(std::string_view column, std::string_view value) {
    if (const int index = table_.find(column); index >= 0) {
        cells_[static_cast<std::size_t>(index)] = value;
    }
    return *this;
}

VisionTable& VisionTable::date(std::string_view column, int day) {
    if (day == 0) {
        return *this;
    }
    const Civil date = civil(day);
    return set(column, std::to_string(date.year * 10000 + date.month * 100 + date.day));
}

void VisionTable::end() {
    for (std::size_t i = 0; i < order_.size(); ++i) {
        buffer_ += i == 0 ? "" : ",";
        append_cell(buffer_, cells_[static_cast<std::size_t>(order_[i])]);
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

void VisionTable::flush() {
    if (error_ == 0 &&
        std::fwrite(buffer_.data(), 1, buffer_.size(), file_.get()) != buffer_.size()) {
        error_ = errno != 0 ? errno : EIO;
    }
    bytes_ += buffer_.size();
    buffer_.clear();
}

int VisionTable::close() {
    flush();
    // A full disk may show only now.
    if (file_ && std::fclose(file_.release()) != 0 && error_ == 0) {
        error_ = errno != 0 ? errno : EIO;
    }
    return error_;
}

}  // namespace linkway::sample
