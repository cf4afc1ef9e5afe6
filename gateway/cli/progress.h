// One line on a terminal that says how far a long run is; nothing in a pipe.
#pragma once

#include <chrono>
#include <cstdint>

namespace linkway::cli {

class Progress {
  public:
    Progress();
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    bool is_shown() const { return shown_; }
    /// Redraws at most a few times a second. `total` of 0: not known.
    void update(std::uint64_t bytes, std::uint64_t rows, std::uint64_t total);

  private:
    bool shown_;
    bool drawn_ = false;
    std::chrono::steady_clock::time_point start_;
    std::chrono::steady_clock::time_point last_;
};

}  // namespace linkway::cli
