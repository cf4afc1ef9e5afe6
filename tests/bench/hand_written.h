// What our templates make of the rows of referral_extract.h, written by hand with RapidJSON's
// Writer: the yardstick of bench_map. It does what a good engineer would write for one job: columns
// resolved once, no tree, one pass. It knows less than the templates: what these rows never hold,
// it leaves out (wrong check digits, inbound referrals, later events, broken dates).
#pragma once

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <stdexcept>
#include <string>
#include <string_view>

#include "fhir/identity.h"
#include "sources/row.h"
#include "sources/system_mapping.h"

namespace linkway::bench {

class HandWritten {
  public:
    explicit HandWritten(const sources::SystemMapping& mapping) : mapping_(mapping) {}

    /// The three resources of one referral, a line each.
    void write(const sources::Row& observation, rapidjson::StringBuffer& out) {
        const sources::Row& person = *follow(observation, o_patient_);
        patient(person, out);
        service_request(observation, person, out);
        task(observation, person, out);
    }

  private:
    using Row = sources::Row;
    using Writer = rapidjson::Writer<rapidjson::StringBuffer>;
    static constexpr const char* sct = "http://snomed.info/sct";

    struct Column {
        Column(const HandWritten& owner, const char* table, const char* name)
            : index(owner.table(table).find(name)) {
            if (index < 0) {
                throw std::runtime_error(std::string("no column ") + name);
            }
        }
        int index;
    };
    struct Way {
        Way(const HandWritten& owner, const char* table, std::string_view name) {
            const auto& all =
                owner.mapping_.graph().navigations(owner.mapping_.package().find(table));
            while (index < all.size() && all[index].name != name) {
                ++index;
            }
            if (index == all.size()) {
                throw std::runtime_error("no navigation " + std::string(name));
            }
        }
        std::size_t index = 0;
    };

    const sources::Table& table(const char* name) const {
        return mapping_.package().tables[static_cast<std::size_t>(mapping_.package().find(name))];
    }
    static const Row* follow(const Row& row, const Way& way) {
        const auto rows = row.set().follow(row, way.index);
        return rows.empty() ? nullptr : rows.front();
    }

    static std::string_view trim(std::string_view text) {
        const std::size_t first = text.find_first_not_of(" \t\r\n");
        return first == std::string_view::npos
                   ? std::string_view{}
                   : text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
    }
    static std::string_view cell(const Row& row, const Column& column) {
        return row.cell(column.index);
    }
    static std::string_view trimmed(const Row& row, const Column& column) {
        return trim(row.cell(column.index));
    }
    static bool is_true(const Row& row, const Column& column) {
        return row.cell(column.index) == "true";
    }

    static void put(Writer& json, const char* name, std::string_view value) {
        json.Key(name);
        json.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
    }
    static void put_if(Writer& json, const char* name, std::string_view value) {
        if (!value.empty()) {
            put(json, name, value);
        }
    }
    static void put_reference(Writer& json, const char* type, const Row& row) {
        std::string reference(type);
        reference += '/';
        reference += row.id;
        json.StartObject();
        put(json, "reference", reference);
        json.EndObject();
    }
    static void reference(Writer& json, const char* name, const char* type, const Row* row) {
        if (row != nullptr) {
            json.Key(name);
            put_reference(json, type, *row);
        }
    }
    static void put_identifier(Writer& json, const char* system, std::string_view value) {
        json.StartObject();
        put(json, "system", system);
        put(json, "value", value);
        json.EndObject();
    }
    static void put_text(Writer& json, std::string_view text) {
        json.StartObject();
        put(json, "text", text);
        json.EndObject();
    }
    static void logical(Writer& json, const char* type, const char* system,
                        std::string_view value) {
        json.StartObject();
        put(json, "type", type);
        json.Key("identifier");
        put_identifier(json, system, value);
        json.EndObject();
    }
    static void restricted(Writer& json) {
        json.Key("meta");
        json.StartObject();
        json.Key("security");
        json.StartArray();
        json.StartObject();
        put(json, "system", "http://terminology.hl7.org/CodeSystem/v3-Confidentiality");
        put(json, "code", "R");
        put(json, "display", "restricted");
        json.EndObject();
        json.EndArray();
        json.EndObject();
    }
    static void begin(Writer& json, const char* type, const Row& row) {
        json.StartObject();
        put(json, "resourceType", type);
        put(json, "id", row.id);
    }
    static void end(Writer& json, rapidjson::StringBuffer& out) {
        json.EndObject();
        out.Put('\n');
    }

