#include "api/fhir_api.h"

#include <algorithm>
#include <array>

#include "store/searchable.h"

namespace linkway::api {

namespace {

constexpr std::array table = {
    Interaction{"capabilities", "GET", "metadata", ' ', true, capabilities},
    Interaction{"search-system", "GET", "_page", ' ', true, next_page},
    Interaction{"history-system", "GET", "_history", ' ', true, history},
    Interaction{"transaction", "POST", "", ' ', true, transaction},
    Interaction{"search-type", "GET", "{type}", 's', false, search},
    Interaction{"search-type", "POST", "{type}/_search", 's', false, search},
    Interaction{"create", "POST", "{type}", 'c', false, create},
    Interaction{"history-type", "GET", "{type}/_history", 's', false, history},
    Interaction{"read", "GET", "{type}/{id}", 'r', false, read},
    Interaction{"update", "PUT", "{type}/{id}", 'u', false, update},
    Interaction{"history-instance", "GET", "{type}/{id}/_history", 'r', false, history},
    Interaction{"vread", "GET", "{type}/{id}/_history/{version}", 'r', false, vread},
};

bool fits(std::string_view pattern, const std::vector<std::string>& path) {
    std::size_t at = 0;
    for (const std::string& segment : path) {
        if (at > pattern.size() || (at == pattern.size() && !pattern.empty()) || pattern.empty()) {
            return false;
        }
        const std::size_t slash = std::min(pattern.find('/', at), pattern.size());
        const std::string_view part = pattern.substr(at, slash - at);
        const bool variable = part.front() == '{';
        if (variable ? segment.empty() || segment.front() == '_' : part != segment) {
            return false;
        }
        at = slash == pattern.size() ? slash : slash + 1;
    }
    return at == pattern.size();
}

bool is_valid_id(std::string_view id) {
    return !id.empty() && id.size() <= 64 &&
           id.find_first_not_of(
               "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.") ==
               std::string_view::npos;
}

Reply wrong_method(const Call& call) {
    std::string allowed;
    for (const Interaction& one : table) {
        if (fits(one.path, call.path) && allowed.find(one.method) == std::string::npos) {
            allowed += (allowed.empty() ? "" : ", ") + std::string(one.method);
        }
    }
    if (allowed.empty()) {
        return refusal("not-found", "there is nothing at this address");
    }
    Reply reply = refusal(text::Issue{text::Severity::error,
                                      "not-supported",
                                      "this method is not offered here",
                                      {},
                                      "use " + allowed},
                          405);
    reply.headers.emplace_back("Allow", allowed);
    return reply;
}

/// Whether the answer can be given in a form that the client takes.
bool takes_json(const Call& call) {
    const std::string_view accept = call.header("accept");
    if (accept.empty()) {
        return true;
    }
    for (const std::string_view part :
         {"application/fhir+json", "application/json", "*/*", "application/*", "text/json"}) {
        if (accept.find(part) != std::string_view::npos) {
            return true;
        }
    }
    return false;
}

bool is_json(std::string_view content_type) {
    const std::string_view type = content_type.substr(0, content_type.find(';'));
    return type == "application/fhir+json" || type == "application/json" || type == "text/json";
}

/// What is wrong with a request before anything is looked up, if anything.
std::optional<Reply> check(const Call& call, const Interaction& interaction) {
    if (!takes_json(call)) {
        return refusal(text::Issue{text::Severity::error,
                                   "not-supported",
                                   "answers are given as application/fhir+json only",
                                   {},
                                   {}},
                       406);
    }
    if (!interaction.of_system) {
        const std::string& type = call.path[0];
        if (!store::is_served(type)) {
            std::vector<std::string> known(store::served_types().begin(),
                                           store::served_types().end());
            return refusal(text::Issue{text::Severity::error,
                                       "not-found",
                                       "no resource type of that name is kept here",
                                       {},
                                       text::did_you_mean(type, known)});
        }
        if (!call.caller.allows(type, interaction.scope)) {
            return refusal("forbidden", "the token's scope does not allow this");
        }
        if (call.path.size() > 1 && call.path[1].front() != '_' && !is_valid_id(call.path[1])) {
            return refusal("value", "the id in the address is none");
        }
    }
    const bool has_body = interaction.code == "create" || interaction.code == "update" ||
                          interaction.code == "transaction";
    if (has_body && !is_json(call.header("content-type"))) {
        return refusal(text::Issue{text::Severity::error,
                                   "not-supported",
                                   "the body must be application/fhir+json",
                                   {},
                                   {}},
                       415);
    }
    return std::nullopt;
}

}  // namespace

std::span<const Interaction> interactions() {
    return table;
}

Reply answer(const FhirParts& parts, const Call& call) {
    for (const Interaction& one : table) {
        const bool head = call.method == "HEAD" && one.method == "GET";
        if ((one.method == call.method || head) && fits(one.path, call.path)) {
            if (auto wrong = check(call, one)) {
                return *std::move(wrong);
            }
            return one.run(parts, call);
        }
    }
    return wrong_method(call);
}

}  // namespace linkway::api
