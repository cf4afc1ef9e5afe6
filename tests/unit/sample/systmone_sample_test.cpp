// Samples of SystmOne: the people of an EMIS sample in another format.
#include <set>

#include "extract.h"

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

/// The records by table; cells by column.
std::map<std::string, std::vector<Record>> make(sample::SampleOptions options) {
    const fs::path folder =
        fs::temp_directory_path() /
        ("linkway-systmone-sample-" + std::to_string(reinterpret_cast<std::uintptr_t>(&options)));
    fs::remove_all(folder);
    options.system = "systmone";
    const auto failed = sample::write_sample(options, systmone(), folder.string());
    INFO((failed ? text::to_string(*failed) : ""));
    REQUIRE_FALSE(failed.has_value());
    std::map<std::string, std::vector<Record>> result;
    for (const auto& entry : fs::directory_iterator(folder)) {
        std::ifstream in(entry.path(), std::ios::binary);
        const auto rows = extract::parse({std::istreambuf_iterator<char>(in), {}});
        const std::string name = entry.path().stem().string();
        const auto& table = systmone().tables[static_cast<std::size_t>(systmone().find(name))];
        std::vector<std::string> columns;
        for (const int column : sources::columns_in_order(systmone(), table, "93")) {
            columns.push_back(table.columns[static_cast<std::size_t>(column)].name);
        }
        REQUIRE(rows.at(0) == columns);
        for (std::size_t i = 1; i < rows.size(); ++i) {
            REQUIRE(rows[i].size() == columns.size());
            Record record;
            for (std::size_t c = 0; c < columns.size(); ++c) {
                record[columns[c]] = rows[i][c];
            }
            result[name].push_back(std::move(record));
        }
    }
    fs::remove_all(folder);
    return result;
}

}  // namespace

TEST_CASE("A SystmOne sample has the people of an EMIS one") {
    auto wanted = extract::options(300);
    wanted.practices = 2;
    const auto tables = make(wanted);
    const extract::Sample emis(wanted);
    std::multiset<std::string> here;
    std::multiset<std::string> there;
    for (const Record& row : tables.at("SRPatient")) {
        here.insert(row.at("NHSNumber") + row.at("Surname"));
    }
    const auto& patients = emis["Admin_Patient"];
    for (const auto& row : patients.rows) {
        there.insert(patients.cell(row, "NhsNumber") + patients.cell(row, "Surname"));
    }
    CHECK(here.size() == 300);
    CHECK(here == there);
    CHECK(tables.at("SRCode").size() == emis["CareRecord_Observation"].rows.size());
    CHECK(tables.at("SRPatientRegistration").size() == 300);
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
    CHECK(named.size() == 16);
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