    void patient(const Row& row, rapidjson::StringBuffer& out) {
        Writer json(out);
        const bool contactable = !is_true(row, sensitive_);
        const Row* practice = follow(row, p_organisation_);
        begin(json, "Patient", row);
        if (!contactable || is_true(row, p_confidential_)) {
            restricted(json);
        }
        json.Key("identifier");
        json.StartArray();
        if (fhir::is_valid_nhs_number(trimmed(row, nhs_number_))) {
            std::string number(trimmed(row, nhs_number_));
            std::erase(number, ' ');
            put_identifier(json, "https://fhir.nhs.uk/Id/nhs-number", number);
        }
        put_identifier(json, "https://linkway.uk/fhir/Id/emis-patient-guid",
                       cell(row, patient_guid_));
        if (!cell(row, patient_number_).empty()) {
            json.StartObject();
            put(json, "system", "https://linkway.uk/fhir/Id/emis-patient-number");
            put(json, "value", cell(row, patient_number_));
            reference(json, "assigner", "Organization", practice);
            json.EndObject();
        }
        if (!cell(row, person_guid_).empty()) {
            put_identifier(json, "https://linkway.uk/fhir/Id/emis-person-guid",
                           cell(row, person_guid_));
        }
        json.EndArray();
        name(json, row);
        if (contactable) {
            telecom(json, row);
        }
        const std::string_view sex = trimmed(row, sex_);
        put_if(json, "gender",
               sex == "M"   ? "male"
               : sex == "F" ? "female"
               : sex == "I" ? "other"
               : sex == "U" ? "unknown"
                            : "");
        put_if(json, "birthDate", cell(row, birth_));
        put_if(json, "deceasedDateTime", cell(row, death_));
        if (contactable) {
            address(json, row);
        }
        if (const Row* doctor = follow(row, usual_gp_)) {
            json.Key("generalPractitioner");
            json.StartArray();
            put_reference(json, "PractitionerRole", *doctor);
            json.EndArray();
        }
        reference(json, "managingOrganization", "Organization", practice);
        end(json, out);
    }

    void name(Writer& json, const Row& row) {
        json.Key("name");
        json.StartArray();
        json.StartObject();
        put(json, "use", "official");
        put_if(json, "family", trimmed(row, surname_));
        list(json, "given", {trimmed(row, given_), trimmed(row, middle_)});
        list(json, "prefix", {trimmed(row, title_)});
        json.EndObject();
        json.EndArray();
    }

    static void list(Writer& json, const char* name,
                     std::initializer_list<std::string_view> values) {
        bool open = false;
        for (const std::string_view value : values) {
            if (value.empty()) {
                continue;
            }
            if (!open) {
                json.Key(name);
                json.StartArray();
                open = true;
            }
            json.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
        }
        if (open) {
            json.EndArray();
        }
    }

    void telecom(Writer& json, const Row& row) {
        const std::string_view home = trimmed(row, home_phone_);
        const std::string_view mobile = trimmed(row, mobile_phone_);
        const std::string_view email = trimmed(row, email_);
        if (home.empty() && mobile.empty() && email.empty()) {
            return;
        }
        json.Key("telecom");
        json.StartArray();
        const auto contact = [&](const char* system, const char* use, std::string_view value) {
            if (!value.empty()) {
                json.StartObject();
                put(json, "system", system);
                put_if(json, "use", use);
                put(json, "value", value);
                json.EndObject();
            }
        };
        contact("phone", "home", home);
        contact("phone", "mobile", mobile);
        contact("email", "", email);
        json.EndArray();
    }

    void address(Writer& json, const Row& row) {
        const std::string_view house = trimmed(row, house_);
        const std::string_view street = trimmed(row, street_);
        const std::string_view village = trimmed(row, village_);
        const std::string_view town = trimmed(row, town_);
        const std::string_view county = trimmed(row, county_);
        const std::string_view postcode = trimmed(row, postcode_);
        if (house.empty() && street.empty() && village.empty() && town.empty() && county.empty() &&
            postcode.empty()) {
            return;
        }
        json.Key("address");
        json.StartArray();
        json.StartObject();
        put(json, "use", "home");
        list(json, "line", {house, street, village});
        put_if(json, "city", town);
        put_if(json, "district", county);
        put_if(json, "postalCode", postcode);
        json.EndObject();
        json.EndArray();
    }

