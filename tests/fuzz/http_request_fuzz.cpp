// What a client sends must come to the same requests, or the same refusal, however it is cut into
// pieces.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "../../gateway/http/request_parser.h"

namespace {

using namespace linkway::http;
using Event = RequestParser::Event;

/// The limits are small, so that the fuzzer meets them.
Limits small_limits() {
    Limits limits;
    limits.line_bytes = 64;
    limits.header_bytes = 256;
    limits.header_count = 8;
    return limits;
}

struct Outcome {
    std::string requests;  // all that was read, in a form of ours
    int status = 0;        // of the refusal
    bool idle = true;

    friend bool operator==(const Outcome&, const Outcome&) = default;
};

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

class Reading {
  public:
    /// False when nothing more can be read.
    bool feed(std::string_view bytes) {
        for (;;) {
            const RequestParser::Step step = parser_.feed(bytes);
            require(step.consumed <= bytes.size());
            bytes.remove_prefix(step.consumed);
            switch (step.event) {
                case Event::more:
                    require(bytes.empty());
                    return true;
                case Event::refused:
                    return refused();
                case Event::head:
                    note_head();
                    if (!parser_.limit_body(300)) {
                        return refused();
                    }
                    break;
                case Event::data:
                    require(!step.data.empty());
                    body_ += step.data;
                    require(body_.size() <= 300);
                    break;
                case Event::complete:
                    outcome.requests += "body " + body_ + "\n";
                    body_.clear();
                    if (!parser_.keep_alive()) {
                        return false;
                    }
                    parser_.start_next();
                    break;
            }
        }
    }

    Outcome end() {
        outcome.idle = parser_.idle();
        outcome.requests += "rest " + body_;
        return std::move(outcome);
    }

    Outcome outcome;

  private:
    bool refused() {
        outcome.status = parser_.refusal().status;
        require(outcome.status >= 400 && outcome.status < 600 && !parser_.refusal().reason.empty());
        return false;
    }

    void note_head() {
        const Head& head = parser_.head();
        require(!head.method.empty() && !head.path.empty());
        outcome.requests += head.method + " " + head.path + " " + head.query + "\n";
        for (const auto& [name, value] : head.headers) {
            require(!name.empty());
            require(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos);
            outcome.requests += name + ":" + value + "\n";
        }
    }

    const Limits limits_ = small_limits();
    RequestParser parser_{limits_, false, "127.0.0.1"};
    std::string body_;
};

template <class NextSize>
Outcome read(std::string_view bytes, NextSize next_size) {
    Reading reading;
    while (!bytes.empty()) {
        // A copy of its own size: a read beyond the piece is found.
        const std::string_view piece = bytes.substr(0, next_size());
        const std::vector<char> own(piece.begin(), piece.end());
        bytes.remove_prefix(piece.size());
        if (!reading.feed({own.data(), own.size()})) {
            break;
        }
    }
    return reading.end();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) {
        return 0;
    }
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const Outcome whole = read(bytes, [&] { return bytes.size(); });
    require(whole == read(bytes, [] { return std::size_t{1}; }));
    std::uint32_t state = data[0] + 1U;
    require(whole == read(bytes, [&] {
                state = state * 1664525U + 1013904223U;
                return std::size_t{1} + (state >> 24U) % 40;
            }));
    return 0;
}
