#include "head_rules.h"

#include <algorithm>
#include <array>

#include "ascii.h"

namespace linkway::http {

namespace {

/// Two of them could be read as either.
constexpr std::array<std::string_view, 6> only_once{
    "Authorization", "Content-Length", "Content-Type", "Expect", "Host", "Transfer-Encoding"};

std::size_t count(const Headers& headers, std::string_view name) {
    return std::count_if(headers.begin(), headers.end(),
                         [&](const auto& each) { return same_word(each.first, name); });
}

/// A name or an address with, perhaps, a port.
bool is_host(std::string_view value) {
    return !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
        return is_letter(c) || is_digit(c) ||
               std::string_view("-._:[]").find(c) != std::string_view::npos;
    });
}

Refusal check_framing(const Head& head, bool http_1_0) {
    const bool has_length = count(head.headers, "Content-Length") > 0;
    const bool has_encoding = count(head.headers, "Transfer-Encoding") > 0;
    const std::string_view length = head.header("Content-Length");
    if (has_length && (length.empty() || !std::all_of(length.begin(), length.end(), is_digit))) {
        return {400, "Content-Length is not a number"};
    }
    if (has_encoding && has_length) {
        return {400, "Content-Length and Transfer-Encoding together"};
    }
    if (has_encoding && http_1_0) {
        return {400, "Transfer-Encoding in HTTP/1.0"};
    }
    if (has_encoding && !same_word(head.header("Transfer-Encoding"), "chunked")) {
        return {501, "The only Transfer-Encoding that is understood is chunked"};
    }
    return {};
}

/// Takes "http://host" off a target in absolute form when the host is the one of the Host header.
bool take_origin(std::string_view& target, const Head& head) {
    const std::string_view scheme = head.secure ? "https://" : "http://";
    const std::string_view host = head.header("Host");
    if (host.empty() || !same_word(target.substr(0, scheme.size()), scheme) ||
        !same_word(target.substr(scheme.size()).substr(0, host.size()), host)) {
        return false;
    }
    target.remove_prefix(scheme.size() + host.size());
    return true;
}

Refusal check_target(Head& head, std::string_view target) {
    if (target == "*" && head.method == "OPTIONS") {
        head.path = target;
        return {};
    }
    const bool is_path = target.substr(0, 1) == "/" || take_origin(target, head);
    if (!is_path || target.substr(0, 1) != "/") {
        return {400, "The target of the request is no path of this server"};
    }
    if (target.find('#') != std::string_view::npos) {
        return {400, "The target of the request has a fragment"};
    }
    const std::size_t end = std::min(target.find('?'), target.size());
    head.path = target.substr(0, end);
    head.query = target.substr(std::min(end + 1, target.size()));
    if (head.path.find("%00") != std::string::npos) {
        return {400, "The path holds a NUL character"};
    }
    return {};
}

}  // namespace

Refusal check_head(Head& head, std::string_view target, bool http_1_0) {
    for (const std::string_view name : only_once) {
        if (count(head.headers, name) > 1) {
            return {400, "A header that may be there once only is repeated"};
        }
    }
    const bool has_host = count(head.headers, "Host") > 0;
    if ((has_host || !http_1_0) && !is_host(head.header("Host"))) {
        return {400, "Host is missing or is no host"};
    }
    const std::string_view expect = head.header("Expect");
    if (!expect.empty() && !same_word(expect, "100-continue")) {
        return {417, "The only expectation that can be met is 100-continue"};
    }
    const Refusal framing = check_framing(head, http_1_0);
    return framing.status != 0 ? framing : check_target(head, target);
}

}  // namespace linkway::http
