#include "delivery/subscription.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "endpoint.h"
#include "http/uri.h"
#include "store/moment.h"
#include "store/search_request.h"
#include "store/searchable.h"
#include "text/json_writer.h"

namespace linkway::delivery {

namespace {

using text::Node;

constexpr std::string_view extensions =
    "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/";
constexpr std::size_t most_filters = 10;
constexpr std::size_t most_headers = 20;

constexpr const char* subscriber_group = "subscriber";
constexpr const char* told_group = "told";  // "<events> <after>"

constexpr std::array<std::pair<std::string_view, Subscription::Status>, 4> statuses = {{
    {"requested", Subscription::Status::requested},
    {"active", Subscription::Status::active},
    {"error", Subscription::Status::error},
    {"off", Subscription::Status::off},
}};

/// Values of the extensions of that name on an element, whatever their type.
std::vector<std::string> extension_values(const Node* element, std::string_view name) {
    std::vector<std::string> values;
    const Node* list = element == nullptr ? nullptr : element->find("extension");
    for (std::size_t i = 0; list != nullptr && i < list->items.size(); ++i) {
        if (list->items[i].string_or("url", "") != std::string(extensions) + std::string(name)) {
            continue;
        }
        for (const text::Member& member : list->items[i].members) {
            if (member.name.substr(0, 5) == "value") {
                values.emplace_back(member.value.text);
            }
        }
    }
    return values;
}

class Reading {
  public:
    Reading(const Node& resource, const HookRules& rules, text::Issues& issues)
        : resource_(resource), rules_(rules), issues_(issues) {}

    std::optional<Subscription> run() {
        const std::size_t before = issues_.size();
        made_.id = resource_.string_or("id", "");
        read_status();
        read_criteria();
        const Node* channel = resource_.find("channel");
        if (channel == nullptr || channel->string_or("type", "") != "rest-hook") {
            wrong("channel.type", "the one channel that is served is rest-hook");
        } else {
            read_channel(*channel);
        }
        return issues_.size() == before ? std::optional(std::move(made_)) : std::nullopt;
    }

  private:
    void wrong(const char* element, std::string message, const char* code = "business-rule",
               std::string suggestion = {}) {
        issues_.push_back({text::Severity::error,
                           code,
                           std::move(message),
                           {"", 0, 0, std::string("Subscription.") + element},
                           std::move(suggestion)});
    }

    void read_status() {
        const std::string_view code = resource_.string_or("status", "");
        for (const auto& [name, status] : statuses) {
            if (name == code) {
                made_.status = status;
            }
        }
        const std::string_view end = resource_.string_or("end", "");
        if (!end.empty()) {
            const auto moment = store::moments_of(end);
            if (!moment) {
                return wrong("end", "the end is no instant");
            }
            made_.end = moment->from;
        }
    }

    void read_criteria() {
        const std::string criteria(resource_.string_or("criteria", ""));
        const auto filters =
            extension_values(resource_.find("_criteria"), "backport-filter-criteria");
        if (criteria.find("://") == std::string::npos) {
            if (!filters.empty()) {
                return wrong("criteria",
                             "filters are given to a topic; these criteria are a search");
            }
            return read_filter(criteria);
        }
        if (criteria != change_topic) {
            return wrong("criteria", "the topic is not one of this server", "not-supported",
                         "the one there is: " + std::string(change_topic));
        }
        made_.topic = criteria;
        if (filters.empty() || filters.size() > most_filters) {
            return wrong("criteria", "the topic asks for 1 to " + std::to_string(most_filters) +
                                         " extensions backport-filter-criteria");
        }
        for (const std::string& filter : filters) {
            read_filter(filter);
        }
    }

    /// "Task?owner=Organization/x&status=requested".
    void read_filter(const std::string& text) {
        const std::size_t mark = std::min(text.find('?'), text.size());
        const std::string type = text.substr(0, mark);
        if (!store::is_served(type) || type == "Subscription") {
            return wrong("criteria",
                         "the criteria begin with a type that is served and is not"
                         " Subscription: Task?status=requested",
                         "not-supported");
        }
        const auto parsed =
            http::parse_parameters(std::string_view(text).substr(std::min(mark + 1, text.size())));
        if (!parsed) {
            return wrong("criteria", "the criteria are no search");
        }
        store::Parameters parameters;
        for (const http::Parameter& each : *parsed) {
            parameters.push_back({each.name, each.value});
        }
        text::Issues found;
        auto request = store::read_search(type, parameters, rules_.base, false, found);
        for (text::Issue& issue : found) {
            issue.message = "of the criteria " + issue.message;
            issues_.push_back(std::move(issue));
        }
        if (!request) {
            return;
        }
        if (!request->includes.empty() || !request->revincludes.empty() || request->count_only ||
            request->total || request->search.sort) {
            return wrong("criteria", "criteria say which resources fit, not how they are listed",
                         "not-supported");
        }
        request->search.count = 1;
        made_.filters.push_back(std::move(request->search));
    }

