// Transactions (all or nothing) and batches (each for itself).
#include <map>

#include "bundle.h"
#include "fhir/definitions.h"
#include "store/searchable.h"
#include "text/json_writer.h"
#include "write.h"

namespace linkway::api {

namespace {

text::Issue issue(const char* code, std::string message, std::size_t entry) {
    return {text::Severity::error,
            code,
            std::move(message),
            {{}, 0, 0, "Bundle.entry[" + std::to_string(entry) + "]"},
            {}};
}

/// One entry of a transaction, with references between entries resolved.
struct Entry {
    std::string method;
    std::string url;
    std::string full_url;
    std::string type, id;  ///< of what is written
    std::string none_exist;
    std::string if_match;
    std::string known_as;  ///< "Patient/1b2c": where it is or will be
    const text::Node* resource = nullptr;
    std::optional<Incoming> ready;
    Condition condition;
    Reply reply;
};

std::vector<std::string> split(std::string_view path) {
    std::vector<std::string> segments;
    for (std::size_t at = 0; at <= path.size();) {
        const std::size_t slash = std::min(path.find('/', at), path.size());
        segments.emplace_back(path.substr(at, slash - at));
        at = slash + 1;
    }
    return segments;
}

class Transaction {
  public:
    Transaction(const FhirParts& parts, const Call& call) : parts_(parts), call_(call) {}

    Reply run(const text::Node& bundle) {
        text::Issues issues;
        read_entries(bundle, issues);
        if (text::has_errors(issues)) {
            return refusal(issues);
        }
        if (auto refused = write()) {
            return *std::move(refused);
        }
        const bool with_body =
            call_.header("prefer").find("return=representation") != std::string_view::npos;
        BundleWriter answer("transaction-response", parts_.base);
        for (Entry& entry : entries_) {
            if (entry.method == "GET") {
                entry.reply = ask(entry);
            } else if (with_body) {
                finish_body(parts_, call_, entry.ready->prepared.key, entry.reply);
            }
            answer.response(entry.reply, with_body || entry.method == "GET");
        }
        return answer.finish();
    }

  private:
    /// Writes all entries; what is wrong with them, if anything is.
    std::optional<Reply> write() {
        constexpr int tries = 5;
        for (int i = 0;; ++i) {
            text::Issues issues;
            if (auto failed = look_up_conditions()) {
                return refusal(*failed);
            }
            prepare_all(issues);
            if (text::has_errors(issues)) {
                return refusal(issues);
            }
            moved_ = false;
            auto failed =
                parts_.store->write([&](store::Writer& writer) { return write_all(writer); });
            if (!failed) {
                return std::nullopt;
            }
            if (!moved_ || i + 1 == tries) {
                return refusal(*failed, failed->code == "conflict" ? 412 : 0);
            }
        }
    }

    void read_entries(const text::Node& bundle, text::Issues& issues) {
        const text::Node* entries = bundle.find("entry");
        if (entries == nullptr) {
            return;
        }
        for (const text::Node& node : entries->items) {
            const std::size_t at = entries_.size();
            Entry& entry = entries_.emplace_back();
            const text::Node* request = node.find("request");
            if (request == nullptr) {
                issues.push_back(issue("required", "the entry has no request", at));
                continue;
            }
            entry.method = request->string_or("method", "");
            entry.url = request->string_or("url", "");
            entry.full_url = node.string_or("fullUrl", "");
            entry.none_exist = request->string_or("ifNoneExist", "");
            entry.if_match = request->string_or("ifMatch", "");
            entry.resource = node.find("resource");
            place(entry, at, issues);
        }
    }

