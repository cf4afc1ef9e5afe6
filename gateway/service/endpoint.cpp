#include "endpoint.h"

#include <algorithm>
#include <chrono>
#include <span>

#include "http/uri.h"

namespace linkway::service {

using access::Interaction;

/// One request on its way.
struct Endpoint::Exchange {
    http::Request& request;
    std::string request_id;
    store::Instant began = 0;
    access::Identity identity;
    std::vector<std::string> path;  // decoded segments
    std::string route;              // what metrics call it
    // For the audit; nothing is written for an exchange without an interaction.
    std::optional<Interaction> interaction;
    std::vector<std::string> touched;
    std::string detail;
    std::string ods, practitioner;  // of who opened a page by its link
};

namespace {

http::Response from(api::Reply reply) {
    return {reply.status, std::move(reply.headers), std::move(reply.body)};
}

http::Response json(int status, std::string body) {
    return {status, {{"Content-Type", "application/json"}}, std::move(body)};
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c); });
    return out;
}

/// The client's own id for the request where it is one, so that both sides' logs fit together.
std::string request_id_of(const http::Head& head) {
    const std::string_view given = head.header("X-Request-Id");
    const bool fit = !given.empty() && given.size() <= 64 &&
                     given.find_first_not_of(
                         "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") ==
                         std::string_view::npos;
    return fit ? std::string(given) : access::random_text(16);
}

bool begins(std::string_view text, std::string_view with) {
    return text.substr(0, with.size()) == with &&
           (text.size() == with.size() || text[with.size()] == '/');
}

/// What the audit and the metrics call a request to the FHIR API.
Interaction interaction_of(const std::string& method, const std::vector<std::string>& path) {
    const bool history = std::find(path.begin(), path.end(), "_history") != path.end();
    if (method == "POST") {
        return path.empty()               ? Interaction::transaction
               : path.back() == "_search" ? Interaction::search_type
                                          : Interaction::create;
    }
    if (method == "PUT") {
        return Interaction::update;
    }
    if (path.size() == 1 && path[0] == "metadata") {
        return Interaction::capabilities;
    }
    if (history) {
        return path.size() == 1   ? Interaction::history_system
               : path.size() == 2 ? Interaction::history_type
               : path.size() == 3 ? Interaction::history_instance
                                  : Interaction::vread;
    }
    return path.size() <= 1 ? Interaction::search_type : Interaction::read;
}

constexpr std::size_t most_token_request = std::size_t{64} << 10;

}  // namespace

void Endpoint::begin(EndpointParts parts) {
    parts_ = std::move(parts);
    begun_ = true;
}

text::Result<access::Identity> Endpoint::identify(const http::Head& head) const {
    if (!*parts_.config->authentication) {
        return access::Identity::loopback();
    }
    const std::string_view header = head.header("Authorization");
    constexpr std::string_view scheme = "Bearer ";
    if (lower(header.substr(0, scheme.size())) != "bearer ") {
        return text::Issue{text::Severity::error,
                           "login",
                           "a bearer token is needed",
                           {},
                           "ask for one at " + parts_.url + "/auth/token"};
    }
    return parts_.tokens->verify(header.substr(scheme.size()), *parts_.clients, parts_.clock());
}

std::variant<http::BodyPlan, http::Response> Endpoint::accept(const http::Head& head) {
    if (!begun_) {
        return refuse(503, "the service is starting");
    }
    if (begins(head.path, "/ingest")) {
        access::Identity identity;
        if (auto refused = may_ingest(head, identity)) {
            return from(api::refusal(*refused));
        }
        return head.method == "POST"
                   ? http::BodyPlan{parts_.config->max_upload,
                                    parts_.incoming + "/.incoming-" + access::random_text(16)}
                   : http::BodyPlan{};
    }
    const bool posts = head.method == "POST" &&
                       (begins(head.path, "/record") || begins(head.path, "/cds-services"));
    const bool open = !posts && (!begins(head.path, "/fhir") || head.path == "/fhir/metadata" ||
                                 begins(head.path, "/fhir/.well-known"));
    if (!open) {
        // Before a byte of the body is read: who is nobody is not listened to.
        if (const auto identity = identify(head); !identity) {
            note_refusal(head);
            http::Response response = from(api::refusal(identity.issue()));
            response.headers.emplace_back("WWW-Authenticate", "Bearer");
            return response;
        }
        return http::BodyPlan{parts_.config->max_body, {}};
    }
    return http::BodyPlan{head.path == "/auth/token" ? most_token_request : 0, {}};
}

