#include "tenancy.h"

#include <algorithm>
#include <array>
#include <functional>

#include "fhir/identifier.h"
#include "writes.h"

namespace linkway::store {

namespace {

enum class Relation : std::uint8_t { shared, follows, patient, practice, provider, belongs_to };

/// What a reference at a path means; the path's elements may repeat.
struct Rule {
    std::string_view type;  ///< "*" for any
    std::string_view path;
    Relation relation;
};

constexpr std::array rules = {
    Rule{"Patient", "managingOrganization", Relation::practice},
    Rule{"Patient", "generalPractitioner", Relation::practice},
    Rule{"*", "subject", Relation::patient},
    Rule{"*", "patient", Relation::patient},
    Rule{"Task", "for", Relation::patient},
    Rule{"ServiceRequest", "performer", Relation::provider},
    Rule{"Task", "owner", Relation::provider},
    Rule{"Task", "restriction.recipient", Relation::provider},
    Rule{"Task", "focus", Relation::follows},
    Rule{"*", "partOf", Relation::follows},
    Rule{"*", "basedOn", Relation::follows},
    Rule{"Provenance", "target", Relation::follows},
    Rule{"PractitionerRole", "organization", Relation::belongs_to},
    Rule{"HealthcareService", "providedBy", Relation::belongs_to},
    // The patient of a referral, but not of everything that is about the patient.
    Rule{"ServiceRequest", "subject", Relation::shared},
    Rule{"Task", "for", Relation::shared},
    Rule{"Task", "focus", Relation::shared},
    Rule{"Task", "input.valueReference", Relation::shared},
    Rule{"Task", "output.valueReference", Relation::shared},
    Rule{"ServiceRequest", "encounter", Relation::shared},
    Rule{"ServiceRequest", "supportingInfo", Relation::shared},
    Rule{"ServiceRequest", "reasonReference", Relation::shared},
};

/// People who act: those who see what they did see who they are.
bool is_actor(std::string_view type) {
    return type == "Practitioner" || type == "PractitionerRole" || type == "RelatedPerson" ||
           type == "Device" || type == "CareTeam";
}

void add(std::vector<Key>& keys, const Key& key) {
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
        keys.push_back(key);
    }
}

using See = std::function<void(const text::Node&)>;

void at_path(const text::Node& node, std::string_view path, const See& see) {
    if (node.is_array()) {
        for (const text::Node& item : node.items) {
            at_path(item, path, see);
        }
        return;
    }
    if (path.empty()) {
        see(node);
        return;
    }
    const std::size_t dot = path.find('.');
    if (const text::Node* child = node.find(path.substr(0, dot)); child != nullptr) {
        at_path(*child, dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1),
                see);
    }
}

void each_reference(const text::Node& node, const See& see) {
    if (node.is_array()) {
        for (const text::Node& item : node.items) {
            each_reference(item, see);
        }
    }
    for (const text::Member& member : node.members) {
        if (member.name == "reference" && member.value.is_string()) {
            see(node);
        } else if (member.value.is_object() || member.value.is_array()) {
            each_reference(member.value, see);
        }
    }
}

void relate(Prepared& prepared, Relation relation, const text::Node& reference) {
    if (const text::Node* identifier = reference.find("identifier"); identifier != nullptr) {
        if (const std::string_view ods = fhir::value_of(*identifier, fhir::ods_system);
            !ods.empty()) {
            if (relation == Relation::practice) {
                prepared.practice_ods.emplace_back(ods);
            } else if (relation == Relation::provider) {
                prepared.provider_ods.emplace_back(ods);
            } else if (relation == Relation::belongs_to) {
                prepared.own_ods.emplace_back(ods);
            }
        }
    }
    const auto key = local_key(reference.string_or("reference", ""));
    if (!key) {
        return;
    }
    switch (relation) {
        case Relation::shared:
            return add(prepared.shared, *key);
        case Relation::follows:
            return add(prepared.follows, *key);
        case Relation::patient:
            return key->type == "Patient" ? add(prepared.patients, *key) : void();
        case Relation::practice:
            return add(prepared.practices, *key);
        case Relation::provider:
            return add(prepared.providers, *key);
        case Relation::belongs_to:
            return add(prepared.belongs_to, *key);
    }
}

}  // namespace