    /// Says what is to be written where, and what the others call it.
    void place(Entry& entry, std::size_t at, text::Issues& issues) {
        if (entry.method == "GET") {
            return;
        }
        if (entry.method != "POST" && entry.method != "PUT") {
            issues.push_back(issue("not-supported", "entries are POST, PUT or GET here", at));
            return;
        }
        const auto segments = split(entry.url);
        entry.type = segments[0];
        const bool put = entry.method == "PUT";
        if (segments.size() != (put ? 2U : 1U) || !store::is_served(entry.type)) {
            issues.push_back(issue("value", "the entry's url names nothing that is kept here", at));
            return;
        }
        if (entry.resource == nullptr ||
            entry.resource->string_or("resourceType", "") != entry.type ||
            (put && entry.resource->string_or("id", "") != segments[1])) {
            issues.push_back(
                issue("value", "the entry's resource is not the one its url names", at));
            return;
        }
        if (!call_.caller.allows(entry.type, put ? 'u' : 'c')) {
            issues.push_back(issue("forbidden", "the token's scope does not allow this", at));
            return;
        }
        entry.id = put ? segments[1] : new_id(call_, *entry.resource, at);
        entry.known_as = entry.type + "/" + entry.id;
        entry.condition.creates = !put;
        if (!entry.none_exist.empty()) {
            const std::size_t before = issues.size();
            entry.condition.none_exist = condition_of(parts_, entry.type, entry.none_exist, issues);
            say_where(issues, before, at);
        }
        if (!entry.full_url.empty()) {
            known_as_[entry.full_url] = entry.known_as;
        }
    }

    static void say_where(text::Issues& issues, std::size_t from, std::size_t at) {
        for (std::size_t i = from; i < issues.size(); ++i) {
            std::string& field = issues[i].location.field;
            field = "Bundle.entry[" + std::to_string(at) + "].resource" +
                    (field.empty() ? "" : ": " + field);
        }
    }

    /// Where those are that are created on a condition only, for others refer to them. Entries of
    /// one condition are one resource.
    text::Status look_up_conditions() {
        std::map<std::string, std::string> found;
        return parts_.store->read([&](store::Reader& reader) {
            for (Entry& entry : entries_) {
                if (!entry.condition.none_exist) {
                    continue;
                }
                const store::Page page =
                    reader.search(*entry.condition.none_exist, call_.caller.reach);
                const std::string there = page.matches.empty()
                                              ? entry.type + "/" + entry.id
                                              : entry.type + "/" + page.matches.front().key.id;
                entry.known_as =
                    found.emplace(entry.type + "?" + entry.none_exist, there).first->second;
                if (!entry.full_url.empty()) {
                    known_as_[entry.full_url] = entry.known_as;
                }
            }
            return text::Status();
        });
    }

    /// The resource with the other entries' ids in its references. False when it refers to an entry
    /// that there is not.
    bool write_resolved(std::string& out, const text::Node& node) const {
        bool resolved = true;
        if (node.is_array()) {
            out += '[';
            for (const text::Node& item : node.items) {
                out += out.back() == '[' ? "" : ",";
                resolved = write_resolved(out, item) && resolved;
            }
            out += ']';
            return resolved;
        }
        if (!node.is_object()) {
            text::append_json(out, node);
            return true;
        }
        out += '{';
        for (const text::Member& member : node.members) {
            out += out.back() == '{' ? "" : ",";
            text::append_json_string(out, member.name);
            out += ':';
            const bool refers = member.name == "reference" && member.value.is_string();
            const auto known = refers ? known_as_.find(member.value.text) : known_as_.end();
            if (known != known_as_.end()) {
                text::append_json_string(out, known->second);
            } else {
                resolved = write_resolved(out, member.value) && resolved &&
                           !(refers && member.value.text.substr(0, 4) == "urn:");
            }
        }
        out += '}';
        return resolved;
    }

    void prepare_all(text::Issues& issues) {
        together_.clear();
        for (std::size_t at = 0; at < entries_.size(); ++at) {
            Entry& entry = entries_[at];
            if (entry.method == "GET") {
                continue;
            }
            std::string json;
            if (!write_resolved(json, *entry.resource)) {
                issues.push_back(
                    issue("value", "the entry refers to another that is not in the bundle", at));
            }
            auto document = read_body(json);
            if (!document) {
                issues.push_back(document.issue());
                continue;
            }
            const std::size_t before = issues.size();
            const text::Node& root = (*document)->root();
            entry.ready = incoming(parts_, *document, root, entry.id, issues);
            if (auto version = version_of_etag(entry.if_match)) {
                entry.condition.if_match = *version;
            } else {
                issues.push_back(version.issue());
            }
            say_where(issues, before, at);
            if (!together_.insert({entry.type, entry.id}).second) {
                issues.push_back(issue("invariant", "two entries write the same resource", at));
            }
        }
    }

