// Bytes to requests, without a socket. What comes of them does not depend on how they were cut into
// pieces.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "chunk_decoder.h"
#include "head_parser.h"
#include "head_scan.h"
#include "http/server.h"
#include "refusal.h"

namespace linkway::http {

class RequestParser {
  public:
    enum class Event : std::uint8_t {
        more,      ///< every byte was taken; there must be more
        head,      ///< head() is complete; body and end of the request follow
        data,      ///< `data` is the next piece of the body
        complete,  ///< the request is whole
        refused,   ///< see refusal(); nothing more can be read from this connection
    };

    struct Step {
        Event event = Event::more;
        std::size_t consumed = 0;
        std::string_view data;  ///< of the bytes given
    };

    /// The limits must outlive the parser. `secure` and `peer` go into every head.
    RequestParser(const Limits& limits, bool secure, std::string peer);

    /// Takes bytes up to the next event. After `head`, call also with no bytes: `complete` needs
    /// none when there is no body. After `complete`, the next request begins with start_next().
    Step feed(std::string_view bytes);

    void start_next();

    /// To be called after `head`. False when the body is known to be longer: the request is refused
    /// with 413 then, as it is later when the chunks exceed it.
    bool limit_body(std::uint64_t max_bytes);

    /// Until the first byte of a request (an empty line before it is none).
    bool idle() const { return !scan_.begun(); }

    // What follows is known from `head` on.
    Head& head() { return parsed_.head; }
    bool has_body() const { return parsed_.chunked || parsed_.length > 0; }
    bool keep_alive() const { return parsed_.keep_alive; }
    bool http_1_0() const { return parsed_.http_1_0; }
    bool expects_continue() const;  ///< the client waits for leave to send its body

    const Refusal& refusal() const { return refusal_; }

  private:
    Step refuse(const Refusal& refusal, std::size_t consumed);
    Step feed_head(std::string_view bytes);
    Step feed_chunks(std::string_view bytes);

    const Limits* limits_;
    bool secure_;
    std::string peer_;
    HeadScan scan_;
    ParsedHead parsed_;
    bool head_done_ = false;
    std::uint64_t left_ = 0;  // of a body that is not chunked
    ChunkDecoder chunks_;
    Refusal refusal_;
};

}  // namespace linkway::http
