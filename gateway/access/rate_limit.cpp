#include "access/rate_limit.h"

#include <algorithm>
#include <cmath>

namespace linkway::access {

std::optional<Instant> RateLimiter::admit(std::string_view name, const Rate& rate, Instant now) {
    const std::scoped_lock lock(mutex_);
    const auto found = by_name_.find(name);
    if (found != by_name_.end()) {
        buckets_.splice(buckets_.begin(), buckets_, found->second);
    } else {
        if (buckets_.size() >= most_ && !buckets_.empty()) {
            by_name_.erase(buckets_.back().name);
            buckets_.pop_back();
        }
        buckets_.push_front({std::string(name), rate.burst, now});
        by_name_.emplace(buckets_.front().name, buckets_.begin());
    }
    Bucket& bucket = buckets_.front();
    const double passed = static_cast<double>(std::max<Instant>(0, now - bucket.filled)) / second;
    bucket.tokens = std::min(rate.burst, bucket.tokens + passed * rate.per_second);
    bucket.filled = now;
    if (bucket.tokens >= 1) {
        bucket.tokens -= 1;
        return std::nullopt;
    }
    const double missing = (1 - bucket.tokens) / rate.per_second * second;
    return std::max<Instant>(1, static_cast<Instant>(std::ceil(missing)));
}

std::size_t RateLimiter::size() const {
    const std::scoped_lock lock(mutex_);
    return buckets_.size();
}

}  // namespace linkway::access
