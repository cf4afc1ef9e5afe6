// An HTTP/1.1 server that can face a network (RFC 9110, RFC 9112): strict about what a message is,
// and no client, however slow or silent, holds a thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "http/message.h"
#include "text/issue.h"

namespace linkway::http {

/// The application. Its functions are called on many threads at once and may block; what they throw
/// becomes a 500.
class Service {
  public:
    virtual ~Service() = default;

    /// Before any of the body is read: the answer when the request is refused at once (401, 413,
    /// 415, ...), else where its body goes. Called for requests without a body, too.
    virtual std::variant<BodyPlan, Response> accept(const Head& head) = 0;

    /// Answers a request that is whole. A spooled body that is still at `body_file` afterwards is
    /// removed.
    virtual Response handle(Request& request) = 0;

    /// The answer to what the server itself refuses: 400, 408, 413, 414, 417, 431, 500, 503, 505 or
    /// 507. The reason is a sentence without anything from the request. Plain text unless
    /// overridden.
    virtual Response refuse(int status, std::string_view reason);
};

using Milliseconds = std::chrono::milliseconds;

/// What a client may ask of the server. A request beyond them is refused.
struct Limits {
    std::size_t line_bytes = std::size_t{8} << 10;     ///< of the request line and of one header
    std::size_t header_bytes = std::size_t{32} << 10;  ///< of all headers together
    std::size_t header_count = 100;
    std::size_t connections = 4096;

    Milliseconds header_time{
        10'000};  ///< from the first byte (or the connection) to the last header
    Milliseconds transfer_time{20'000};  ///< for a body, either way, beyond what its bytes earn
    std::size_t transfer_rate = 1024;    ///< bytes a second that a body must make at least
    Milliseconds idle_time{75'000};      ///< between two requests of a connection
};

/// Certificate and key in PEM. Present: the port speaks TLS 1.2 and later, nothing else.
struct Tls {
    std::string certificate_file;  ///< the server's own first, then those it was issued by
    std::string key_file;
    std::string client_ca_file;  ///< not empty: every client must show a certificate of these
};

struct Options {
    std::string address = "127.0.0.1";  ///< IPv4 or IPv6
    std::uint16_t port = 0;             ///< 0: any that is free
    std::size_t threads = 64;           ///< as many requests are handled at once
    std::optional<Tls> tls;
    Limits limits;
    /// Monotonic time by which deadlines are kept.
    std::function<Milliseconds()> now = [] {
        return std::chrono::duration_cast<Milliseconds>(
            std::chrono::steady_clock::now().time_since_epoch());
    };
    Milliseconds sweep_every{250};  ///< how often deadlines are looked at
};

/// Counts since the start, for metrics.
struct Statistics {
    std::uint64_t open_connections = 0;  ///< now
    std::uint64_t busy_connections = 0;  ///< of them, those in the midst of a request
    std::uint64_t connections = 0;
    std::uint64_t requests = 0;   ///< handled by the service, whatever its answer
    std::uint64_t refused = 0;    ///< by the server, for what they were
    std::uint64_t timed_out = 0;  ///< connections that met a deadline, idle ones not counted
    std::uint64_t cut_short = 0;  ///< requests whose client left before they were whole
    std::uint64_t failed = 0;     ///< answers that became a 500, because something threw
};

/// Serves from start() to stop(). All functions may be called from any thread.
class Server {
  public:
    /// Listens and serves. The service must outlive the server. SIGPIPE is ignored from here on in
    /// the whole process. Issues: an address or port that cannot be listened on, a certificate or
    /// key that cannot be read or that do not belong together.
    static text::Result<std::unique_ptr<Server>> start(const Options& options, Service& service);

    virtual ~Server() = default;  ///< stops without grace

    virtual std::uint16_t port() const = 0;
    virtual Statistics statistics() const = 0;

    /// Accepts nothing more, closes idle connections, lets what has begun finish for as long as
    /// `grace`, then closes the rest. Returns when no handler runs: one that does not return cannot
    /// be stopped.
    virtual void stop(Milliseconds grace) = 0;
};

}  // namespace linkway::http
