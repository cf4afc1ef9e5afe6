#include "connection.h"

#include <sys/socket.h>

#include <limits>

namespace linkway::http {

namespace {

constexpr Milliseconds::rep never = std::numeric_limits<Milliseconds::rep>::max();

/// Reads and answers of one connection before others get their turn.
constexpr int turns = 64;

// A connection with unread input that is closed outright makes the client lose the answer, so its
// input is read for this long, this much of it, after the answer.
constexpr Milliseconds linger_time{2'000};
constexpr std::size_t linger_bytes = std::size_t{4} * 1024 * 1024;

}  // namespace

Connection::Connection(Shared& shared, std::unique_ptr<Stream> stream, std::string peer,
                       bool secure)
    : shared_(shared),
      stream_(std::move(stream)),
      parser_(shared.options.limits, secure, std::move(peer)) {
    enter(Phase::idle, shared_.options.limits.header_time);
}

void Connection::start_with_refusal(int status, std::string_view reason) {
    refuse(status, reason);
}

Connection::Next Connection::advance(std::span<char> buffer) {
    if (expired_.exchange(false) && phase_ == Phase::receiving) {
        ++shared_.timed_out;
        body_.reset();
        refuse(408, "The request took too long to arrive");
    }
    const std::string held = std::move(pending_);
    std::string_view input = held;
    const Next next = run(input, buffer);
    pending_.assign(input);
    return next;
}

Connection::Next Connection::run(std::string_view& input, std::span<char> buffer) {
    for (int turn = 0; turn < turns; ++turn) {
        if (const auto wait = flush()) {
            return *wait;
        }
        if (phase_ == Phase::lingering) {
            return linger(buffer);
        }
        if (input.empty()) {
            if (const auto wait = fill(input, buffer)) {
                return *wait;
            }
        }
        consume(input);
    }
    return Next::either;
}

/// Sends the output; what to wait for when not all of it went.
std::optional<Connection::Next> Connection::flush() {
    while (sent_ < output_.size()) {
        const Transferred part = stream_->write(std::string_view(output_).substr(sent_));
        if (part.what == Transfer::ended) {
            return Next::close;
        }
        if (part.what != Transfer::done) {
            return part.what == Transfer::wants_read ? Next::read : Next::write;
        }
        sent_ += part.bytes;
        deadline_ = (phase_began_ + earned(sent_)).count();
    }
    if (output_.empty()) {
        return std::nullopt;
    }
    std::string().swap(output_);
    sent_ = 0;
    if (close_after_output_) {
        stream_->finish();
        enter(Phase::lingering, linger_time);
    } else if (parser_.idle()) {
        enter(Phase::idle, shared_.options.limits.idle_time);
    } else {
        enter(Phase::receiving, earned(body_.size()));  // after "100 Continue"
    }
    return std::nullopt;
}

std::optional<Connection::Next> Connection::fill(std::string_view& input, std::span<char> buffer) {
    const Transferred part = stream_->read(buffer);
    switch (part.what) {
        case Transfer::wants_read:
            return Next::read;
        case Transfer::wants_write:
            return Next::write;
        case Transfer::ended:
            if (!parser_.idle()) {
                ++shared_.cut_short;
            }
            return Next::close;
        case Transfer::done:
            break;
    }
    input = {buffer.data(), part.bytes};
    return std::nullopt;
}

Connection::Next Connection::linger(std::span<char> buffer) {
    while (discarded_ < linger_bytes) {
        const Transferred part = stream_->discard(buffer);
        if (part.what != Transfer::done) {
            return part.what == Transfer::ended ? Next::close : Next::read;
        }
        discarded_ += part.bytes;
    }
    return Next::close;
}

/// Reads input until it is used up or there is something to send.
void Connection::consume(std::string_view& input) {
    if (phase_ == Phase::idle) {
        enter(Phase::receiving, shared_.options.limits.header_time);
    }
    while (output_.empty()) {
        const RequestParser::Step step = parser_.feed(input);
        input.remove_prefix(step.consumed);
        switch (step.event) {
            case RequestParser::Event::more:
                return;
            case RequestParser::Event::head:
                begin_body(!input.empty());
                break;
            case RequestParser::Event::data:
                store(step.data);
                break;
            case RequestParser::Event::complete:
                handle();
                break;
            case RequestParser::Event::refused:
                refuse(parser_.refusal().status, parser_.refusal().reason);
                break;
        }
    }
}

void Connection::begin_body(bool body_has_come) {
    const bool has_body = parser_.has_body();
    Framing framing{parser_.head().method == "HEAD", parser_.http_1_0(),
                    has_body || !parser_.keep_alive()};
    std::variant<BodyPlan, Response> verdict;
    try {
        verdict = shared_.service.accept(parser_.head());
    } catch (...) {
        ++shared_.failed;
        verdict = guarded_refusal(500, "The request could not be handled");
    }
    if (const auto* response = std::get_if<Response>(&verdict)) {
        ++shared_.requests;
        answer(*response, framing);
        return;
    }
    const BodyPlan& plan = std::get<BodyPlan>(verdict);
    if (!has_body) {
        return;
    }
    if (!parser_.limit_body(plan.max_bytes)) {
        refuse(parser_.refusal().status, parser_.refusal().reason);
    } else if (!body_.open(plan)) {
        refuse(507, "The body cannot be stored");
    } else {
        enter(Phase::receiving, earned(0));
        if (parser_.expects_continue() && !body_has_come) {
            output_ = "HTTP/1.1 100 Continue\r\n\r\n";
        }
    }
}

void Connection::store(std::string_view bytes) {
    if (!body_.append(bytes)) {
        body_.reset();
        refuse(507, "The body cannot be stored");
        return;
    }
    deadline_ = (phase_began_ + earned(body_.size())).count();
}

void Connection::handle() {
    enter(Phase::handling, Milliseconds(never));
    ++shared_.requests;
    const Framing framing{parser_.head().method == "HEAD", parser_.http_1_0(),
                          !parser_.keep_alive()};
    Response response;
    Request request;
    request.head = std::move(parser_.head());
    if (!body_.give_to(request)) {
        response = guarded_refusal(507, "The body cannot be stored");
    } else {
        try {
            response = shared_.service.handle(request);
        } catch (...) {
            ++shared_.failed;
            response = guarded_refusal(500, "The request could not be handled");
        }
    }
    body_.reset();
    answer(response, framing);
}

void Connection::refuse(int status, std::string_view reason) {
    ++shared_.refused;
    answer(guarded_refusal(status, reason), {false, false, true});
}

/// The service's own answer to an error, or a bare one when it throws.
Response Connection::guarded_refusal(int status, std::string_view reason) {
    try {
        return shared_.service.refuse(status, reason);
    } catch (...) {
        ++shared_.failed;
        return {status, {}, {}};
    }
}

void Connection::answer(const Response& response, Framing framing) {
    framing.close = framing.close || shared_.stopping;
    auto bytes = write_response(response, framing);
    if (!bytes) {
        ++shared_.failed;
        bytes = write_response({500, {}, {}}, framing);
    }
    output_ = std::move(*bytes);
    sent_ = 0;
    close_after_output_ = framing.close;
    if (!framing.close) {
        parser_.start_next();
    }
    enter(Phase::sending, earned(0));
}

void Connection::enter(Phase phase, Milliseconds time_allowed) {
    phase_began_ = shared_.options.now();
    deadline_ = time_allowed.count() == never ? never : (phase_began_ + time_allowed).count();
    phase_ = phase;
}

/// How long a body may have taken that is so long by now.
Milliseconds Connection::earned(std::size_t bytes) const {
    const Limits& limits = shared_.options.limits;
    return limits.transfer_time + Milliseconds(bytes * 1000 / limits.transfer_rate);
}

void Connection::expire(Milliseconds now) {
    auto deadline = deadline_.load();
    // The owner may just have set another one.
    if (now.count() < deadline || !deadline_.compare_exchange_strong(deadline, never)) {
        return;
    }
    switch (phase_) {
        case Phase::handling:
            break;
        case Phase::receiving:  // can still be told so
            expired_ = true;
            ::shutdown(descriptor(), SHUT_RD);
            break;
        case Phase::sending:
            ++shared_.timed_out;
            close_now();
            break;
        case Phase::idle:
        case Phase::lingering:
            close_now();
            break;
    }
}

void Connection::close_if_idle() {
    if (phase_ == Phase::idle) {
        close_now();
    }
}

void Connection::close_now() {
    ::shutdown(descriptor(), SHUT_RDWR);
}

}  // namespace linkway::http
