// What a link worker did goes out to a system's record, is filed as a person would file it, and
// comes back in the next extract as the same event.
#include <unistd.h>

#include <map>
#include <vector>

#include "catch.h"
#include "commands/run_program.h"
#include "sources/data_package.h"
#include "text/node.h"

using commands::read_file;
using commands::run_program;
namespace fs = std::filesystem;

namespace {

using Row = std::map<std::string, std::string>;

/// The rows of entries.csv, which has every field in quotes.
std::vector<Row> entries(const std::string& text) {
    std::vector<std::vector<std::string>> records(1);
    std::string field;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (quoted && text[i] == '"' && i + 1 < text.size() && text[i + 1] == '"') {
            field += text[++i];
        } else if (text[i] == '"') {
            quoted = !quoted;
        } else if (quoted) {
            field += text[i];
        } else if (text[i] == ',' || text[i] == '\n') {
            records.back().push_back(std::move(field));
            field.clear();
            if (text[i] == '\n') {
                records.emplace_back();
            }
        }
    }
    records.pop_back();
    std::vector<Row> rows;
    for (std::size_t i = 1; i < records.size(); ++i) {
        for (std::size_t c = 0; c < records[0].size(); ++c) {
            rows.resize(i);
            rows[i - 1][records[0][c]] = records[i][c];
        }
    }
    return rows;
}

struct System {
    std::string name;
    std::string folder;  ///< the case with a referral
    std::string table;   ///< in whose file an entry stands
    std::string layout;
    /// How a person files an entry, the how manieth of the day as `number` says.
    Row (*filed)(const Row& entry, const std::string& number);
    bool has_text;  ///< the record has room for the entry's id
};

std::string after_bar(const std::string& id) {
    return id.substr(id.find('|') + 1);
}

std::string text_of(const Row& entry) {
    return entry.at("narrative") + " [entry " + entry.at("entry_id") + "]";
}

/// CodeId of the concepts in the base's Coding_ClinicalCode.
const std::map<std::string, std::string> code_ids = {
    {"1084281000000109", "3004"}, {"1362931000000106", "3005"}, {"1362721000000106", "3006"}};

Row filed_in_emis(const Row& entry, const std::string& number) {
    return {{"ObservationGuid", "{0B500000-0000-4000-8000-00000000F00" + number + "}"},
            {"PatientGuid", "{" + entry.at("patient_id") + "}"},
            {"OrganisationGuid", "{0A000000-0000-4000-8000-000000000001}"},
            {"EffectiveDate", entry.at("date")},
            {"EffectiveDatePrecision", "YMD"},
            {"EnteredDate", entry.at("date")},
            {"EnteredTime", "18:00:00"},
            {"ClinicianUserInRoleGuid", "{" + entry.at("author_id") + "}"},
            {"CodeId", code_ids.at(entry.at("snomed_code"))},
            {"AssociatedText", text_of(entry)},
            {"Deleted", "false"},
            {"ProcessingId", "291"}};
}

Row filed_in_vision(const Row& entry, const std::string& number) {
    return {{"PID", after_bar(entry.at("patient_id"))},
            {"ID", "900" + number},
            {"DATE", entry.at("date")},
            {"RECORDED_DATE", entry.at("date")},
            {"TIME", entry.at("time")},
            {"SNOMED_CODE", entry.at("snomed_code")},
            {"HCP", after_bar(entry.at("author_id"))},
            {"RUBRIC", entry.at("term")},
            {"TEXT", text_of(entry)},
            {"CONTEXT", "A"},
            {"ACTION", "I"}};
}

Row filed_in_systmone(const Row& entry, const std::string& number) {
    return {{"RowIdentifier", "900" + number},
            {"IDOrganisationVisibleTo", entry.at("ods_code")},
            {"DateEventRecorded", entry.at("date")},
            {"DateEvent", entry.at("date")},
            {"IDProfileEnteredBy", entry.at("author_id")},
            {"IDDoneBy", "202"},
            {"IDOrganisationDoneAt", entry.at("ods_code")},
            {"SNOMEDCode", entry.at("snomed_code")},
            {"SNOMEDText", entry.at("term")},
            {"IDPatient", after_bar(entry.at("patient_id"))},
            {"RemovedData", "0"}};
}

