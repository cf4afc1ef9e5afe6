#include "delivery/router.h"

#include <algorithm>
#include <array>

namespace linkway::delivery {

namespace {

constexpr std::string_view cursor_name = "router";

store::Reach reach_from(std::string_view json) {
    store::Reach reach;
    if (const auto document = text::parse_json(json, "subscriber")) {
        const text::Node* everything = document->root().find("everything");
        reach.everything = everything != nullptr && everything->text == "true";
        const text::Node* ods = document->root().find("ods");
        for (const text::Node& one : ods != nullptr ? ods->items : text::Items()) {
            reach.ods.emplace_back(one.text);
        }
    }
    return reach;
}

class Router {
  public:
    Router(store::Writer& writer, const Routing& routing, store::Instant now)
        : writer_(writer), routing_(routing), now_(now) {}

    bool run() {
        constexpr std::size_t most = 200;
        const std::int64_t from = writer_.cursor(cursor_name);
        const auto changes = writer_.changes_after(from, most);
        if (changes.empty()) {
            return false;
        }
        read_subscriptions();
        for (const store::Change& change : changes) {
            if (change.version.key.type == "Subscription") {
                handshake(change);
            } else if (change.kind != store::Change::Kind::deleted) {
                tell_subscribers(change);
                tell_record(change);
            }
        }
        writer_.set_cursor(cursor_name, changes.back().number);
        return changes.size() == most;
    }

  private:
    void read_subscriptions() {
        for (const store::Note& note : writer_.notes(subscriber_group)) {
            const auto stored = writer_.read({"Subscription", note.name}, store::Reach::all());
            if (!stored || stored->deleted) {
                continue;
            }
            const auto document = text::parse_json(stored->json, "Subscription");
            if (auto made = read_subscription(document->root(), routing_.allow_http)) {
                made->reach = reach_from(note.content);
                subscriptions_.push_back(std::move(*made));
            }
        }
    }

    void enqueue(std::string_view channel, const std::string& destination,
                 const store::Key& subject, std::int64_t version) {
        store::Delivery delivery;
        delivery.channel = channel;
        delivery.destination = destination;
        delivery.subject = subject;
        delivery.version = version;
        delivery.key = std::string(channel) + "/" + destination + "/" +
                       (subject.type.empty() ? "handshake" : subject.type + "/" + subject.id) +
                       "/" + std::to_string(version);
        delivery.created = now_;
        delivery.due = now_;
        writer_.enqueue(delivery);
    }

    void handshake(const store::Change& change) {
        for (const Subscription& one : subscriptions_) {
            if (one.id == change.version.key.id && one.status == "requested") {
                enqueue(rest_hook, one.id, {}, change.version.version);
            }
        }
    }

    void tell_subscribers(const store::Change& change) {
        const store::Key& key = change.version.key;
        for (const Subscription& one : subscriptions_) {
            if (one.status != "active" || one.criteria.type != key.type) {
                continue;
            }
            store::Search search = one.criteria;
            search.all_of.push_back({store::Criterion::Kind::id,
                                     "_id",
                                     {{std::nullopt, key.id, store::Compare::equal, 0, 0}},
                                     false});
            search.count = 1;
            if (!writer_.search(search, one.reach).matches.empty()) {
                enqueue(rest_hook, one.id, key, change.version.version);
            }
        }
    }

    void tell_record(const store::Change& change) {
        constexpr std::array types = {
            "Communication",  "Encounter", "Observation",          "Procedure",
            "ServiceRequest", "Task",      "QuestionnaireResponse"};
        const store::Key& key = change.version.key;
        if (change.origin.agent == intake_agent || change.origin.agent == own_agent ||
            std::find(types.begin(), types.end(), key.type) == types.end()) {
            return;
        }
        const std::string ods = writer_.practice(key);
        const std::string system = ods.empty() ? "" : routing_.system_of(ods);
        if (!system.empty()) {
            enqueue(record, system + "/" + ods, key, change.version.version);
        }
    }

    store::Writer& writer_;
    const Routing& routing_;
    store::Instant now_;
    std::vector<Subscription> subscriptions_;
};

}  // namespace

text::Result<bool> route(store::Store& store, const Routing& routing, store::Instant now) {
    // A look without a transaction first: most of the time there is nothing to do.
    bool anything = false;
    if (auto failed = store.read([&](store::Reader& reader) {
            anything = reader.last_change() > reader.cursor(cursor_name);
            return text::Status();
        })) {
        return *std::move(failed);
    }
    if (!anything) {
        return false;
    }
    bool more = false;
    if (auto failed = store.write([&](store::Writer& writer) {
            more = Router(writer, routing, now).run();
            return text::Status();
        })) {
        return *std::move(failed);
    }
    return more;
}

bool is_due(store::Store& store, std::string_view channel, store::Instant now) {
    bool due = false;
    return !store.read([&](store::Reader& reader) {
        store::DeliveryQuery query;
        query.channel = channel;
        query.state = store::Delivery::State::waiting;
        query.due_by = now;
        query.most = 1;
        due = !reader.deliveries(query).empty();
        return text::Status();
    }) && due;
}

}  // namespace linkway::delivery