    void read_channel(const Node& channel) {
        made_.endpoint = channel.string_or("endpoint", "");
        if (auto refused = check_endpoint(made_.endpoint, rules_.allow_http)) {
            issues_.push_back(*std::move(refused));
        }
        if (const Node* headers = channel.find("header")) {
            for (const Node& header : headers->items) {
                made_.headers.emplace_back(header.text);
                if (auto refused = check_header(made_.headers.back())) {
                    issues_.push_back(*std::move(refused));
                }
            }
        }
        if (made_.headers.size() > most_headers) {
            wrong("channel.header", "there are too many headers", "too-long");
        }
        if (!extension_values(&channel, "backport-heartbeat-period").empty()) {
            wrong("channel", "no heartbeats are sent: who waits for them would wait in vain",
                  "not-supported", "leave backport-heartbeat-period out");
        }
        read_payload(channel);
    }

    void read_payload(const Node& channel) {
        made_.content_type = channel.string_or("payload", "");
        const auto content = extension_values(channel.find("_payload"), "backport-payload-content");
        if (made_.content_type.empty()) {
            made_.payload = Subscription::Payload::nothing;
            if (!content.empty() || !made_.topic.empty()) {
                wrong("channel.payload", "a notification needs a payload: application/fhir+json");
            }
            return;
        }
        if (made_.content_type != "application/fhir+json" &&
            made_.content_type != "application/json") {
            return wrong("channel.payload", "the payload is application/fhir+json or left out",
                         "not-supported");
        }
        if (content.empty() && made_.topic.empty()) {
            made_.payload = Subscription::Payload::resource;
        } else if (content.size() != 1) {
            wrong("channel.payload", "a notification has one backport-payload-content");
        } else if (content.front() == "empty") {
            made_.payload = Subscription::Payload::empty;
        } else if (content.front() == "id-only") {
            made_.payload = Subscription::Payload::id_only;
        } else if (content.front() == "full-resource") {
            made_.payload = Subscription::Payload::full_resource;
        } else {
            wrong("channel.payload", "the content is empty, id-only or full-resource");
        }
    }

    const Node& resource_;
    const HookRules& rules_;
    text::Issues& issues_;
    Subscription made_;
};

}  // namespace

std::string_view to_code(Subscription::Status status) {
    return statuses[static_cast<std::size_t>(status)].first;
}

std::optional<Subscription> read_subscription(const Node& resource, const HookRules& rules,
                                              text::Issues& issues) {
    return Reading(resource, rules, issues).run();
}

text::Issues check_subscription(const Node& resource, const HookRules& rules) {
    text::Issues issues;
    const std::string_view status = resource.string_or("status", "");
    if (status != "requested" && status != "off") {
        issues.push_back({text::Severity::error,
                          "business-rule",
                          "a Subscription is written as requested, or off: only a handshake makes"
                          " it active",
                          {"", 0, 0, "Subscription.status"},
                          "write it as requested"});
    }
    (void)read_subscription(resource, rules, issues);
    return issues;
}

bool fits(store::Reader& reader, const Subscription& subscription, const store::Reach& reach,
          const store::Key& key) {
    bool any = false;
    for (const store::Search& filter : subscription.filters) {
        if (filter.type != key.type) {
            continue;
        }
        store::Search narrowed = filter;
        store::Criterion one;
        one.kind = store::Criterion::Kind::id;
        one.parameter = "_id";
        one.any_of.push_back({std::nullopt, key.id, store::Compare::equal, 0, 0});
        narrowed.all_of.push_back(std::move(one));
        if (reader.search(narrowed, reach).matches.empty()) {
            return false;
        }
        any = true;
    }
    return any;
}

void note_subscriber(store::Writer& writer, std::string_view id, const store::Reach& reach) {
    std::string json;
    text::JsonWriter out(json);
    out.begin_object();
    out.member("everything", reach.everything);
    out.name("ods");
    out.begin_array();
    for (const std::string& ods : reach.ods) {
        out.value(ods);
    }
    out.end_array();
    out.end_object();
    writer.put_note(subscriber_group, {std::string(id), std::move(json)});
}

std::map<std::string, store::Reach, std::less<>> subscribers(store::Reader& reader) {
    std::map<std::string, store::Reach, std::less<>> found;
    for (const store::Note& note : reader.notes(subscriber_group)) {
        const auto document = text::parse_json(note.content, subscriber_group);
        if (!document) {
            continue;
        }
        store::Reach& reach = found[note.name];
        const Node* everything = document->root().find("everything");
        reach.everything = everything != nullptr && everything->text == "true";
        if (const Node* ods = document->root().find("ods")) {
            for (const Node& each : ods->items) {
                reach.ods.emplace_back(each.text);
            }
        }
    }
    return found;
}

std::map<std::string, Told, std::less<>> told_so_far(store::Reader& reader) {
    std::map<std::string, Told, std::less<>> found;
    for (const store::Note& note : reader.notes(told_group)) {
        Told& told = found[note.name];
        const char* const end = note.content.data() + note.content.size();
        const char* const blank = std::from_chars(note.content.data(), end, told.events).ptr;
        std::from_chars(std::min(blank + 1, end), end, told.after);
    }
    return found;
}

void note_told(store::Writer& writer, std::string_view id, const Told& told) {
    writer.put_note(told_group, {std::string(id),
                                 std::to_string(told.events) + " " + std::to_string(told.after)});
}

}  // namespace linkway::delivery
