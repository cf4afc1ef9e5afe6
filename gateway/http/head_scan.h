// The bytes of a request up to its empty line, looked at as they come: what a lenient parser could
// read in two ways is refused before any parser sees it, and limits hold however the bytes arrive.
#pragma once

#include <string>
#include <string_view>

#include "http/server.h"
#include "refusal.h"

namespace linkway::http {

class HeadScan {
  public:
    explicit HeadScan(const Limits& limits) : limits_(&limits) {}

    /// Takes bytes until the head is done or refused; returns how many.
    std::size_t take(std::string_view bytes);

    bool done() const { return done_; }
    bool begun() const { return !text_.empty() || expect_line_feed_; }
    const Refusal& refusal() const { return refusal_; }

    /// Request line and headers with their line ends, the empty line last.
    const std::string& text() const { return text_; }

  private:
    Refusal look_at(char c);
    Refusal end_line();

    const Limits* limits_;
    std::string text_;
    std::size_t lines_ = 0;        // that ended
    std::size_t line_bytes_ = 0;   // of the line so far
    std::size_t other_bytes_ = 0;  // of all lines but the first
    bool expect_line_feed_ = false;
    bool skipped_empty_line_ = false;
    bool done_ = false;
    Refusal refusal_;
};

}  // namespace linkway::http
