// Input: a pattern, a line end, a text. What is read must be a day that exists and come out in
// FHIR's form.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "text/temporal.h"

namespace {

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace linkway::text;
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t end = input.find('\n');
    if (end == std::string_view::npos) {
        return 0;
    }
    const std::string_view pattern = input.substr(0, end);
    const std::string_view text = input.substr(end + 1);
    std::string out;
    if (const auto date = parse_date(text, pattern)) {
        append_date(out, *date);
        if (date->precision == Precision::day) {
            const auto again = parse_date(out, "yyyy-MM-dd");
            require(again.has_value() && *again == *date);
        }
    }
    if (const auto time = parse_time(text, pattern)) {
        out.clear();
        append_time(out, *time);
        require(parse_time(out, "HH:mm:ss").has_value());
    }
    if (const auto moment = parse_date_time(text, pattern)) {
        out.clear();
        append_uk_date_time(out, moment->date, moment->time);
        require(out.size() == std::string_view("2023-07-01T09:30:00+01:00").size());
        const int offset = uk_offset_minutes(moment->date, moment->time);
        require(offset == 0 || offset == 60);
    }
    return 0;
}
