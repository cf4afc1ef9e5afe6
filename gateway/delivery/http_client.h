// Requests to subscribers, one after the other. Private to delivery.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "delivery/hooks.h"

namespace linkway::delivery {

struct Request {
    std::string method;  ///< "POST" or "PUT"
    std::string url;
    std::vector<std::string> headers;  ///< whole lines
    std::string body;
};

struct Answer {
    int status = 0;                             ///< 0: there was no whole answer
    std::optional<store::Instant> retry_after;  ///< milliseconds from now
    std::string problem;                        ///< why not, in words that are not the other side's
};

/// Keeps connections between calls. Verifies certificates, follows no redirects, asks no proxy, and
/// reads the body of an answer only to throw it away. Not thread-safe: one per thread.
class HttpClient {
  public:
    explicit HttpClient(const HookOptions& options);
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    Answer send(const Request& request);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace linkway::delivery
