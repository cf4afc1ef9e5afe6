// What samples say about social prescribing, and the defects they can have.
#include <algorithm>
#include <map>
#include <set>

#include "extract.h"
#include "fhir/identity.h"
#include "text/utf8.h"

using namespace linkway;
using extract::options;
using extract::Sample;

namespace {

constexpr const char* referral = "871731000000106";
constexpr const char* offered = "871691000000100";
constexpr const char* declined = "871711000000103";
constexpr const char* signposted = "1084281000000109";
constexpr const char* seen = "1362931000000106";
constexpr const char* closed = "1362721000000106";

/// Dates of the events of each patient, by concept.
using Events = std::map<std::string, std::map<std::string, std::vector<std::string>>>;

Events events(const Sample& sample) {
    std::map<std::string, std::string> concepts;
    for (const auto& row : sample["Coding_ClinicalCode"].rows) {
        concepts[sample["Coding_ClinicalCode"].cell(row, "CodeId")] =
            sample["Coding_ClinicalCode"].cell(row, "SnomedCTConceptId");
    }
    const std::set<std::string> wanted = {referral, offered, declined, signposted, seen, closed};
    const auto& table = sample["CareRecord_Observation"];
    const auto code = static_cast<std::size_t>(table.column("CodeId"));
    Events result;
    for (const auto& row : table.rows) {
        const std::string& concept_id = concepts[row[code]];
        if (wanted.count(concept_id) == 1) {
            result[table.cell(row, "PatientGuid")][concept_id].push_back(
                table.cell(row, "EffectiveDate"));
        }
    }
    for (auto& [patient, by_code] : result) {
        for (auto& [concept_id, dates] : by_code) {
            std::sort(dates.begin(), dates.end());
        }
    }
    return result;
}

bool contains(const std::string& text, const std::string& piece) {
    return text.find(piece) != std::string::npos;
}

}  // namespace

TEST_CASE("Social prescribing is as rare as in life, and told in order") {
    auto wanted = options(12000);
    wanted.observations_per_patient = 2;
    const Sample sample(wanted);
    const Events found = events(sample);
    const double share = static_cast<double>(found.size()) / 12000;
    CHECK(share > 0.028);
    CHECK(share < 0.042);
    CHECK(sample.report.social_prescribing_patients == found.size());
    std::map<std::string, int> people;
    int repeated = 0;
    for (const auto& [patient, by_code] : found) {
        for (const auto& [concept_id, dates] : by_code) {
            ++people[concept_id];
            CHECK(dates.front() >= "2019-07-01");
            CHECK(dates.back() < "2026-03-02");
        }
        const auto first = [&, &codes = by_code](const char* concept_id) {
            return codes.count(concept_id) == 1 ? codes.at(concept_id).front() : std::string();
        };
        // Nobody is seen or closed who was not referred, before or on the same day.
        for (const char* later : {seen, closed}) {
            if (!first(later).empty()) {
                REQUIRE_FALSE(first(referral).empty());
                CHECK(first(later) >= first(referral));
                CHECK(first(later) >= "2023-04-01");  // these codes are young
            }
        }
        repeated += by_code.count(referral) == 1 && by_code.at(referral).size() > 1 ? 1 : 0;
    }
    CHECK(people[referral] > people[declined]);
    CHECK(people[referral] > people[seen]);
    CHECK(people[seen] > people[closed]);
    for (const char* each : {offered, declined, signposted, closed}) {
        INFO(each);
        CHECK(people[each] > 10);
    }
    CHECK(repeated > 10);
}

