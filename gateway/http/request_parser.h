// Bytes to requests, without a socket: Boost.Beast's parser between two layers that make its limits
// independent of how the bytes were cut and refuse what it would let pass.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "http/message.h"
#include "http/server.h"
#include "refusal.h"

namespace linkway::http {

class RequestParser {
  public:
    enum class Event {
        more,      ///< every byte was taken; there must be more
        head,      ///< head() is complete; body and end of the request follow
        data,      ///< `data` is the next piece of the body
        complete,  ///< the request is whole
        refused,   ///< see refusal(); nothing more can be read from this connection
    };

    struct Step {
        Event event = Event::more;
        std::size_t consumed = 0;
        std::string_view data;  ///< of the bytes given or of the parser; until the next call
    };

    /// The limits must outlive the parser. `secure` and `peer` go into every head.
    RequestParser(const Limits& limits, bool secure, std::string peer);
    RequestParser(RequestParser&&) noexcept;
    RequestParser& operator=(RequestParser&&) noexcept;
    ~RequestParser();

    /// Takes bytes up to the next event. After `head`, call also with no bytes: `complete` needs
    /// none when there is no body. After `complete`, the next request begins with start_next().
    Step feed(std::string_view bytes);

    void start_next();

    /// To be called after `head`. False when the body is known to be longer: the request is refused
    /// with 413 then, as it is later when the chunks exceed it.
    bool limit_body(std::size_t max_bytes);

    /// Until the first byte of a request (an empty line before it is none).
    bool idle() const;

    // What follows is known from `head` on.
    Head& head();
    bool has_body() const;
    bool expects_continue() const;  ///< the client waits for leave to send its body
    bool keep_alive() const;        ///< the client would send another request
    bool http_1_0() const;

    const Refusal& refusal() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace linkway::http