std::optional<Key> local_key(std::string_view reference) {
    const std::size_t slash = reference.find('/');
    if (slash == std::string_view::npos || slash == 0 || reference[0] == '#' ||
        reference.substr(0, slash).find(':') != std::string_view::npos) {
        return std::nullopt;
    }
    std::string_view id = reference.substr(slash + 1);
    if (const std::size_t history = id.find("/_history/"); history != std::string_view::npos) {
        id = id.substr(0, history);
    }
    if (id.empty() || id.find('/') != std::string_view::npos) {
        return std::nullopt;
    }
    return Key{std::string(reference.substr(0, slash)), std::string(id)};
}

bool is_directory(std::string_view type) {
    return type == "Organization" || type == "HealthcareService" || type == "Location" ||
           type == "Endpoint" || type == "Questionnaire";
}

void find_relations(const text::Node& resource, Prepared& prepared) {
    for (const Rule& rule : rules) {
        if (rule.type == "*" || rule.type == prepared.key.type) {
            at_path(resource, rule.path, [&](const text::Node& reference) {
                relate(prepared, rule.relation, reference);
            });
        }
    }
    if (prepared.key.type == "Organization") {
        at_path(resource, "identifier", [&](const text::Node& identifier) {
            if (const std::string_view ods = fhir::value_of(identifier, fhir::ods_system);
                !ods.empty()) {
                prepared.own_ods.emplace_back(ods);
            }
        });
    }
    each_reference(resource, [&](const text::Node& reference) {
        if (const auto key = local_key(reference.string_or("reference", ""))) {
            add(prepared.references, *key);
            if (is_actor(key->type)) {
                add(prepared.shared, *key);
            }
        }
    });
}

namespace {

/// The organisation that a resource is or belongs to, 0 when that is not known.
Name organisation_of(Connection& connection, std::int64_t number) {
    auto& find =
        connection.statement("SELECT ods FROM organisation WHERE resource = ?").with(number);
    const Name ods = find.next() ? find.integer(0) : 0;
    find.reset();
    return ods;
}

/// Everyone who sees a resource by an entry of their own.
std::vector<Name> seers(Connection& connection, const Row& row) {
    std::vector<Name> all;
    if (row.practice > 0) {
        all.push_back(row.practice);
    }
    auto& find =
        connection.statement("SELECT ods FROM seen_by WHERE resource = ?").with(row.number);
    while (find.next()) {
        all.push_back(find.integer(0));
    }
    return all;
}

/// Relations of what is stored; nothing when it is not there or deleted.
std::optional<Prepared> stored_relations(const Key& key, const Row& row) {
    const auto document = text::parse_json(row.json, "the stored " + key.type);
    if (!document) {
        return std::nullopt;
    }
    Prepared prepared;
    prepared.key = key;
    find_relations(document->root(), prepared);
    return prepared;
}

/// The resources that follow one.
std::vector<Key> followers(Connection& connection, const Key& key) {
    std::vector<Key> found;
    const Name type = connection.name(key.type);
    for (const char* parameter : {"focus", "based-on", "part-of", "target"}) {
        auto& find = connection
                         .statement(
                             "SELECT r.type, r.id FROM value_of v JOIN resource r"
                             " ON r.number = v.resource WHERE v.parameter = ?"
                             " AND v.value = ? AND v.system = ?")
                         .with(connection.name(parameter), std::string_view(key.id), type);
        while (find.next()) {
            found.push_back({connection.text_of(find.integer(0)), std::string(find.text(1))});
        }
    }
    return found;
}

void await(Connection& connection, const Key& target, std::int64_t number) {
    connection.statement("INSERT OR IGNORE INTO awaited VALUES (?, ?, ?)")
        .with(connection.name_for(target.type), std::string_view(target.id), number)
        .run();
}

/// Those who wait for a resource, which stop waiting.
std::vector<Key> take_waiting(Connection& connection, const Key& key) {
    const Name type = connection.name(key.type);
    auto& find = connection
                     .statement(
                         "SELECT r.type, r.id FROM awaited a JOIN resource r"
                         " ON r.number = a.resource WHERE a.type = ? AND a.id = ?")
                     .with(type, std::string_view(key.id));
    std::vector<Key> waiting;
    while (find.next()) {
        waiting.push_back({connection.text_of(find.integer(0)), std::string(find.text(1))});
    }
    if (!waiting.empty()) {
        connection.statement("DELETE FROM awaited WHERE type = ? AND id = ?")
            .with(type, std::string_view(key.id))
            .run();
    }
    return waiting;
}

void own_organisation(Connection& connection, const Prepared& resource, const Row& row) {
    Name ods = resource.own_ods.empty() ? 0 : connection.name_for(resource.own_ods.front());
    for (const Key& organisation : resource.belongs_to) {
        Row at;
        if (ods == 0 && find_row(connection, organisation, at)) {
            ods = organisation_of(connection, at.number);
        } else if (ods == 0) {
            await(connection, organisation, row.number);
        }
    }
    if (ods != 0) {
        connection.statement("INSERT OR REPLACE INTO organisation VALUES (?, ?)")
            .with(row.number, ods)
            .run();
    }
}

/// Ods codes of organisations, and of people who work for one; those not there yet are awaited.
void add_organisations(Connection& connection, const std::vector<Key>& keys, std::int64_t number,
                       std::vector<Name>& ods) {
    for (const Key& key : keys) {
        Row at;
        const Name found =
            find_row(connection, key, at) ? organisation_of(connection, at.number) : 0;
        if (found != 0) {
            ods.push_back(found);
        } else {
            await(connection, key, number);
        }
    }
}

void set_practice(Connection& connection, Row& row, Name practice) {
    if (row.practice != practice) {
        row.practice = practice;
        connection.statement("UPDATE resource SET practice = ? WHERE number = ?")
            .with(practice, row.number)
            .run();
    }
}

void let_see(Connection& connection, const Prepared& resource, Row& row, Name ods);

/// The same for a resource known by its key.
void let_see(Connection& connection, const Key& key, Name ods) {
    Row row;
    if (find_row(connection, key, row) && !row.deleted &&
        !within(connection, {}, {ods}, row.number, row.practice)) {
        if (const auto resource = stored_relations(key, row)) {
            let_see(connection, *resource, row, ods);
        }
    }
}

/// Tells of a new one who sees `resource` to what hangs on it.
void spread(Connection& connection, const Prepared& resource, Name ods) {
    for (const Key& key : resource.shared) {
        let_see(connection, key, ods);
    }
    for (const Key& key : followers(connection, resource.key)) {
        let_see(connection, key, ods);
    }
}

void let_see(Connection& connection, const Prepared& resource, Row& row, Name ods) {
    if (row.practice == everyone || row.practice == ods) {
        return;
    }
    connection.statement("INSERT OR IGNORE INTO seen_by VALUES (?, ?)").with(ods, row.number).run();
    if (connection.database().changed() != 0) {
        spread(connection, resource, ods);
    }
}

/// The practices that see a resource: those it names, and those of the patients it is about.
std::vector<Name> practices_of(Connection& connection, const Prepared& resource, const Row& row) {
    std::vector<Name> practices;
    for (const std::string& ods : resource.practice_ods) {
        practices.push_back(connection.name_for(ods));
    }
    add_organisations(connection, resource.practices, row.number, practices);
    for (const Key& patient : resource.patients) {
        Row at;
        if (find_row(connection, patient, at) && at.practice > 0) {
            practices.push_back(at.practice);
        } else {
            await(connection, patient, row.number);
        }
    }
    return practices;
}

}  // namespace

