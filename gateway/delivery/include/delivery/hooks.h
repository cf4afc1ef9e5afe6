// Tells subscribers: claims what is due, sends it, settles it.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "delivery/subscription.h"
#include "store/store.h"

namespace linkway::delivery {

/// What came back. Status 0: no answer, `error` says why, without anything of the request.
struct Answer {
    long status = 0;
    long retry_after = 0;  ///< seconds; 0 for none
    std::string error;
};

/// Sends one request; gives up after some seconds.
using Send = std::function<Answer(const Notification& notification,
                                  const std::vector<std::string>& headers)>;

/// Through libcurl: https with its certificate verified (`authorities`: PEM file, empty for the
/// system's own), no redirects, no proxies; connections are kept. Not thread-safe: one a thread.
class HttpSender {
  public:
    HttpSender(std::string authorities, bool allow_http);
    ~HttpSender();
    HttpSender(const HttpSender&) = delete;
    HttpSender& operator=(const HttpSender&) = delete;

    Answer send(const Notification& notification, const std::vector<std::string>& headers);

  private:
    void* handle_;
    std::string authorities_;
    bool allow_http_;
};

/// When to try again after `attempts` that failed: 1 s, doubled each time up to an hour, and up to
/// a quarter more that the key decides, so that those who failed together do not come back
/// together.
store::Instant back_off(std::uint32_t attempts, std::string_view key);
inline constexpr std::uint32_t most_attempts = 16;

/// Works off what is due. A delivery is told until it is answered with 2xx, each time under the
/// same Idempotency-Key; 4xx but 408, 425 and 429 ends it at once, as does the last attempt: it is
/// a dead letter then. True when something was due.
text::Result<bool> tell(store::Store& store, const Send& send, std::string_view base,
                        bool allow_http, const std::function<store::Instant()>& now);

}  // namespace linkway::delivery