http::Response Endpoint::refuse(int status, std::string_view reason) {
    const char* code = status == 413 || status == 414 || status == 431 ? "too-long"
                       : status == 408                                 ? "timeout"
                       : status >= 500                                 ? "transient"
                                                                       : "structure";
    return from(api::refusal(text::Issue{text::Severity::error, code, std::string(reason), {}, {}},
                             status));
}

http::Response Endpoint::handle(http::Request& request) {
    const auto began = std::chrono::steady_clock::now();
    Exchange exchange{
        request, request_id_of(request.head), parts_.clock(), {}, {}, {}, {}, {}, {}, {}, {}};
    http::Response response;
    if (auto path = http::path_segments(request.head.path)) {
        exchange.path = std::move(*path);
        response = route(exchange);
    } else {
        response = from(api::refusal(path.issue()));
    }
    if (auto failed = note(exchange, response)) {
        // What cannot be audited is not given out. Why is for the log: it names files.
        parts_.log->write(Level::error, "audit",
                          {{"request", exchange.request_id}, {"problem", failed->message}});
        response = from(api::refusal(failed->code, "accesses cannot be audited now"));
    }
    response.headers.emplace_back("X-Request-Id", exchange.request_id);
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    const std::string status = std::to_string(response.status);
    parts_.metrics->add("linkway_requests_total",
                        "route=\"" + exchange.route + "\",status=\"" + status + "\"");
    parts_.metrics->observe("linkway_request_seconds", "route=\"" + exchange.route + "\"", seconds);
    parts_.log->write(response.status >= 500 ? Level::error : Level::debug, "request",
                      {{"request", exchange.request_id},
                       {"route", exchange.route},
                       {"client", exchange.identity.client ? exchange.identity.client->id : ""},
                       {"status", std::int64_t{response.status}},
                       {"seconds", seconds}});
    return response;
}

http::Response Endpoint::route(Exchange& exchange) {
    const std::vector<std::string>& path = exchange.path;
    const std::string& method = exchange.request.head.method;
    const std::string first = path.empty() ? "" : path[0];
    const std::string second = path.size() < 2 ? "" : path[1];
    const bool asks = method == "GET" || method == "HEAD";
    exchange.route = first + (second.empty() ? "" : "-" + second);
    if (first == ".well-known" && second == "smart-configuration" && asks) {
        return well_known();
    }
    if (first == "fhir" && second == ".well-known" && asks) {
        return well_known();
    }
    if (first == "fhir") {
        return fhir(exchange);
    }
    if (first == "auth" && second == "token" && method == "POST") {
        return token(exchange);
    }
    if (first == "ingest" && path.size() == 2 && (asks || method == "POST")) {
        return ingest(exchange);
    }
    if (first == "record" || first == "cds-services") {
        return record(exchange);
    }
    if (first == "health" && second == "live" && asks) {
        return json(200, R"({"status":"up"})");
    }
    if (first == "health" && second == "ready" && asks) {
        return ready();
    }
    if (first == "metrics" && path.size() == 1 && asks) {
        return metrics(exchange);
    }
    exchange.route = "none";
    return from(api::refusal("not-found", "there is nothing at this address"));
}

http::Response Endpoint::fhir(Exchange& exchange) {
    http::Request& request = exchange.request;
    exchange.path.erase(exchange.path.begin());
    exchange.interaction = interaction_of(request.head.method, exchange.path);
    exchange.route = "fhir-" + std::string(access::to_code(*exchange.interaction));
    if (*exchange.interaction != Interaction::capabilities) {
        auto identity = identify(request.head);
        if (!identity) {
            return from(api::refusal(identity.issue()));
        }
        exchange.identity = std::move(*identity);
        const access::Client& client = *exchange.identity.client;
        if (const auto wait = limiter_.admit(client.id, client.rate, exchange.began);
            wait && !exchange.identity.sees_everything) {
            http::Response response =
                from(api::refusal("throttled", "this client asks more often than it may"));
            response.headers.emplace_back("Retry-After", std::to_string((*wait + 999) / 1000));
            return response;
        }
    }
    api::Call call;
    call.method = request.head.method;
    call.path = exchange.path;
    for (const auto& [name, value] : request.head.headers) {
        call.headers.emplace(lower(name), value);
    }
    const bool form = !call.path.empty() && call.path.back() == "_search";
    for (const std::string_view text :
         {std::string_view(request.head.query), form ? std::string_view(request.body) : ""}) {
        auto parameters = api::parameters_of(text);
        if (!parameters) {
            return from(api::refusal(parameters.issue()));
        }
        call.parameters.insert(call.parameters.end(), parameters->begin(), parameters->end());
    }
    call.body = std::move(request.body);
    call.request_id = exchange.request_id;
    call.now = exchange.began;
    const access::Identity& identity = exchange.identity;
    call.caller.client = identity.client ? identity.client->id : "";
    call.caller.ods = identity.client ? identity.client->ods : "";
    call.caller.reach = reach_of(identity);
    call.caller.allows = [&](std::string_view type, char letter) {
        return identity.scopes.allows(type, letter == 'c'   ? Interaction::create
                                            : letter == 'u' ? Interaction::update
                                            : letter == 's' ? Interaction::search_type
                                                            : Interaction::read);
    };
    api::Reply reply = api::answer(parts_.fhir, call);
    exchange.touched = std::move(reply.touched);
    return from(std::move(reply));
}

