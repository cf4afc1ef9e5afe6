// A request and its answer, as values.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace linkway::http {

/// Name and value, in the order of the message; names as they were written.
using Headers = std::vector<std::pair<std::string, std::string>>;

/// What is known of a request before its body is read.
struct Head {
    std::string method;  ///< "GET", "POST", ...: case matters
    std::string path;    ///< raw, before the '?': begins with '/', or is "*" of OPTIONS
    std::string query;   ///< raw, after the '?'; empty when there is none
    Headers headers;
    std::string peer;     ///< IP address of the client, or of the proxy before it
    bool secure = false;  ///< came over TLS

    /// Value of the first header of that name, in any case; empty when there is none. Headers that
    /// decide about framing or access are never there twice: the server refuses such requests.
    std::string_view header(std::string_view name) const;
};

/// A request that is whole: one cut short is never seen.
struct Request {
    Head head;
    std::string body;       ///< empty when the body went to a file
    std::string body_file;  ///< where it went; a handler that wants to keep it renames it
};

/// Where a body goes.
struct BodyPlan {
    std::size_t max_bytes = 0;  ///< a longer body is refused with 413
    std::string spool_to;       ///< a file that does not exist yet; empty: memory
};

/// Content-Length, Date and Connection are added by the server. A name or value that cannot stand
/// in a header (a line end, say) makes the answer a 500.
struct Response {
    int status = 200;
    Headers headers;
    std::string body;
};

}  // namespace linkway::http
