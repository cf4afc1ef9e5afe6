// Requests to other servers, one after the other.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace linkway::http {

struct ClientOptions {
    std::string authorities;  ///< PEM file to verify servers by; empty: the machine's
    bool https_only = true;
    std::chrono::milliseconds connect_time{5'000};
    std::chrono::milliseconds total_time{10'000};
    std::size_t longest_body = std::size_t{64} << 10;  ///< bytes of an answer that are read
};

/// What is sent elsewhere.
struct Outgoing {
    std::string method;  ///< "GET", "POST" or "PUT"
    std::string url;
    std::vector<std::string> headers;  ///< whole lines
    std::string body;
};

struct Answer {
    int status = 0;             ///< 0: there was no whole answer
    std::string body;           ///< as much of it as is read
    bool cut_off = false;       ///< there was more
    std::string cache_control;  ///< the header, in lower case
    std::optional<std::chrono::milliseconds> retry_after;
    std::string problem;  ///< why there was none, in words that are not the other side's
};

/// Keeps connections between calls. Verifies certificates, follows no redirects, asks no proxy.
/// Not thread-safe: one per thread.
class Client {
  public:
    explicit Client(ClientOptions options);
    ~Client();
    Client(Client&&) noexcept;
    Client& operator=(Client&&) = delete;

    Answer send(const Outgoing& request);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace linkway::http
