#include <algorithm>
#include <cctype>

#include "element.h"
#include "pages/cds_cards.h"
#include "text/json_writer.h"

namespace linkway::pages {

using text::Issue;
using text::Node;

namespace {

constexpr std::string_view hook = "patient-view";

Issue issue(std::string code, std::string message, std::string field, const Node* at,
            std::string suggestion = {}) {
    Issue made{text::Severity::error, std::move(code), std::move(message), {}, {}};
    made.location.field = std::move(field);
    made.location.line = at == nullptr ? 0 : at->line;
    made.location.column = at == nullptr ? 0 : at->column;
    made.suggestion = std::move(suggestion);
    return made;
}

bool is_uuid(std::string_view text) {
    constexpr std::string_view shape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    return text.size() == shape.size() &&
           std::equal(text.begin(), text.end(), shape.begin(), [](char c, char expected) {
               return expected == '-' ? c == '-'
                                      : std::isxdigit(static_cast<unsigned char>(c)) != 0;
           });
}

bool is_fhir_id(std::string_view text) {
    return !text.empty() && text.size() <= 64 &&
           std::all_of(text.begin(), text.end(), [](unsigned char c) {
               return (std::isalnum(c) != 0 && c < 0x80) || c == '-' || c == '.';
           });
}

/// The text of a member that must be there.
text::Result<std::string> required(const Node& owner, std::string_view name,
                                   const std::string& field) {
    const Node* node = owner.find(name);
    if (node == nullptr) {
        return issue("required", "\"" + field + "\" is missing", field, &owner);
    }
    if (!node->is_string()) {
        return issue("value", "\"" + field + "\" must be a string", field, node);
    }
    return std::string(node->text);
}

}  // namespace

text::Result<CdsRequest> parse_cds_request(std::string_view body) {
    auto document = text::parse_json(body, "body");
    if (!document) {
        return std::move(document).issue();
    }
    const Node& root = document->root();
    if (!root.is_object()) {
        return issue("structure", "a call of a hook is a JSON object", {}, &root);
    }
    const auto name = required(root, "hook", "hook");
    if (!name) {
        return name.issue();
    }
    if (*name != hook) {
        return issue("not-supported", "this service answers the hook \"patient-view\" only", "hook",
                     root.find("hook"), text::did_you_mean(*name, {std::string(hook)}));
    }
    auto instance = required(root, "hookInstance", "hookInstance");
    if (!instance) {
        return std::move(instance).issue();
    }
    if (!is_uuid(*instance)) {
        return issue("value", "\"hookInstance\" must be a UUID", "hookInstance",
                     root.find("hookInstance"));
    }
    const Node* context = root.find("context");
    if (context == nullptr || !context->is_object()) {
        return issue(context == nullptr ? "required" : "value",
                     "\"context\" must be an object with \"patientId\"", "context",
                     context == nullptr ? &root : context);
    }
    auto patient = required(*context, "patientId", "context.patientId");
    if (!patient) {
        return std::move(patient).issue();
    }
    if (!is_fhir_id(*patient)) {
        const bool reference = patient->rfind("Patient/", 0) == 0;
        return issue("value", "\"context.patientId\" must be the id of a Patient",
                     "context.patientId", context->find("patientId"),
                     reference ? "leave out \"Patient/\"" : "");
    }
    const Node* user = context->find("userId");
    return CdsRequest{std::move(*instance), std::move(*patient),
                      user != nullptr && user->is_string() ? std::string(user->text) : ""};
}

std::string cds_discovery() {
    std::string out;
    text::JsonWriter json(out);
    json.begin_object();
    json.name("services");
    json.begin_array();
    json.begin_object();
    json.member("hook", hook);
    json.member("title", "Social prescribing");
    json.member("description",
                "Says where a patient's social prescribing referral stands, who acts, and what is "
                "requested of the practice.");
    json.member("id", cds_service);
    json.end_object();
    json.end_array();
    json.end_object();
    return out;
}

}  // namespace linkway::pages
