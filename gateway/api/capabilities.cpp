// The CapabilityStatement, made from what is registered.
#include <set>

#include "api/fhir_api.h"
#include "store/searchable.h"
#include "text/json_writer.h"

namespace linkway::api {

namespace {

const char* type_of(store::Searchable::Type type) {
    switch (type) {
        case store::Searchable::Type::token:
            return "token";
        case store::Searchable::Type::reference:
            return "reference";
        case store::Searchable::Type::date:
            return "date";
    }
    return "";
}

void write_interactions(text::JsonWriter& json, bool of_system) {
    std::set<std::string_view> written;
    json.name("interaction");
    json.begin_array();
    const auto write = [&](std::string_view code) {
        if (written.insert(code).second) {
            json.begin_object();
            json.member("code", code);
            json.end_object();
        }
    };
    for (const Interaction& one : interactions()) {
        if (one.of_system == of_system && one.code != "capabilities" &&
            one.code != "search-system") {
            write(one.code);
            if (one.code == "transaction") {
                write("batch");
            }
        }
    }
    json.end_array();
}

void write_parameter(text::JsonWriter& json, std::string_view name, std::string_view type) {
    json.begin_object();
    json.member("name", name);
    json.member("type", type);
    json.end_object();
}

void write_type(text::JsonWriter& json, std::string_view type) {
    json.begin_object();
    json.member("type", type);
    write_interactions(json, false);
    json.member("versioning", "versioned-update");
    json.member("readHistory", true);
    json.member("updateCreate", true);
    json.member("conditionalCreate", true);
    json.member("conditionalRead", "not-match");
    const auto parameters = store::searchable(type);
    bool any = false;
    for (const store::Searchable& one : parameters) {
        if (one.type == store::Searchable::Type::reference) {
            if (!any) {
                json.name("searchInclude");
                json.begin_array();
                any = true;
            }
            json.value(std::string(type) + ":" + std::string(one.code));
        }
    }
    if (any) {
        json.end_array();
    }
    json.name("searchParam");
    json.begin_array();
    write_parameter(json, "_id", "token");
    write_parameter(json, "_lastUpdated", "date");
    for (const store::Searchable& one : parameters) {
        write_parameter(json, one.code, type_of(one.type));
    }
    json.end_array();
    json.end_object();
}

void write_security(text::JsonWriter& json, const FhirParts& parts) {
    json.name("security");
    json.begin_object();
    // Older clients look for the token endpoint here.
    json.name("extension");
    json.begin_array();
    json.begin_object();
    json.name("extension");
    json.begin_array();
    json.begin_object();
    json.member("url", "token");
    json.member("valueUri", parts.token_url);
    json.end_object();
    json.end_array();
    json.member("url", "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris");
    json.end_object();
    json.end_array();
    json.member("cors", false);
    json.name("service");
    json.begin_array();
    json.begin_object();
    json.name("coding");
    json.begin_array();
    json.begin_object();
    json.member("system", "http://terminology.hl7.org/CodeSystem/restful-security-service");
    json.member("code", "SMART-on-FHIR");
    json.end_object();
    json.end_array();
    json.end_object();
    json.end_array();
    json.member("description", "SMART Backend Services");
    json.end_object();
}

}  // namespace

Reply capabilities(const FhirParts& parts, const Call& call) {
    Reply reply;
    reply.headers.emplace_back("Content-Type", fhir_json);
    text::JsonWriter json(reply.body);
    json.begin_object();
    json.member("resourceType", "CapabilityStatement");
    json.member("status", "active");
    json.member("date", store::to_instant(call.now));
    json.member("kind", "instance");
    json.member("fhirVersion", "4.0.1");
    json.name("format");
    json.begin_array();
    json.value("application/fhir+json");
    json.end_array();
    json.name("software");
    json.begin_object();
    json.member("name", "Linkway");
    json.member("version", parts.version);
    json.end_object();
    json.name("implementation");
    json.begin_object();
    json.member("description", "Interoperability gateway for social prescribing");
    json.member("url", parts.base);
    json.end_object();
    json.name("rest");
    json.begin_array();
    json.begin_object();
    json.member("mode", "server");
    if (parts.secure) {
        write_security(json, parts);
    }
    json.name("resource");
    json.begin_array();
    for (const std::string_view type : store::served_types()) {
        write_type(json, type);
    }
    json.end_array();
    write_interactions(json, true);
    json.end_object();
    json.end_array();
    json.end_object();
    return reply;
}

}  // namespace linkway::api
