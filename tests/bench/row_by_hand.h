// The work of row_bench.cpp written by hand: a scalar CSV reader and RapidJSON's Writer, for just
// this file. It does what a good engineer would write for one job.
#pragma once

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <array>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "fhir/identity.h"
#include "terminology/terminology.h"

namespace linkway::bench {

enum RowColumn : std::size_t {
    patient_guid,
    organisation_guid,
    title,
    given_name,
    middle_names,
    surname,
    date_of_birth,
    sex,
    nhs_number,
    house,
    street,
    village,
    town,
    county,
    postcode,
    home_phone,
    mobile_phone,
    email,
    observation_guid,
    effective_date,
    snomed_code,
    code_term,
    urgency,
    target_organisation,
    clinician,
    ubrn,
    associated_text,
    row_columns
};

class RowByHand {
  public:
    /// Reads the whole CSV file and writes its resources, a line each; returns the rows.
    std::uint64_t translate(const std::string& input, const std::string& output) {
        std::ifstream in(input, std::ios::binary);
        std::ofstream out(output, std::ios::binary);
        std::string buffer;
        std::string block(std::size_t{1} << 20, '\0');
        rapidjson::StringBuffer json;
        std::uint64_t rows = 0;
        for (;;) {
            in.read(block.data(), static_cast<std::streamsize>(block.size()));
            const auto count = static_cast<std::size_t>(in.gcount());
            buffer.append(block, 0, count);
            std::size_t at = 0;
            for (std::size_t end = 0; read_record(buffer, at, count == 0, end); at = end) {
                if (rows++ != 0) {  // the first is the header
                    write(json);
                }
                if (json.GetSize() > block.size()) {
                    out.write(json.GetString(), static_cast<std::streamsize>(json.GetSize()));
                    json.Clear();
                }
            }
            buffer.erase(0, at);
            if (count == 0) {
                break;
            }
        }
        out.write(json.GetString(), static_cast<std::streamsize>(json.GetSize()));
        return rows - 1;
    }

  private:
    using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

    /// Splits the record at `at` into cells; false when it is not whole yet.
    bool read_record(const std::string& text, std::size_t at, bool last, std::size_t& end) {
        std::size_t field = 0;
        cells_[0].clear();
        bool quoted = false;
        for (std::size_t i = at; i < text.size(); ++i) {
            const char c = text[i];
            if (quoted) {
                if (c != '"') {
                    cells_[field] += c;
                } else if (i + 1 < text.size() && text[i + 1] == '"') {
                    cells_[field] += c;
                    ++i;
                } else if (i + 1 == text.size() && !last) {
                    return false;
                } else {
                    quoted = false;
                }
            } else if (c == '"') {
                quoted = true;
            } else if (c == ',') {
                if (++field == row_columns) {
                    throw std::runtime_error("a record has too many fields");
                }
                cells_[field].clear();
            } else if (c == '\n') {
                end = i + 1;
                if (field + 1 != row_columns) {
                    throw std::runtime_error("a record has too few fields");
                }
                return true;
            } else if (c != '\r') {
                cells_[field] += c;
            }
        }
        return false;
    }

    std::string_view cell(std::size_t column) const { return cells_[column]; }
    std::string_view trimmed(std::size_t column) const {
        std::string_view text = cells_[column];
        while (!text.empty() && text.front() == ' ') {
            text.remove_prefix(1);
        }
        while (!text.empty() && text.back() == ' ') {
            text.remove_suffix(1);
        }
        return text;
    }

    static void put(Writer& json, std::string_view name, std::string_view text) {
        if (!text.empty()) {
            json.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
            json.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
        }
    }
    static void put_item(Writer& json, std::string_view text) {
        if (!text.empty()) {
            json.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
        }
    }
    void reference(Writer& json, std::string_view type, std::string_view id) {
        text_ = type;
        text_ += '/';
        text_ += id;
        json.StartObject();
        put(json, "reference", text_);
        json.EndObject();
    }
    static void identifier(Writer& json, std::string_view system, std::string_view value) {
        json.StartObject();
        put(json, "system", system);
        put(json, "value", value);
        json.EndObject();
    }
    static void telecom(Writer& json, std::string_view system, std::string_view use,
                        std::string_view value) {
        if (value.empty()) {
            return;
        }
        json.StartObject();
        put(json, "system", system);
        put(json, "use", use);
        put(json, "value", value);
        json.EndObject();
    }

    void write(rapidjson::StringBuffer& out) {
        id_ = fhir::derived_id(
            {"bench", cell(organisation_guid), "Referral", cell(observation_guid)});
        patient(out);
        service_request(out);
        task(out);
    }

