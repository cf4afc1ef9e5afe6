// The head of a request as text to what it means.
#pragma once

#include <cstdint>
#include <string_view>

#include "http/message.h"
#include "refusal.h"

namespace linkway::http {

struct ParsedHead {
    Head head;  ///< without `peer`
    bool http_1_0 = false;
    bool keep_alive = false;  ///< the client would send another request
    bool chunked = false;
    std::uint64_t length = 0;  ///< of a body that is not chunked
};

/// Reads a head that HeadScan let pass. `secure` is of the connection.
Refusal parse_head(std::string_view text, bool secure, ParsedHead& parsed);

}  // namespace linkway::http
