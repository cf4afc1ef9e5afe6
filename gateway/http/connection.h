// One client's connection: bytes in, requests to the service, answers out.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "body_sink.h"
#include "http/server.h"
#include "request_parser.h"
#include "response_writer.h"
#include "stream.h"

namespace linkway::http {

/// What all connections of a server share; safe from any thread.
struct Shared {
    Shared(const Options& with, Service& answers) : options(with), service(answers) {}

    const Options options;
    Service& service;
    std::atomic<bool> stopping = false;
    std::atomic<std::uint64_t> connections = 0;
    std::atomic<std::uint64_t> requests = 0;
    std::atomic<std::uint64_t> refused = 0;
    std::atomic<std::uint64_t> timed_out = 0;
    std::atomic<std::uint64_t> cut_short = 0;
    std::atomic<std::uint64_t> failed = 0;
};

/// Owned by one thread at a time, which alone calls advance() and start_with_refusal(); the rest
/// may be called from any thread while the connection lives.
class Connection {
  public:
    Connection(Shared& shared, std::unique_ptr<Stream> stream, std::string peer, bool secure);

    /// What to wait for before the next advance().
    enum class Next : std::uint8_t { read, write, either, close };

    /// Does what can be done without waiting for the client. The buffer is scratch space.
    Next advance(std::span<char> buffer);

    /// Makes this a connection that is answered with an error, whatever it asks.
    void start_with_refusal(int status, std::string_view reason);

    int descriptor() const { return stream_->descriptor(); }
    bool is_busy() const { return phase_ != Phase::idle && phase_ != Phase::lingering; }

    /// To be called before the connection is armed, and by the thread that gets it then: what one
    /// owner wrote is there for the next. The kernel sees to that anyway; C++ does not know.
    void hand_over() { handed_over_.store(true, std::memory_order_release); }
    void take_over() const { (void)handed_over_.load(std::memory_order_acquire); }

    /// Ends what takes longer than it may: wakes the owner by shutting the socket.
    void expire(Milliseconds now);
    void close_if_idle();
    void close_now();

  private:
    enum class Phase : std::uint8_t {
        idle,       // nothing of a request came yet
        receiving,  // some of it
        handling,
        sending,
        lingering,  // all is said; the client may still be sending
    };

    Next run(std::string_view& input, std::span<char> buffer);
    std::optional<Next> flush();
    std::optional<Next> fill(std::string_view& input, std::span<char> buffer);
    Next linger(std::span<char> buffer);
    void consume(std::string_view& input);

    void begin_body(bool body_has_come);
    void store(std::string_view bytes);
    void handle();
    void refuse(int status, std::string_view reason);
    Response guarded_refusal(int status, std::string_view reason);
    void answer(const Response& response, Framing framing);

    void enter(Phase phase, Milliseconds time_allowed);
    Milliseconds earned(std::size_t bytes) const;

    Shared& shared_;
    std::unique_ptr<Stream> stream_;
    RequestParser parser_;
    BodySink body_;
    std::string pending_;  // input that came before it could be used
    std::string output_;
    std::size_t sent_ = 0;
    std::size_t discarded_ = 0;
    Milliseconds phase_began_{0};
    bool close_after_output_ = false;
    std::atomic<Phase> phase_ = Phase::idle;
    std::atomic<Milliseconds::rep> deadline_;
    std::atomic<bool> expired_ = false;
    std::atomic<bool> handed_over_ = false;
};

}  // namespace linkway::http