TEST_CASE(
    "About half of the referrals have their other half, to a service of the practice's network") {
    auto wanted = options(12000);
    wanted.observations_per_patient = 2;
    const Sample sample(wanted);
    const auto& organisations = sample["Admin_Organisation"];
    std::map<std::string, std::string> types;
    for (const auto& row : organisations.rows) {
        types[organisations.cell(row, "OrganisationGuid")] =
            organisations.cell(row, "OrganisationType");
    }
    std::size_t to_service = 0;
    const auto& halves = sample["CareRecord_ObservationReferral"];
    for (const auto& row : halves.rows) {
        to_service += types[halves.cell(row, "ReferralTargetOrganisationGuid")] ==
                              "Social Prescribing Service"
                          ? 1
                          : 0;
    }
    std::size_t referrals = 0;
    for (const auto& [patient, by_code] : events(sample)) {
        referrals += by_code.count(referral) == 1 ? 1 : 0;
    }
    CHECK(to_service * 100 > referrals * 30);
    CHECK(to_service * 100 < referrals * 60);
}

TEST_CASE("Link workers stand among the staff and enter what they did") {
    const Sample sample(options(3000));
    const auto& users = sample["Admin_UserInRole"];
    std::set<std::string> link_workers;
    std::set<std::string> roles;
    for (const auto& row : users.rows) {
        roles.insert(users.cell(row, "JobCategoryCode"));
        if (users.cell(row, "JobCategoryCode") == "R9815") {
            link_workers.insert(users.cell(row, "UserInRoleGuid"));
        }
    }
    CHECK(roles.count("R0260") == 1);
    CHECK(roles.count("R9807") == 1);
    CHECK(link_workers.size() == 2);
    const auto& codes = sample["Coding_ClinicalCode"];
    std::string seen_id;
    for (const auto& row : codes.rows) {
        if (codes.cell(row, "SnomedCTConceptId") == seen) {
            seen_id = codes.cell(row, "CodeId");
        }
    }
    const auto& table = sample["CareRecord_Observation"];
    std::size_t meetings = 0;
    for (const auto& row : table.rows) {
        if (table.cell(row, "CodeId") == seen_id) {
            ++meetings;
            CHECK(link_workers.count(table.cell(row, "ClinicianUserInRoleGuid")) == 1);
        }
    }
    CHECK(meetings > 5);
}

