#include "referrals/event.h"

#include <algorithm>
#include <array>

#include "entry_reader.h"
#include "fhir/identity.h"
#include "text/json_writer.h"

namespace linkway::referrals {

namespace {

constexpr std::array<std::string_view, 20> kind_codes = {
    "offered", "referred", "declined", "signposted", "seen",    "closed",        "task",
    "request", "abort",    "contact",  "score",      "outcome", "questionnaire", "message",
    "action",  "onward",   "other",    "delivered",  "filed",   "retracted"};
constexpr std::array<std::string_view, 3> origin_codes = {"record", "fhir", "acknowledgement"};
constexpr std::array<Side, 3> sides = {Side::source, Side::target, Side::either};

/// Members that are plain texts, in the order they are written in.
struct TextMember {
    std::string_view name;
    std::string Event::*text;
};
constexpr std::array<TextMember, 14> texts = {{{"happenedAt", &Event::happened_at},
                                               {"receivedAt", &Event::received_at},
                                               {"task", &Event::task},
                                               {"request", &Event::request},
                                               {"status", &Event::status},
                                               {"businessStatus", &Event::business_status},
                                               {"reason", &Event::reason},
                                               {"owner", &Event::owner},
                                               {"started", &Event::started},
                                               {"ended", &Event::ended},
                                               {"replaces", &Event::replaces},
                                               {"resource", &Event::resource},
                                               {"version", &Event::version},
                                               {"episode", &Event::episode}}};

template <class Codes>
std::vector<std::string> names_of(const Codes& codes) {
    return {codes.begin(), codes.end()};
}

void optional_text(text::JsonWriter& writer, std::string_view name, const std::string& value) {
    if (!value.empty()) {
        writer.member(name, value);
    }
}

/// Reads one event; issues of the reader say what is wrong with it.
class EventFromNode : EntryReader {
  public:
    EventFromNode(const text::Document& document, text::Issues& issues)
        : EntryReader(document, issues) {}

    Event read(const text::Node& node) {
        std::vector<std::string> members = {"id", "kind", "origin", "actor", "output", "scores"};
        for (const TextMember& member : texts) {
            members.emplace_back(member.name);
        }
        known(node, members);
        Event event;
        if (!node.is_object()) {
            return event;
        }
        event.id = words(node, "id");
        event.kind = event_kind(choice(node, "kind", names_of(kind_codes))).value_or(event.kind);
        if (node.find("origin") != nullptr) {
            const std::string origin = choice(node, "origin", names_of(origin_codes));
            const auto found = std::find(origin_codes.begin(), origin_codes.end(), origin);
            event.origin = static_cast<Origin>(found - origin_codes.begin());
        }
        for (const TextMember& member : texts) {
            event.*member.text = text(node, member.name);
        }
        event.output = flag(node, "output");
        if (const text::Node* actor = node.find("actor")) {
            read_actor(*actor, event.actor);
        }
        if (node.find("scores") != nullptr) {
            for (const text::Node& each : section(node, "scores", text::NodeKind::array).items) {
                known(each, {"measure", "value", "metric"});
                event.scores.push_back(
                    {words(each, "measure"), text(each, "value"), text(each, "metric")});
            }
        }
        return event;
    }

    using EntryReader::sound;

  private:
    /// A text or, as YAML has dates and scores, a number; empty when absent.
    std::string text(const text::Node& owner, std::string_view name) {
        const text::Node* node = owner.find(name);
        if (node == nullptr) {
            return {};
        }
        if (!node->is_string() && node->kind != text::NodeKind::number) {
            fail(document().at(*node), name, '"' + std::string(name) + "\" is a text");
            return {};
        }
        return std::string(node->text);
    }

    void read_actor(const text::Node& node, Actor& actor) {
        known(node, {"role", "side", "organisation", "practitioner"});
        if (node.find("role") != nullptr) {
            actor.role = words(node, "role");
        }
        if (node.find("side") != nullptr) {
            const std::string side = choice(node, "side", {"source", "target", "either"});
            for (const Side each : sides) {
                actor.side = side == to_code(each) ? std::optional(each) : actor.side;
            }
        }
        actor.organisation = text(node, "organisation");
        actor.practitioner = text(node, "practitioner");
    }
};

}  // namespace

std::optional<EventKind> event_kind(std::string_view code) {
    const auto found = std::find(kind_codes.begin(), kind_codes.end(), code);
    return found == kind_codes.end()
               ? std::nullopt
               : std::optional(static_cast<EventKind>(found - kind_codes.begin()));
}

std::string_view to_code(EventKind kind) {
    return kind_codes[static_cast<std::size_t>(kind)];
}

std::optional<EntryKind> entry_of(EventKind kind) {
    return kind <= EventKind::closed ? std::optional(static_cast<EntryKind>(kind)) : std::nullopt;
}

std::string_view to_code(Origin origin) {
    return origin_codes[static_cast<std::size_t>(origin)];
}

std::string event_id(std::string_view resource, std::string_view what) {
    return fhir::derived_id({"event", resource, what});
}

void append_json(std::string& out, const Event& event) {
    text::JsonWriter writer(out);
    writer.begin_object();
    writer.member("id", event.id);
    writer.member("kind", to_code(event.kind));
    writer.member("origin", to_code(event.origin));
    for (const TextMember& member : texts) {
        optional_text(writer, member.name, event.*member.text);
    }
    writer.name("actor");
    writer.begin_object();
    writer.member("role", event.actor.role);
    if (event.actor.side) {
        writer.member("side", to_code(*event.actor.side));
    }
    optional_text(writer, "organisation", event.actor.organisation);
    optional_text(writer, "practitioner", event.actor.practitioner);
    writer.end_object();
    if (event.output) {
        writer.member("output", true);
    }
    if (!event.scores.empty()) {
        writer.name("scores");
        writer.begin_array();
        for (const Score& score : event.scores) {
            writer.begin_object();
            writer.member("measure", score.measure);
            optional_text(writer, "value", score.value);
            optional_text(writer, "metric", score.metric);
            writer.end_object();
        }
        writer.end_array();
    }
    writer.end_object();
}

text::Result<Event> event_from(const text::Document& document, const text::Node& node) {
    text::Issues issues;
    EventFromNode reader(document, issues);
    Event event = reader.read(node);
    if (!reader.sound()) {
        return issues.front();
    }
    return event;
}

Event acknowledgement(EventKind delivered_or_filed, std::string_view episode,
                      std::string_view resource, std::string_view at) {
    constexpr std::string_view history = "/_history/";
    const std::size_t cut = resource.find(history);
    Event event;
    event.kind = delivered_or_filed;
    event.origin = Origin::acknowledgement;
    event.episode = episode;
    event.resource = resource.substr(0, cut);
    if (cut != std::string_view::npos) {
        event.version = resource.substr(cut + history.size());
    }
    event.happened_at = at;
    event.received_at = at;
    event.id = event_id(resource, to_code(delivered_or_filed));
    return event;
}

}  // namespace linkway::referrals
