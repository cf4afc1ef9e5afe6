// Random moments, and how many of them: CI asks for more than a build by hand.
#pragma once

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <random>

namespace service_test {

inline unsigned number_from(const char* variable, unsigned otherwise) {
    const char* text = std::getenv(variable);
    return text == nullptr ? otherwise : static_cast<unsigned>(std::strtoul(text, nullptr, 10));
}

/// LINKWAY_KILLS=100 kills as often, LINKWAY_SEED=1 at the moments of another run.
class Moments {
  public:
    Moments() { std::cout << "LINKWAY_SEED=" << seed_ << '\n'; }

    unsigned kills() const { return kills_; }
    unsigned up_to(unsigned most) { return static_cast<unsigned>(random_() % most); }
    template <class Duration>
    std::chrono::microseconds within(Duration longest) {
        const auto most = std::chrono::duration_cast<std::chrono::microseconds>(longest).count();
        return std::chrono::microseconds(
            std::uniform_int_distribution<std::int64_t>(0, most)(random_));
    }

  private:
    unsigned kills_ = number_from("LINKWAY_KILLS", 15);
    unsigned seed_ = number_from("LINKWAY_SEED", std::random_device()());
    std::minstd_rand random_{seed_};
};

}  // namespace service_test
