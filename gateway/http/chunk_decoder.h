// A body in chunks (RFC 9112, section 7.1), byte by byte. Extensions and trailers are checked and
// forgotten.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include "refusal.h"

namespace linkway::http {

class ChunkDecoder {
  public:
    /// Of all chunks together.
    void limit_body(std::uint64_t max_bytes) { max_bytes_ = max_bytes; }

    /// Takes bytes up to the end of a piece of data, which `data` is then, the end of the body, a
    /// refusal or the end of the bytes; returns how many.
    std::size_t take(std::string_view bytes, std::string_view& data);

    bool complete() const { return state_ == State::complete; }
    const Refusal& refusal() const { return refusal_; }

  private:
    enum class State : std::uint8_t {
        size_start,
        size,
        extension,
        size_end,  // its line feed
        data,
        data_return,
        data_end,
        trailer_start,
        trailer_name,
        trailer_value,
        trailer_end,
        last_end,  // the line feed of the empty line
        complete,
    };

    Refusal look_at(char c);
    Refusal look_at_size(char c);
    Refusal look_at_trailer(char c);
    Refusal begin_data(char c);

    State state_ = State::size_start;
    std::uint64_t size_ = 0;  // of the chunk; then what is left of it
    std::uint64_t total_ = 0;
    std::uint64_t max_bytes_ = std::numeric_limits<std::uint64_t>::max();
    std::size_t framing_bytes_ = 0;  // since the last data
    Refusal refusal_;
};

}  // namespace linkway::http
