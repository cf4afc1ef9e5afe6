// Work on numbered pieces with several threads, results taken in order. Private to sources.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace linkway::sources {

/// Calls `produce(i)` for 0 <= i < count on up to `threads` threads and `consume(i, result)` on the
/// calling thread, in order. At most a few pieces per thread wait to be consumed, so that memory
/// stays flat. Neither may throw.
template <class Produce, class Consume>
void in_order(std::size_t count, unsigned threads, const Produce& produce, const Consume& consume) {
    using Piece = decltype(produce(std::size_t{0}));
    if (threads <= 1 || count <= 1) {
        for (std::size_t i = 0; i < count; ++i) {
            consume(i, produce(i));
        }
        return;
    }
    std::mutex mutex;
    std::condition_variable changed;
    std::map<std::size_t, Piece> ready;
    std::size_t next = 0;
    std::size_t consumed = 0;
    const std::size_t window = threads * std::size_t{4};
    const auto work = [&] {
        for (;;) {
            std::size_t mine = 0;
            {
                std::unique_lock lock(mutex);
                changed.wait(lock, [&] { return next >= count || next < consumed + window; });
                if (next >= count) {
                    return;
                }
                mine = next++;
            }
            Piece piece = produce(mine);
            {
                const std::lock_guard lock(mutex);
                ready.emplace(mine, std::move(piece));
            }
            changed.notify_all();
        }
    };
    std::vector<std::jthread> pool;
    for (unsigned i = 0; i < std::min<std::size_t>(threads, count); ++i) {
        pool.emplace_back(work);
    }
    while (consumed < count) {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return ready.count(consumed) != 0; });
        Piece piece = std::move(ready.extract(consumed).mapped());
        lock.unlock();
        consume(consumed, std::move(piece));
        lock.lock();
        ++consumed;
        lock.unlock();
        changed.notify_all();
    }
}

}  // namespace linkway::sources
