#include "fetch_jwks.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "http/client.h"

namespace linkway::service {

namespace {

constexpr access::Instant usual_lifetime = 300 * access::second;

/// Of "no-store" and "public, max-age=600".
access::Instant lifetime_of(std::string_view cache_control) {
    constexpr std::string_view age = "max-age=";
    if (cache_control.find("no-store") != std::string_view::npos ||
        cache_control.find("no-cache") != std::string_view::npos) {
        return 0;
    }
    const std::size_t at = cache_control.find(age);
    if (at == std::string_view::npos) {
        return usual_lifetime;
    }
    access::Instant stated = 0;
    std::from_chars(cache_control.data() + at + age.size(),
                    cache_control.data() + cache_control.size(), stated);
    constexpr access::Instant longest = 1'000'000'000;  // more than any set is kept
    return std::min(stated, longest) * access::second;
}

text::Result<access::FetchedJwks> fetch(const std::string& url, const std::string& authorities) {
    http::ClientOptions options;
    options.authorities = authorities;
    options.total_time = std::chrono::seconds(5);
    options.longest_body = std::size_t{256} << 10;
    http::Answer answer = http::Client(options).send({"GET", url, {}, {}});
    if (answer.status != 200 || answer.cut_off) {
        return text::Issue{text::Severity::error,
                           "transient",
                           "a key set cannot be fetched: " +
                               (answer.status == 0 ? answer.problem
                                : answer.cut_off   ? std::string("it is too long")
                                                   : "answered " + std::to_string(answer.status)),
                           {url, 0, 0, {}},
                           {}};
    }
    return access::FetchedJwks{std::move(answer.body), lifetime_of(answer.cache_control)};
}

}  // namespace

access::FetchJwks fetch_jwks_over_https(std::string authorities) {
    return [authorities = std::move(authorities)](const std::string& url) {
        return fetch(url, authorities);
    };
}

}  // namespace linkway::service
