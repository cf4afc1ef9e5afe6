// The threads that hand over: one reads the journal, some tell subscribers, one writes files and
// takes in what practices say of them.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "delivery/files.h"
#include "delivery/hooks.h"
#include "delivery/router.h"

namespace linkway::delivery {

struct WorkerOptions {
    HookOptions hooks;
    FileOptions files;
    unsigned threads = 4;  ///< that tell subscribers
};

/// Works from its making to its end. Nothing that goes wrong ends it: it is noted and tried again.
class Worker {
  public:
    explicit Worker(Parts parts, WorkerOptions options = {});
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// Something was written: look at once. Safe from any thread.
    void wake() noexcept;
    /// Returns when what is being handed over has been. Only once.
    void stop();

  private:
    /// Somebody who waits for something to do.
    struct Bell {
        std::condition_variable rung;
        unsigned rings = 0;
    };
    void ring(Bell& bell) noexcept;
    /// Runs `turn` until it has nothing more to do, then again when the bell rings or after `poll`
    /// milliseconds, until stop().
    void work(Bell& bell, int poll, const std::function<bool()>& turn);
    void route();
    void file();

    Parts parts_;
    WorkerOptions options_;
    Router router_;
    HookCourier hooks_;
    FileCourier files_;
    std::mutex mutex_;
    Bell changed_;  // the journal has grown
    Bell entered_;  // something is to be handed over
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace linkway::delivery
