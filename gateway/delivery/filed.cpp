#include "filed.h"

#include <algorithm>

#include "delivery/outbox.h"
#include "delivery/parts.h"
#include "paperwork.h"

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

void note_came_back(store::Writer& writer, const std::string& entry, store::Instant at) {
    const auto subject = store::local_key(entry.substr(0, entry.find('#')));
    if (!subject) {
        return;
    }
    store::DeliveryQuery query;
    query.channel = record_channel;
    query.subject = *subject;
    Acknowledgement filed;
    filed.entries[entry] = {at, {}};
    for (store::Delivery& delivery : writer.deliveries(query)) {
        if (delivery.state == State::delivered) {
            note_filed(writer, delivery, filed);
        }
    }
}

}  // namespace linkway::delivery
