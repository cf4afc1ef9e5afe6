// Samples of SystmOne: the people of an EMIS sample in another format.
#include <algorithm>
#include <set>

#include "extract.h"
#include "text/node.h"

using namespace linkway;
namespace fs = std::filesystem;

namespace {

const sources::DataPackage& systmone() {
    static const sources::DataPackage result = [] {
        text::Issues issues;
        auto read = sources::read_data_package(LINKWAY_SOURCE_DIR "/mappings/systmone", issues);
        REQUIRE(issues.empty());
        return read;
    }();
    return result;
}

using Record = std::map<std::string, std::string>;
using Tables = std::map<std::string, std::vector<Record>>;

/// What the files hold, by table.
std::map<std::string, std::string> files(sample::SampleOptions options) {
    const fs::path folder =
        fs::temp_directory_path() /
        ("linkway-systmone-sample-" + std::to_string(reinterpret_cast<std::uintptr_t>(&options)));
    fs::remove_all(folder);
    options.system = "systmone";
    const auto failed = sample::write_sample(options, systmone(), folder.string());
    INFO((failed ? text::to_string(*failed) : ""));
    REQUIRE_FALSE(failed.has_value());
    std::map<std::string, std::string> result;
    for (const auto& entry : fs::directory_iterator(folder)) {
        REQUIRE(entry.path().extension() == ".csv");
        std::ifstream in(entry.path(), std::ios::binary);
        result[entry.path().stem().string()].assign(std::istreambuf_iterator<char>(in), {});
    }
    fs::remove_all(folder);
    return result;
}

/// The records by table; cells by column.
Tables make(const sample::SampleOptions& options) {
    Tables result;
    for (const auto& [name, bytes] : files(options)) {
        const auto rows = extract::parse(bytes);
        const std::vector<std::string>& columns = rows.at(0);
        std::vector<Record>& records = result[name];
        for (std::size_t i = 1; i < rows.size(); ++i) {
            REQUIRE(rows[i].size() == columns.size());
            Record record;
            for (std::size_t c = 0; c < columns.size(); ++c) {
                record[columns[c]] = rows[i][c];
            }
            records.push_back(std::move(record));
        }
    }
    return result;
}

/// "05 Mar 2024 10:15:00" as 2024-03-05; empty as it is.
std::string day_of(const std::string& written) {
    static const std::string months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    if (written.empty()) {
        return {};
    }
    const auto month = months.find(written.substr(3, 3));
    REQUIRE(month != std::string::npos);
    const std::string number = std::to_string(month / 3 + 1);
    return written.substr(7, 4) + "-" + (number.size() == 1 ? "0" : "") + number + "-" +
           written.substr(0, 2);
}

/// The column list of a table in one version of the layout, as the ingestion code has it;
/// empty when it has none.
std::vector<std::string> listed(const text::Node& layouts, const std::string& version) {
    const text::Node* chosen = nullptr;
    for (const text::Node& layout : layouts.items) {
        for (const text::Node& each : layout.find("versions")->items) {
            if (each.text == version || (each.text == "any" && chosen == nullptr)) {
                chosen = &layout;
            }
        }
    }
    std::vector<std::string> result;
    if (chosen == nullptr) {
        return result;
    }
    for (const text::Node& column : chosen->find("columns")->items) {
        result.emplace_back(column.text);
    }
    return result;
}

}  // namespace

