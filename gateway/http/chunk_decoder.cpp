#include "chunk_decoder.h"

#include <algorithm>

#include "ascii.h"

namespace linkway::http {

namespace {

/// Bytes of one chunk's header, or of the last chunk with its trailers.
constexpr std::size_t framing_limit = 4096;

constexpr Refusal malformed{400, "A chunk of the body is malformed"};

bool is_value(char c) {
    return !is_control(c) || c == '\t';
}

}  // namespace

std::size_t ChunkDecoder::take(std::string_view bytes, std::string_view& data) {
    data = {};
    std::size_t taken = 0;
    while (taken < bytes.size() && refusal_.status == 0 && !complete()) {
        if (state_ == State::data) {
            data = bytes.substr(
                taken, static_cast<std::size_t>(std::min<std::uint64_t>(size_, bytes.size())));
            size_ -= data.size();
            state_ = size_ == 0 ? State::data_return : State::data;
            return taken + data.size();
        }
        refusal_ = ++framing_bytes_ > framing_limit ? malformed : look_at(bytes[taken]);
        ++taken;
    }
    return taken;
}

Refusal ChunkDecoder::look_at(char c) {
    switch (state_) {
        case State::size_start:
        case State::size:
        case State::extension:
            return look_at_size(c);
        case State::size_end:
            return begin_data(c);
        case State::data_return:
            state_ = State::data_end;
            return c == '\r' ? Refusal{} : malformed;
        case State::data_end:
            state_ = State::size_start;
            size_ = 0;
            framing_bytes_ = 0;
            return c == '\n' ? Refusal{} : malformed;
        case State::last_end:
            state_ = State::complete;
            return c == '\n' ? Refusal{} : malformed;
        default:
            return look_at_trailer(c);
    }
}

Refusal ChunkDecoder::look_at_size(char c) {
    if (c == '\r' && state_ != State::size_start) {
        state_ = State::size_end;
        return {};
    }
    if (state_ == State::extension) {
        return is_value(c) ? Refusal{} : malformed;
    }
    if (c == ';' && state_ == State::size) {
        state_ = State::extension;
        return {};
    }
    const int digit = hex_value(c);
    if (digit < 0 || size_ >> 60U != 0) {
        return malformed;
    }
    size_ = size_ << 4U | static_cast<unsigned>(digit);
    state_ = State::size;
    return {};
}

Refusal ChunkDecoder::begin_data(char c) {
    if (c != '\n') {
        return malformed;
    }
    if (size_ > max_bytes_ - total_) {
        return {413, "The body is too large"};
    }
    total_ += size_;
    state_ = size_ == 0 ? State::trailer_start : State::data;
    return {};
}

Refusal ChunkDecoder::look_at_trailer(char c) {
    switch (state_) {
        case State::trailer_start:
            state_ = c == '\r' ? State::last_end : State::trailer_name;
            return c == '\r' || is_token(c) ? Refusal{} : malformed;
        case State::trailer_name:
            state_ = c == ':' ? State::trailer_value : State::trailer_name;
            return c == ':' || is_token(c) ? Refusal{} : malformed;
        case State::trailer_value:
            state_ = c == '\r' ? State::trailer_end : State::trailer_value;
            return c == '\r' || is_value(c) ? Refusal{} : malformed;
        default:
            state_ = State::trailer_start;
            return c == '\n' ? Refusal{} : malformed;
    }
}

}  // namespace linkway::http
