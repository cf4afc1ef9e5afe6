#include "delivery/worker.h"

#include <chrono>

#include "delivery/outbox.h"

namespace linkway::delivery {

namespace {

// What nobody tells of is looked for so often, in milliseconds: changes by an extract, what is due
// again, what practices say.
constexpr int journal_poll = 250;
constexpr int due_poll = 500;

}  // namespace

Worker::Worker(Parts parts, WorkerOptions options)
    : parts_(std::move(parts)),
      options_(std::move(options)),
      router_(parts_),
      hooks_(parts_, options_.hooks),
      files_(parts_, options_.files) {
    threads_.emplace_back([this] { route(); });
    threads_.emplace_back([this] { file(); });
    for (unsigned i = 0; i < options_.threads; ++i) {
        threads_.emplace_back([this] {
            HookCourier::Line line(options_.hooks);
            work(entered_, due_poll, [&] { return hooks_.turn(line); });
        });
    }
}

Worker::~Worker() {
    stop();
}

void Worker::route() {
    work(changed_, journal_poll, [this] {
        const auto routed = router_.turn();
        if (!routed) {
            if (parts_.note) {
                parts_.note(routed.issue());
            }
            return false;
        }
        if (routed->entered) {
            ring(entered_);
        }
        return routed->more;
    });
}

void Worker::file() {
    work(entered_, due_poll, [this] {
        const auto asked = take_asked(*parts_.store, parts_.outbox, parts_.now());
        if (!asked && parts_.note) {
            parts_.note(asked.issue());
        }
        if (asked && *asked) {
            ring(entered_);
        }
        files_.turn();
        files_.collect();
        return false;
    });
}

void Worker::ring(Bell& bell) noexcept {
    {
        const std::lock_guard lock(mutex_);
        ++bell.rings;
    }
    bell.rung.notify_all();
}

void Worker::wake() noexcept {
    ring(changed_);
}

void Worker::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.rung.notify_all();
    entered_.rung.notify_all();
    for (std::thread& thread : threads_) {
        thread.join();
    }
    threads_.clear();
}

void Worker::work(Bell& bell, int poll, const std::function<bool()>& turn) {
    unsigned heard = 0;
    for (;;) {
        bool more = false;
        try {
            more = turn();
        } catch (const std::exception& thrown) {
            if (parts_.note) {
                parts_.note({text::Severity::error, "exception", thrown.what(), {}, ""});
            }
        }
        std::unique_lock lock(mutex_);
        if (!more) {
            bell.rung.wait_for(lock, std::chrono::milliseconds(poll),
                               [&] { return stopping_ || bell.rings != heard; });
        }
        heard = bell.rings;
        if (stopping_) {
            return;
        }
    }
}

}  // namespace linkway::delivery