TEST_CASE("The columns of SystmOne stand in the order in which the ingestion code lists them") {
    std::ifstream in(LINKWAY_SOURCE_DIR "/../shared/facts/gp-export-columns.json",
                     std::ios::binary);
    if (!in) {
        WARN("the column lists are not beside this checkout: skipped");
        return;
    }
    const auto lists = text::parse_json(std::string{std::istreambuf_iterator<char>(in), {}},
                                        "gp-export-columns.json");
    REQUIRE(lists);
    const text::Node& tables = *lists->root().find("systmone")->find("tables");
    for (const std::string& version : systmone().versions) {
        auto wanted = extract::options(5);
        wanted.layout = version;
        std::size_t checked = 0;
        for (const auto& [name, bytes] : files(wanted)) {
            INFO(name << " " << version);
            const text::Node* layouts = tables.find(name);
            const auto expected =
                layouts == nullptr ? std::vector<std::string>() : listed(*layouts, version);
            if (!expected.empty()) {
                CHECK(extract::parse(bytes).at(0) == expected);
                ++checked;
            }
        }
        // All but the manifest, which is described in words, and one table of a test pack.
        CHECK(checked == (version == "TestPack3" ? 17 : 18));
    }
}

TEST_CASE("Files are written as SystmOne writes them, the same for the same seed") {
    const auto first = files(extract::options(80));
    CHECK(first == files(extract::options(80)));
    CHECK_FALSE(first == files(extract::options(80, 2)));
    for (const auto& [name, bytes] : first) {
        INFO(name);
        CHECK(bytes.front() == '"');
        CHECK(bytes.substr(bytes.size() - 3) == "\"\r\n");
        std::size_t bare = 0;  // line ends without a carriage return
        for (std::size_t at = bytes.find('\n'); at != std::string::npos;
             at = bytes.find('\n', at + 1)) {
            bare += bytes[at - 1] == '\r' ? 0 : 1;
        }
        CHECK(bare == 0);
        // ASCII is Windows-1252: nothing in a sample needs another letter.
        CHECK(std::none_of(bytes.begin(), bytes.end(),
                           [](char c) { return static_cast<unsigned char>(c) >= 0x80; }));
    }
}

TEST_CASE("A SystmOne sample has the people of an EMIS one") {
    auto wanted = extract::options(300);
    wanted.practices = 2;
    const auto tables = make(wanted);
    const extract::Sample emis(wanted);
    std::multiset<std::string> here;
    std::multiset<std::string> there;
    for (const Record& row : tables.at("SRPatient")) {
        here.insert(row.at("NHSNumber") + row.at("Surname") + day_of(row.at("DateBirth")));
    }
    const auto& patients = emis["Admin_Patient"];
    for (const auto& row : patients.rows) {
        there.insert(patients.cell(row, "NhsNumber") + patients.cell(row, "Surname") +
                     patients.cell(row, "DateOfBirth"));
    }
    CHECK(here.size() == 300);
    CHECK(here == there);
    CHECK(tables.at("SRPatientRegistration").size() == 300);
    CHECK(tables.at("SRReferralOut").size() == emis["CareRecord_ObservationReferral"].rows.size());
}

TEST_CASE("Entries of a SystmOne sample have the codes and days of an EMIS one") {
    const auto wanted = extract::options(300);
    const auto tables = make(wanted);
    const extract::Sample emis(wanted);
    std::map<std::string, std::string> numbers;  // NHS numbers
    for (const Record& row : tables.at("SRPatient")) {
        numbers[row.at("RowIdentifier")] = row.at("NHSNumber");
    }
    std::multiset<std::string> here;
    for (const Record& row : tables.at("SRCode")) {
        here.insert(numbers.at(row.at("IDPatient")) + " " + row.at("SNOMEDCode") + " " +
                    day_of(row.at("DateEvent")));
    }
    const auto column = [&](const std::string& table, const char* key, const char* value) {
        std::map<std::string, std::string> result;
        for (const auto& row : emis[table].rows) {
            result[emis[table].cell(row, key)] = emis[table].cell(row, value);
        }
        return result;
    };
    const auto concepts = column("Coding_ClinicalCode", "CodeId", "SnomedCTConceptId");
    const auto people = column("Admin_Patient", "PatientGuid", "NhsNumber");
    std::multiset<std::string> there;
    const auto& entries = emis["CareRecord_Observation"];
    for (const auto& row : entries.rows) {
        there.insert(people.at(entries.cell(row, "PatientGuid")) + " " +
                     concepts.at(entries.cell(row, "CodeId")) + " " +
                     entries.cell(row, "EffectiveDate"));
    }
    CHECK(here.size() > 5000);
    CHECK(here == there);
}

