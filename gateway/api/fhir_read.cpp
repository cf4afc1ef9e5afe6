// read, vread and history.
#include <charconv>

#include "api/fhir_api.h"
#include "bundle.h"
#include "store/moment.h"

namespace linkway::api {

namespace {

std::optional<std::int64_t> number_of(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() && number > 0
               ? std::optional(number)
               : std::nullopt;
}

Reply one_version(const Call& call, const std::optional<store::Version>& found) {
    if (!found) {
        return refusal("not-found", "there is no such resource");
    }
    if (found->deleted) {
        return refusal("deleted", "the resource was deleted");
    }
    Reply reply = version_reply(*found, 200);
    const std::string etag = "W/\"" + std::to_string(found->version) + "\"";
    if (call.header("if-none-match") == etag) {
        reply.status = 304;
        reply.body.clear();
    }
    return reply;
}

}  // namespace

Reply read(const FhirParts& parts, const Call& call) {
    std::optional<store::Version> found;
    if (auto failed = parts.store->read([&](store::Reader& reader) {
            found = reader.read({call.path[0], call.path[1]}, call.caller.reach);
            return text::Status();
        })) {
        return refusal(*failed);
    }
    return one_version(call, found);
}

Reply vread(const FhirParts& parts, const Call& call) {
    const auto version = number_of(call.path[3]);
    if (!version) {
        return refusal("not-found", "there is no such version");
    }
    std::optional<store::Version> found;
    if (auto failed = parts.store->read([&](store::Reader& reader) {
            found = reader.read_version({call.path[0], call.path[1]}, *version, call.caller.reach);
            return text::Status();
        })) {
        return refusal(*failed);
    }
    return one_version(call, found);
}

Reply history(const FhirParts& parts, const Call& call) {
    store::HistoryQuery query;
    query.type = call.path.size() > 1 ? call.path[0] : "";
    query.id = call.path.size() > 2 ? call.path[1] : "";
    query.count = store::default_count;
    for (const auto& [name, value] : call.parameters) {
        if (name == "_count") {
            const auto count = number_of(value);
            if (!count) {
                return refusal("value", "_count is a whole number above zero");
            }
            query.count = std::min(static_cast<std::size_t>(*count), store::most_count);
        } else if (name == "_since") {
            const auto since = store::moments_of(value);
            if (!since) {
                return refusal("value", "_since is no date");
            }
            query.since = since->from;
        } else if (name == "_before") {
            query.before = number_of(value).value_or(0);
        } else if (name != "_format" && name != "_pretty") {
            return refusal("not-supported", "a history has _count and _since only");
        }
    }
    std::vector<store::Change> changes;
    bool known = true;
    if (auto failed = parts.store->read([&](store::Reader& reader) {
            ++query.count;  // one more tells whether there is another page
            changes = reader.history(query, call.caller.reach);
            --query.count;
            known = query.id.empty() || !changes.empty() ||
                    reader.read({query.type, query.id}, call.caller.reach).has_value();
            return text::Status();
        })) {
        return refusal(*failed);
    }
    if (!known) {
        return refusal("not-found", "there is no such resource");
    }
    std::string next;
    if (changes.size() > query.count) {
        changes.pop_back();
        next = std::to_string(changes.back().number);
    }
    std::erase_if(changes, [&](const store::Change& change) {
        return !call.caller.allows(change.version.key.type, 'r');
    });

    BundleWriter bundle("history", parts.base);
    std::string path;
    for (const std::string& segment : call.path) {
        path += "/" + segment;
    }
    bundle.link("self", parts.base + path);
    if (!next.empty()) {
        bundle.link("next", parts.base + path + "?_count=" + std::to_string(query.count) +
                                "&_before=" + next);
    }
    for (const store::Change& change : changes) {
        bundle.version(change);
    }
    return bundle.finish();
}

}  // namespace linkway::api