/// Adds a row to the file of a table, in the order of its columns.
void file_entry(const System& system, const fs::path& extract, const Row& row) {
    linkway::text::Issues issues;
    const auto package = linkway::sources::read_data_package(
        std::string(LINKWAY_MAPPINGS) + "/" + system.name, issues);
    const auto& table = package.tables[static_cast<std::size_t>(package.find(system.table))];
    for (const auto& file : fs::directory_iterator(extract)) {
        const std::string name = file.path().filename().string();
        if (name.find(system.table + "_") == std::string::npos &&
            name.find(system.table + "-") == std::string::npos && name != system.table + ".csv") {
            continue;
        }
        std::vector<std::string> order;
        if (package.dialect.header) {
            std::istringstream header(read_file(file.path()));
            std::string first;
            std::getline(header, first, '\r');
            std::istringstream columns(first);
            for (std::string column; std::getline(columns, column, ',');) {
                order.push_back(column.substr(1, column.size() - 2));
            }
        } else {
            for (const int column :
                 linkway::sources::columns_in_order(package, table, system.layout)) {
                order.push_back(table.columns[static_cast<std::size_t>(column)].name);
            }
        }
        std::string line;
        for (std::size_t i = 0; i < order.size(); ++i) {
            const auto cell = row.find(order[i]);
            line += i == 0 ? "\"" : ",\"";
            for (const char c : cell == row.end() ? std::string() : cell->second) {
                line += c == '"' ? "\"\"" : std::string(1, c);
            }
            line += '"';
        }
        std::ofstream(file.path(), std::ios::app | std::ios::binary) << line << "\r\n";
        return;
    }
    FAIL("no file of " + system.table);
}

/// The resources of a type, as documents.
std::vector<linkway::text::Document> all(const fs::path& folder, const std::string& type) {
    std::vector<linkway::text::Document> result;
    std::istringstream content(read_file(folder / (type + ".ndjson")));
    for (std::string line; std::getline(content, line);) {
        auto parsed = linkway::text::parse_json(line, type);
        REQUIRE(parsed.ok());
        result.push_back(std::move(parsed).value());
    }
    REQUIRE_FALSE(result.empty());
    return result;
}

linkway::text::Document first(const fs::path& folder, const std::string& type) {
    return std::move(all(folder, type).front());
}

std::string id_of(const linkway::text::Document& document) {
    return std::string(document.root().string_or("id", ""));
}

std::string json_of(const linkway::text::Document& document) {
    std::string json;
    linkway::text::append_json(json, document.root());
    return json;
}

/// The link worker's role at the practice, which every system's base has.
const std::map<std::string, std::string> link_workers = {
    {"emis",
     "https://linkway.uk/fhir/Id/"
     "emis-user-in-role-guid\",\"value\":\"05E70000-0000-4000-8000-000000000002"},
    {"systmone", "https://linkway.uk/fhir/Id/systmone-profile-id\",\"value\":\"252"},
    {"vision", "https://linkway.uk/fhir/Id/vision-staff-id\",\"value\":\"A99901|12"}};

std::string reference(const char* name, const std::string& to) {
    return std::string("\"") + name + R"(":{"reference":")" + to + R"("})";
}

/// A service sees the person, names a walking group to them and closes the case. Its link worker
/// is the one the practice knows.
std::string sent_by_service(const System& system, const fs::path& before) {
    std::string sent;
    for (const char* type : {"Patient", "Organization", "ServiceRequest"}) {
        sent += read_file(before / (std::string(type) + ".ndjson"));
    }
    const std::string about = reference("subject", "Patient/" + id_of(first(before, "Patient"))) +
                              R"(,"basedOn":[{)" + R"("reference":"ServiceRequest/)" +
                              id_of(first(before, "ServiceRequest")) + "\"}],";
    const std::string worker = R"({"reference":"PractitionerRole/r"})";
    sent +=
        R"({"resourceType":"Practitioner","id":"w","name":[{"text":"Linden Yarrow"}]})"
        "\n"
        R"({"resourceType":"PractitionerRole","id":"r","practitioner":{"reference":"Practitioner/w"},"code":[{"text":"Link worker","coding":[{"system":"https://fhir.hl7.org.uk/STU3/CodeSystem/CareConnect-SDSJobRoleName-1","code":"R9815"}]}],"identifier":[{"system":")" +
        link_workers.at(system.name) + "\"}]}\n";
    sent +=
        R"({"resourceType":"Encounter","id":"met","status":"finished","class":{"code":"AMB"},)" +
        about + R"("participant":[{"individual":)" + worker +
        R"(}],"period":{"start":"2026-02-16T10:05:00Z"},"reasonCode":[{"text":"\"Low\", she said;\n=not eating"}]})"
        "\n";
    sent +=
        R"({"resourceType":"ServiceRequest","id":"walks","status":"active","intent":"order",)" +
        about + R"("requester":)" + worker +
        R"(,"authoredOn":"2026-02-17","performer":[{"display":"Walking group"}],"code":{"coding":[{"system":"http://snomed.info/sct","code":"1084281000000109","display":"Signposting to social prescribing service"}]}})"
        "\n";
    sent +=
        R"({"resourceType":"Observation","id":"a1b2-closed","status":"final",)" + about +
        R"("performer":[)" + worker +
        R"(],"effectiveDateTime":"2026-02-20T15:30:00Z","code":{"coding":[{"system":"http://snomed.info/sct","code":"1362721000000106","display":"Social prescribing case closed"}]},"note":[{"text":"Joined a choir"}]})"
        "\n";
    return sent;
}

