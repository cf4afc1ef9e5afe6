#include "endpoint.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

namespace linkway::delivery {

namespace {

text::Issue wrong(const char* field, std::string message, std::string suggestion = {}) {
    return {text::Severity::error,
            "business-rule",
            std::move(message),
            {"", 0, 0, field},
            std::move(suggestion)};
}

std::string part(CURLU* url, CURLUPart which) {
    char* text = nullptr;
    if (curl_url_get(url, which, &text, 0) != CURLUE_OK || text == nullptr) {
        return {};
    }
    std::string copy(text);
    curl_free(text);
    return copy;
}

bool is_loopback(std::string_view host) {
    return host == "localhost" || host == "[::1]" ||
           (host.substr(0, 4) == "127." &&
            host.find_first_not_of("0123456789.") == std::string_view::npos);
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

text::Status check_endpoint(const std::string& url, bool allow_http) {
    constexpr const char* field = "Subscription.channel.endpoint";
    constexpr std::size_t longest = 2000;
    const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parsed(curl_url(), curl_url_cleanup);
    const bool plain = url.size() <= longest && std::all_of(url.begin(), url.end(), [](char c) {
                           return c > ' ' && c != 0x7F;
                       });
    if (!plain || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) {
        return wrong(field, "the endpoint is no address", "write it as https://host/path");
    }
    const std::string scheme = part(parsed.get(), CURLUPART_SCHEME);
    if (scheme != "https" && scheme != "http") {
        return wrong(field, "an endpoint is reached by https alone");
    }
    if (scheme == "http" && !(allow_http && is_loopback(part(parsed.get(), CURLUPART_HOST)))) {
        return wrong(field, "an endpoint without TLS is refused", "use https");
    }
    if (!part(parsed.get(), CURLUPART_USER).empty() ||
        !part(parsed.get(), CURLUPART_PASSWORD).empty() ||
        !part(parsed.get(), CURLUPART_FRAGMENT).empty()) {
        return wrong(field, "an endpoint has neither user nor fragment",
                     "put what it asks for into Subscription.channel.header");
    }
    return {};
}

text::Status check_header(const std::string& line) {
    constexpr const char* field = "Subscription.channel.header";
    constexpr std::size_t longest = 8000;
    constexpr std::array<std::string_view, 13> taken = {"connection",
                                                        "content-encoding",
                                                        "content-length",
                                                        "content-type",
                                                        "expect",
                                                        "host",
                                                        "idempotency-key",
                                                        "keep-alive",
                                                        "te",
                                                        "trailer",
                                                        "transfer-encoding",
                                                        "upgrade",
                                                        "x-request-id"};
    const std::size_t colon = line.find(':');
    std::string name = line.substr(0, colon);
    std::transform(name.begin(), name.end(), name.begin(), lower);
    const bool is_token = !name.empty() && name.find_first_not_of(
                                               "abcdefghijklmnopqrstuvwxyz0123456789"
                                               "!#$%&'*+-.^_`|~") == std::string::npos;
    const bool is_clean = std::all_of(line.begin(), line.end(), [](char c) {
        return static_cast<unsigned char>(c) >= ' ' && c != 0x7F;
    });
    if (colon == std::string::npos || !is_token || !is_clean || line.size() > longest ||
        line.find_first_not_of(" \t", colon + 1) == std::string::npos) {
        return wrong(field, "a header is written as \"Name: value\"");
    }
    if (std::find(taken.begin(), taken.end(), name) != taken.end() ||
        name.substr(0, 6) == "proxy-") {
        return wrong(field, "the header \"" + name + "\" is the sender's to set");
    }
    return {};
}

}  // namespace linkway::delivery
