#include "head_scan.h"

#include "ascii.h"

namespace linkway::http {

std::size_t HeadScan::take(std::string_view bytes) {
    std::size_t taken = 0;
    while (taken < bytes.size() && !done_ && refusal_.status == 0) {
        const char c = bytes[taken++];
        text_ += c;
        refusal_ = look_at(c);
    }
    return taken;
}

Refusal HeadScan::look_at(char c) {
    if (expect_line_feed_) {
        expect_line_feed_ = false;
        return c == '\n' ? end_line() : Refusal{400, "A carriage return stands alone"};
    }
    if (c == '\r') {
        expect_line_feed_ = true;
        return {};
    }
    if (c == '\n') {
        return {400, "A line ends without a carriage return"};
    }
    const bool first_line = lines_ == 0;
    if (is_control(c) && (c != '\t' || first_line)) {
        return {400, "A control character in the head of the request"};
    }
    if (first_line && static_cast<unsigned char>(c) >= 0x80) {
        return {400, "A character in the request line that is not ASCII"};
    }
    if (!first_line && line_bytes_ == 0 && (c == ' ' || c == '\t')) {
        return {400, "A header continues on the next line"};
    }
    if (++line_bytes_ > limits_->line_bytes) {
        return first_line ? Refusal{414, "The URL is too long"}
                          : Refusal{431, "A header is too long"};
    }
    if (!first_line && ++other_bytes_ > limits_->header_bytes) {
        return {431, "The headers are too long"};
    }
    return {};
}

Refusal HeadScan::end_line() {
    if (line_bytes_ > 0) {
        line_bytes_ = 0;
        // The request line is no header.
        return ++lines_ > limits_->header_count + 1 ? Refusal{431, "Too many headers"} : Refusal{};
    }
    if (lines_ > 0) {
        done_ = true;
        return {};
    }
    // Old clients send a line end after a body; one is let pass (RFC 9112, section 2.2).
    if (skipped_empty_line_) {
        return {400, "Empty lines before the request"};
    }
    skipped_empty_line_ = true;
    text_.clear();
    return {};
}

}  // namespace linkway::http
