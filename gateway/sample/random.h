// Chance that is the same on every machine: integers only, no distribution of the standard library
// (those differ between libraries).
#pragma once

#include <cstdint>

namespace linkway::sample {

/// Scrambles 64 bits so that neighbouring inputs give unrelated outputs (the finaliser of
/// SplitMix64, Steele et al. 2014).
constexpr std::uint64_t mix(std::uint64_t x) {
    x += 0x9E3779B97F4A7C15ULL;
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBULL;
    return x ^ (x >> 31U);
}

constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
    return mix(a ^ mix(b));
}
constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
    return mix(mix(a, b), c);
}

/// SplitMix64 as a generator: eight bytes of state, so that each patient can have one of his own.
class Random {
  public:
    explicit constexpr Random(std::uint64_t seed) : state_(mix(seed)) {}

    constexpr std::uint64_t next() {
        const std::uint64_t result = mix(state_);
        state_ += 0x9E3779B97F4A7C15ULL;
        return result;
    }

    /// 0 .. n-1; the bias for n below a million is under one in 4,000.
    constexpr std::uint32_t below(std::uint32_t n) {
        return static_cast<std::uint32_t>(((next() >> 32U) * n) >> 32U);
    }

    /// low .. high, both included.
    constexpr int between(int low, int high) {
        return high <= low
                   ? low
                   : low + static_cast<int>(below(static_cast<std::uint32_t>(high - low) + 1));
    }

    constexpr bool chance(std::uint32_t in_ten_thousand) { return below(10000) < in_ten_thousand; }

    /// `numerator` / `denominator`, rounded up or down by chance so that the mean is right.
    constexpr std::uint32_t about(std::uint64_t numerator, std::uint64_t denominator) {
        const std::uint64_t rest = numerator % denominator;
        const bool up = (next() >> 33U) % denominator < rest;
        return static_cast<std::uint32_t>(numerator / denominator + (up ? 1 : 0));
    }

  private:
    std::uint64_t state_;
};

/// A made-up 128-bit identity. Writers give it the form that their system uses.
struct Id {
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    friend bool operator==(const Id&, const Id&) = default;
};

/// What an identity is of, so that numbers of different things never meet.
enum class Kind : std::uint8_t {
    feed,
    organisation,
    location,
    staff,
    patient,
    person,
    session,
    slot,
    free_slot,
    contact,
    entry,
    recall,
    course,
    issue,
    document,
    stranger,  // something that is referred to but never sent
};

constexpr Id make_id(std::uint64_t owner, Kind kind, std::uint64_t index) {
    const std::uint64_t high = mix(owner, static_cast<std::uint64_t>(kind), index);
    return {high, mix(high ^ owner)};
}

}  // namespace linkway::sample
