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
    /// How a person files an entry.
    std::map<std::string, std::string> (*filed)(const Row& entry);
    bool has_text;  ///< the record has room for the entry's id
};

std::string after_bar(const std::string& id) {
    return id.substr(id.find('|') + 1);
}

std::string text_of(const Row& entry) {
    return entry.at("narrative") + " [entry " + entry.at("entry_id") + "]";
}

Row filed_in_emis(const Row& entry) {
    return {{"ObservationGuid", "{0B500000-0000-4000-8000-00000000F00D}"},
            {"PatientGuid", "{" + entry.at("patient_id") + "}"},
            {"OrganisationGuid", "{0A000000-0000-4000-8000-000000000001}"},
            {"EffectiveDate", entry.at("date")},
            {"EffectiveDatePrecision", "YMD"},
            {"EnteredDate", entry.at("date")},
            {"EnteredTime", "18:00:00"},
            {"ClinicianUserInRoleGuid", "{" + entry.at("author_id") + "}"},
            {"CodeId", entry.at("snomed_code") == "1362721000000106" ? "3006" : ""},
            {"AssociatedText", text_of(entry)},
            {"Deleted", "false"},
            {"ProcessingId", "291"}};
}

Row filed_in_vision(const Row& entry) {
    return {{"PID", after_bar(entry.at("patient_id"))},
            {"ID", "9001"},
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

Row filed_in_systmone(const Row& entry) {
    return {{"RowIdentifier", "9001"},
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
            line += (i == 0 ? "\"" : ",\"") + (cell == row.end() ? "" : cell->second) + "\"";
        }
        std::ofstream(file.path(), std::ios::app | std::ios::binary) << line << "\r\n";
        return;
    }
    FAIL("no file of " + system.table);
}

/// The first resource of a type, as a document.
linkway::text::Document first(const fs::path& folder, const std::string& type) {
    const std::string content = read_file(folder / (type + ".ndjson"));
    auto parsed = linkway::text::parse_json(content.substr(0, content.find('\n')), type);
    REQUIRE(parsed.ok());
    return std::move(parsed).value();
}

std::string id_of(const linkway::text::Document& document) {
    return std::string(document.root().string_or("id", ""));
}

/// The link worker's role at the practice, which every system's base has.
const std::map<std::string, std::string> link_workers = {
    {"emis",
     "https://linkway.uk/fhir/Id/"
     "emis-user-in-role-guid\",\"value\":\"05E70000-0000-4000-8000-000000000002"},
    {"systmone", "https://linkway.uk/fhir/Id/systmone-profile-id\",\"value\":\"252"},
    {"vision", "https://linkway.uk/fhir/Id/vision-staff-id\",\"value\":\"A99901|12"}};

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
    const auto request = first(root / "before", "ServiceRequest");
    const auto patient = first(root / "before", "Patient");
    CHECK(first(root / "before", "Task").root().string_or("status", "") == "requested");

    // The service closes the case. Its link worker is the one the practice knows.
    std::ofstream sent(root / "service.ndjson");
    for (const char* type : {"Patient", "Organization", "ServiceRequest"}) {
        sent << read_file(root / "before" / (std::string(type) + ".ndjson"));
    }
    sent
        << R"({"resourceType":"Practitioner","id":"w","name":[{"text":"Linden Yarrow"}]})" << '\n'
        << R"({"resourceType":"PractitionerRole","id":"r","practitioner":{"reference":"Practitioner/w"},"code":[{"text":"Link worker"}],"identifier":[{"system":")"
        << link_workers.at(system.name) << "\"}]}\n"
        << R"({"resourceType":"Observation","id":"a1b2-closed","status":"final","basedOn":[{"reference":"ServiceRequest/)"
        << id_of(request) << R"("}],"subject":{"reference":"Patient/)" << id_of(patient)
        << R"("},"performer":[{"reference":"PractitionerRole/r"}],"effectiveDateTime":"2026-02-20T15:30:00Z","code":{"coding":[{"system":"http://snomed.info/sct","code":"1362721000000106","display":"Social prescribing case closed"}]},"note":[{"text":"Joined a choir"}]})"
        << '\n';
    sent.close();
    const auto out =
        run_program("translate --to " + system.name + " service.ndjson -o entries", root);
    INFO(out.log);
    REQUIRE(out.code == 0);
    const auto rows = entries(read_file(root / "entries" / "entries.csv"));
    REQUIRE(rows.size() == 1);
    file_entry(system, root / "extract", system.filed(rows[0]));

    REQUIRE(run_program(translate + "after", root).code == 0);
    CHECK(id_of(first(root / "after", "ServiceRequest")) == id_of(request));
    CHECK(id_of(first(root / "after", "Patient")) == id_of(patient));
    CHECK(first(root / "after", "Task").root().string_or("status", "") == "completed");
    const auto filed = first(root / "after", "Observation");
    std::string json;
    linkway::text::append_json(json, filed.root());
    CHECK(filed.root().string_or("effectiveDateTime", "").substr(0, 10) == "2026-02-20");
    CHECK(json.find("1362721000000106") != std::string::npos);
    CHECK(json.find("ServiceRequest/" + id_of(request)) != std::string::npos);
    CHECK(json.find("\"subject\":{\"reference\":\"Patient/" + id_of(patient)) != std::string::npos);
    // Its author is the link worker, not merely somebody of the practice.
    std::istringstream roles(read_file(root / "after" / "PractitionerRole.ndjson"));
    std::size_t of_link_worker = 0;
    for (std::string role; std::getline(roles, role);) {
        const auto parsed = linkway::text::parse_json(role, "PractitionerRole");
        REQUIRE(parsed.ok());
        const bool author =
            json.find("PractitionerRole/" + id_of(*parsed) + "\"") != std::string::npos;
        of_link_worker +=
            author && role.find(link_workers.at(system.name)) != std::string::npos ? 1 : 0;
    }
    CHECK(of_link_worker == 1);
    // The same event: known by the entry's id, where the record had room for it.
    CHECK((json.find(
               R"("https://linkway.uk/fhir/Id/record-entry","value":"Observation/a1b2-closed")") !=
           std::string::npos) == system.has_text);
    // And it does not go out to that record once more.
    REQUIRE(run_program("translate --to " + system.name + " after -o again", root).code == 0);
    CHECK(entries(read_file(root / "again" / "entries.csv")).empty());
    fs::remove_all(root);
}

}  // namespace

TEST_CASE("an entry filed in EMIS comes back as the same event") {
    check_round_trip(
        {"emis", "referral-code-only", "CareRecord_Observation", "8.2", filed_in_emis, true});
}

TEST_CASE("an entry filed in Vision comes back as the same event") {
    check_round_trip(
        {"vision", "referral-code-only", "journal_data_extract", "live", filed_in_vision, true});
}

TEST_CASE("an entry filed in SystmOne comes back as the same event, without its id") {
    check_round_trip({"systmone", "base", "SRCode", "93", filed_in_systmone, false});
}
