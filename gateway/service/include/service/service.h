// The service put together: `linkway serve`.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "service/config.h"

namespace linkway::service {

/// Runs from start() until it is destroyed. Thread-safe.
class Service {
  public:
    /// Takes the data folder, opens the store, begins to listen and to work. Issue: the folder is
    /// another process's, the mappings have mistakes, the port is taken, ...
    static text::Result<std::unique_ptr<Service>> start(const Config& config,
                                                        const std::string& mappings,
                                                        const std::string& version);
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    /// Where it listens, as clients know it.
    const std::string& url() const;

    /// Reads the mappings anew. What is being answered goes on with the old ones; with mistakes the
    /// old ones stay, and the issues are returned.
    text::Issues reload();

    /// Lets what has begun finish, for as long as `grace`.
    void stop(std::chrono::milliseconds grace);

  private:
    struct State;
    explicit Service(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace linkway::service