    text::Status write_all(store::Writer& writer) {
        for (const Entry& entry : entries_) {
            if (entry.ready) {
                if (auto unseen =
                        references_are_seen(writer, *entry.ready, call_.caller, together_)) {
                    return unseen;
                }
            }
        }
        for (std::size_t at = 0; at < entries_.size(); ++at) {
            Entry& entry = entries_[at];
            if (!entry.ready) {
                continue;
            }
            entry.reply = {};
            if (auto failed = write_one(parts_, call_, writer, *entry.ready, entry.condition, true,
                                        entry.reply)) {
                return failed;
            }
            moved_ = entry.reply.touched.front().rfind(entry.known_as + "/", 0) != 0;
            if (moved_) {  // others of the bundle refer to where it was a moment ago
                return issue("lock-error", "somebody else creates the same at the same time", at);
            }
        }
        return {};
    }

    Reply ask(const Entry& entry) const;

    const FhirParts& parts_;
    const Call& call_;
    std::vector<Entry> entries_;
    std::map<std::string, std::string, std::less<>> known_as_;
    std::set<store::Key> together_;
    bool moved_ = false;
};

/// The request that an entry stands for.
Call call_of(const Call& outer, std::string_view method, std::string_view url, std::size_t entry) {
    Call call;
    call.method = method;
    call.caller = outer.caller;
    call.request_id = outer.request_id + "-" + std::to_string(entry);
    call.now = outer.now;
    call.headers.emplace("content-type", "application/fhir+json");
    const std::size_t mark = url.find('?');
    call.path = split(url.substr(0, mark));
    if (mark != std::string_view::npos) {
        if (auto parameters = parameters_of(url.substr(mark + 1))) {
            call.parameters = std::move(*parameters);
        } else {
            call.path = {"_unreadable"};
        }
    }
    return call;
}

Reply Transaction::ask(const Entry& entry) const {
    return answer(parts_, call_of(call_, "GET", entry.url, 0));
}

Reply batch(const FhirParts& parts, const Call& call, const text::Node& bundle) {
    BundleWriter reply("batch-response", parts.base);
    const text::Node* entries = bundle.find("entry");
    std::size_t at = 0;
    for (const text::Node& node : entries != nullptr ? entries->items : text::Items()) {
        const text::Node* request = node.find("request");
        const std::string_view method = request != nullptr ? request->string_or("method", "") : "";
        if (method != "GET" && method != "POST" && method != "PUT") {
            reply.response(refusal(issue("not-supported", "entries are POST, PUT or GET here", at)),
                           false);
            ++at;
            continue;
        }
        Call one = call_of(call, method, request->string_or("url", ""), at);
        for (const auto& [member, header] :
             {std::pair{"ifMatch", "if-match"}, std::pair{"ifNoneExist", "if-none-exist"},
              std::pair{"ifNoneMatch", "if-none-match"}}) {
            if (const std::string_view value = request->string_or(member, ""); !value.empty()) {
                one.headers.emplace(header, value);
            }
        }
        if (const text::Node* resource = node.find("resource"); resource != nullptr) {
            text::append_json(one.body, *resource);
        }
        // A bundle within a bundle would nest without end.
        const bool itself = one.path.size() == 1 && one.path[0].empty();
        reply.response(itself ? refusal("not-supported", "a batch holds no other bundles")
                              : answer(parts, one),
                       true);
        ++at;
    }
    return reply.finish();
}

}  // namespace

Reply transaction(const FhirParts& parts, const Call& call) {
    auto body = read_body(call.body);
    if (!body) {
        return refusal(body.issue(), 400);
    }
    const text::Node& bundle = (*body)->root();
    if (bundle.string_or("resourceType", "") != "Bundle") {
        return refusal("value", "what is posted here is a Bundle");
    }
    const text::Node* entries = bundle.find("entry");
    constexpr std::size_t most = 1000;
    if (entries != nullptr && entries->items.empty()) {
        return refusal("structure", "Bundle.entry is a list of entries, or is left out");
    }
    if (entries != nullptr && entries->items.size() > most) {
        return refusal("too-long", "a bundle has at most 1000 entries here");
    }
    const std::string_view type = bundle.string_or("type", "");
    if (type == "batch") {
        return batch(parts, call, bundle);
    }
    if (type == "transaction") {
        return Transaction(parts, call).run(bundle);
    }
    return refusal("value", "a Bundle posted here is of type transaction or batch");
}

}  // namespace linkway::api
