#include "service/log.h"

#include <unistd.h>

#include <array>
#include <cstdio>

#include "store/resource.h"
#include "text/json_writer.h"

namespace linkway::service {

namespace {

constexpr std::array<std::string_view, 4> names = {"error", "warning", "info", "debug"};

}  // namespace

Level level_of(std::string_view name) {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == name) {
            return static_cast<Level>(i);
        }
    }
    return Level::info;
}

void Log::write(Level level, std::string_view event, std::initializer_list<Field> fields) const {
    if (level > up_to_) {
        return;
    }
    std::string line;
    text::JsonWriter json(line);
    json.begin_object();
    json.member("time", store::to_instant(clock_()));
    json.member("level", names[static_cast<std::size_t>(level)]);
    json.member("event", event);
    for (const Field& field : fields) {
        json.name(field.name);
        if (const auto* text = std::get_if<std::string_view>(&field.value)) {
            json.value(*text);
        } else if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
            json.value(*number);
        } else {
            std::array<char, 32> digits{};
            const int size =
                std::snprintf(digits.data(), digits.size(), "%.6g", std::get<double>(field.value));
            json.raw({digits.data(), static_cast<std::size_t>(size)});
        }
    }
    json.end_object();
    line += '\n';
    // A log that cannot be written must not stop the service.
    [[maybe_unused]] const auto written = ::write(file_descriptor_, line.data(), line.size());
}

}  // namespace linkway::service
