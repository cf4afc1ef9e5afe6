// The thread that takes in what lands.
#pragma once

#include <atomic>
#include <thread>

#include "intake/inbox.h"
#include "intake/intake.h"

namespace linkway::intake {

/// Watches the inbox and works off what came, one after the other, on a thread of its own. Nothing
/// that goes wrong ends it: it is noted and tried again.
class Worker {
  public:
    /// Recovers first, on the thread too. `intake` outlives it.
    explicit Worker(Intake& intake, store::Instant quiet = 10'000);
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// Something was uploaded. Safe from any thread.
    void wake() noexcept { inbox_.wake(); }
    /// Returns when what is being worked on has come to a place where it can be left. Only once.
    void stop();

    /// Accepts what is complete at that time and works off all there is: one turn of the thread.
    /// True when something was accepted.
    static bool turn(Inbox& inbox, Intake& intake, store::Instant now);

  private:
    void run();

    Intake& intake_;
    Inbox inbox_;
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

}  // namespace linkway::intake
