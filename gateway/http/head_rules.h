// What a request must say to mean one thing only (RFC 9112, sections 3, 6 and 11).
#pragma once

#include <string_view>

#include "http/message.h"
#include "refusal.h"

namespace linkway::http {

/// Checks headers and target, and sets the head's path and query. The headers and `secure` are set
/// already.
Refusal check_head(Head& head, std::string_view target, bool http_1_0);

}  // namespace linkway::http
