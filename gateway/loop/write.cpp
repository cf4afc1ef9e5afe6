#include "loop/write.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "episode_notes.h"
#include "referrals/derive.h"
#include "resources.h"

namespace linkway::loop {

namespace {

using referrals::Event;
using store::Key;

/// Types that can tell of a referral.
bool tells(std::string_view type) {
    constexpr std::array types = {"Appointment", "Communication",         "Encounter",
                                  "Observation", "QuestionnaireResponse", "ServiceRequest",
                                  "Task"};
    return std::find(types.begin(), types.end(), type) != types.end();
}

/// What the replay decides about: content is written once that is known.
bool is_derived(std::string_view type) {
    return type == "Task" || type == "ServiceRequest";
}

/// One call of write().
class Work {
  public:
    Work(store::Writer& writer, std::span<Item> items, const Writing& writing)
        : writer_(writer), items_(items), writing_(writing), resources_(writer) {}

    text::Status run() {
        for (const Item& item : items_) {
            if (tells(item.resource->key.type)) {
                resources_.add(item.resource->key, item.resource->json);
            }
        }
        for (Item& item : items_) {
            if (!is_derived(item.resource->key.type)) {
                item.written = writer_.put(*item.resource, writing_.change);
            }
        }
        for (const Item& item : items_) {
            befores_.push_back(tells(item.resource->key.type) ? before(item) : Before{});
        }
        let_events_follow();
        for (std::size_t i = 0; i < items_.size(); ++i) {
            if (tells(items_[i].resource->key.type)) {
                if (auto failed = note_events(items_[i], befores_[i])) {
                    return failed;
                }
            }
        }
        for (const std::string& episode : touched_) {
            settle(episode);
        }
        // A Task or ServiceRequest of no episode is written as it came.
        for (Item& item : items_) {
            if (is_derived(item.resource->key.type) && item.written.version == 0) {
                item.written = writer_.put(*item.resource, writing_.change);
            }
        }
        return writer_.failed();
    }

  private:
    /// An item's resource as it stood.
    struct Before {
        bool known = false;  ///< there was something, perhaps deleted
        std::optional<text::Document> document;
    };
    Before before(const Item& item) {
        const Key& key = item.resource->key;
        if (!is_derived(key.type) && !item.written.changed) {
            return {};
        }
        const auto stored =
            is_derived(key.type)
                ? writer_.read(key, store::Reach::all())
                : writer_.read_version(key, item.written.version - 1, store::Reach::all());
        Before result{stored.has_value(), {}};
        if (stored && !stored->deleted) {
            if (auto parsed = text::parse_json(stored->json, key.type)) {
                result.document = std::move(*parsed);
            }
        }
        return result;
    }

    /// A resource that belongs to another episode now, as when a second system turns out to know
    /// the same referral, takes with it what was told of it and of all that hangs on it.
    void let_events_follow() {
        std::set<std::string> left;
        for (std::size_t i = 0; i < items_.size(); ++i) {
            const text::Node* now = resources_.find(reference_of(items_[i].resource->key));
            if (befores_[i].document && now != nullptr) {
                std::string episode = resources_.episode(befores_[i].document->root());
                if (!episode.empty() && episode != resources_.episode(*now)) {
                    left.insert(std::move(episode));
                }
            }
        }
        for (const std::string& episode : left) {
            touched_.insert(episode);
            for (Event& event : events_in(writer_, episode)) {
                const text::Node* resource = resources_.find(event.resource);
                const std::string now = resource == nullptr ? "" : resources_.episode(*resource);
                if (!now.empty() && now != episode) {
                    remove_event(writer_, event);
                    event.episode = now;
                    put_event(writer_, event);
                    touched_.insert(now);
                }
            }
        }
    }

