#include "sample/sample.h"

#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <set>

#include "extract.h"
#include "fhir/identity.h"
#include "terminology/terminology.h"
#include "text/node.h"
#include "text/temporal.h"

using namespace linkway;
using extract::options;
using extract::package;
using extract::Sample;

namespace {

/// FNV-1a over all files in the order of their tables.
std::uint64_t digest(const Sample& sample) {
    std::uint64_t hash = 14695981039346656037ULL;
    for (const auto& [name, table] : sample.tables) {
        for (const char c : table.file + table.bytes) {
            hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
        }
    }
    return hash;
}

std::set<std::string> values(const Sample& sample, const std::string& table,
                             const std::vector<std::string>& columns) {
    std::set<std::string> result;
    for (const auto& row : sample[table].rows) {
        std::string value;
        for (const auto& column : columns) {
            value += sample[table].cell(row, column) + "|";
        }
        result.insert(value);
    }
    return result;
}

}  // namespace

TEST_CASE("A sample is the same for the same seed, on every machine") {
    const std::uint64_t first = digest(Sample(options(60)));
    CHECK(first == digest(Sample(options(60))));
    CHECK(first != digest(Sample(options(60, 2))));
    auto with_defects = options(60);
    with_defects.defects = true;
    CHECK(first != digest(Sample(with_defects)));
    // Written down once: another compiler or library must not change a byte. A change of the
    // generator changes it too, and then this number.
    CHECK(first == 17133269828906434671ULL);
}

TEST_CASE("A patient does not depend on those before, so nothing of them is kept") {
    auto few = options(30);
    few.practices = 1;
    auto many = options(300);
    many.practices = 1;
    const Sample small(few);
    const Sample large(many);
    for (std::size_t i = 0; i < 30; ++i) {
        CHECK(small["Admin_Patient"].rows[i] == large["Admin_Patient"].rows[i]);
    }
}

TEST_CASE("Every layout has the whole file set with its own headers") {
    for (const std::string& layout : package().versions) {
        INFO(layout);
        auto wanted = options(20);
        wanted.layout = layout;
        const Sample sample(wanted);
        const bool is_old = layout[0] < '8';
        CHECK(sample.files == (is_old ? 20U : 21U));
        CHECK(sample.tables.size() == sample.files);
        for (const auto& [name, table] : sample.tables) {
            INFO(name);
            const auto& definition =
                package().tables[static_cast<std::size_t>(package().find(name))];
            std::set<std::string> expected;
            for (const auto& column : definition.columns) {
                if (sources::is_in(package(), column, layout)) {
                    expected.insert(column.name);
                }
            }
            CHECK(std::set<std::string>(table.header.begin(), table.header.end()) == expected);
            const auto found = sources::matching_versions(package(), definition, table.header);
            CHECK(std::find(found.begin(), found.end(), layout) != found.end());
            CHECK((table.file.rfind("bulk_", 0) == 0) != is_old);
            const std::size_t columns = table.header.size();
            CHECK(std::all_of(table.rows.begin(), table.rows.end(),
                              [columns](const auto& row) { return row.size() == columns; }));
        }
    }
}

TEST_CASE("The columns of 5.4 stand in the order in which the ingestion code lists them") {
    std::ifstream in(LINKWAY_SOURCE_DIR "/../shared/facts/gp-export-columns.json",
                     std::ios::binary);
    if (!in) {
        WARN("the column lists are not beside this checkout: skipped");
        return;
    }
    const auto lists = text::parse_json(std::string{std::istreambuf_iterator<char>(in), {}},
                                        "gp-export-columns.json");
    REQUIRE(lists);
    auto wanted = options(5);
    wanted.layout = "5.4";
    const Sample sample(wanted);
    for (const text::Member& table : lists->root().find("emis")->find("tables")->members) {
        INFO(table.name);
        const text::Node* chosen = nullptr;
        for (const text::Node& layout : table.value.items) {
            const auto versions = layout.find("versions")->items;
            if (versions[0].text == "5.4" || (versions[0].text == "any" && chosen == nullptr)) {
                chosen = &layout;
            }
        }
        REQUIRE(chosen != nullptr);
        std::vector<std::string> expected;
        for (const text::Node& column : chosen->find("columns")->items) {
            expected.emplace_back(column.text);
        }
        CHECK(sample[std::string(table.name)].header == expected);
    }
}