    void service_request(const Row& row, const Row& person, rapidjson::StringBuffer& out) {
        Writer json(out);
        const Row* half = follow(row, referral_);
        const Row* target = half == nullptr ? nullptr : follow(*half, target_);
        begin(json, "ServiceRequest", row);
        if (is_true(row, o_confidential_) || is_true(person, p_confidential_)) {
            restricted(json);
        }
        json.Key("extension");
        json.StartArray();
        json.StartObject();
        put(json, "url", "http://hl7.org/fhir/StructureDefinition/request-statusReason");
        json.Key("valueCodeableConcept");
        put_text(
            json,
            "The record states no referral status; active is the default for a recorded referral");
        json.EndObject();
        json.EndArray();
        json.Key("identifier");
        json.StartArray();
        put_identifier(json, "https://linkway.uk/fhir/Id/emis-observation-guid",
                       cell(row, observation_guid_));
        if (half != nullptr && !trimmed(*half, ubrn_).empty()) {
            put_identifier(json, "https://fhir.nhs.uk/Id/UBRN", trimmed(*half, ubrn_));
        }
        json.EndArray();
        json.Key("requisition");
        put_identifier(json, "https://linkway.uk/fhir/Id/episode", row.id);
        put(json, "status", "active");
        put(json, "intent", "order");
        category(json, half);
        if (half != nullptr) {
            priority(json, trimmed(*half, urgency_));
        }
        if (const Row* coded = follow(row, code_)) {
            code(json, *coded);
        }
        reference(json, "subject", "Patient", &person);
        if (!cell(row, consultation_).empty()) {
            json.Key("encounter");
            logical(json, "Encounter", "https://linkway.uk/fhir/Id/emis-consultation-guid",
                    cell(row, consultation_));
        }
        put_if(json, "authoredOn", cell(row, date_));
        requester(json, row);
        if (target != nullptr) {
            json.Key("performer");
            json.StartArray();
            put_reference(json, "Organization", *target);
            json.EndArray();
        }
        if (half != nullptr) {
            order_detail(json, *half);
        }
        if (!cell(row, problem_).empty()) {
            json.Key("reasonReference");
            json.StartArray();
            logical(json, "Condition", "https://linkway.uk/fhir/Id/emis-observation-guid",
                    cell(row, problem_));
            json.EndArray();
        }
        if (!trimmed(row, note_).empty()) {
            json.Key("note");
            json.StartArray();
            put_text(json, cell(row, note_));
            json.EndArray();
        }
        end(json, out);
    }

    void category(Writer& json, const Row* half) {
        json.Key("category");
        json.StartArray();
        json.StartObject();
        json.Key("coding");
        json.StartArray();
        json.StartObject();
        put(json, "system", sct);
        put(json, "code", "3457005");
        put(json, "display", "Patient referral");
        json.Key("userSelected");
        json.Bool(false);
        json.EndObject();
        json.EndArray();
        json.EndObject();
        if (half != nullptr && !trimmed(*half, service_type_).empty()) {
            put_text(json, trimmed(*half, service_type_));
        }
        json.EndArray();
    }

    static void priority(Writer& json, std::string_view urgency) {
        if (urgency == "Routine" || urgency == "Urgent") {
            put(json, "priority", urgency == "Routine" ? "routine" : "urgent");
        }
    }

    void order_detail(Writer& json, const Row& half) {
        const std::string_view urgency = trimmed(half, urgency_);
        const std::string_view mode = trimmed(half, mode_);
        const bool unmapped = !urgency.empty() && urgency != "Routine" && urgency != "Urgent";
        if (!unmapped && mode.empty()) {
            return;
        }
        json.Key("orderDetail");
        json.StartArray();
        if (unmapped) {
            put_text(json, "Urgency as recorded: " + std::string(urgency));
        }
        if (!mode.empty()) {
            put_text(json, "Referral mode: " + std::string(mode));
        }
        json.EndArray();
    }

    void code(Writer& json, const Row& row) {
        json.Key("code");
        json.StartObject();
        json.Key("coding");
        json.StartArray();
        json.StartObject();
        put(json, "system", sct);
        put(json, "code", cell(row, concept_));
        put(json, "display", "Referral to social prescribing service");
        json.Key("userSelected");
        json.Bool(true);
        json.EndObject();
        if (!trimmed(row, read_).empty()) {
            json.StartObject();
            put(json, "system", "http://read.info/readv2");
            put(json, "code", trimmed(row, read_));
            json.Key("userSelected");
            json.Bool(false);
            json.EndObject();
        }
        json.EndArray();
        put_if(json, "text", trimmed(row, term_));
        json.EndObject();
    }

