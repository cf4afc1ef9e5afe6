#include "request_parser.h"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <limits>
#include <optional>

#include "ascii.h"
#include "head_rules.h"
#include "head_scan.h"

namespace linkway::http {

namespace {

namespace beast = boost::beast;

/// Bytes of one chunk's header, or of the last chunk with its trailers.
constexpr std::size_t chunk_header_limit = 4096;

/// Beast's grammar; notes what it finds.
class Grammar final : public beast::http::basic_parser<true> {
  public:
    Grammar() {
        // HeadScan and RequestParser count, because Beast counts by the piece it is given.
        header_limit(std::numeric_limits<std::uint32_t>::max());
        body_limit(std::numeric_limits<std::uint64_t>::max());
    }

    Head head;
    std::string target;
    int version = 11;
    std::uint64_t max_body = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t announced = 0;   // by all chunk headers
    std::uint64_t chunk_rest = 0;  // of the current chunk
    std::string_view data;         // of the latest put()
    bool too_large = false;

  private:
    using Error = beast::error_code;
    using View = beast::string_view;

    static std::string_view view(View text) { return {text.data(), text.size()}; }

    void on_request_impl(beast::http::verb, View method, View written, int version_,
                         Error&) override {
        head.method = view(method);
        target = view(written);
        version = version_;
    }
    void on_response_impl(int, View, int, Error&) override {}
    void on_field_impl(beast::http::field, View name, View value, Error&) override {
        if (!is_header_done()) {  // trailers are read and forgotten
            head.headers.emplace_back(view(name), view(value));
        }
    }
    void on_header_impl(Error&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, Error&) override {}
    std::size_t on_body_impl(View body, Error&) override {
        data = view(body);
        return body.size();
    }
    void on_chunk_header_impl(std::uint64_t size, View, Error& error) override {
        if (size > max_body - announced) {
            too_large = true;
            error = beast::http::error::body_limit;
            return;
        }
        announced += size;
        chunk_rest = size;
    }
    std::size_t on_chunk_body_impl(std::uint64_t, View body, Error&) override {
        data = view(body);
        chunk_rest -= body.size();
        return body.size();
    }
    void on_finish_impl(Error&) override {}
};

/// Whether a request line ends as one of another version of HTTP does.
bool names_other_version(std::string_view head) {
    const std::string_view line = head.substr(0, head.find("\r\n"));
    if (line.size() < 9) {
        return false;
    }
    const std::string_view version = line.substr(line.size() - 9);
    return version.substr(0, 6) == " HTTP/" && is_digit(version[6]) && version[7] == '.' &&
           is_digit(version[8]) && version != " HTTP/1.0" && version != " HTTP/1.1";
}

}  // namespace

struct RequestParser::State {
    State(const Limits& limits_, bool secure_, std::string peer_)
        : limits(&limits_), secure(secure_), peer(std::move(peer_)), scan(limits_) {
        grammar.emplace();
    }

    const Limits* limits;
    bool secure;
    std::string peer;
    HeadScan scan;
    std::optional<Grammar> grammar;
    bool head_done = false;
    std::string carry;  // of a chunk header that is not whole yet
    Refusal refusal;

    Step refuse(int status, std::string_view reason, std::size_t consumed) {
        refusal = {status, reason};
        return {Event::refused, consumed, {}};
    }

    Step feed_head(std::string_view bytes);
    Refusal read_head();
    Step feed_body(std::string_view bytes);
    Step feed_chunk_header(std::string_view bytes);