    text::Status note_events(Item& item, const Before& before) {
        const Key& key = item.resource->key;
        const text::Node* plain = resources_.find(reference_of(key));
        const std::string episode = plain == nullptr ? "" : resources_.episode(*plain);
        if (episode.empty()) {
            await(key, plain);
            return {};
        }
        touched_.insert(episode);
        if (!is_derived(key.type) && !item.written.changed) {
            return {};
        }
        const text::Node* previous = before.document ? &before.document->root() : nullptr;
        const Said who = said(*item.resource);
        if (writing_.origin == referrals::Origin::fhir) {
            for (text::Issue& issue :
                 referrals::check_write(previous, *plain, who.actor, *writing_.knowledge.rules,
                                        agreement_for(key).policy)) {
                if (issue.severity == text::Severity::error) {
                    return std::move(issue);
                }
            }
        }
        if (auto failed = note(*item.resource, item.written.version, episode, previous, who)) {
            return failed;
        }
        return before.known ? text::Status() : attend(key, 0);
    }

    /// Who said something, when, and on whose word: what an event needs besides the resource.
    struct Said {
        referrals::Origin origin = referrals::Origin::fhir;
        referrals::Actor actor;
        std::string received_at;
    };
    Said said(const store::Prepared& resource) {
        Said who{writing_.origin, writing_.actor, store::to_instant(writing_.change.at)};
        if (who.origin == referrals::Origin::fhir && !who.actor.organisation.empty()) {
            take_side(resource, who.actor);
        }
        return who;
    }

    /// The patient's practice asks, whoever a resource is addressed to fulfils; a practice may have
    /// link workers of its own, and somebody else may bring a referral in.
    void take_side(const store::Prepared& resource, referrals::Actor& actor) {
        const bool asks = practice_of(resource.key) == actor.organisation;
        const bool fulfils = is_addressed_to(resource, actor.organisation) ||
                             (!asks && writer_.read(resource.key, {false, {actor.organisation}}));
        if (asks != fulfils) {
            actor.role = asks ? "practice" : "provider";
        }
    }

    bool is_addressed_to(const store::Prepared& resource, const std::string& ods) {
        const auto& stated = resource.provider_ods;
        return std::find(stated.begin(), stated.end(), ods) != stated.end() ||
               std::any_of(resource.providers.begin(), resource.providers.end(),
                           [&](const Key& key) { return resources_.organisation(key) == ods; });
    }

    /// What hangs on a referral that is not there yet is remembered with who said it.
    void await(const Key& key, const text::Node* resource) {
        if (resource == nullptr) {
            return;
        }
        Event who;  // an event without a kind of its own carries all that is needed
        who.id = reference_of(key);
        who.origin = writing_.origin;
        who.actor = writing_.actor;
        who.received_at = store::to_instant(writing_.change.at);
        std::string json;
        referrals::append_json(json, who);
        for (const std::string& referral : referrals::links_of(*resource).referrals) {
            writer_.put_note(awaiting_group(key_of(referral)), {who.id, json});
        }
    }

    /// Takes in what waited for a resource that has just come.
    text::Status attend(const Key& arrived, int depth) {
        constexpr int deepest = 8;
        for (const store::Note& waiting : writer_.notes(awaiting_group(arrived))) {
            const auto document = text::parse_json(waiting.content, "awaiting");
            const auto who = document ? referrals::event_from(*document, document->root())
                                      : text::Result<Event>(Event{});
            const Key key = key_of(waiting.name);
            const text::Node* resource = resources_.find(waiting.name);
            const auto stored = writer_.read(key, store::Reach::all());
            if (!who || resource == nullptr || !stored || stored->deleted || depth == deepest) {
                continue;
            }
            const std::string episode = resources_.episode(*resource);
            const auto prepared = store::prepare(*resource, key.id);
            if (episode.empty() || !prepared) {
                continue;
            }
            touched_.insert(episode);
            if (auto failed = note(*prepared, stored->version, episode, nullptr,
                                   {who->origin, who->actor, who->received_at})) {
                return failed;
            }
            if (auto failed = attend(key, depth + 1)) {
                return failed;
            }
        }
        return {};
    }