TEST_CASE("With defects, each is made at least once in 2,000 patients") {
    auto wanted = options(2000);
    wanted.defects = true;
    const Sample sample(wanted);
    const auto names = sample::defect_names();
    CHECK(names.size() == 55);
    CHECK(sample.report.defects.size() == names.size());
    for (const std::string& name : names) {
        INFO(name);
        CHECK(sample.report.defects.at(name) >= 1);
    }

    // And what was counted is there. Row by row for those that show in the bytes:
    const std::string& observations = sample["CareRecord_Observation"].bytes;
    const std::string& patients = sample["Admin_Patient"].bytes;
    CHECK(contains(patients, "\"DateofDeactivation\""));
    CHECK(contains(sample["Coding_ClinicalCode"].bytes, "\"ParentCodeID\""));
    CHECK(observations.back() == '"');
    CHECK(contains(observations, "\"2023-02-30\""));
    CHECK(contains(observations, "\"2099-01-01\""));
    CHECK(contains(sample["Admin_UserInRole"].bytes, "\"1899-12-31\""));
    CHECK(contains(sample["Admin_UserInRole"].bytes, "\"Department\""));
    CHECK(contains(observations, "caf\xe9"));
    CHECK_FALSE(text::is_utf8(observations));
    CHECK(contains(observations, "line.\r\nSecond line,\nthird"));
    CHECK(contains(observations, "\"\"much better\"\""));
    CHECK(contains(observations, "C:\\letters\\"));
    CHECK(contains(observations, "<key codeId=\"\"0\"\">"));
    CHECK(contains(observations, "\"stray\""));
    CHECK(contains(observations, ",\"surplus\""));
    CHECK(contains(patients, "\"447700900123\""));
    CHECK(contains(patients, "\"ZZ99\""));
    CHECK(contains(patients, "\"Dummy\",\"true\""));
    CHECK(contains(patients, "\"  Regular\""));
    CHECK(contains(sample["CareRecord_ObservationReferral"].bytes, "\"2 Week Wait\""));
    CHECK(contains(sample["CareRecord_ObservationReferral"].bytes, "\"None Required\""));
    CHECK(contains(sample["Coding_ClinicalCode"].bytes, "\"EMISNQRE582\",\"\",\"\""));
    CHECK(contains(sample["Coding_ClinicalCode"].bytes, "\"8T09-1\",\"871731000000106\""));
    CHECK(contains(sample["Coding_ClinicalCode"].bytes, "\"8T09\",\"\",\"\""));
    CHECK(contains(sample["Prescribing_IssueRecord"].bytes, "\"5.600000024E-1\""));

    const auto& table = sample["CareRecord_Observation"];
    std::set<std::string> turns;
    std::map<std::string, int> keys;
    std::size_t short_rows = 0;
    std::size_t long_cells = 0;
    std::size_t bare_guids = 0;
    std::size_t mostly_empty = 0;
    std::size_t twins = 0;
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        const auto& row = table.rows[i];
        turns.insert(row.back());
        ++keys[row[0]];
        short_rows += row.size() < table.header.size() ? 1 : 0;
        bare_guids += row[0].front() != '{' ? 1 : 0;
        twins += i > 0 && row == table.rows[i - 1] ? 1 : 0;
        const auto filled = static_cast<std::size_t>(std::count_if(
            row.begin(), row.end(), [](const std::string& cell) { return !cell.empty(); }));
        mostly_empty +=
            filled == 5 && row.size() == table.header.size() && table.cell(row, "Deleted") == "true"
                ? 1
                : 0;
        long_cells += static_cast<std::size_t>(std::count_if(
            row.begin(), row.end(), [](const std::string& cell) { return cell.size() > 7500; }));
    }
    CHECK(turns.size() >= 10);
    CHECK(short_rows >= 1);
    CHECK(bare_guids >= 1);
    CHECK(twins >= 1);
    CHECK(mostly_empty >= 1);
    CHECK(long_cells >= 1);
    CHECK(std::any_of(keys.begin(), keys.end(), [](const auto& key) { return key.second > 1; }));

    const auto& people = sample["Admin_Patient"];
    std::size_t wrong = 0;
    std::size_t blank = 0;
    for (const auto& row : people.rows) {
        const std::string& number = people.cell(row, "NhsNumber");
        blank += number.empty() && people.cell(row, "Deleted") == "false" ? 1 : 0;
        wrong += !number.empty() && !fhir::is_valid_nhs_number(number) ? 1 : 0;
        CHECK((number.empty() || number.rfind("999", 0) == 0));
    }
    CHECK(wrong == sample.report.defects.at("nhs-number-wrong-check-digit"));
    CHECK(blank == sample.report.defects.at("nhs-number-blank"));
}

TEST_CASE("Old layouts have their own misspellings") {
    auto wanted = options(3);
    wanted.defects = true;
    wanted.layout = "5.1";
    const Sample sample(wanted);
    CHECK(contains(sample["Admin_Patient"].bytes,
                   "\"ExternalUsusalGP\",\"ExternalUsusalGPOrganisation\""));
    CHECK(contains(sample["Admin_Patient"].bytes, "\"PersonGUID\""));
    CHECK(contains(sample["CareRecord_Diary"].bytes, "\"ClinicanUserInRoleGuid\""));
    CHECK(contains(sample["Admin_OrganisationLocation"].bytes, "\"1\""));
    CHECK(contains(sample["Admin_Organisation"].bytes, "\"AgreementGuid\""));
    // The agreement of the file name stands in every row.
    const auto& organisations = sample["Admin_Organisation"];
    const std::string& agreement = organisations.cell(organisations.rows.front(), "AgreementGuid");
    CHECK(contains(organisations.file, agreement.substr(1, 36)));
}