    void requester(Writer& json, const Row& row) {
        if (const Row* clinician = follow(row, clinician_)) {
            reference(json, "requester", "PractitionerRole", clinician);
        } else {
            reference(json, "requester", "Organization", follow(row, o_organisation_));
        }
    }

    void task(const Row& row, const Row& person, rapidjson::StringBuffer& out) {
        Writer json(out);
        const Row* half = follow(row, referral_);
        begin(json, "Task", row);
        if (is_true(row, o_confidential_) || is_true(person, p_confidential_)) {
            restricted(json);
        }
        json.Key("identifier");
        json.StartArray();
        put_identifier(json, "https://linkway.uk/fhir/Id/emis-observation-guid",
                       cell(row, observation_guid_));
        json.EndArray();
        json.Key("groupIdentifier");
        put_identifier(json, "https://linkway.uk/fhir/Id/episode", row.id);
        put(json, "status", "requested");
        put(json, "intent", "order");
        json.Key("code");
        json.StartObject();
        json.Key("coding");
        json.StartArray();
        json.StartObject();
        put(json, "system", "http://hl7.org/fhir/CodeSystem/task-code");
        put(json, "code", "fulfill");
        put(json, "display", "Fulfill the focal request");
        json.EndObject();
        json.EndArray();
        json.EndObject();
        reference(json, "focus", "ServiceRequest", &row);
        reference(json, "for", "Patient", &person);
        put_if(json, "authoredOn", cell(row, date_));
        requester(json, row);
        reference(json, "owner", "Organization",
                  half == nullptr ? nullptr : follow(*half, target_));
        end(json, out);
    }

    const sources::SystemMapping& mapping_;
    static constexpr const char* p = "Admin_Patient";
    static constexpr const char* o = "CareRecord_Observation";
    static constexpr const char* h = "CareRecord_ObservationReferral";
    static constexpr const char* c = "Coding_ClinicalCode";
    Column patient_guid_{*this, p, "PatientGuid"}, patient_number_{*this, p, "PatientNumber"},
        person_guid_{*this, p, "PersonGuid"};
    Column nhs_number_{*this, p, "NhsNumber"}, sensitive_{*this, p, "SpineSensitive"},
        p_confidential_{*this, p, "IsConfidential"};
    Column surname_{*this, p, "Surname"}, given_{*this, p, "GivenName"},
        middle_{*this, p, "MiddleNames"}, title_{*this, p, "Title"};
    Column home_phone_{*this, p, "HomePhone"}, mobile_phone_{*this, p, "MobilePhone"},
        email_{*this, p, "EmailAddress"};
    Column sex_{*this, p, "Sex"}, birth_{*this, p, "DateOfBirth"}, death_{*this, p, "DateOfDeath"};
    Column house_{*this, p, "HouseNameFlatNumber"}, street_{*this, p, "NumberAndStreet"},
        village_{*this, p, "Village"};
    Column town_{*this, p, "Town"}, county_{*this, p, "County"}, postcode_{*this, p, "Postcode"};
    Column observation_guid_{*this, o, "ObservationGuid"}, date_{*this, o, "EffectiveDate"},
        o_confidential_{*this, o, "IsConfidential"};
    Column consultation_{*this, o, "ConsultationGuid"}, problem_{*this, o, "ProblemGuid"},
        note_{*this, o, "AssociatedText"};
    Column ubrn_{*this, h, "ReferralUBRN"}, urgency_{*this, h, "ReferralUrgency"},
        mode_{*this, h, "ReferralMode"};
    Column service_type_{*this, h, "ReferralServiceType"};
    Column concept_{*this, c, "SnomedCTConceptId"}, read_{*this, c, "ReadTermId"},
        term_{*this, c, "Term"};
    Way p_organisation_{*this, p, "organisation"}, usual_gp_{*this, p, "usualGp"};
    Way o_patient_{*this, o, "patient"}, o_organisation_{*this, o, "organisation"},
        clinician_{*this, o, "clinician"};
    Way referral_{*this, o, "referral"}, code_{*this, o, "code"},
        target_{*this, h, "targetOrganisation"};
};

}  // namespace linkway::bench