TEST_CASE("The manifest of a SystmOne sample names its files") {
    const auto tables = make(extract::options(20));
    std::set<std::string> named{"SRManifest", "SRMapping"};
    for (const Record& row : tables.at("SRManifest")) {
        CHECK(row.at("IsDelta") == "N");
        CHECK(row.at("DateExtractTo") == "20260302_0432");
        named.insert(row.at("FileName"));
    }
    for (const auto& [name, rows] : tables) {
        INFO(name);
        CHECK(named.count(name) == 1);
    }
    CHECK(named.size() == 19);
    CHECK(named.size() == tables.size());
}

TEST_CASE("Keys of a SystmOne sample are unique and lead somewhere") {
    const auto tables = make(extract::options(2000));
    std::map<std::string, std::set<std::string>> keys;
    for (const auto& [name, rows] : tables) {
        const auto& table = systmone().tables[static_cast<std::size_t>(systmone().find(name))];
        for (const Record& row : rows) {
            std::string key;
            for (const int column : table.key) {
                key += row.at(table.columns[static_cast<std::size_t>(column)].name) + "|";
            }
            REQUIRE(keys[name].insert(key).second);
        }
    }
    std::size_t links = 0;
    for (const auto& [name, rows] : tables) {
        const auto& table = systmone().tables[static_cast<std::size_t>(systmone().find(name))];
        for (const auto& foreign : table.foreign_keys) {
            const auto& there =
                systmone().tables[static_cast<std::size_t>(systmone().find(foreign.table))];
            std::vector<int> columns;
            for (const auto& pair : foreign.columns) {
                columns.push_back(pair.second);
            }
            if (columns != there.key || foreign.name == "recipient") {
                continue;  // joins that lead nowhere for most rows
            }
            for (const Record& row : rows) {
                std::string key;
                for (const auto& pair : foreign.columns) {
                    key += row.at(table.columns[static_cast<std::size_t>(pair.first)].name) + "|";
                }
                if (key.rfind("-1|", 0) == 0) {
                    continue;
                }
                INFO(name << " " << foreign.name);
                REQUIRE(keys[foreign.table].count(key) == 1);
                ++links;
            }
        }
    }
    CHECK(links > 10000);
}

TEST_CASE("Whatever a row of a SystmOne sample names is there") {
    auto wanted = extract::options(2000);
    wanted.practices = 3;
    const auto tables = make(wanted);
    // Where the ids of a column lead: a table and its column.
    const std::map<std::string, std::pair<std::string, std::string>> leads = {
        {"IDPatient", {"SRPatient", "RowIdentifier"}},
        {"IDEvent", {"SREvent", "RowIdentifier"}},
        {"IDCode", {"SRCode", "RowIdentifier"}},
        {"IDReferralOut", {"SRReferralOut", "RowIdentifier"}},
        {"IDDoneBy", {"SRStaffMember", "RowIdentifier"}},
        {"IDStaffMember", {"SRStaffMember", "RowIdentifier"}},
        {"IDProfileEnteredBy", {"SRStaffMemberProfile", "RowIdentifier"}},
        {"IDProfileReferrer", {"SRStaffMemberProfile", "RowIdentifier"}},
        {"IDBranch", {"SROrganisationBranch", "RowIdentifier"}},
        {"IDOrganisation", {"SROrganisation", "ID"}},
        {"IDOrganisationVisibleTo", {"SROrganisation", "ID"}},
        {"IDOrganisationDoneAt", {"SROrganisation", "ID"}},
        {"IDOrganisationRegisteredAt", {"SROrganisation", "ID"}},
        {"ContactType", {"SRMapping", "RowIdentifier"}},
        {"AddressType", {"SRMapping", "RowIdentifier"}},
        {"ServiceOffered", {"SRMapping", "RowIdentifier"}},
        {"Reason", {"SRConfiguredListOption", "RowIdentifier"}},
        {"Urgency", {"SRConfiguredListOption", "RowIdentifier"}},
        {"StatusOfReferralOut", {"SRConfiguredListOption", "RowIdentifier"}}};
    // With the practice when the table that is led to has one.
    const auto key = [](const Record& row, const std::string& column, bool of_practice) {
        return row.at(column) + (of_practice ? "|" + row.at("IDOrganisationVisibleTo") : "");
    };
    std::map<std::string, std::set<std::string>> keys;  // by table
    const auto of_practice = [&](const std::string& table) {
        return tables.at(table).front().count("IDOrganisationVisibleTo") == 1;
    };
    for (const auto& [column, to] : leads) {
        for (const Record& row : tables.at(to.first)) {
            keys[to.first].insert(key(row, to.second, of_practice(to.first)));
        }
    }
    std::set<std::string> followed;
    for (const auto& [name, rows] : tables) {
        for (const Record& row : rows) {
            for (const auto& [column, to] : leads) {
                const auto cell = row.find(column);
                if (cell == row.end() || cell->second.empty() || cell->second == "-1") {
                    continue;
                }
                INFO(name << "." << column << " " << cell->second);
                REQUIRE(keys[to.first].count(key(row, column, of_practice(to.first))) == 1);
                followed.insert(column);
            }
        }
    }
    CHECK(followed.size() == leads.size());
}

