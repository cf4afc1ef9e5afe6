// Work that was begun and did not come to an end: the process died of it, or was killed meanwhile.
// Private to intake.
#pragma once

#include <cstdint>
#include <filesystem>

namespace linkway::intake {

/// Stands for work on one thing; its file has a byte for each time that was begun, and goes when
/// the work ends, however it ends but by the end of the process.
class Beginning {
  public:
    explicit Beginning(std::filesystem::path file);
    ~Beginning();
    Beginning(const Beginning&) = delete;
    Beginning& operator=(const Beginning&) = delete;

    /// How often it was begun before.
    std::uintmax_t before() const { return before_; }

  private:
    std::filesystem::path file_;
    std::uintmax_t before_ = 0;
};

}  // namespace linkway::intake