/// The resource of the next extract that an entry came back as: of its code, and of its id where
/// the record had room for that.
std::string came_back(const fs::path& after, const Row& entry, bool has_text) {
    const std::string entry_id =
        R"("https://linkway.uk/fhir/Id/record-entry","value":")" + entry.at("entry_id") + "\"";
    std::vector<std::string> found;
    for (const auto& each : all(after, "Observation")) {
        std::string json = json_of(each);
        if (json.find("\"" + entry.at("snomed_code") + "\"") != std::string::npos &&
            (json.find(entry_id) != std::string::npos) == has_text) {
            found.push_back(std::move(json));
        }
    }
    REQUIRE(found.size() == 1);
    return found.front();
}

/// When what the service sent happened.
const std::map<std::string, std::string> days = {{"Encounter/met", "2026-02-16"},
                                                 {"ServiceRequest/walks", "2026-02-17"},
                                                 {"Observation/a1b2-closed", "2026-02-20"}};

void check_round_trip(const System& system) {
    INFO(system.name);
    const fs::path root =
        fs::temp_directory_path() / ("linkway-trip-" + std::to_string(::getpid()));
    fs::remove_all(root);
    fs::create_directories(root);
    const fs::path cases = fs::path(LINKWAY_CASES) / system.name;
    fs::copy(cases / "base" / "input", root / "extract", fs::copy_options::recursive);
    fs::copy(cases / system.folder / "input", root / "extract",
             fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    const std::string translate = "translate --system " + system.name + " extract -o ";
    REQUIRE(run_program(translate + "before", root).code == 0);
    const std::string request = id_of(first(root / "before", "ServiceRequest"));
    const std::string patient = id_of(first(root / "before", "Patient"));
    CHECK(first(root / "before", "Task").root().string_or("status", "") == "requested");

    std::ofstream(root / "service.ndjson") << sent_by_service(system, root / "before");
    const auto out =
        run_program("translate --to " + system.name + " service.ndjson -o entries", root);
    INFO(out.log);
    REQUIRE(out.code == 0);
    const auto rows = entries(read_file(root / "entries" / "entries.csv"));
    REQUIRE(rows.size() == days.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        file_entry(system, root / "extract", system.filed(rows[i], std::to_string(i)));
    }

    REQUIRE(run_program(translate + "after", root).code == 0);
    CHECK(id_of(first(root / "after", "ServiceRequest")) == request);
    CHECK(id_of(first(root / "after", "Patient")) == patient);
    CHECK(first(root / "after", "Task").root().string_or("status", "") == "completed");
    std::string link_worker;
    for (const auto& role : all(root / "after", "PractitionerRole")) {
        if (json_of(role).find(link_workers.at(system.name)) != std::string::npos) {
            link_worker = id_of(role);
        }
    }
    for (const Row& entry : rows) {
        INFO(entry.at("entry_id"));
        const std::string json = came_back(root / "after", entry, system.has_text);
        CHECK(json.find(R"("effectiveDateTime":")" + days.at(entry.at("entry_id"))) !=
              std::string::npos);
        // A signpost is no part of a referral: no record says to which it belongs.
        CHECK((json.find("ServiceRequest/" + request) != std::string::npos) ==
              (entry.at("kind") != "signpost"));
        CHECK(json.find("\"subject\":{\"reference\":\"Patient/" + patient) != std::string::npos);
        // Its author is the link worker, not merely somebody of the practice.
        CHECK(json.find("PractitionerRole/" + link_worker + "\"") != std::string::npos);
    }
    // And none of it goes out to that record once more.
    REQUIRE(run_program("translate --to " + system.name + " after -o again", root).code == 0);
    CHECK(entries(read_file(root / "again" / "entries.csv")).empty());
    fs::remove_all(root);
}

}  // namespace

TEST_CASE("entries filed in EMIS come back as the same events") {
    check_round_trip(
        {"emis", "referral-code-only", "CareRecord_Observation", "8.2", filed_in_emis, true});
}

TEST_CASE("entries filed in Vision come back as the same events") {
    check_round_trip(
        {"vision", "referral-code-only", "journal_data_extract", "live", filed_in_vision, true});
}

TEST_CASE("entries filed in SystmOne come back as the same events, without their ids") {
    check_round_trip({"systmone", "base", "SRCode", "93", filed_in_systmone, false});
}
