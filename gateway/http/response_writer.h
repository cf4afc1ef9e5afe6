// An answer as bytes.
#pragma once

#include <optional>
#include <string>

#include "http/message.h"

namespace linkway::http {

struct Framing {
    bool head_only = false;  ///< the answer to HEAD: the length of a body, but none
    bool http_1_0 = false;   ///< of the request: keeping the connection must be said
    bool close = false;      ///< the connection ends with this answer
};

/// Nothing when a header's name is no token or a value holds a control character.
std::optional<std::string> write_response(const Response& response, const Framing& framing);

}  // namespace linkway::http
