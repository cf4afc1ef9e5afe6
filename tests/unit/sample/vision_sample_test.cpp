// Samples of Vision: the people of an EMIS sample in another format.
#include <set>

#include "extract.h"

using namespace linkway;
namespace fs = std::filesystem;

namespace {

const sources::DataPackage& vision() {
    static const sources::DataPackage result = [] {
        text::Issues issues;
        auto read = sources::read_data_package(LINKWAY_SOURCE_DIR "/mappings/vision", issues);
        REQUIRE(issues.empty());
        return read;
    }();
    return result;
}

using Record = std::map<std::string, std::string>;

/// The records of all practices, by table; cells by column.
std::map<std::string, std::vector<Record>> make(sample::SampleOptions options) {
    const fs::path folder =
        fs::temp_directory_path() /
        ("linkway-vision-sample-" + std::to_string(reinterpret_cast<std::uintptr_t>(&options)));
    fs::remove_all(folder);
    options.system = "vision";
    const auto failed = sample::write_sample(options, vision(), folder.string());
    INFO((failed ? text::to_string(*failed) : ""));
    REQUIRE_FALSE(failed.has_value());
    std::map<std::string, std::vector<Record>> result;
    for (const auto& entry : fs::directory_iterator(folder)) {
        const std::string name = entry.path().filename().string();
        for (const auto& table : vision().tables) {
            if (name.find("_" + table.name + "-") == std::string::npos) {
                continue;
            }
            std::ifstream in(entry.path(), std::ios::binary);
            const auto order = sources::columns_in_order(
                vision(), table, options.layout.empty() ? "live" : options.layout);
            for (const auto& row : extract::parse({std::istreambuf_iterator<char>(in), {}})) {
                REQUIRE(row.size() == order.size());
                Record record{{"practice", name.substr(0, name.find(table.name))}};
                for (std::size_t i = 0; i < row.size(); ++i) {
                    record[table.columns[static_cast<std::size_t>(order[i])].name] = row[i];
                }
                result[table.name].push_back(std::move(record));
            }
        }
    }
    fs::remove_all(folder);
    return result;
}

}  // namespace

TEST_CASE("A Vision sample has the people of an EMIS one") {
    auto wanted = extract::options(300);
    wanted.practices = 2;
    const auto tables = make(wanted);
    const extract::Sample emis(wanted);
    std::multiset<std::string> here;
    std::multiset<std::string> there;
    for (const Record& row : tables.at("patient_data_extract")) {
        here.insert(row.at("NHS_NUMBER") + row.at("SURNAME"));
    }
    const auto& patients = emis["Admin_Patient"];
    for (const auto& row : patients.rows) {
        there.insert(patients.cell(row, "NhsNumber") + patients.cell(row, "Surname"));
    }
    CHECK(here.size() == 300);
    CHECK(here == there);
    // Entries, courses and issues of drugs are rows of one journal.
    CHECK(tables.at("journal_data_extract").size() ==
          emis["CareRecord_Observation"].rows.size() + emis["Prescribing_DrugRecord"].rows.size() +
              emis["Prescribing_IssueRecord"].rows.size());
    CHECK(tables.at("encounter_data_extract").size() ==
          emis["CareRecord_Consultation"].rows.size());
    CHECK(tables.at("practice_data_extract").size() == 2);
}

TEST_CASE("Links of a Vision sample lead to rows of the same patient, and keys are unique") {
    const auto tables = make(extract::options(2000));
    const auto key = [](const Record& row, const std::string& id) {
        return row.at("practice") + row.at("PID") + "|" + id;
    };
    std::set<std::string> entries;
    std::set<std::string> contacts;
    for (const Record& row : tables.at("journal_data_extract")) {
        REQUIRE(entries.insert(key(row, row.at("ID"))).second);
    }
    for (const Record& row : tables.at("encounter_data_extract")) {
        REQUIRE(contacts.insert(key(row, row.at("ID"))).second);
    }
    REQUIRE_FALSE(tables.at("referral_data_extract").empty());
    for (const char* name : {"referral_data_extract", "journal_data_extract"}) {
        for (const Record& row : tables.at(name)) {
            std::string links = row.at("LINKS") + "|";
            for (std::size_t from = 0; from + 1 < links.size();) {
                const std::size_t end = links.find('|', from);
                const std::string link = links.substr(from, end - from);
                REQUIRE((link[0] == 'E' ? contacts.count(key(row, link.substr(1)))
                                        : entries.count(key(row, link))) == 1);
                from = end + 1;
            }
        }
    }
}

TEST_CASE("The test pack's layout has its own order and fewer columns") {
    auto wanted = extract::options(20);
    wanted.layout = "test";
    const auto tables = make(wanted);
    for (const Record& row : tables.at("journal_data_extract")) {
        REQUIRE(row.size() == 23 + 1);
        REQUIRE(row.at("ACTION") == "I");
        REQUIRE(row.at("CONTEXT") == "A");
    }
    CHECK(tables.at("staff_data_extract")[0].at("HCP_TYPE") == "A");
}
