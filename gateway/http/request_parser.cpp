#include "request_parser.h"

#include <algorithm>

namespace linkway::http {

RequestParser::RequestParser(const Limits& limits, bool secure, std::string peer)
    : limits_(&limits), secure_(secure), peer_(std::move(peer)), scan_(limits) {}

RequestParser::Step RequestParser::feed(std::string_view bytes) {
    if (refusal_.status != 0) {
        return {Event::refused, 0, {}};
    }
    if (!head_done_) {
        return feed_head(bytes);
    }
    if (parsed_.chunked) {
        return feed_chunks(bytes);
    }
    if (left_ == 0) {
        return {Event::complete, 0, {}};
    }
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
    left_ -= size;
    return {size == 0 ? Event::more : Event::data, size, bytes.substr(0, size)};
}

RequestParser::Step RequestParser::feed_head(std::string_view bytes) {
    const std::size_t taken = scan_.take(bytes);
    if (scan_.refusal().status != 0) {
        return refuse(scan_.refusal(), taken);
    }
    if (!scan_.done()) {
        return {Event::more, taken, {}};
    }
    const Refusal refusal = parse_head(scan_.text(), secure_, parsed_);
    if (refusal.status != 0) {
        return refuse(refusal, taken);
    }
    parsed_.head.peer = peer_;
    left_ = parsed_.length;
    head_done_ = true;
    return {Event::head, taken, {}};
}

RequestParser::Step RequestParser::feed_chunks(std::string_view bytes) {
    if (chunks_.complete()) {
        return {Event::complete, 0, {}};
    }
    std::string_view data;
    const std::size_t taken = chunks_.take(bytes, data);
    if (chunks_.refusal().status != 0) {
        return refuse(chunks_.refusal(), taken);
    }
    if (!data.empty()) {
        return {Event::data, taken, data};
    }
    return {chunks_.complete() ? Event::complete : Event::more, taken, {}};
}

RequestParser::Step RequestParser::refuse(const Refusal& refusal, std::size_t consumed) {
    refusal_ = refusal;
    return {Event::refused, consumed, {}};
}

void RequestParser::start_next() {
    scan_ = HeadScan(*limits_);
    parsed_ = {};
    chunks_ = {};
    head_done_ = false;
}

bool RequestParser::limit_body(std::uint64_t max_bytes) {
    chunks_.limit_body(max_bytes);
    if (!parsed_.chunked && parsed_.length > max_bytes) {
        refusal_ = {413, "The body is too large"};
        return false;
    }
    return true;
}

bool RequestParser::expects_continue() const {
    return has_body() && !parsed_.http_1_0 && !parsed_.head.header("Expect").empty();
}

}  // namespace linkway::http
