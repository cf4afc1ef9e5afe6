#include "delivery/subscription.h"

#include "text/json_writer.h"

namespace linkway::delivery {

namespace {

constexpr std::string_view payload_content =
    "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-payload-content";

text::Issue wrong(const char* code, std::string message, std::string suggestion = {}) {
    return {text::Severity::error,
            code,
            std::move(message),
            {{}, 0, 0, "Subscription.channel"},
            std::move(suggestion)};
}

bool is_loopback(std::string_view url) {
    constexpr std::string_view scheme = "http://";
    if (url.substr(0, scheme.size()) != scheme) {
        return false;
    }
    const std::string_view rest = url.substr(scheme.size());
    const std::string_view host = rest.substr(0, rest.find_first_of("/?#"));
    // What stands before an @ would be a user's name, and the host behind it another.
    return host.find('@') == std::string_view::npos &&
           (host == "localhost" || host.substr(0, 10) == "localhost:" || host == "127.0.0.1" ||
            host.substr(0, 10) == "127.0.0.1:");
}

/// The extension on channel.payload, in JSON on its sibling "_payload".
std::string_view content_asked(const text::Node& channel) {
    const text::Node* sibling = channel.find("_payload");
    const text::Node* extensions = sibling == nullptr ? nullptr : sibling->find("extension");
    for (const text::Node& extension : extensions != nullptr ? extensions->items : text::Items()) {
        if (extension.string_or("url", "") == payload_content) {
            return extension.string_or("valueCode", "");
        }
    }
    return {};
}

std::string decoded(std::string_view text) {
    const auto hex = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size()) {
            out += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

/// "Task?status=requested&owner=Organization/1"
std::optional<store::Search> criteria_of(std::string_view text, text::Issues& issues) {
    const std::size_t mark = std::min(text.find('?'), text.size());
    store::Parameters parameters;
    for (std::size_t at = mark + 1; at < text.size();) {
        const std::size_t end = std::min(text.find('&', at), text.size());
        const std::string_view one = text.substr(at, end - at);
        const std::size_t equals = std::min(one.find('='), one.size());
        parameters.push_back({decoded(one.substr(0, equals)),
                              decoded(one.substr(std::min(equals + 1, one.size())))});
        at = end + 1;
    }
    auto request = store::read_search(text.substr(0, mark), parameters, {}, false, issues);
    return request ? std::optional(std::move(request->search)) : std::nullopt;
}

std::string status_parameters(const Subscription& subscription, const store::Delivery& delivery,
                              std::string_view base, bool handshake) {
    std::string out;
    text::JsonWriter json(out);
    const auto parameter = [&](const char* name, const char* type, std::string_view value) {
        json.begin_object();
        json.member("name", name);
        json.member(type, value);
        json.end_object();
    };
    json.begin_object();
    json.member("resourceType", "Parameters");
    json.name("parameter");
    json.begin_array();
    json.begin_object();
    json.member("name", "subscription");
    json.name("valueReference");
    json.begin_object();
    json.member("reference", std::string(base) + "/Subscription/" + subscription.id);
    json.end_object();
    json.end_object();
    parameter("status", "valueCode", handshake ? "requested" : "active");
    parameter("type", "valueCode", handshake ? "handshake" : "event-notification");
    parameter("events-since-subscription-start", "valueString", std::to_string(delivery.id));
    json.end_array();
    json.end_object();
    return out;
}

}  // namespace

std::string to_json(const store::Reach& reach) {
    std::string out;
    text::JsonWriter json(out);
    json.begin_object();
    json.member("everything", reach.everything);
    json.name("ods");
    json.begin_array();
    for (const std::string& ods : reach.ods) {
        json.value(ods);
    }
    json.end_array();
    json.end_object();
    return out;
}

text::Result<Subscription> read_subscription(const text::Node& resource, bool allow_http) {
    Subscription made;
    made.id = resource.string_or("id", "");
    made.status = resource.string_or("status", "");
    const text::Node* channel = resource.find("channel");
    if (channel == nullptr || channel->string_or("type", "") != "rest-hook") {
        return wrong("business-rule", "subscriptions are told through rest-hook only");
    }
    made.endpoint = channel->string_or("endpoint", "");
    const bool secure = made.endpoint.rfind("https://", 0) == 0;
    if (!secure && !(allow_http && is_loopback(made.endpoint))) {
        return wrong("business-rule", "the endpoint must be https",
                     "patient data goes nowhere in the clear");
    }
    const text::Node* headers = channel->find("header");
    for (const text::Node& header : headers != nullptr ? headers->items : text::Items()) {
        if (header.text.find_first_of("\r\n") != std::string_view::npos ||
            header.text.find(':') == std::string_view::npos) {
            return wrong("value", "a header is written \"Name: value\", on one line");
        }
        made.headers.emplace_back(header.text);
    }
    const bool payload = channel->find("payload") != nullptr;
    const std::string_view asked = content_asked(*channel);
    if (!asked.empty() && asked != "empty" && asked != "id-only" && asked != "full-resource") {
        return wrong("business-rule", "the payload's content is empty, id-only or full-resource");
    }
    made.content = asked == "empty"           ? Content::bundle_empty
                   : asked == "id-only"       ? Content::bundle_ids
                   : asked == "full-resource" ? Content::bundle_full
                   : payload                  ? Content::resource
                                              : Content::nothing;
    text::Issues issues;
    auto criteria = criteria_of(resource.string_or("criteria", ""), issues);
    if (!criteria) {
        return issues.empty() ? wrong("value", "the criteria are no search") : issues.front();
    }
    made.criteria = std::move(*criteria);
    return made;
}

Notification notification(const Subscription& subscription, const store::Delivery& delivery,
                          const std::string& resource, std::string_view base) {
    const bool handshake = delivery.subject.type.empty();
    if (subscription.content == Content::nothing ||
        (handshake && subscription.content == Content::resource)) {
        return {"POST", subscription.endpoint, {}};
    }
    const std::string reference = delivery.subject.type + "/" + delivery.subject.id;
    if (subscription.content == Content::resource) {
        const bool slash = subscription.endpoint.back() == '/';
        return {"PUT", subscription.endpoint + (slash ? "" : "/") + reference, resource};
    }
    Notification made{"POST", subscription.endpoint, {}};
    text::JsonWriter json(made.body);
    json.begin_object();
    json.member("resourceType", "Bundle");
    json.member("type", "history");
    json.member("timestamp", store::to_instant(delivery.created));
    json.name("entry");
    json.begin_array();
    const auto begin = [&](const char* method, const std::string& url) {
        json.begin_object();
        json.member("fullUrl", url);
        json.name("request");
        json.begin_object();
        json.member("method", method);
        json.member("url", url);
        json.end_object();
        json.name("response");
        json.begin_object();
        json.member("status", "200");
        json.end_object();
    };
    begin("GET", std::string(base) + "/Subscription/" + subscription.id + "/$status");
    json.name("resource");
    json.raw(status_parameters(subscription, delivery, base, handshake));
    json.end_object();
    if (!handshake && subscription.content != Content::bundle_empty) {
        begin("PUT", std::string(base) + "/" + reference);
        if (subscription.content == Content::bundle_full) {
            json.name("resource");
            json.raw(resource);
        }
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return made;
}

}  // namespace linkway::delivery