    beast::error_code put(std::string_view bytes, std::size_t& consumed) {
        beast::error_code error;
        grammar->data = {};
        consumed = grammar->put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
        return error;
    }
};

RequestParser::Step RequestParser::State::feed_head(std::string_view bytes) {
    const std::size_t taken = scan.take(bytes);
    if (scan.refusal().status != 0) {
        return refuse(scan.refusal().status, scan.refusal().reason, taken);
    }
    if (!scan.done()) {
        return {Event::more, taken, {}};
    }
    const Refusal refused = read_head();
    if (refused.status != 0) {
        return refuse(refused.status, refused.reason, taken);
    }
    head_done = true;
    return {Event::head, taken, {}};
}

Refusal RequestParser::State::read_head() {
    std::size_t consumed = 0;
    const beast::error_code error = put(scan.text(), consumed);
    if (error == beast::http::error::bad_version && names_other_version(scan.text())) {
        return {505, "Only HTTP/1.0 and HTTP/1.1 are understood"};
    }
    if (error || consumed != scan.text().size() || !grammar->is_header_done()) {
        return {400, "The head of the request is malformed"};
    }
    grammar->head.secure = secure;
    grammar->head.peer = peer;
    return check_head(grammar->head, grammar->target, grammar->version == 10);
}

RequestParser::Step RequestParser::State::feed_body(std::string_view bytes) {
    if (grammar->is_done()) {
        return {Event::complete, 0, {}};
    }
    if (bytes.empty()) {
        return {};
    }
    if (grammar->chunked() && grammar->chunk_rest == 0) {
        return feed_chunk_header(bytes);
    }
    std::size_t consumed = 0;
    if (put(bytes, consumed)) {
        return refuse(400, "The body of the request is malformed", consumed);
    }
    return {Event::data, consumed, grammar->data};
}

/// Beast wants the header of a chunk in one piece.
RequestParser::Step RequestParser::State::feed_chunk_header(std::string_view bytes) {
    const std::size_t carried = carry.size();
    std::string_view whole = bytes;
    if (carried > 0) {
        whole = carry.append(bytes.substr(0, chunk_header_limit + 1 - carried));
    }
    std::size_t consumed = 0;
    const beast::error_code error = put(whole, consumed);
    const bool incomplete = error == beast::http::error::need_more;
    if (grammar->too_large) {
        return refuse(413, "The body is too large", bytes.size());
    }
    const std::size_t header_bytes = incomplete ? whole.size() : consumed;
    if ((error && !incomplete) || header_bytes > chunk_header_limit || header_bytes < carried) {
        return refuse(400, "A chunk of the body is malformed", bytes.size());
    }
    if (incomplete) {
        carry.assign(whole.data(), whole.size());
    } else {
        carry.clear();
    }
    return {grammar->is_done() ? Event::complete : Event::more, header_bytes - carried, {}};
}

RequestParser::RequestParser(const Limits& limits, bool secure, std::string peer)
    : state_(std::make_unique<State>(limits, secure, std::move(peer))) {}
RequestParser::RequestParser(RequestParser&&) noexcept = default;
RequestParser& RequestParser::operator=(RequestParser&&) noexcept = default;
RequestParser::~RequestParser() = default;

RequestParser::Step RequestParser::feed(std::string_view bytes) {
    if (state_->refusal.status != 0) {
        return {Event::refused, 0, {}};
    }
    Step step = state_->head_done ? state_->feed_body(bytes) : state_->feed_head(bytes);
    // What follows the header of a chunk is read at once.
    while (step.event == Event::more && step.consumed < bytes.size()) {
        const std::size_t before = step.consumed;
        step = state_->feed_body(bytes.substr(before));
        step.consumed += before;
    }
    return step;
}

void RequestParser::start_next() {
    state_->scan = HeadScan(*state_->limits);
    state_->grammar.emplace();
    state_->head_done = false;
}

bool RequestParser::limit_body(std::size_t max_bytes) {
    state_->grammar->max_body = max_bytes;
    const auto length = state_->grammar->content_length();
    if (length && *length > max_bytes) {
        state_->refusal = {413, "The body is too large"};
        return false;
    }
    return true;
}

bool RequestParser::idle() const {
    return !state_->scan.begun();
}

Head& RequestParser::head() {
    return state_->grammar->head;
}

bool RequestParser::has_body() const {
    return !state_->grammar->is_done();
}

bool RequestParser::expects_continue() const {
    return has_body() && !http_1_0() && !state_->grammar->head.header("Expect").empty();
}

bool RequestParser::keep_alive() const {
    return state_->grammar->keep_alive();
}

bool RequestParser::http_1_0() const {
    return state_->grammar->version == 10;
}

const Refusal& RequestParser::refusal() const {
    return state_->refusal;
}

}  // namespace linkway::http
