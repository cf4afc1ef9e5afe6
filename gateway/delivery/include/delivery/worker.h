// The threads that hand over: one reads the journal and writes files, others tell subscribers.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "delivery/hooks.h"
#include "delivery/record_files.h"
#include "delivery/router.h"

namespace linkway::delivery {

struct Parts {
    store::Store* store = nullptr;
    Routing routing;
    RecordFiles files;
    std::string base;         ///< address of the FHIR API
    std::string authorities;  ///< PEM file by which subscribers' certificates are verified
    std::function<store::Instant()> now;
    std::function<void(const text::Issue&)> note;  ///< what went wrong, for the log
};

/// Gives a dead letter another life, or a waiting delivery its turn at once: leaves a note in the
/// outbox folder that the service finds, running or when it is started.
text::Status ask_to_retry(const std::filesystem::path& outbox, std::int64_t delivery);
/// Does what was asked for so. True when anything was.
text::Result<bool> take_requests(store::Store& store, const std::filesystem::path& outbox,
                                 store::Instant now);

/// Works from its making to its end. Nothing that goes wrong ends it: it is noted and tried again.
class Worker {
  public:
    explicit Worker(Parts parts);
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// Something was written: look at once. Safe from any thread.
    void wake() noexcept;
    /// Returns when what is being handed over has been. Only once.
    void stop();

  private:
    void route_and_file();
    void tell_subscribers();
    /// Waits for wake(), stop() or that time; false when it is time to end.
    bool rest(std::condition_variable& until, int milliseconds, unsigned& seen);

    Parts parts_;
    std::mutex mutex_;
    std::condition_variable woken_;  // there may be something in the journal
    std::condition_variable told_;   // there is something to tell
    unsigned wakes_ = 0;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace linkway::delivery
