// Counters, gauges and histograms in the text format that Prometheus reads. No label ever holds a
// patient's data: labels are interactions, systems, channels, ods codes of practices, states.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace linkway::service {

/// Thread-safe. A family must be described before it is counted.
class Metrics {
  public:
    enum class Kind : std::uint8_t { counter, gauge, histogram };
    void describe(std::string name, Kind kind, std::string help);

    /// `labels` as they are written: interaction="read",status="200"; empty for none.
    void add(std::string_view name, std::string_view labels, double amount = 1);
    void set(std::string_view name, std::string_view labels, double value);
    /// Seconds, into buckets from 0.5 ms to 10 s.
    void observe(std::string_view name, std::string_view labels, double seconds);

    std::string text() const;

  private:
    static constexpr std::array<double, 14> bounds = {
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
    struct Series {
        double value = 0;  // sum of a histogram
        std::uint64_t count = 0;
        std::array<std::uint64_t, bounds.size()> buckets{};
    };
    struct Family {
        Kind kind = Kind::counter;
        std::string help;
        std::map<std::string, Series, std::less<>> series;
    };
    Series* find(std::string_view name, std::string_view labels);

    mutable std::mutex mutex_;
    std::map<std::string, Family, std::less<>> families_;
};

}  // namespace linkway::service
