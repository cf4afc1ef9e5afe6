// Where a Subscription may send, and with which headers. Private to delivery.
#pragma once

#include <string>

#include "text/issue.h"

namespace linkway::delivery {

/// Read by the parser that will connect: nobody can mean two addresses by one text. https, or with
/// `allow_http` http to a loopback address; no user, no fragment.
text::Status check_endpoint(const std::string& url, bool allow_http);

/// "Name: value", none of those that say how the message is framed or which one it is.
text::Status check_header(const std::string& line);

}  // namespace linkway::delivery
