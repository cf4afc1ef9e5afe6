// What the service says of itself: a JSON object a line on standard error. Names, ids, counts and
// times; never what a resource, a row or a query holds.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace linkway::service {

enum class Level : std::uint8_t { error, warning, info, debug };

struct Field {
    std::string_view name;
    std::variant<std::string_view, std::int64_t, double> value;
};

/// Thread-safe: a line is written with one call.
class Log {
  public:
    using Clock = std::function<std::int64_t()>;  ///< milliseconds since 1970

    Log(Level up_to, Clock clock, int file_descriptor = 2)
        : up_to_(up_to), clock_(std::move(clock)), file_descriptor_(file_descriptor) {}

    /// {"time":"...","level":"info","event":"request", then the fields}
    void write(Level level, std::string_view event, std::initializer_list<Field> fields) const;

  private:
    Level up_to_;
    Clock clock_;
    int file_descriptor_;
};

Level level_of(std::string_view name);  ///< info for a name that is none

}  // namespace linkway::service
