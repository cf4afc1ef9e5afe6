#include "rf2_file.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "text/utf8.h"

namespace linkway::terminology {

Rf2File::Rf2File(std::istream& in, std::string name, std::span<const std::string_view> columns,
                 text::Issues& issues)
    : in_(in), name_(std::move(name)), columns_(columns), issues_(issues), buffer_(2 * block) {
    fields_.resize(columns.size());
}

Rf2File::~Rf2File() {
    if (reported_ > most_issues) {
        issues_.push_back(
            {text::Severity::error,
             "structure",
             std::to_string(reported_ - most_issues) + " more mistakes in this file are not listed",
             {name_, 0, 0, {}},
             {}});
    }
}

void Rf2File::report(std::size_t column, std::string code, std::string message,
                     std::string suggestion) {
    if (++reported_ > most_issues) {
        return;
    }
    text::Location at{name_, line_, 0, {}};
    if (column < columns_.size()) {
        // Code points before the field.
        const std::string_view before = text_.substr(0, fields_[column].data() - text_.data());
        at.column =
            1 + static_cast<std::uint32_t>(std::count_if(before.begin(), before.end(), [](char c) {
                return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
            }));
        at.field = std::string(columns_[column]);
    }
    issues_.push_back({text::Severity::error, std::move(code), std::move(message), std::move(at),
                       std::move(suggestion)});
}

/// Moves what is left to the front and reads behind it.
bool Rf2File::fill() {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(from_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(size_), buffer_.begin());
    size_ -= from_;
    from_ = 0;
    in_.read(buffer_.data() + size_, static_cast<std::streamsize>(buffer_.size() - size_));
    const auto read = static_cast<std::size_t>(in_.gcount());
    size_ += read;
    return read > 0;
}

bool Rf2File::next_line() {
    for (;;) {
        const char* start = buffer_.data() + from_;
        const auto* end = static_cast<const char*>(std::memchr(start, '\n', size_ - from_));
        if (end != nullptr) {
            text_ = {start, static_cast<std::size_t>(end - start)};
            from_ += text_.size() + 1;
            break;
        }
        if (size_ - from_ > block) {
            ++line_;
            text_ = {};
            report(columns_.size(), "structure", "this line is longer than 64 KiB");
            if (!skip_line()) {
                return false;
            }
        } else if (!fill()) {
            if (from_ == size_) {
                return false;
            }
            text_ = {buffer_.data() + from_, size_ - from_};
            from_ = size_;
            break;
        }
    }
    ++line_;
    if (text_.ends_with('\r')) {
        text_.remove_suffix(1);
    }
    return true;
}

bool Rf2File::skip_line() {
    do {
        const char* start = buffer_.data() + from_;
        if (const auto* end = static_cast<const char*>(std::memchr(start, '\n', size_ - from_))) {
            from_ += static_cast<std::size_t>(end - start) + 1;
            return true;
        }
        from_ = size_;
    } while (fill());
    return false;
}

/// Fills fields_; the number there are on the line.
std::size_t Rf2File::split() {
    std::size_t count = 0;
    std::size_t from = 0;
    for (;;) {
        const std::size_t tab = text_.find('\t', from);
        if (count < fields_.size()) {
            fields_[count] = text_.substr(from, tab == std::string_view::npos ? tab : tab - from);
        }
        ++count;
        if (tab == std::string_view::npos) {
            return count;
        }
        from = tab + 1;
    }
}

bool Rf2File::read_header() {
    if (!next_line()) {
        report(columns_.size(), "structure", "this file is empty; a header was expected");
        return false;
    }
    if (text_.starts_with("\xEF\xBB\xBF")) {
        text_.remove_prefix(3);
    }
    const std::size_t count = split();
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        if (i >= count || fields_[i] != columns_[i]) {
            report(i < count ? i : columns_.size(), "structure",
                   "column " + std::to_string(i + 1) + " of the header must be " +
                       std::string(columns_[i]),
                   "is this the file its name says, in release format 2? It is left out");
            return false;
        }
    }
    if (count != columns_.size()) {
        report(columns_.size(), "structure",
               "the header has " + std::to_string(count) + " columns instead of " +
                   std::to_string(columns_.size()),
               "it is left out");
        return false;
    }
    return true;
}

bool Rf2File::next() {
    if (line_ == 0 && !read_header()) {
        from_ = size_ = 0;
        in_.setstate(std::ios::eofbit);
        return false;
    }
    while (in_ || from_ < size_) {
        if (!next_line()) {
            return false;
        }
        const std::size_t count = split();
        if (count != columns_.size()) {
            report(columns_.size(), "structure",
                   "this row has " + std::to_string(count) + " fields instead of " +
                       std::to_string(columns_.size()),
                   "it is left out");
        } else if (!text::is_utf8(text_)) {
            report(columns_.size(), "structure", "this row is no valid UTF-8", "it is left out");
        } else {
            return true;
        }
    }
    return false;
}

bool Rf2File::version(Version& version) {
    const std::string_view time = fields_[1];
    const auto [end, error] = std::from_chars(time.data(), time.data() + time.size(), version.time);
    if (time.size() != 8 || error != std::errc() || end != time.data() + time.size()) {
        report(1, "value", "a date such as 20250101 was expected here", "the row is left out");
        return false;
    }
    if (fields_[2] != "0" && fields_[2] != "1") {
        report(2, "value", "0 or 1 was expected here", "the row is left out");
        return false;
    }
    version.active = fields_[2] == "1";
    return true;
}

std::uint64_t number_of(std::string_view digits) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return digits.size() <= 18 && error == std::errc() && end == digits.data() + digits.size()
               ? number
               : 0;
}

}  // namespace linkway::terminology