void settle_tenancy(Connection& connection, const Prepared& resource, Row& row) {
    own_organisation(connection, resource, row);
    if (is_directory(resource.key.type)) {
        set_practice(connection, row, everyone);
    } else {
        const std::vector<Name> practices = practices_of(connection, resource, row);
        std::vector<Name> all = practices;
        for (const std::string& ods : resource.provider_ods) {
            all.push_back(connection.name_for(ods));
        }
        add_organisations(connection, resource.providers, row.number, all);
        for (const Key& followed : resource.follows) {
            Row at;
            if (find_row(connection, followed, at)) {
                const auto also = seers(connection, at);
                all.insert(all.end(), also.begin(), also.end());
            } else {
                await(connection, followed, row.number);
            }
        }
        const auto already = seers(connection, row);
        all.insert(all.end(), already.begin(), already.end());
        if (row.practice == 0 && !practices.empty()) {
            set_practice(connection, row, practices.front());
            spread(connection, resource, practices.front());
        }
        std::sort(all.begin(), all.end());
        all.erase(std::unique(all.begin(), all.end()), all.end());
        for (const Name ods : all) {
            let_see(connection, resource, row, ods);
            for (const Key& key : resource.shared) {
                let_see(connection, key, ods);
            }
        }
        for (const Key& key : resource.shared) {
            Row at;
            if (!find_row(connection, key, at)) {
                await(connection, key, row.number);
            }
        }
    }
    for (const Key& waiting : take_waiting(connection, resource.key)) {
        Row at;
        if (find_row(connection, waiting, at) && !at.deleted) {
            if (const auto again = stored_relations(waiting, at)) {
                settle_tenancy(connection, *again, at);
            }
        }
    }
}

void grant(Connection& connection, const Key& key, Name ods) {
    let_see(connection, key, ods);
}

}  // namespace linkway::store
