#include "notification.h"

#include "text/json_writer.h"

namespace linkway::delivery {

namespace {

using text::JsonWriter;
using Payload = Subscription::Payload;

/// {"name":"status","valueCode":"active"}
void parameter(JsonWriter& out, std::string_view name, std::string_view value_of_type,
               std::string_view value) {
    out.begin_object();
    out.member("name", name);
    out.member(value_of_type, value);
    out.end_object();
}

void reference(JsonWriter& out, std::string_view name, const std::string& url) {
    out.begin_object();
    out.member("name", name);
    out.name("valueReference");
    out.begin_object();
    out.member("reference", url);
    out.end_object();
    out.end_object();
}

std::string url_of(const HookRules& rules, const store::Key& key) {
    return rules.base + "/" + key.type + "/" + key.id;
}

void append_status(JsonWriter& out, const Subscription& subscription, const HookRules& rules,
                   std::string_view id, std::string_view type, std::int64_t events,
                   const Event* event) {
    out.begin_object();
    out.member("resourceType", "Parameters");
    if (!id.empty()) {
        out.member("id", id);
    }
    out.name("meta");
    out.begin_object();
    out.name("profile");
    out.begin_array();
    out.value(
        "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/"
        "backport-subscription-status-r4");
    out.end_array();
    out.end_object();
    out.name("parameter");
    out.begin_array();
    reference(out, "subscription", url_of(rules, {"Subscription", subscription.id}));
    if (!subscription.topic.empty() && subscription.payload != Payload::empty) {
        parameter(out, "topic", "valueCanonical", subscription.topic);
    }
    parameter(out, "status", "valueCode", to_code(subscription.status));
    parameter(out, "type", "valueCode", type);
    parameter(out, "events-since-subscription-start", "valueString", std::to_string(events));
    if (event != nullptr) {
        out.begin_object();
        out.member("name", "notification-event");
        out.name("part");
        out.begin_array();
        parameter(out, "event-number", "valueString", std::to_string(event->number));
        parameter(out, "timestamp", "valueInstant", store::to_instant(event->focus.updated));
        if (subscription.payload != Payload::empty) {
            reference(out, "focus", url_of(rules, event->focus.key));
        }
        out.end_array();
        out.end_object();
    }
    out.end_array();
    out.end_object();
}

/// The request that an entry of a history stands for, and how it was answered.
void exchange(JsonWriter& out, std::string_view method, const std::string& url,
              std::string_view status) {
    out.name("request");
    out.begin_object();
    out.member("method", method);
    out.member("url", url);
    out.end_object();
    out.name("response");
    out.begin_object();
    out.member("status", status);
    out.end_object();
}

void append_focus(JsonWriter& out, const HookRules& rules, const Event& event, bool whole) {
    const store::Version& focus = event.focus;
    out.begin_object();
    out.member("fullUrl", url_of(rules, focus.key));
    if (whole) {
        out.name("resource");
        out.raw(focus.json);
    }
    if (focus.version == 1) {
        exchange(out, "POST", focus.key.type, "201");
    } else {
        exchange(out, "PUT", focus.key.type + "/" + focus.key.id, "200");
    }
    out.end_object();
}

}  // namespace

std::string status_of(const Subscription& subscription, std::int64_t events,
                      const HookRules& rules) {
    std::string json;
    JsonWriter out(json);
    append_status(out, subscription, rules, {}, "query-status", events, nullptr);
    return json;
}

std::string notification(const Subscription& subscription, const HookRules& rules,
                         std::string_view id, store::Instant made, std::int64_t events,
                         const Event* event) {
    std::string json;
    JsonWriter out(json);
    out.begin_object();
    out.member("resourceType", "Bundle");
    out.member("id", id);
    out.member("type", "history");
    out.member("timestamp", store::to_instant(made));
    out.name("entry");
    out.begin_array();
    out.begin_object();
    out.member("fullUrl", "urn:uuid:" + std::string(id));
    out.name("resource");
    append_status(out, subscription, rules, id,
                  event == nullptr ? "handshake" : "event-notification", events, event);
    exchange(out, "GET", "Subscription/" + subscription.id + "/$status", "200");
    out.end_object();
    if (event != nullptr && subscription.payload != Payload::empty) {
        append_focus(out, rules, *event, subscription.payload == Payload::full_resource);
    }
    out.end_array();
    out.end_object();
    return json;
}

std::string with_status(const text::Node& resource, Subscription::Status status,
                        std::string_view error) {
    std::string json;
    JsonWriter out(json);
    out.begin_object();
    for (const text::Member& member : resource.members) {
        if (member.name == "error") {
            continue;
        }
        if (member.name == "status") {
            out.member("status", to_code(status));
            if (!error.empty()) {
                out.member("error", error);
            }
            continue;
        }
        std::string value;
        text::append_json(value, member.value);
        out.name(member.name);
        out.raw(value);
    }
    out.end_object();
    return json;
}

}  // namespace linkway::delivery