    void patient(rapidjson::StringBuffer& out) {
        Writer json(out);
        json.StartObject();
        put(json, "resourceType", "Patient");
        put(json, "id", cell(patient_guid));
        json.Key("identifier");
        json.StartArray();
        if (fhir::is_valid_nhs_number(trimmed(nhs_number))) {
            identifier(json, "https://fhir.nhs.uk/Id/nhs-number", trimmed(nhs_number));
        }
        identifier(json, "https://linkway.uk/fhir/Id/emis-patient-guid", cell(patient_guid));
        json.EndArray();
        if (!trimmed(surname).empty() || !trimmed(given_name).empty()) {
            json.Key("name");
            json.StartArray();
            json.StartObject();
            put(json, "use", "official");
            put(json, "family", trimmed(surname));
            if (!trimmed(given_name).empty() || !trimmed(middle_names).empty()) {
                json.Key("given");
                json.StartArray();
                put_item(json, trimmed(given_name));
                put_item(json, trimmed(middle_names));
                json.EndArray();
            }
            if (!trimmed(title).empty()) {
                json.Key("prefix");
                json.StartArray();
                put_item(json, trimmed(title));
                json.EndArray();
            }
            json.EndObject();
            json.EndArray();
        }
        if (!trimmed(home_phone).empty() || !trimmed(mobile_phone).empty() ||
            !trimmed(email).empty()) {
            json.Key("telecom");
            json.StartArray();
            telecom(json, "phone", "home", trimmed(home_phone));
            telecom(json, "phone", "mobile", trimmed(mobile_phone));
            telecom(json, "email", "", trimmed(email));
            json.EndArray();
        }
        const std::string_view letter = trimmed(sex);
        put(json, "gender", letter == "M" ? "male" : letter == "F" ? "female" : "");
        put(json, "birthDate", cell(date_of_birth));
        if (!trimmed(postcode).empty() || !trimmed(street).empty()) {
            address(json);
        }
        json.Key("managingOrganization");
        reference(json, "Organization", cell(organisation_guid));
        json.EndObject();
        out.Put('\n');
    }

    void address(Writer& json) {
        json.Key("address");
        json.StartArray();
        json.StartObject();
        put(json, "use", "home");
        if (!trimmed(house).empty() || !trimmed(street).empty() || !trimmed(village).empty()) {
            json.Key("line");
            json.StartArray();
            put_item(json, trimmed(house));
            put_item(json, trimmed(street));
            put_item(json, trimmed(village));
            json.EndArray();
        }
        put(json, "city", trimmed(town));
        put(json, "district", trimmed(county));
        put(json, "postalCode", trimmed(postcode));
        json.EndObject();
        json.EndArray();
    }

    void service_request(rapidjson::StringBuffer& out) {
        Writer json(out);
        json.StartObject();
        put(json, "resourceType", "ServiceRequest");
        put(json, "id", id_);
        json.Key("identifier");
        json.StartArray();
        identifier(json, "https://linkway.uk/fhir/Id/emis-observation-guid",
                   cell(observation_guid));
        if (!trimmed(ubrn).empty()) {
            identifier(json, "https://fhir.nhs.uk/Id/UBRN", trimmed(ubrn));
        }
        json.EndArray();
        put(json, "status", "active");
        put(json, "intent", "order");
        json.Key("category");
        json.StartArray();
        json.StartObject();
        json.Key("coding");
        json.StartArray();
        json.StartObject();
        put(json, "system", "http://snomed.info/sct");
        put(json, "code", "3457005");
        put(json, "display", "Patient referral");
        json.EndObject();
        json.EndArray();
        json.EndObject();
        json.EndArray();
        const std::string_view word = trimmed(urgency);
        put(json, "priority", word == "Urgent" || word == "urgent" ? "urgent" : "routine");
        json.Key("code");
        json.StartObject();
        if (terminology::is_valid_concept_id(trimmed(snomed_code))) {
            json.Key("coding");
            json.StartArray();
            json.StartObject();
            put(json, "system", "http://snomed.info/sct");
            put(json, "code", trimmed(snomed_code));
            put(json, "display", trimmed(code_term));
            json.Key("userSelected");
            json.Bool(true);
            json.EndObject();
            json.EndArray();
        }
        put(json, "text", trimmed(code_term));
        json.EndObject();
        json.Key("subject");
        reference(json, "Patient", cell(patient_guid));
        put(json, "authoredOn", cell(effective_date));
        json.Key("requester");
        reference(json, "PractitionerRole", cell(clinician));
        json.Key("performer");
        json.StartArray();
        reference(json, "Organization", cell(target_organisation));
        json.EndArray();
        if (!trimmed(associated_text).empty()) {
            json.Key("note");
            json.StartArray();
            json.StartObject();
            put(json, "text", cell(associated_text));
            json.EndObject();
            json.EndArray();
        }
        json.EndObject();
        out.Put('\n');
    }

    void task(rapidjson::StringBuffer& out) {
        Writer json(out);
        json.StartObject();
        put(json, "resourceType", "Task");
        put(json, "id", id_);
        json.Key("identifier");
        json.StartArray();
        identifier(json, "https://linkway.uk/fhir/Id/emis-observation-guid",
                   cell(observation_guid));
        json.EndArray();
        json.Key("groupIdentifier");
        identifier(json, "https://linkway.uk/fhir/Id/episode", id_);
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
        json.Key("focus");
        reference(json, "ServiceRequest", id_);
        json.Key("for");
        reference(json, "Patient", cell(patient_guid));
        put(json, "authoredOn", cell(effective_date));
        json.Key("requester");
        reference(json, "PractitionerRole", cell(clinician));
        json.Key("owner");
        reference(json, "Organization", cell(target_organisation));
        json.EndObject();
        out.Put('\n');
    }

    std::array<std::string, row_columns> cells_;
    std::string id_;
    std::string text_;
};

}  // namespace linkway::bench