TEST_CASE("A SystmOne referral is complete when, where and by whom its own case was closed") {
    constexpr const char* referral = "871731000000106";
    constexpr const char* closed = "1362721000000106";
    auto wanted = extract::options(20000);
    wanted.observations_per_patient = 2;
    const auto tables = make(wanted);
    std::map<std::string, std::string> terms;
    for (const Record& row : tables.at("SRConfiguredListOption")) {
        terms[row.at("RowIdentifier")] = row.at("ConfiguredListOption");
    }
    std::set<std::string> asked;                    // events with an entry of social prescribing
    std::map<std::string, const Record*> closings;  // by event
    for (const Record& row : tables.at("SRCode")) {
        if (row.at("SNOMEDCode") == referral) {
            asked.insert(row.at("IDEvent"));
        } else if (row.at("SNOMEDCode") == closed) {
            closings[row.at("IDEvent")] = &row;
        }
    }
    std::map<std::string, const Record*> referrals;
    for (const Record& row : tables.at("SRReferralOut")) {
        referrals[row.at("RowIdentifier")] = &row;
    }
    std::map<std::string, int> waiting;
    std::set<std::string> used;
    for (const Record& row : tables.at("SRReferralOutStatusDetails")) {
        const Record& of = *referrals.at(row.at("IDReferralOut"));
        const std::string& term = terms.at(row.at("StatusOfReferralOut"));
        if (term == "Waiting") {
            ++waiting[row.at("IDReferralOut")];
            CHECK(row.at("DateEvent") == of.at("DateEvent"));
            CHECK(row.at("IDEvent") == of.at("IDEvent"));
            continue;
        }
        REQUIRE(term == "Complete");
        REQUIRE(asked.count(of.at("IDEvent")) == 1);
        REQUIRE(closings.count(row.at("IDEvent")) == 1);
        const Record& closing = *closings.at(row.at("IDEvent"));
        CHECK(row.at("IDPatient") == of.at("IDPatient"));
        CHECK(row.at("IDDoneBy") == closing.at("IDDoneBy"));
        CHECK(row.at("DateEvent") == closing.at("DateEvent"));
        CHECK(day_of(row.at("DateEvent")) >= day_of(of.at("DateEvent")));
        CHECK(used.insert(row.at("IDEvent")).second);  // no case closes two referrals
    }
    CHECK(waiting.size() == referrals.size());
    CHECK(
        std::all_of(waiting.begin(), waiting.end(), [](const auto& of) { return of.second == 1; }));
    CHECK(used.size() > 20);
    CHECK(used.size() < closings.size());  // half of the codes have no referral with them
}
