// The data folder for a command, while no service runs on it.
#pragma once

#include <memory>
#include <string>

#include "intake/quarantine.h"
#include "service/config.h"

namespace linkway::service {

/// Holds the folder's lock. What it writes goes the way it goes in the service.
class Offline {
  public:
    /// Issue: the service runs ("conflict"), no such folder, mappings with mistakes.
    static text::Result<std::unique_ptr<Offline>> open(const Config& config,
                                                       const std::string& mappings);
    ~Offline();

    const intake::DataFolder& folder() const;
    store::Store& store();
    intake::Intake& intake();

  private:
    Offline();
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace linkway::service
