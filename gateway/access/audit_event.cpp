#include <algorithm>

#include "access/audit.h"
#include "access/base64.h"
#include "text/json_writer.h"
#include "text/utf8.h"

namespace linkway::access {

namespace {

constexpr std::size_t most_name_bytes = 100;
constexpr std::size_t most_parameters = 50;
constexpr std::size_t most_text_bytes = 300;

/// A string that may be absent. What clients send may be anything: it becomes valid JSON and no
/// longer than it need be.
void write_text(text::JsonWriter& json, std::string_view name, std::string_view value) {
    if (value.empty()) {
        return;
    }
    if (!text::is_utf8(value)) {
        json.member(name, "not UTF-8");
        return;
    }
    value = value.substr(0, most_text_bytes);
    json.member(name, value.substr(0, text::utf8_prefix(value)));
}

void write_coding(text::JsonWriter& json, std::string_view system, std::string_view code) {
    json.begin_object();
    json.member("system", system);
    json.member("code", code);
    json.end_object();
}

void write_agent(text::JsonWriter& json, const AuditEntry& entry) {
    json.begin_object();
    if (!entry.ods.empty()) {
        json.name("who");
        json.begin_object();
        json.name("identifier");
        json.begin_object();
        json.member("system", "https://fhir.nhs.uk/Id/ods-organization-code");
        write_text(json, "value", entry.ods);
        json.end_object();
        json.end_object();
    }
    write_text(json, "altId", entry.client);
    write_text(json, "name", entry.practitioner);
    json.member("requestor", true);
    if (!entry.address.empty()) {
        json.name("network");
        json.begin_object();
        write_text(json, "address", entry.address);
        json.member("type", "2");  // an IP address
        json.end_object();
    }
    json.end_object();
}

bool is_like_nhs_number(std::string_view text) {
    const auto digits =
        std::count_if(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    return digits >= 9 && std::none_of(text.begin(), text.end(), [](char c) {
               return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
           });
}

/// A client may ask for Patient/<NHS number>, which is no id here but would be patient data: such
/// parts of a path become "-".
std::string without_nhs_numbers(std::string_view path) {
    std::string result;
    while (true) {
        const std::size_t end = std::min(path.find('/'), path.size());
        const std::string_view part = path.substr(0, end);
        result += is_like_nhs_number(part) ? "-" : part;
        if (end == path.size()) {
            return result;
        }
        result += '/';
        path.remove_prefix(end + 1);
    }
}

/// Of paths, those that name resources or a type.
bool is_what(std::string_view resource) {
    return !resource.empty() && resource[0] >= 'A' && resource[0] <= 'Z';
}

void write_entity(text::JsonWriter& json, const AuditEntry& entry) {
    json.begin_object();
    if (is_what(entry.resource)) {
        // A type alone is no reference, but says what was asked for.
        const bool is_type = entry.resource.find('/') == std::string::npos;
        json.name("what");
        json.begin_object();
        write_text(json, is_type ? "type" : "reference", without_nhs_numbers(entry.resource));
        json.end_object();
    }
    if (!entry.query.empty()) {
        json.member("query", to_base64(parameter_names(entry.query)));
    }
    if (!entry.request.empty()) {
        json.name("detail");
        json.begin_array();
        json.begin_object();
        json.member("type", "request");
        write_text(json, "valueString", entry.request);
        json.end_object();
        json.end_array();
    }
    json.end_object();
}

bool is_parameter_name(std::string_view name) {
    const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
    return !name.empty() && name.size() <= most_name_bytes &&
           (is_letter(name[0]) || name[0] == '_' || name[0] == '$') &&
           std::all_of(name.begin(), name.end(), [&](char c) {
               return is_letter(c) || c == '_' || c == '-' || c == '.' || c == ':' || c == '$';
           });
}

}  // namespace

std::string parameter_names(std::string_view query) {
    std::string names;
    for (std::size_t count = 0; !query.empty() && count < most_parameters; ++count) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const std::string_view pair = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        const std::size_t equals = pair.find('=');
        names += names.empty() ? "" : "&";
        // Without "=" what stands there is as likely a value.
        if (equals != std::string_view::npos && is_parameter_name(pair.substr(0, equals))) {
            names += pair.substr(0, equals);
        } else {
            names += '-';
        }
    }
    return names;
}

std::string to_audit_event(const AuditEntry& entry, std::string_view node) {
    std::string out;
    text::JsonWriter json(out);
    json.begin_object();
    json.member("resourceType", "AuditEvent");
    json.name("type");
    write_coding(json, "http://terminology.hl7.org/CodeSystem/audit-event-type", "rest");
    json.name("subtype");
    json.begin_array();
    write_coding(json, "http://hl7.org/fhir/restful-interaction", to_code(entry.interaction));
    json.end_array();
    json.member("action", std::string(1, audit_action(entry.interaction)));
    json.member("recorded", to_fhir_instant(entry.recorded));
    json.member("outcome", std::to_string(static_cast<int>(entry.outcome)));
    write_text(json, "outcomeDesc", entry.detail);
    json.name("agent");
    json.begin_array();
    write_agent(json, entry);
    json.end_array();
    json.name("source");
    json.begin_object();
    json.member("site", node);
    json.name("observer");
    json.begin_object();
    json.member("display", "Linkway");
    json.end_object();
    json.end_object();
    if (is_what(entry.resource) || !entry.query.empty() || !entry.request.empty()) {
        json.name("entity");
        json.begin_array();
        write_entity(json, entry);
        json.end_array();
    }
    json.end_object();
    return out;
}

}  // namespace linkway::access