http::Response Endpoint::token(Exchange& exchange) {
    auto parameters = http::parse_parameters(exchange.request.body);
    access::Form form;
    if (parameters) {
        for (const auto& [name, value] : *parameters) {
            form.emplace_back(name, value);
        }
    }
    const access::TokenAnswer answer = access::answer_token_request(
        form, {parts_.url + "/auth/token", *parts_.clients, *parts_.tokens, *parts_.replays},
        exchange.began);
    exchange.interaction = Interaction::operation;
    exchange.detail = answer.error.empty() ? "token" : "token refused: " + answer.error;
    exchange.touched.clear();
    if (const auto client = parts_.clients->find(answer.client)) {
        exchange.identity.client = client;
    }
    return {answer.status,
            {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}},
            answer.body};
}

/// Who may send extracts may write what they become.
text::Status Endpoint::may_ingest(const http::Head& head, access::Identity& identity) const {
    auto known = identify(head);
    if (!known) {
        return known.issue();
    }
    identity = std::move(*known);
    const bool theirs =
        identity.sees_everything || identity.client->kind != access::OrganisationKind::provider;
    if (!theirs || !identity.scopes.allows("Patient", Interaction::create) ||
        !identity.scopes.allows("ServiceRequest", Interaction::create)) {
        return text::Issue{text::Severity::error,
                           "forbidden",
                           "extracts are sent by practices and ICBs whose scope has "
                           "system/Patient.c and system/ServiceRequest.c",
                           {},
                           {}};
    }
    return {};
}

http::Response Endpoint::ingest(Exchange& exchange) {
    exchange.route = "ingest";
    exchange.interaction = Interaction::operation;
    if (auto refused = may_ingest(exchange.request.head, exchange.identity)) {
        return from(api::refusal(*refused));
    }
    if (exchange.request.head.method != "POST") {
        exchange.detail = "ingest status";
        auto status = parts_.taken_in(exchange.path[1]);
        return status ? json(200, std::move(*status)) : from(api::refusal(status.issue()));
    }
    exchange.detail = "ingest";
    std::string name;
    if (auto parameters = http::parse_parameters(exchange.request.head.query)) {
        for (const auto& [key, value] : *parameters) {
            name = key == "name" ? value : name;
        }
    }
    // A name is a name: what is in it decides about no path.
    name = name.substr(name.find_last_of("/\\") + 1);
    if (exchange.request.body_file.empty()) {
        return from(api::refusal("required", "the body is the extract: a zip"));
    }
    auto id = parts_.take_in(exchange.path[1], exchange.request.body_file,
                             name.empty() ? "posted.zip" : name);
    if (!id) {
        return from(api::refusal(id.issue()));
    }
    http::Response response = json(202, "{\"id\":\"" + *id + "\"}");
    response.headers.emplace_back("Location", parts_.url + "/ingest/" + *id);
    return response;
}

