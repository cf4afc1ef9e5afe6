#include "index_values.h"
#include "store/resource.h"
#include "tenancy.h"
#include "text/json_writer.h"

namespace linkway::store {

namespace {

void write_meta(text::JsonWriter& json, const text::Node* meta) {
    json.begin_object();
    if (meta != nullptr) {
        for (const text::Member& member : meta->members) {
            if (member.name != "versionId" && member.name != "lastUpdated" &&
                member.name != "_versionId" && member.name != "_lastUpdated") {
                json.name(member.name);
                std::string value;
                text::append_json(value, member.value);
                json.raw(value);
            }
        }
    }
    json.end_object();
}

}  // namespace

text::Result<Prepared> prepare(const text::Node& resource, std::string_view id) {
    Prepared prepared;
    prepared.key = {std::string(resource.string_or("resourceType", "")), std::string(id)};
    if (prepared.key.type.empty() || id.empty()) {
        return text::Issue{text::Severity::error,
                           "structure",
                           "a resource needs a resourceType and an id",
                           {},
                           {}};
    }
    text::JsonWriter json(prepared.json);
    json.begin_object();
    json.member("resourceType", prepared.key.type);
    json.member("id", id);
    json.name("meta");
    write_meta(json, resource.find("meta"));
    for (const text::Member& member : resource.members) {
        if (member.name != "resourceType" && member.name != "id" && member.name != "meta") {
            json.name(member.name);
            std::string value;
            text::append_json(value, member.value);
            json.raw(value);
        }
    }
    json.end_object();
    prepared.index = index_values(resource, prepared.key.type);
    find_relations(resource, prepared);
    return prepared;
}

}  // namespace linkway::store
