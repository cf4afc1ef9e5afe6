#include "emis_table.h"

#include <cerrno>
#include <charconv>
#include <utility>

#include "calendar.h"

namespace linkway::sample {

namespace {

constexpr std::size_t buffer_size = std::size_t{256} << 10U;

constexpr int agreement_cell = -2;

void append_two(std::string& out, int value) {
    out += static_cast<char>('0' + value / 10);
    out += static_cast<char>('0' + value % 10);
}

}  // namespace

void append_guid(std::string& out, Id id, bool plain) {
    const char* digits = plain ? "0123456789abcdef" : "0123456789ABCDEF";
    id.high = (id.high & ~0xF000ULL) | 0x4000ULL;        // version 4
    id.low = (id.low & ~(3ULL << 62U)) | (2ULL << 62U);  // variant of RFC 9562
    char text[38];
    std::size_t n = 0;
    if (!plain) {
        text[n++] = '{';
    }
    for (unsigned nibble = 0; nibble < 32; ++nibble) {
        if (nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20) {
            text[n++] = '-';
        }
        const std::uint64_t half = nibble < 16 ? id.high : id.low;
        text[n++] = digits[half >> (60U - 4U * (nibble % 16U)) & 15U];
    }
    if (!plain) {
        text[n++] = '}';
    }
    out.append(text, n);
}

void append_day(std::string& out, int day) {
    const Civil date = civil(day);
    append_two(out, date.year / 100);
    append_two(out, date.year % 100);
    out += '-';
    append_two(out, date.month);
    out += '-';
    append_two(out, date.day);
}

EmisTable::EmisTable(const sources::Table& table, std::span<const std::string_view> cells,
                     const std::vector<std::string>& names, std::string agreement,
                     const std::string& path)
    : name_(table.name), agreement_(std::move(agreement)), file_(std::fopen(path.c_str(), "wb")) {
    if (!file_) {
        error_ = errno != 0 ? errno : EIO;
    } else {
        std::setvbuf(file_.get(), nullptr, _IONBF, 0);  // this class buffers
    }
    buffer_.reserve(buffer_size + std::size_t{64} * 1024);
    for (std::size_t i = 0; i < names.size(); ++i) {
        int filled_by = names[i] == "AgreementGuid" ? agreement_cell : -1;
        for (std::size_t c = 0; c < cells.size(); ++c) {
            // Through the table, so that a misspelt header still gets the right cell.
            if (table.find(cells[c]) == table.find(names[i])) {
                filled_by = static_cast<int>(c);
            }
        }
        order_.push_back(filled_by);
        buffer_ += i == 0 ? "\"" : ",\"";
        buffer_ += names[i];
        buffer_ += '"';
    }
}

EmisTable& EmisTable::raw(std::string_view value) {
    cells_ += value;
    ends_.push_back(static_cast<std::uint32_t>(cells_.size()));
    return *this;
}

EmisTable& EmisTable::text(std::string_view value) {
    for (const char c : value) {
        cells_ += c;
        if (c == '"') {
            cells_ += c;
        }
    }
    return raw({});
}

EmisTable& EmisTable::guid(Id id) {
    append_guid(cells_, id, plain_guids_);
    return raw({});
}

EmisTable& EmisTable::date(int day) {
    if (day != 0) {
        append_day(cells_, day);
    }
    return raw({});
}

EmisTable& EmisTable::time(int second_of_day) {
    append_two(cells_, second_of_day / 3600 % 24);
    cells_ += ':';
    append_two(cells_, second_of_day / 60 % 60);
    cells_ += ':';
    append_two(cells_, second_of_day % 60);
    return raw({});
}

EmisTable& EmisTable::number(std::int64_t value) {
    char text[24];
    const auto result = std::to_chars(text, text + sizeof text, value);
    return raw({text, static_cast<std::size_t>(result.ptr - text)});
}

EmisTable& EmisTable::decimal(int thousandths) {
    char text[24];
    const auto result = std::to_chars(text, text + sizeof text, thousandths / 1000);
    cells_.append(text, static_cast<std::size_t>(result.ptr - text));
    cells_ += '.';
    cells_ += static_cast<char>('0' + thousandths / 100 % 10);
    append_two(cells_, thousandths % 100);
    return raw({});
}

void EmisTable::end(RowShape shape, int repeats) {
    const std::size_t count = order_.size() - (shape == RowShape::one_field_short ? 1 : 0);
    for (int time = 0; time <= repeats; ++time) {
        buffer_ += "\r\n\"";
        for (std::size_t i = 0; i < count; ++i) {
            if (i > 0) {
                buffer_ += "\",\"";
            }
            const int cell = order_[i];
            if (cell >= 0 && static_cast<std::size_t>(cell) < ends_.size()) {
                const std::uint32_t from =
                    cell == 0 ? 0 : ends_[static_cast<std::size_t>(cell) - 1];
                buffer_.append(cells_, from, ends_[static_cast<std::size_t>(cell)] - from);
            } else if (cell == agreement_cell) {
                buffer_ += agreement_;
            }
            if (shape == RowShape::stray_quote && i + 2 == count) {
                buffer_ += "\"stray";  // the quote ends the field too early
            }
        }
        buffer_ += shape == RowShape::one_field_long ? "\",\"surplus\"" : "\"";
        ++rows_;
    }
    cells_.clear();
    ends_.clear();
    if (buffer_.size() >= buffer_size) {
        flush();
    }
}

void EmisTable::flush() {
    if (error_ == 0 &&
        std::fwrite(buffer_.data(), 1, buffer_.size(), file_.get()) != buffer_.size()) {
        error_ = errno != 0 ? errno : EIO;
    }
    bytes_ += buffer_.size();
    buffer_.clear();
}

int EmisTable::close() {
    if (!open_end_ || rows_ == 0) {
        buffer_ += "\r\n";
    }
    flush();
    // A full disk may show only now.
    if (file_ && std::fclose(file_.release()) != 0 && error_ == 0) {
        error_ = errno != 0 ? errno : EIO;
    }
    return error_;
}

}  // namespace linkway::sample
