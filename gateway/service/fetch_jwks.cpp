#include "fetch_jwks.h"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <string_view>

namespace linkway::service {

namespace {

constexpr std::size_t longest_set = std::size_t{256} * 1024;
constexpr long seconds = 5;
constexpr access::Instant usual_lifetime = 300 * access::second;

/// What has come so far.
struct Answer {
    std::string body;
    access::Instant lifetime = usual_lifetime;
};

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* to) {
    auto& answer = *static_cast<Answer*>(to);
    if (answer.body.size() + size * count > longest_set) {
        return 0;
    }
    answer.body.append(bytes, size * count);
    return size * count;
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Of "Cache-Control: no-store" and "Cache-Control: public, max-age=600".
std::size_t take_header(char* bytes, std::size_t size, std::size_t count, void* to) {
    std::string line(bytes, size * count);
    for (char& c : line) {
        c = lower(c);
    }
    constexpr std::string_view name = "cache-control:";
    constexpr std::string_view age = "max-age=";
    if (line.rfind(name, 0) == 0) {
        auto& answer = *static_cast<Answer*>(to);
        const std::size_t at = line.find(age);
        access::Instant stated = 0;
        if (at != std::string::npos) {
            std::from_chars(line.data() + at + age.size(), line.data() + line.size(), stated);
        }
        const bool kept = line.find("no-store") == std::string::npos &&
                          line.find("no-cache") == std::string::npos;
        constexpr access::Instant longest = 1'000'000'000;  // more than any set is kept
        answer.lifetime = !kept                     ? 0
                          : at == std::string::npos ? usual_lifetime
                                                    : std::min(stated, longest) * access::second;
    }
    return size * count;
}

text::Result<access::FetchedJwks> fetch(const std::string& url, const std::string& authorities) {
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(),
                                                                   curl_easy_cleanup);
    const auto set = [&](CURLoption option, auto value) {
        curl_easy_setopt(curl.get(), option, value);
    };
    Answer answer;
    set(CURLOPT_URL, url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "https");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_PROXY, "");
    set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!authorities.empty()) {
        set(CURLOPT_CAINFO, authorities.c_str());
    }
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_TIMEOUT, seconds);
    set(CURLOPT_USERAGENT, "linkway");
    set(CURLOPT_WRITEFUNCTION, &take_body);
    set(CURLOPT_WRITEDATA, static_cast<void*>(&answer));
    set(CURLOPT_HEADERFUNCTION, &take_header);
    set(CURLOPT_HEADERDATA, static_cast<void*>(&answer));
    const CURLcode result = curl_easy_perform(curl.get());
    long status = 0;
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
    if (result != CURLE_OK || status != 200) {
        return text::Issue{text::Severity::error,
                           "transient",
                           "a key set cannot be fetched: " +
                               (result == CURLE_OK ? "answered " + std::to_string(status)
                                                   : std::string(curl_easy_strerror(result))),
                           {url, 0, 0, {}},
                           {}};
    }
    return access::FetchedJwks{std::move(answer.body), answer.lifetime};
}

}  // namespace

access::FetchJwks fetch_jwks_over_https(std::string authorities) {
    return [authorities = std::move(authorities)](const std::string& url) {
        return fetch(url, authorities);
    };
}

}  // namespace linkway::service
