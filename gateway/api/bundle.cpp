#include "bundle.h"

#include <array>

#include "fhir/operation_outcome.h"

namespace linkway::api {

BundleWriter::BundleWriter(std::string_view type, std::string_view base)
    : base_(base), json_(reply_.body) {
    reply_.headers.emplace_back("Content-Type", fhir_json);
    json_.begin_object();
    json_.member("resourceType", "Bundle");
    json_.member("type", type);
}

void BundleWriter::total(std::uint64_t count) {
    json_.member("total", count);
}

void BundleWriter::link(std::string_view relation, std::string_view url) {
    if (!links_) {
        json_.name("link");
        json_.begin_array();
        links_ = true;
    }
    json_.begin_object();
    json_.member("relation", relation);
    json_.member("url", url);
    json_.end_object();
}

void BundleWriter::begin_entry() {
    if (!entries_) {
        if (links_) {
            json_.end_array();
        }
        json_.name("entry");
        json_.begin_array();
        entries_ = true;
    }
    json_.begin_object();
}

void BundleWriter::found(const store::Version& version, std::string_view mode) {
    begin_entry();
    json_.member("fullUrl", base_ + "/" + version.key.type + "/" + version.key.id);
    json_.name("resource");
    json_.raw(version.json);
    json_.name("search");
    json_.begin_object();
    json_.member("mode", mode);
    json_.end_object();
    json_.end_object();
    reply_.touched.push_back(version.key.type + "/" + version.key.id);
}

void BundleWriter::outcome(std::span<const text::Issue> issues) {
    begin_entry();
    std::string outcome;
    fhir::append_operation_outcome(outcome, issues);
    json_.name("resource");
    json_.raw(outcome);
    json_.name("search");
    json_.begin_object();
    json_.member("mode", "outcome");
    json_.end_object();
    json_.end_object();
}

void BundleWriter::version(const store::Change& change) {
    struct Words {
        const char* method;
        const char* status;
    };
    constexpr std::array<Words, 3> words = {{{"POST", "201"}, {"PUT", "200"}, {"DELETE", "204"}}};
    const Words& say = words[static_cast<std::size_t>(change.kind)];
    const store::Version& version = change.version;
    const std::string reference = version.key.type + "/" + version.key.id;
    begin_entry();
    json_.member("fullUrl", base_ + "/" + reference);
    if (!version.deleted) {
        json_.name("resource");
        json_.raw(version.json);
    }
    json_.name("request");
    json_.begin_object();
    json_.member("method", say.method);
    json_.member("url", change.kind == store::Change::Kind::created ? version.key.type : reference);
    json_.end_object();
    json_.name("response");
    json_.begin_object();
    json_.member("status", say.status);
    json_.member("etag", "W/\"" + std::to_string(version.version) + "\"");
    json_.member("lastModified", store::to_instant(version.updated));
    json_.end_object();
    json_.end_object();
    reply_.touched.push_back(reference + "/_history/" + std::to_string(version.version));
}

void BundleWriter::response(const Reply& reply, bool with_body) {
    begin_entry();
    const bool failed = reply.status >= 400;
    if (with_body && !failed && !reply.body.empty()) {
        json_.name("resource");
        json_.raw(reply.body);
    }
    json_.name("response");
    json_.begin_object();
    json_.member("status", std::to_string(reply.status));
    for (const auto& [name, value] : reply.headers) {
        if (name == "Location") {
            json_.member("location", value);
        } else if (name == "ETag") {
            json_.member("etag", value);
        }
    }
    if (failed && !reply.body.empty()) {
        json_.name("outcome");
        json_.raw(reply.body);
    }
    json_.end_object();
    json_.end_object();
    reply_.touched.insert(reply_.touched.end(), reply.touched.begin(), reply.touched.end());
}

Reply BundleWriter::finish() {
    if (entries_ || links_) {
        json_.end_array();
    }
    json_.end_object();
    return std::move(reply_);
}

}  // namespace linkway::api
