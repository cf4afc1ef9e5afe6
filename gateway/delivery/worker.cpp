#include "delivery/worker.h"

#include <chrono>

namespace linkway::delivery {

Worker::Worker(Parts parts) : parts_(std::move(parts)) {
    constexpr int tellers = 3;
    threads_.emplace_back([this] { route_and_file(); });
    for (int i = 0; i < tellers; ++i) {
        threads_.emplace_back([this] { tell_subscribers(); });
    }
}

Worker::~Worker() {
    stop();
}

void Worker::wake() noexcept {
    {
        const std::lock_guard lock(mutex_);
        ++wakes_;
    }
    woken_.notify_all();
}

void Worker::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    woken_.notify_all();
    told_.notify_all();
    for (std::thread& thread : threads_) {
        thread.join();
    }
    threads_.clear();
}

bool Worker::rest(std::condition_variable& until, int milliseconds, unsigned& seen) {
    std::unique_lock lock(mutex_);
    until.wait_for(lock, std::chrono::milliseconds(milliseconds),
                   [&] { return stopping_ || wakes_ != seen; });
    seen = wakes_;
    return !stopping_;
}

void Worker::route_and_file() {
    constexpr int pause = 250;
    unsigned seen = 0;
    do {
        const auto check = [&](const auto& result) {
            if (!result && parts_.note) {
                parts_.note(result.issue());
            }
            return result && *result;
        };
        check(take_requests(*parts_.store, parts_.files.outbox, parts_.now()));
        while (check(route(*parts_.store, parts_.routing, parts_.now()))) {
        }
        if (is_due(*parts_.store, rest_hook, parts_.now())) {
            told_.notify_all();
        }
        check(write_entries(*parts_.store, parts_.files, parts_.now()));
        check(take_acknowledgements(*parts_.store, parts_.files, parts_.now()));
    } while (rest(woken_, pause, seen));
}

void Worker::tell_subscribers() {
    constexpr int pause = 500;
    HttpSender sender(parts_.authorities, parts_.routing.allow_http);
    for (;;) {
        for (;;) {
            const auto told = tell(
                *parts_.store,
                [&](const Notification& notification, const std::vector<std::string>& headers) {
                    return sender.send(notification, headers);
                },
                parts_.base, parts_.routing.allow_http, parts_.now);
            if (!told && parts_.note) {
                parts_.note(told.issue());
            }
            if (!told || !*told) {
                break;
            }
        }
        std::unique_lock lock(mutex_);
        told_.wait_for(lock, std::chrono::milliseconds(pause));
        if (stopping_) {
            return;
        }
    }
}

}  // namespace linkway::delivery
