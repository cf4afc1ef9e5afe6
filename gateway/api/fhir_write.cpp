// create, conditional create and update.
#include <charconv>

#include "fhir/identity.h"
#include "store/searchable.h"
#include "write.h"

namespace linkway::api {

namespace {

text::Issue issue(const char* code, std::string message, std::string suggestion = {}) {
    return {text::Severity::error, code, std::move(message), {}, std::move(suggestion)};
}

store::Change::Origin origin_of(const Call& call) {
    return {call.caller.client, call.request_id, call.now};
}

void say_written(const FhirParts& parts, const store::Written& written, Reply& reply) {
    const std::string reference =
        written.key.type + "/" + written.key.id + "/_history/" + std::to_string(written.version);
    reply.status = written.created ? 201 : 200;
    reply.headers.emplace_back("Location", parts.base + "/" + reference);
    reply.headers.emplace_back("ETag", "W/\"" + std::to_string(written.version) + "\"");
    reply.headers.emplace_back("Last-Modified", http_date(written.updated));
    reply.touched.push_back(reference);
}

/// What came of a write that is the only one of its request.
Reply write_alone(const FhirParts& parts, const Call& call, const Incoming& resource,
                  const Condition& condition, bool may_create) {
    Reply reply;
    if (auto failed = parts.store->write([&](store::Writer& writer) -> text::Status {
            reply = {};
            if (auto unseen =
                    references_are_seen(writer, resource, call.caller, {resource.prepared.key})) {
                return unseen;
            }
            return write_one(parts, call, writer, resource, condition, may_create, reply);
        })) {
        return refusal(*failed, failed->code == "conflict" && condition.if_match ? 412 : 0);
    }
    finish_body(parts, call, resource.prepared.key, reply);
    return reply;
}

}  // namespace

text::Result<std::shared_ptr<const text::Document>> read_body(std::string_view body) {
    auto parsed = text::parse_json(body, "request body");
    if (!parsed) {
        return std::move(parsed).issue();
    }
    auto document = std::make_shared<const text::Document>(std::move(parsed).value());
    if (!document->root().is_object() || document->root().string_or("resourceType", "").empty()) {
        return issue("structure", "the body is no FHIR resource: it has no resourceType");
    }
    return document;
}

std::optional<Incoming> incoming(const FhirParts& parts,
                                 std::shared_ptr<const text::Document> document,
                                 const text::Node& resource, std::string_view id,
                                 text::Issues& issues) {
    text::Issues found = parts.validate(resource);
    if (text::has_errors(found)) {
        issues.insert(issues.end(), std::make_move_iterator(found.begin()),
                      std::make_move_iterator(found.end()));
        return std::nullopt;
    }
    auto prepared = store::prepare(resource, id);
    if (!prepared) {
        issues.push_back(std::move(prepared).issue());
        return std::nullopt;
    }
    return Incoming{std::move(*prepared), std::move(document), &resource};
}

std::string new_id(const Call& call, const text::Node& resource, std::size_t entry) {
    std::string content;
    text::append_json(content, resource);
    return fhir::derived_id(
        {"api", call.caller.client, call.request_id, std::to_string(entry), content});
}

text::Result<std::optional<std::int64_t>> version_of_etag(std::string_view etag) {
    if (etag.empty()) {
        return std::optional<std::int64_t>();
    }
    if (etag.substr(0, 2) == "W/") {
        etag.remove_prefix(2);
    }
    std::int64_t version = 0;
    if (etag.size() > 2 && etag.front() == '"' && etag.back() == '"') {
        const char* const end = etag.data() + etag.size() - 1;
        const auto [read, error] = std::from_chars(etag.data() + 1, end, version);
        if (error == std::errc() && read == end && version > 0) {
            return std::optional(version);
        }
    }
    return issue("value", "If-Match is no version of a resource", "write it as W/\"3\"");
}

std::optional<store::Search> condition_of(const FhirParts& parts, std::string_view type,
                                          std::string_view query, text::Issues& issues) {
    auto parameters = parameters_of(query);
    if (!parameters) {
        issues.push_back(std::move(parameters).issue());
        return std::nullopt;
    }
    auto request = store::read_search(type, *parameters, parts.base, false, issues);
    if (request && request->search.all_of.empty()) {
        issues.push_back(issue("value", "the condition asks for nothing",
                               "name what must not be there, such as identifier=system|value"));
        return std::nullopt;
    }
    if (!request) {
        return std::nullopt;
    }
    request->search.count = 2;
    return std::move(request->search);
}

text::Status references_are_seen(store::Reader& reader, const Incoming& resource,
                                 const Caller& caller, const std::set<store::Key>& together) {
    for (const store::Key& key : resource.prepared.references) {
        if (together.count(key) != 0 || !store::is_served(key.type)) {
            continue;
        }
        const auto found = reader.read(key, caller.reach);
        if (!found || found->deleted) {
            return issue("processing",
                         "a " + key.type + " that the " + resource.prepared.key.type +
                             " refers to is not there",
                         "create it first, or send both in one transaction");
        }
    }
    return {};
}

text::Status write_one(const FhirParts& parts, const Call& call, store::Writer& writer,
                       const Incoming& resource, const Condition& condition, bool may_create,
                       Reply& reply) {
    if (condition.none_exist) {
        const store::Page page = writer.search(*condition.none_exist, call.caller.reach);
        if (page.matches.size() > 1) {
            return issue("multiple-matches", "several resources fit the condition");
        }
        if (page.matches.size() == 1) {
            const store::Version& there = page.matches.front();
            say_written(parts, {there.key, there.version, there.updated, false, false}, reply);
            return {};
        }
    }
    const store::Key& key = resource.prepared.key;
    const auto current = writer.read(key, call.caller.reach);
    if (!current && writer.read(key, store::Reach::all())) {
        return issue("not-found", "there is no such resource");  // not for this caller
    }
    if (condition.creates && current && !current->deleted) {
        say_written(parts, {key, current->version, current->updated, false, false}, reply);
        return {};
    }
    if (condition.if_match && (!current || current->version != *condition.if_match)) {
        return issue("conflict", "the resource has been changed since that version",
                     "read it again and make the change there");
    }
    if (!current && !may_create) {
        return issue("not-found", "there is no such resource");
    }
    store::Written written;
    if (auto failed = parts.write(writer, resource, call.caller, origin_of(call), written)) {
        return failed;
    }
    if (written.created && !call.caller.ods.empty()) {
        writer.grant(key, call.caller.ods);
    }
    say_written(parts, written, reply);
    return writer.failed();
}

void finish_body(const FhirParts& parts, const Call& call, const store::Key& key, Reply& reply) {
    const std::string_view prefer = call.header("prefer");
    if (prefer.find("return=minimal") != std::string_view::npos || reply.status >= 400) {
        return;
    }
    store::Key shown = key;
    // A conditional create may have found another.
    for (const std::string& touched : reply.touched) {
        const std::size_t slash = touched.find('/');
        shown = {touched.substr(0, slash),
                 touched.substr(slash + 1, touched.find("/_history") - slash - 1)};
    }
    std::optional<store::Version> version;
    if (parts.store->read([&](store::Reader& reader) {
            version = reader.read(shown, call.caller.reach);
            return text::Status();
        })) {
        return;  // it is written; that it can't be shown is no failure of the write
    }
    if (version && !version->deleted) {
        reply.headers.emplace_back("Content-Type", fhir_json);
        reply.body = std::move(version->json);
    }
}

Reply create(const FhirParts& parts, const Call& call) {
    auto body = read_body(call.body);
    if (!body) {
        return refusal(body.issue(), 400);
    }
    const text::Node& resource = (*body)->root();
    if (resource.string_or("resourceType", "") != call.path[0]) {
        return refusal("value", "the body is not of the type in the address");
    }
    text::Issues issues;
    Condition condition;
    condition.creates = true;
    if (const std::string_view query = call.header("if-none-exist"); !query.empty()) {
        condition.none_exist = condition_of(parts, call.path[0], query, issues);
        if (!condition.none_exist) {
            return refusal(issues);
        }
    }
    const auto ready = incoming(parts, *body, resource, new_id(call, resource, 0), issues);
    if (!ready) {
        return refusal(issues);
    }
    return write_alone(parts, call, *ready, condition, true);
}

Reply update(const FhirParts& parts, const Call& call) {
    auto body = read_body(call.body);
    if (!body) {
        return refusal(body.issue(), 400);
    }
    const text::Node& resource = (*body)->root();
    if (resource.string_or("resourceType", "") != call.path[0] ||
        resource.string_or("id", "") != call.path[1]) {
        return refusal("value", "the body's resourceType and id are not those of the address");
    }
    Condition condition;
    auto version = version_of_etag(call.header("if-match"));
    if (!version) {
        return refusal(version.issue());
    }
    condition.if_match = *version;
    text::Issues issues;
    const auto ready = incoming(parts, *body, resource, call.path[1], issues);
    if (!ready) {
        return refusal(issues);
    }
    return write_alone(parts, call, *ready, condition, true);
}

}  // namespace linkway::api
