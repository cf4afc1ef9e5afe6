#include "delivery/router.h"

#include <algorithm>
#include <set>

#include "fhir/identifier.h"
#include "filed.h"
#include "paperwork.h"
#include "referrals/events_of.h"

namespace linkway::delivery {

namespace {

using State = store::Delivery::State;

constexpr const char* cursor_name = "router";
constexpr std::size_t batch = 1000;

store::Delivery delivery_of(const char* channel, std::string destination, const store::Key& subject,
                            std::int64_t version, store::Instant now) {
    store::Delivery made;
    made.key = std::string(channel) + "/" + destination + "/" + subject.type + "/" + subject.id +
               "/" + std::to_string(version);
    made.channel = channel;
    made.destination = std::move(destination);
    made.subject = subject;
    made.version = version;
    made.created = made.due = now;
    return made;
}

bool is_requested(const store::Version& subscription) {
    const auto document = text::parse_json(subscription.json, "Subscription");
    return document && document->root().string_or("status", "") == "requested";
}

}  // namespace

/// Reads the Subscriptions anew.
void Router::learn(store::Reader& reader) {
    subscribers_.clear();
    const auto reaches = subscribers(reader);
    const auto told = told_so_far(reader);
    store::Search all;
    all.type = "Subscription";
    all.count = 500;
    do {
        const store::Page page = reader.search(all, store::Reach::all());
        for (const store::Version& version : page.matches) {
            const auto document = text::parse_json(version.json, "Subscription");
            const auto reach = reaches.find(version.key.id);
            const auto so_far = told.find(version.key.id);
            text::Issues issues;
            auto read =
                document ? read_subscription(document->root(), parts_.hooks, issues) : std::nullopt;
            if (read) {
                subscribers_[version.key.id] = {
                    std::move(*read), reach == reaches.end() ? store::Reach{} : reach->second,
                    so_far == told.end() ? std::nullopt : std::optional(so_far->second)};
            }
        }
        all.after = page.next;
    } while (!all.after.empty());
    learned_ = true;
}

store::Delivery& Router::add(const char* channel, std::string destination,
                             const store::Key& subject, std::int64_t version) {
    return planned_.emplace_back(
        delivery_of(channel, std::move(destination), subject, version, parts_.now()));
}

void Router::plan_hooks(store::Reader& reader, const store::Change& change) {
    const store::Key& key = change.version.key;
    for (const auto& [id, one] : subscribers_) {
        const Subscription& subscription = one.subscription;
        // What happened before it was first active is not its to hear of.
        if (!one.told || change.number <= one.told->after || subscription.has_ended(parts_.now()) ||
            !fits(reader, subscription, one.reach, key)) {
            continue;
        }
        store::Delivery& delivery = add(hook_channel, id, key, change.version.version);
        if (subscription.status != Subscription::Status::active) {
            delivery.state = State::dead;
            delivery.error = "the Subscription is not active: its owner must ask for it anew";
        }
    }
}

void Router::plan_entry(store::Reader& reader, const store::Change& change) {
    const store::Key& key = change.version.key;
    const std::string ods = reader.practice(key);
    const std::string system = ods.empty() ? "" : parts_.system_of(ods);
    const auto mappings = parts_.mappings();
    const auto mapping = mappings->find(system);
    if (system.empty() || mapping == mappings->end() || !is_entry_type(mapping->second, key.type)) {
        return;
    }
    const std::string destination = system + "/" + ods;
    const EntryPaper paper = entry_paper(reader, mapping->second, key, change.version.version);
    if (paper.entries.empty() && paper.problem.empty()) {
        return;  // nothing in it to file
    }
    std::string content = to_content(mapping->second, paper);
    if (!paper.entries.empty() && last_content(reader, destination, key) == content) {
        return;  // it says the same as last time
    }
    store::Delivery& delivery = add(record_channel, destination, key, change.version.version);
    delivery.content = std::move(content);
    delivery.due += gathering_time;
}

/// What was last to be filed about a resource, now or before.
std::string Router::last_content(store::Reader& reader, const std::string& destination,
                                 const store::Key& subject) const {
    for (auto each = planned_.rbegin(); each != planned_.rend(); ++each) {
        if (each->destination == destination && each->subject == subject) {
            return each->content;
        }
    }
    store::DeliveryQuery before;
    before.channel = record_channel;
    before.destination = destination;
    before.subject = subject;
    const auto found = reader.deliveries(before);
    return found.empty() ? std::string() : found.back().content;
}

void Router::plan_message(store::Reader& reader, const store::Change& change) {
    const store::Key& key = change.version.key;
    const std::string ods = reader.practice(key);
    if (!ods.empty() && has_just_ended(reader, key, change.version.version)) {
        add(message_channel, "messages/" + ods, key, change.version.version);
    }
}

void Router::plan(store::Reader& reader, const store::Change& change) {
    const store::Key& key = change.version.key;
    if (key.type == "Subscription") {
        // Also one that cannot be served: then that is what its owner is told.
        const auto stored = reader.read(key, store::Reach::all());
        if (stored && !stored->deleted && stored->version == change.version.version &&
            is_requested(*stored)) {
            add(hook_channel, key.id, key, stored->version);
        }
        return;
    }
    if (change.kind == store::Change::Kind::deleted) {
        return;
    }
    plan_hooks(reader, change);
    // What came from the record need not be told to it; what came back stands there.
    if (change.origin.agent == "intake") {
        const auto stored = reader.read_version(key, change.version.version, store::Reach::all());
        const auto document = text::parse_json(stored ? stored->json : "{}", key.type);
        const std::string_view entry =
            document ? fhir::identifier_of(document->root(), referrals::record_entry_system) : "";
        if (!entry.empty()) {
            came_back_.emplace_back(entry, change.version.updated);
        }
    } else {
        plan_entry(reader, change);
        if (key.type == "Task") {
            plan_message(reader, change);
        }
    }
}

text::Result<Router::Turn> Router::turn() {
    planned_.clear();
    came_back_.clear();
    std::int64_t from = 0;
    std::int64_t to = 0;
    if (auto failed = parts_.store->read([&](store::Reader& reader) {
            from = to = reader.cursor(cursor_name);
            const auto changes = reader.changes_after(from, batch);
            const bool news = std::any_of(changes.begin(), changes.end(), [](const auto& change) {
                return change.version.key.type == "Subscription";
            });
            if (news || !learned_) {
                learn(reader);
            }
            for (const store::Change& change : changes) {
                plan(reader, change);
                to = change.number;
            }
            return text::Status();
        })) {
        return *std::move(failed);
    }
    if (to == from) {
        return Turn{};
    }
    if (auto failed = parts_.store->write([&](store::Writer& writer) {
            if (writer.cursor(cursor_name) != from) {
                return text::Status();  // another node was here
            }
            auto told = told_so_far(writer);
            std::set<std::string> counted;
            for (store::Delivery delivery : planned_) {
                const bool is_event =
                    delivery.channel == hook_channel && delivery.subject.type != "Subscription";
                if (is_event) {
                    delivery.content = std::to_string(told[delivery.destination].events + 1);
                }
                if (writer.enqueue(delivery) && is_event) {
                    ++told[delivery.destination].events;
                    counted.insert(delivery.destination);
                }
            }
            for (const auto& [entry, at] : came_back_) {
                note_came_back(writer, entry, at);
            }
            for (const std::string& id : counted) {
                note_told(writer, id, told[id]);
            }
            writer.set_cursor(cursor_name, to);
            return text::Status();
        })) {
        return *std::move(failed);
    }
    return Turn{true, !planned_.empty()};
}

}  // namespace linkway::delivery
