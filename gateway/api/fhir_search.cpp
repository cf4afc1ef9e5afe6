// Searches and their pages.
#include <set>

#include "api/fhir_api.h"
#include "bundle.h"
#include "store/searchable.h"
#include "text/node.h"

namespace linkway::api {

namespace {

/// The parameters as one text, to be sealed into a link, and back.
std::string packed(const std::string& type, const Parameters& parameters, std::string_view after) {
    std::string out;
    text::JsonWriter json(out);
    json.begin_array();
    json.value(type);
    json.value(after);
    for (const auto& [name, value] : parameters) {
        json.value(name);
        json.value(value);
    }
    json.end_array();
    return out;
}

struct Unpacked {
    std::string type;
    std::string after;
    Parameters parameters;
};

std::optional<Unpacked> unpacked(std::string_view text) {
    const auto document = text::parse_json(text, "page");
    if (!document || document->root().items.size() < 2) {
        return std::nullopt;
    }
    const text::Items& items = document->root().items;
    Unpacked made{std::string(items[0].text), std::string(items[1].text), {}};
    for (std::size_t i = 2; i + 1 < items.size(); i += 2) {
        made.parameters.push_back({std::string(items[i].text), std::string(items[i + 1].text)});
    }
    return made;
}

/// Resources to go with the matches, each once, whatever leads to it.
class Included {
  public:
    Included(store::Reader& reader, const Caller& caller) : reader_(reader), caller_(caller) {}

    void find(const store::SearchRequest& request, const std::vector<store::Version>& matches) {
        for (const store::Version& match : matches) {
            known_.insert(match.key);
        }
        for (const store::Include& include : request.includes) {
            for (const store::Version& match : matches) {
                forward(include, match);
            }
        }
        for (const store::Include& include : request.revincludes) {
            backward(include, request.search.type, matches);
        }
    }

    const std::vector<store::Version>& all() const { return all_; }
    bool complete() const { return complete_; }

  private:
    static constexpr std::size_t most = 1000;

    void add(store::Version version) {
        if (all_.size() >= most) {
            complete_ = false;
        } else if (!version.deleted && known_.insert(version.key).second) {
            all_.push_back(std::move(version));
        }
    }

    void forward(const store::Include& include, const store::Version& match) {
        const auto document = text::parse_json(match.json, "stored resource");
        if (!document) {
            return;
        }
        const auto prepared = store::prepare(document->root(), match.key.id);
        for (const store::IndexEntry& entry : prepared->index) {
            if (entry.parameter != include.parameter || entry.system.empty() ||
                (!include.target.empty() && entry.system != include.target) ||
                !caller_.allows(entry.system, 'r')) {
                continue;
            }
            if (auto found = reader_.read({entry.system, entry.value}, caller_.reach)) {
                add(*std::move(found));
            }
        }
    }

    void backward(const store::Include& include, const std::string& type,
                  const std::vector<store::Version>& matches) {
        if (matches.empty() || !caller_.allows(include.type, 'r')) {
            return;
        }
        store::Search search;
        search.type = include.type;
        search.count = most;
        store::Criterion criterion;
        criterion.parameter = include.parameter;
        for (const store::Version& match : matches) {
            criterion.any_of.push_back({type, match.key.id, store::Compare::equal, 0, 0});
        }
        search.all_of.push_back(std::move(criterion));
        store::Page page = reader_.search(search, caller_.reach);
        complete_ = complete_ && page.next.empty();
        for (store::Version& version : page.matches) {
            add(std::move(version));
        }
    }

    store::Reader& reader_;
    const Caller& caller_;
    std::set<store::Key> known_;
    std::vector<store::Version> all_;
    bool complete_ = true;
};

Reply run(const FhirParts& parts, const Call& call, const Unpacked& asked) {
    const bool lenient = call.header("prefer").find("handling=lenient") != std::string_view::npos;
    text::Issues issues;
    auto request = store::read_search(asked.type, asked.parameters, parts.base, lenient, issues);
    if (!request) {
        return refusal(issues);
    }
    request->search.after = asked.after;
    const bool count_only = request->count_only || request->search.count == 0;

    store::Page page;
    std::uint64_t total = 0;
    std::vector<store::Version> included;
    if (auto failed = parts.store->read([&](store::Reader& reader) {
            if (count_only || request->total) {
                total = reader.count(request->search, call.caller.reach);
            }
            if (!count_only) {
                page = reader.search(request->search, call.caller.reach);
                Included others(reader, call.caller);
                others.find(*request, page.matches);
                included = others.all();
                if (!others.complete()) {
                    request->ignored.push_back(
                        {text::Severity::warning,
                         "incomplete",
                         "more resources would have to be included than one page holds",
                         {},
                         "ask for fewer with _count"});
                }
            }
            return text::Status();
        })) {
        return refusal(*failed);
    }
    if (!page.valid) {
        return refusal("value", "the link to this page is none of this server's");
    }

    BundleWriter bundle("searchset", parts.base);
    if (count_only || request->total) {
        bundle.total(total);
    }
    // The link names no values: what was searched for may be an NHS number, and links are logged.
    bundle.link("self", parts.base + "/" + asked.type);
    if (!page.next.empty()) {
        bundle.link("next", parts.base + "/_page?token=" +
                                parts.seal(packed(asked.type, asked.parameters, page.next)));
    }
    for (const store::Version& match : page.matches) {
        bundle.found(match, "match");
    }
    for (const store::Version& one : included) {
        bundle.found(one, "include");
    }
    if (!request->ignored.empty()) {
        bundle.outcome(request->ignored);
    }
    return bundle.finish();
}

}  // namespace

Reply search(const FhirParts& parts, const Call& call) {
    return run(parts, call, {call.path[0], {}, call.parameters});
}

Reply next_page(const FhirParts& parts, const Call& call) {
    std::optional<Unpacked> asked;
    for (const auto& [name, value] : call.parameters) {
        if (name == "token") {
            const auto opened = parts.unseal(value);
            asked = opened ? unpacked(*opened) : std::nullopt;
        }
    }
    if (!asked || !store::is_served(asked->type)) {
        return refusal("value", "the link to this page is none of this server's",
                       "begin the search again");
    }
    // Whoever holds the link sees no more than what is within their own reach.
    if (!call.caller.allows(asked->type, 's')) {
        return refusal("forbidden", "the token's scope does not allow this");
    }
    return run(parts, call, *asked);
}

}  // namespace linkway::api