    text::Status note(const store::Prepared& resource, std::int64_t written_version,
                      const std::string& episode, const text::Node* previous, const Said& who) {
        const Key& key = resource.key;
        const std::vector<Event> known = events_in(writer_, episode);
        const std::int64_t version =
            is_derived(key.type) ? next_version(key, known) : written_version;
        const auto with_version = text::parse_json(versioned(resource, version), key.type);
        if (!with_version) {
            return with_version.issue();
        }
        const referrals::Intake intake{
            *writing_.knowledge.rules,
            *writing_.knowledge.measures,
            writing_.knowledge.codes,
            episode,
            who.actor,
            who.origin,
            who.received_at,
            [&](std::string_view reference) { return resources_.find(reference); }};
        text::Issues issues;
        const auto events = referrals::events_of(with_version->root(), previous, intake, issues);
        for (text::Issue& issue : issues) {
            // Of an extract nothing is refused: what is odd there is the record's, and stays seen.
            if (issue.severity == text::Severity::error && who.origin == referrals::Origin::fhir) {
                return std::move(issue);
            }
        }
        for (const Event& event : events) {
            const Event* last = nullptr;
            for (const Event& one : known) {
                if (one.id == event.id && (last == nullptr || is_newer(one, *last))) {
                    last = &one;
                }
            }
            if (last == nullptr || !says_the_same(*last, event)) {
                put_event(writer_, event);
            }
        }
        return {};
    }

    static bool is_newer(const Event& a, const Event& b) {
        return std::pair(a.version.size(), a.version) > std::pair(b.version.size(), b.version);
    }

    /// An extract that is sent again says nothing new, whenever it comes.
    static bool says_the_same(Event a, const Event& b) {
        a.received_at = b.received_at;
        a.version = b.version;
        return a == b;
    }

    /// The number of the version to be written: behind all that events of the resource name, for a
    /// write that changed nothing in the end has an event and no version.
    std::int64_t next_version(const Key& key, const std::vector<Event>& known) {
        std::int64_t latest = 0;
        if (const auto current = writer_.read(key, store::Reach::all())) {
            latest = current->version;
        }
        for (const Event& event : known) {
            std::int64_t version = 0;
            std::from_chars(event.version.data(), event.version.data() + event.version.size(),
                            version);
            if (event.resource == reference_of(key)) {
                latest = std::max(latest, version);
            }
        }
        return latest + 1;
    }

    static std::string versioned(const store::Prepared& resource, std::int64_t version) {
        const std::string head = R"({"resourceType":")" + resource.key.type + R"(","id":")" +
                                 resource.key.id + R"(","meta":{)";
        const bool empty = resource.json[head.size()] == '}';
        return head + "\"versionId\":\"" + std::to_string(version) + "\"" + (empty ? "" : ",") +
               resource.json.substr(head.size());
    }

    Agreement agreement_for(const Key& key) { return writing_.agreement(practice_of(key)); }

    /// Ods code of the patient's practice, also of a resource that is only being written.
    std::string practice_of(const Key& key) {
        std::string ods = writer_.practice(key);
        if (ods.empty()) {
            const text::Node* resource = resources_.find(reference_of(key));
            for (const char* member : {"subject", "for", "patient"}) {
                const text::Node* patient = resource == nullptr ? nullptr : resource->find(member);
                if (patient != nullptr && ods.empty()) {
                    ods = writer_.practice(key_of(patient->string_or("reference", "")));
                }
            }
        }
        return ods;
    }

    /// Replays an episode and writes what follows into its Tasks and ServiceRequests.
    void settle(const std::string& episode) {
        const std::vector<Event> events = events_in(writer_, episode);
        std::set<Key> keys;
        for (const Item& item : items_) {
            if (is_derived(item.resource->key.type)) {
                const text::Node* node = resources_.find(reference_of(item.resource->key));
                if (node != nullptr && resources_.episode(*node) == episode) {
                    keys.insert(item.resource->key);
                }
            }
        }
        const Key any = keys.empty() && !events.empty() ? key_of(events.front().resource)
                        : keys.empty()                  ? Key{}
                                                        : *keys.begin();
        const Agreement agreement = agreement_for(any);
        const referrals::Replayed replayed = referrals::replay(
            events, *writing_.knowledge.rules, *writing_.knowledge.measures, agreement.policy);
        for (const referrals::TaskState& task : replayed.tasks) {
            keys.insert(key_of(task.reference));
        }
        for (const referrals::RequestState& request : replayed.requests) {
            keys.insert(key_of(request.reference));
        }
        for (const Event& event : events) {
            if (const Key key = key_of(event.resource); is_derived(key.type)) {
                keys.insert(key);
            }
        }
        for (const Key& key : keys) {
            derive(key, replayed, events);
        }
        let_provider_see(replayed, agreement);
    }

