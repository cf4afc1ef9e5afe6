#include "delivery/times.h"

#include <array>

#include "delivery/parts.h"

namespace linkway::delivery {

namespace {

using text::Node;

/// When it was done, by type: the first of these that is there. "a.b" is b of a.
constexpr std::array<std::string_view, 11> stated = {
    "effectiveDateTime",
    "effectivePeriod.start",
    "effectiveInstant",
    "period.start",
    "performedDateTime",
    "performedPeriod.start",
    "start",
    "sent",
    "authored",
    "authoredOn",
    "recorded",
};

std::string done_of(const Node& resource) {
    // A Task was asked for once and done later.
    if (resource.string_or("resourceType", "") == "Task") {
        const Node* period = resource.find("executionPeriod");
        const std::string_view end = period == nullptr ? "" : period->string_or("end", "");
        const std::string_view modified = resource.string_or("lastModified", "");
        if (!end.empty() || !modified.empty()) {
            return std::string(end.empty() ? modified : end);
        }
    }
    for (const std::string_view path : stated) {
        const std::size_t dot = path.find('.');
        const Node* node =
            dot == std::string_view::npos ? &resource : resource.find(path.substr(0, dot));
        const std::string_view value =
            node == nullptr
                ? ""
                : node->string_or(dot == std::string_view::npos ? path : path.substr(dot + 1), "");
        if (!value.empty()) {
            return std::string(value);
        }
    }
    return {};
}

void earliest(store::Instant& known, store::Instant at) {
    if (at != 0 && (known == 0 || at < known)) {
        known = at;
    }
}

}  // namespace

Times times_of(store::Reader& reader, const store::Key& key) {
    Times times;
    const auto current = reader.read(key, store::Reach::all());
    if (!current) {
        return times;
    }
    const auto first = reader.read_version(key, 1, store::Reach::all());
    times.received = first ? first->updated : current->updated;
    if (const auto document = text::parse_json(current->json, key.type)) {
        times.done = done_of(document->root());
    }
    store::DeliveryQuery query;
    query.subject = key;
    store::Instant told = 0;
    for (const store::Delivery& delivery : reader.deliveries(query)) {
        if (delivery.channel == record_channel) {
            earliest(times.delivered, delivery.delivered);
            earliest(times.filed, delivery.filed);
        } else if (delivery.channel == hook_channel) {
            earliest(told, delivery.delivered);
        }
    }
    times.delivered = times.delivered == 0 ? told : times.delivered;
    return times;
}

}  // namespace linkway::delivery
