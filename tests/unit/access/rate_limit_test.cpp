#include "access/rate_limit.h"

#include <atomic>
#include <thread>
#include <vector>

#include "fixture.h"

using namespace linkway::access;
using linkway::tests::noon;

TEST_CASE("a bucket gives its burst, then the rate") {
    RateLimiter limiter;
    const Rate rate{10, 3};
    CHECK_FALSE(limiter.admit("a", rate, noon));
    CHECK_FALSE(limiter.admit("a", rate, noon));
    CHECK_FALSE(limiter.admit("a", rate, noon));
    CHECK(limiter.admit("a", rate, noon) == 100);
    CHECK(limiter.admit("a", rate, noon + 60) == 40);
    CHECK_FALSE(limiter.admit("a", rate, noon + 100));
    CHECK(limiter.admit("a", rate, noon + 100) == 100);
    CHECK_FALSE(limiter.admit("b", rate, noon + 100));

    // A long pause fills no more than the burst.
    for (int i = 0; i < 3; ++i) {
        CHECK_FALSE(limiter.admit("a", rate, noon + 3600 * second));
    }
    CHECK(limiter.admit("a", rate, noon + 3600 * second));
    // A clock that goes back neither fills nor blocks.
    CHECK(limiter.admit("a", rate, noon) == 100);
    CHECK_FALSE(limiter.admit("a", rate, noon + 100));
}

TEST_CASE("memory is bounded: who asked least recently is forgotten") {
    RateLimiter limiter(2);
    const Rate rate{1, 1};
    CHECK_FALSE(limiter.admit("a", rate, noon));
    CHECK_FALSE(limiter.admit("b", rate, noon));
    CHECK(limiter.admit("a", rate, noon));
    CHECK_FALSE(limiter.admit("c", rate, noon));
    CHECK(limiter.size() == 2);
    CHECK(limiter.admit("a", rate, noon));
    CHECK_FALSE(limiter.admit("b", rate, noon));
}

TEST_CASE("several threads together get the burst, no more") {
    RateLimiter limiter;
    std::atomic<int> admitted = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            for (int j = 0; j < 100; ++j) {
                admitted += limiter.admit("a", {1, 50}, noon) ? 0 : 1;
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    CHECK(admitted == 50);
}