http::Response Endpoint::record(Exchange& exchange) {
    const http::Head& head = exchange.request.head;
    const bool asks = head.method == "GET" || head.method == "HEAD";
    const bool cards = exchange.path[0] == "cds-services";
    exchange.route = exchange.path[0];
    if (asks && cards && exchange.path.size() == 1) {
        return json(200, pages::cds_discovery());
    }
    Shown shown;
    exchange.interaction = Interaction::operation;
    if (asks && !cards && exchange.path.size() == 1) {
        std::string link;
        if (auto parameters = http::parse_parameters(head.query)) {
            for (const auto& [name, value] : *parameters) {
                link = name == "link" ? value : link;
            }
        }
        exchange.detail = "record page";
        shown = parts_.pages->page(link, exchange.began);
    } else if (head.method == "POST" && exchange.path.size() == 2 &&
               exchange.path[1] == (cards ? pages::cds_service : "links")) {
        auto identity = identify(head);
        if (!identity) {
            return from(api::refusal(identity.issue()));
        }
        exchange.identity = std::move(*identity);
        if (!exchange.identity.scopes.allows("Patient", Interaction::read)) {
            return from(api::refusal("forbidden", "the token's scope does not allow this"));
        }
        exchange.detail = cards ? "cards" : "link to the record page";
        const std::string& body = exchange.request.body;
        shown = cards ? parts_.pages->cards(exchange.identity, body, exchange.began)
                      : parts_.pages->make_link(exchange.identity, body, exchange.began);
    } else {
        exchange.interaction.reset();
        return from(api::refusal("not-found", "there is nothing at this address"));
    }
    if (!shown.patient.empty()) {
        exchange.touched.push_back(shown.patient);
    }
    exchange.ods = shown.ods;
    exchange.practitioner = shown.practitioner;
    return std::move(shown.response);
}

http::Response Endpoint::well_known() {
    return json(200, access::smart_configuration(parts_.url + "/auth/token"));
}

http::Response Endpoint::ready() {
    const bool works = !ending_ && !parts_.store->read([](store::Reader& reader) {
        (void)reader.last_change();
        return text::Status();
    });
    return json(works ? 200 : 503, works ? R"({"status":"ready"})" : R"({"status":"not ready"})");
}

http::Response Endpoint::metrics(Exchange& exchange) {
    const std::string& peer = exchange.request.head.peer;
    if (peer.rfind("127.", 0) != 0 && peer != "::1") {
        if (const auto identity = identify(exchange.request.head); !identity) {
            return from(api::refusal(identity.issue()));
        }
    }
    return {200, {{"Content-Type", "text/plain; version=0.0.4"}}, parts_.metrics->text()};
}

void Endpoint::note_refusal(const http::Head& head) {
    const store::Instant now = parts_.clock();
    if (limiter_.admit("refused " + head.peer, {1, 20}, now)) {
        return;
    }
    access::AuditEntry entry;
    entry.recorded = now;
    entry.interaction = Interaction::operation;
    entry.outcome = access::Outcome::minor_failure;
    entry.address = head.peer;
    entry.detail = "no valid token";
    if (auto failed = parts_.audit->append(entry)) {
        parts_.log->write(Level::error, "audit", {{"problem", failed->message}});
    }
}

text::Status Endpoint::note(const Exchange& exchange, const http::Response& response) {
    if (!exchange.interaction || *exchange.interaction == Interaction::capabilities) {
        return {};
    }
    access::AuditEntry entry;
    entry.recorded = exchange.began;
    entry.interaction = *exchange.interaction;
    entry.outcome = response.status < 400   ? access::Outcome::success
                    : response.status < 500 ? access::Outcome::minor_failure
                                            : access::Outcome::serious_failure;
    if (exchange.identity.client) {
        entry.client = exchange.identity.client->id;
        entry.ods = exchange.identity.client->ods;
    }
    entry.address = exchange.request.head.peer;
    entry.query = exchange.request.head.query;
    entry.detail = exchange.detail;
    entry.practitioner = exchange.practitioner;
    if (!exchange.ods.empty()) {
        entry.ods = exchange.ods;
    }
    if (entry.detail == "record page") {
        entry.query.clear();  // it is the link itself
    }
    entry.request = exchange.request_id;
    // What a transaction wrote is many accesses, each a line of its own.
    const bool many = *exchange.interaction == Interaction::transaction;
    std::span<const std::string> resources(exchange.touched);
    if (resources.empty()) {
        resources = std::span(exchange.path).first(exchange.path.empty() ? 0 : 1);
    }
    for (std::size_t i = 0; i == 0 || (many && i < resources.size()); ++i) {
        entry.resource = i < resources.size() ? resources[i] : "";
        if (auto failed = parts_.audit->append(entry)) {
            return failed;
        }
    }
    const char action = access::audit_action(entry.interaction);
    if (action == 'R' || response.status >= 400 || entry.interaction == Interaction::search_type) {
        return {};
    }
    parts_.written();
    return parts_.audit->sync();
}

}  // namespace linkway::service