TEST_CASE("Files are written as EMIS writes them") {
    const Sample sample(options(80));
    for (const auto& [name, table] : sample.tables) {
        INFO(name);
        CHECK(table.bytes.substr(table.bytes.size() - 3) == "\"\r\n");
        CHECK(table.bytes.front() == '"');
        // Without defects no text holds a line end or a quote, so each record is one line of quoted
        // fields.
        std::size_t lines = 0;
        for (std::size_t at = table.bytes.find('\n'); at != std::string::npos;
             at = table.bytes.find('\n', at + 1)) {
            CHECK(table.bytes[at - 1] == '\r');
            ++lines;
        }
        CHECK(lines == table.rows.size() + 1);
        for (const auto& row : table.rows) {
            for (std::size_t i = 0; i < row.size(); ++i) {
                const auto& columns =
                    package().tables[static_cast<std::size_t>(package().find(name))];
                const auto& column =
                    columns.columns[static_cast<std::size_t>(columns.find(table.header[i]))];
                if (row[i].empty()) {
                    continue;
                }
                INFO(column.name << " " << row[i]);
                if (column.type == sources::ColumnType::guid) {
                    CHECK((row[i].size() == 38 && row[i].front() == '{' && row[i].back() == '}'));
                } else if (column.type == sources::ColumnType::date) {
                    CHECK(text::parse_date(row[i], "yyyy-MM-dd").has_value());
                } else if (column.type == sources::ColumnType::time) {
                    CHECK(text::parse_time(row[i], "HH:mm:ss").has_value());
                } else if (column.type == sources::ColumnType::boolean) {
                    CHECK((row[i] == "true" || row[i] == "false"));
                }
            }
        }
    }
    const auto& observation = sample["CareRecord_Observation"];
    bool has_decimal = false;
    for (const auto& row : observation.rows) {
        const std::string& value = observation.cell(row, "Value");
        has_decimal = has_decimal || !value.empty();
        CHECK((value.empty() || value.find('.') + 4 == value.size()));
    }
    CHECK(has_decimal);
}

TEST_CASE("NHS numbers are of the test range, right and different") {
    const Sample sample(options(3000));
    const auto& patients = sample["Admin_Patient"];
    std::set<std::string> seen;
    for (const auto& row : patients.rows) {
        const std::string& number = patients.cell(row, "NhsNumber");
        CHECK(number.rfind("999", 0) == 0);
        CHECK(fhir::is_valid_nhs_number(number));
        seen.insert(number);
    }
    CHECK(seen.size() == 3000);
}

TEST_CASE("Nobody's contact details are anybody's") {
    const Sample sample(options(400));
    const auto& patients = sample["Admin_Patient"];
    for (const auto& row : patients.rows) {
        CHECK(patients.cell(row, "Postcode").rfind("ZZ9", 0) == 0);
        const std::string& home = patients.cell(row, "HomePhone");
        const std::string& mobile = patients.cell(row, "MobilePhone");
        const std::string& email = patients.cell(row, "EmailAddress");
        CHECK((home.empty() || home.rfind("01632 960", 0) == 0));
        CHECK((mobile.empty() || mobile.rfind("07700 900", 0) == 0));
        CHECK((email.empty() || email.find("@example.org") + 12 == email.size()));
    }
}

TEST_CASE("Without defects every reference leads somewhere and every key is used once") {
    auto wanted = options(200);
    wanted.practices = 3;
    wanted.observations_per_patient = 80;
    const Sample sample(wanted);
    std::size_t followed = 0;
    for (const auto& table : package().tables) {
        const auto& rows = sample[table.name];
        const auto name = [&](const sources::Table& of, int column) {
            return of.columns[static_cast<std::size_t>(column)].name;
        };
        if (!table.key.empty() && table.name != "Admin_PatientHistory") {
            std::vector<std::string> key;
            for (const int column : table.key) {
                key.push_back(name(table, column));
            }
            INFO(table.name);
            CHECK(values(sample, table.name, key).size() == rows.rows.size());
        }
        for (const auto& foreign : table.foreign_keys) {
            INFO(table.name << " " << foreign.name);
            const auto& other =
                package().tables[static_cast<std::size_t>(package().find(foreign.table))];
            std::vector<std::string> there;
            for (const auto& columns : foreign.columns) {
                there.push_back(name(other, columns.second));
            }
            const auto targets = values(sample, other.name, there);
            for (const auto& row : rows.rows) {
                if (rows.cell(row, name(table, foreign.columns[0].first)).empty()) {
                    continue;
                }
                std::string value;
                for (const auto& columns : foreign.columns) {
                    value += rows.cell(row, name(table, columns.first)) + "|";
                }
                REQUIRE(targets.count(value) == 1);
                ++followed;
            }
        }
    }
    CHECK(followed > 50000);
}

TEST_CASE("Concepts have right check digits and made-up ones say so") {
    const Sample sample(options(2));
    const auto& codes = sample["Coding_ClinicalCode"];
    CHECK(codes.rows.size() > 2500);
    std::size_t real = 0;
    for (const auto& row : codes.rows) {
        const std::string& concept_id = codes.cell(row, "SnomedCTConceptId");
        const std::string& description = codes.cell(row, "SnomedCTDescriptionId");
        INFO(concept_id << " " << description);
        CHECK(terminology::is_valid_concept_id(concept_id));
        CHECK(terminology::is_valid_sctid(description));
        CHECK(description.substr(description.size() - 10, 9) == "999999911");
        const bool is_local =
            concept_id.size() > 10 && concept_id.substr(concept_id.size() - 10, 9) == "999999910";
        CHECK(is_local ==
              (codes.cell(row, "Term").find("(local sample code)") != std::string::npos));
        real += is_local ? 0 : 1;
    }
    CHECK(real > 40);
}