    /// Where nobody is named as recipient it is the one the practice has agreed on.
    void let_provider_see(const referrals::Replayed& replayed, const Agreement& agreement) {
        if (agreement.provider.empty()) {
            return;
        }
        for (const referrals::TaskState& task : replayed.tasks) {
            if (task.released && task.owner.empty()) {
                writer_.grant(key_of(task.reference), agreement.provider);
            }
        }
    }

    void derive(const Key& key, const referrals::Replayed& replayed,
                const std::vector<Event>& events) {
        Item* const item = item_of(key);
        const std::string given = item == nullptr ? given_of(key, item)
                                  : !is_kept(key, events)
                                      ? item->resource->json
                                      : in_its_episode(given_of(key, item), *item);
        const auto document = text::parse_json(given, key.type);
        if (!document) {
            return;
        }
        const std::string json =
            key.type == "Task"
                ? referrals::apply_task(document->root(), replayed, *writing_.knowledge.rules,
                                        writing_.knowledge.codes)
                : referrals::apply_request(document->root(), replayed);
        if (json != given || writer_.notes(given_group(key)).size() == 1) {
            writer_.put_note(given_group(key), {"", json == given ? "" : given});
        }
        store::Written written;
        if (item != nullptr && json == item->resource->json) {
            written = put(*item->resource, replayed);
        } else if (const auto derived = text::parse_json(json, key.type)) {
            if (auto prepared = store::prepare(derived->root(), key.id)) {
                written = put(*prepared, replayed);
            }
        }
        for (Item& each : items_) {
            if (each.resource->key == key) {
                each.written = written;
            }
        }
    }

    /// A stored resource as it was last written, before anything was derived; else the item's.
    /// Deriving from what had been derived would make the order count in which things were heard.
    std::string given_of(const Key& key, const Item* item) {
        for (store::Note& note : writer_.notes(given_group(key))) {
            if (!note.content.empty()) {
                return std::move(note.content);
            }
        }
        auto stored = writer_.read(key, store::Reach::all());
        return stored && !stored->deleted ? std::move(stored->json)
               : item != nullptr          ? item->resource->json
                                          : std::string();
    }

    /// Which referrals are one only extracts know, also of what is otherwise left as it is.
    std::string in_its_episode(const std::string& given, const Item& item) {
        const text::Node* told = resources_.find(reference_of(item.resource->key));
        const std::string episode = told == nullptr ? "" : referrals::links_of(*told).episode;
        const auto document = text::parse_json(given, item.resource->key.type);
        return document && !episode.empty() ? referrals::with_episode(document->root(), episode)
                                            : given;
    }

    /// A Task that waits for a person's word is not yet its recipient's to see.
    store::Written put(const store::Prepared& resource, const referrals::Replayed& replayed) {
        const referrals::TaskState* task = replayed.task(reference_of(resource.key));
        if (task == nullptr || task->released) {
            return writer_.put(resource, writing_.change);
        }
        store::Prepared held = resource;
        held.providers.clear();
        held.provider_ods.clear();
        return writer_.put(held, writing_.change);
    }

    /// Whether somebody wrote it as FHIR, so that an extract must not write over it.
    bool is_kept(const Key& key, const std::vector<Event>& events) const {
        return writing_.origin == referrals::Origin::record &&
               std::any_of(events.begin(), events.end(), [&](const Event& event) {
                   return event.origin == referrals::Origin::fhir &&
                          event.resource == reference_of(key);
               });
    }

    /// Of several of one resource the last.
    Item* item_of(const Key& key) {
        const auto found = std::find_if(items_.rbegin(), items_.rend(), [&](const Item& item) {
            return item.resource->key == key;
        });
        return found == items_.rend() ? nullptr : &*found;
    }

    store::Writer& writer_;
    std::span<Item> items_;
    const Writing& writing_;
    Resources resources_;
    std::vector<Before> befores_;  // by item
    std::set<std::string> touched_;
};

}  // namespace

text::Status write(store::Writer& writer, std::span<Item> items, const Writing& writing) {
    return Work(writer, items, writing).run();
}

}  // namespace linkway::loop
