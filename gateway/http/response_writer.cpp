#include "response_writer.h"

#include <Poco/Net/HTTPResponse.h>

#include <algorithm>
#include <ctime>

#include "ascii.h"
#include "http/date.h"

namespace linkway::http {

namespace {

/// Written once a second, not once an answer.
const std::string& date_now() {
    thread_local std::time_t at = 0;
    thread_local std::string date;
    const std::time_t now = std::time(nullptr);
    if (now != at) {
        at = now;
        date = format_date(now);
    }
    return date;
}

bool is_sound(const std::pair<std::string, std::string>& header) {
    const auto& [name, value] = header;
    return !name.empty() && std::all_of(name.begin(), name.end(), is_token) &&
           std::none_of(value.begin(), value.end(),
                        [](char c) { return is_control(c) && c != '\t'; });
}

}  // namespace

std::optional<std::string> write_response(const Response& response, const Framing& framing) {
    const bool has_body =
        response.status >= 200 && response.status != 204 && response.status != 304;
    const auto status = static_cast<Poco::Net::HTTPResponse::HTTPStatus>(response.status);
    std::string out;
    out.reserve(512 + response.body.size());
    out += "HTTP/1.1 " + std::to_string(response.status) + ' ';
    out += Poco::Net::HTTPResponse::getReasonForStatus(status) + "\r\n";
    out += "Date: " + date_now() + "\r\n";
    for (const auto& header : response.headers) {
        if (!is_sound(header)) {
            return std::nullopt;
        }
        out += header.first + ": " + header.second + "\r\n";
    }
    if (has_body) {
        out += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
    }
    if (framing.close) {
        out += "Connection: close\r\n";
    } else if (framing.http_1_0) {
        out += "Connection: keep-alive\r\n";
    }
    out += "\r\n";
    if (has_body && !framing.head_only) {
        out += response.body;
    }
    return out;
}

}  // namespace linkway::http
