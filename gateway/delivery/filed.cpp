#include "filed.h"

#include <algorithm>

#include "delivery/outbox.h"
#include "delivery/parts.h"
#include "paperwork.h"
#include "referrals/events_of.h"

namespace linkway::delivery {

using State = store::Delivery::State;

bool note_filed(store::Writer& writer, store::Delivery& delivery, const Acknowledgement& filed) {
    // Every entry with its time; a message is one thing without entries.
    std::vector<std::string> keys = keys_in(delivery.content);
    if (keys.empty()) {
        keys.emplace_back(delivery.key);
    }
    auto known = filed_entries(saying(writer, delivery.id, "filed"));
    store::Instant last = 0;
    bool all = true;
    for (const std::string& key : keys) {
        const auto named = filed.entries.find(key);
        if (named != filed.entries.end()) {
            known.insert_or_assign(key, named->second);
        } else if (filed.all) {
            known.emplace(key, *filed.all);
        }
        const auto one = known.find(key);
        all = all && one != known.end();
        last = one == known.end() ? last : std::max(last, one->second.at);
    }
    note_saying(writer, delivery.id, "filed", to_json(known));
    if (all) {
        delivery.state = State::filed;
        delivery.filed = last;
        delivery.delivered = delivery.delivered == 0 ? last : delivery.delivered;
        delivery.error.clear();
        writer.settle(delivery);
    }
    return all;
}

std::string entry_in(const text::Node& resource) {
    const text::Node* identifiers = resource.find("identifier");
    for (std::size_t i = 0; identifiers != nullptr && i < identifiers->items.size(); ++i) {
        if (identifiers->items[i].string_or("system", "") == referrals::record_entry_system) {
            return std::string(identifiers->items[i].string_or("value", ""));
        }
    }
    return {};
}

void note_came_back(store::Writer& writer, const std::string& entry, store::Instant at) {
    const std::string reference = entry.substr(0, entry.find('#'));
    const std::size_t slash = std::min(reference.find('/'), reference.size());
    store::DeliveryQuery query;
    query.channel = record_channel;
    query.subject = {reference.substr(0, slash),
                     reference.substr(std::min(slash + 1, reference.size()))};
    Acknowledgement filed;
    filed.entries[entry] = {at, {}};
    for (store::Delivery& delivery : writer.deliveries(query)) {
        if (delivery.state == State::delivered) {
            note_filed(writer, delivery, filed);
        }
    }
}

}  // namespace linkway::delivery
