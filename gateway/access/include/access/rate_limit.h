// How many requests a client may make.
#pragma once

#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "access/instant.h"

namespace linkway::access {

struct Rate {
    double per_second = 100;  ///< in the long run
    double burst = 200;       ///< at once, after a pause

    friend bool operator==(const Rate&, const Rate&) = default;
};

/// Token buckets by name (a client id, a network address). Thread-safe. Memory is bounded: beyond
/// `most` names the one that has asked least recently is forgotten, and starts afresh with a full
/// bucket.
class RateLimiter {
  public:
    explicit RateLimiter(std::size_t most = 10'000) : most_(most) {}

    /// Nothing when the request may go on; else after how many milliseconds to ask again (at least
    /// one: Retry-After, rounded up to seconds). A clock that goes back
    /// takes nothing away.
    std::optional<Instant> admit(std::string_view name, const Rate& rate, Instant now);

    std::size_t size() const;

  private:
    struct Bucket {
        std::string name;
        double tokens = 0;
        Instant filled = 0;
    };

    std::size_t most_;
    mutable std::mutex mutex_;
    std::list<Bucket> buckets_;  // the one used last is the first
    std::unordered_map<std::string_view, std::list<Bucket>::iterator> by_name_;
};

}  // namespace linkway::access
