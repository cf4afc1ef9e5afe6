// Paths, queries and header values that a client made up: decoded, or refused with a reason, and
// what was decoded can be written again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "http/date.h"
#include "http/media_type.h"
#include "http/uri.h"
#include "text/utf8.h"

namespace {

using namespace linkway::http;

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

template <class T>
bool read(const linkway::text::Result<T>& result) {
    require(result.ok() || (!result.issue().message.empty() && !result.issue().code.empty()));
    return result.ok();
}

void read_query(std::string_view text) {
    const auto parameters = parse_parameters(text);
    if (!read(parameters)) {
        return;
    }
    std::string written;
    for (const Parameter& each : *parameters) {
        require(linkway::text::is_utf8(each.name) && linkway::text::is_utf8(each.value));
        written += percent_encode(each.name) + "=" + percent_encode(each.value) + "&";
    }
    const auto again = parse_parameters(written);
    require(again.ok() && *again == *parameters);
}

void read_path(std::string_view text) {
    const auto segments = path_segments(text);
    if (!read(segments)) {
        return;
    }
    std::string written = "/";
    for (const std::string& each : *segments) {
        require(!each.empty() && each != "." && each != "..");
        written += percent_encode(each) + "/";
    }
    const auto again = path_segments(written);
    require(again.ok() && *again == *segments);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    read_query(text);
    read_path(text);
    if (const auto type = parse_media_type(text); read(type)) {
        require(!type->type.empty() && !type->subtype.empty());
    }
    if (const auto accepted = parse_accept(text); read(accepted)) {
        const int quality = quality_of({"application", "fhir+json", {}}, *accepted);
        require(quality >= 0 && quality <= 1000);
    }
    if (const auto date = parse_date(text)) {
        require(format_date(*date) == text);
    }
    return 0;
}