TEST_CASE("Rows keep the proportions of a production extract") {
    const Sample sample(options(4000));
    const auto per_patient = [&](const std::string& table) {
        return static_cast<double>(sample[table].rows.size()) / 4000;
    };
    CHECK(per_patient("CareRecord_Observation") > 18);
    CHECK(per_patient("CareRecord_Observation") < 26);
    CHECK(per_patient("CareRecord_Consultation") > 4.2);
    CHECK(per_patient("CareRecord_Consultation") < 6.6);
    CHECK(per_patient("Prescribing_IssueRecord") > 5);
    CHECK(per_patient("Prescribing_IssueRecord") < 7.8);
    CHECK(per_patient("Appointment_Slot") > 1.1);
    CHECK(per_patient("Appointment_Slot") < 2.0);
    CHECK(per_patient("CareRecord_Problem") > 0.5);
    CHECK(per_patient("CareRecord_Problem") < 1.2);
    CHECK(per_patient("Admin_PatientHistory") > 3.5);
    const double between_referrals =
        per_patient("CareRecord_Observation") / per_patient("CareRecord_ObservationReferral");
    CHECK(between_referrals > 150);
    CHECK(between_referrals < 240);
    CHECK(sample.report.bytes > 50'000'000);
    CHECK(sample.report.bytes < 90'000'000);
}

TEST_CASE("What cannot be written is refused and leaves nothing behind") {
    namespace fs = std::filesystem;
    const fs::path folder = fs::temp_directory_path() / "linkway-sample-refused";
    fs::remove_all(folder);
    fs::create_directories(folder);
    const auto refused = [&](const sample::SampleOptions& wanted, const fs::path& out,
                             const std::string& words) {
        const auto status = sample::write_sample(wanted, package(), out.string());
        REQUIRE(status.has_value());
        INFO(text::to_string(*status));
        CHECK(text::to_string(*status).find(words) != std::string::npos);
    };
    auto wanted = options(1);
    std::ofstream(folder / "taken") << "x";
    refused(wanted, folder, "in use");
    CHECK(fs::exists(folder / "taken"));
    refused(wanted, folder / "taken" / "below", "cannot be made");
    wanted.layout = "9.9";
    refused(wanted, folder / "new", "no layout \"9.9\"; known are 5.0, 5.1");
    wanted = options(1);
    wanted.system = "visoin";
    refused(wanted, folder / "new",
            "no samples of the system \"visoin\"; did you mean \"vision\"?");
    wanted.system = "vision";
    refused(wanted, folder / "new", "describes \"emis\", not \"vision\"");
    wanted.defects = true;
    refused(wanted, folder / "new", "without defects only");
    refused(options(0), folder / "new", "at least one patient");
    fs::create_directory(folder / ".new.incomplete");
    refused(options(1), folder / "new", "interrupted");
    fs::remove(folder / ".new.incomplete");
    CHECK_FALSE(fs::exists(folder / "new"));
    // An empty folder may be filled.
    fs::create_directory(folder / "new");
    CHECK_FALSE(sample::write_sample(options(1), package(), (folder / "new").string()).has_value());
    CHECK_FALSE(fs::exists(folder / ".new.incomplete"));
    CHECK_FALSE(fs::is_empty(folder / "new"));
    fs::remove_all(folder);
}

TEST_CASE("A full disk is reported and leaves nothing behind") {
    namespace fs = std::filesystem;
    const fs::path folder = fs::temp_directory_path() / "linkway-sample-full";
    fs::remove_all(folder);
    // A limit on the size of files makes writes fail as a full disk does.
    const auto before = std::signal(SIGXFSZ, SIG_IGN);
    rlimit usual{};
    REQUIRE(getrlimit(RLIMIT_FSIZE, &usual) == 0);
    rlimit small = usual;
    small.rlim_cur = 300'000;
    REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
    const auto status = sample::write_sample(options(500), package(), folder.string());
    REQUIRE(setrlimit(RLIMIT_FSIZE, &usual) == 0);
    std::signal(SIGXFSZ, before);
    REQUIRE(status.has_value());
    INFO(text::to_string(*status));
    CHECK(status->message.find("could not be written") != std::string::npos);
    CHECK_FALSE(fs::exists(folder));
    CHECK_FALSE(fs::exists(folder.parent_path() / ".linkway-sample-full.incomplete"));
}

TEST_CASE("Progress ends with all patients") {
    std::uint64_t done = 0;
    auto wanted = options(100);
    wanted.progress = [&](const sample::SampleProgress& progress) {
        CHECK(progress.patients == 100);
        CHECK(progress.patients_done >= done);
        done = progress.patients_done;
    };
    const Sample sample(wanted);
    CHECK(done == 100);
    CHECK(sample.report.rows.at("Admin_Patient") == 100);
}
