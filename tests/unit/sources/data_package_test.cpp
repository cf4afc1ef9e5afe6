#include "sources/data_package.h"

#include <Poco/RegularExpression.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "catch.h"
#include "text/node.h"

using namespace linkway;
using sources::ColumnType;
using sources::DataPackage;

namespace {

namespace fs = std::filesystem;

DataPackage emis() {
    text::Issues issues;
    DataPackage package = sources::read_data_package(LINKWAY_SOURCE_DIR "/mappings/emis", issues);
    for (const text::Issue& issue : issues) {
        UNSCOPED_INFO(text::to_string(issue));
    }
    REQUIRE(issues.empty());
    return package;
}

/// A folder that lasts as long as the object, with one datapackage.json.
class Folder {
  public:
    explicit Folder(const std::string& content)
        : path_(fs::temp_directory_path() /
                ("linkway-package-" + std::to_string(reinterpret_cast<std::uintptr_t>(this)))) {
        fs::create_directories(path_);
        std::ofstream(path_ / "datapackage.json", std::ios::binary) << content;
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { fs::remove_all(path_); }
    std::string name() const { return path_.string(); }

  private:
    fs::path path_;
};

const std::string small = R"({
  "version": "1",
  "dialect": {"delimiter": ";", "quoteChar": "'", "header": false},
  "linkway": {"system": "s", "title": "S", "versions": ["1.0", "1.1", "2.0"], "timestampFormat": "yyyyMMdd",
    "fileName": {"pattern": "^([a-z]+)_(?:x)?([0-9]+)[()]\\(\\.csv$", "groups": ["table", "timestamp"]}},
  "resources": [
    {"name": "people", "title": "People", "linkway": {"required": true, "version": "Turn", "deleted": "Gone", "deletion": "out-of-scope"},
     "schema": {"fields": [
        {"name": "Id", "type": "string", "format": "uuid", "constraints": {"required": true}},
        {"name": "Born", "type": "date", "format": "%d %b %Y", "linkway": {"precision": "BornPrecision"}},
        {"name": "BornPrecision", "type": "string"},
        {"name": "Seen", "type": "datetime", "format": "%Y-%m-%d %H:%M:%S", "linkway": {"omitted": "no use"}},
        {"name": "Hat", "type": "integer", "linkway": {"aliases": ["Hatt"], "versions": ["1.1-"], "optional": ["2.0"]}},
        {"name": "Turn", "type": "integer"},
        {"name": "Gone", "type": "boolean"}
      ], "primaryKey": "Id"}},
    {"name": "visits", "linkway": {"unused": "why not", "organisation": "Where"},
     "schema": {"fields": [
        {"name": "Who", "type": "string", "format": "uuid"},
        {"name": "Where", "type": "string"}
      ], "primaryKey": ["Who", "Where"],
      "foreignKeys": [{"fields": "Who", "reference": {"resource": "people", "fields": "Id"},
                       "linkway": {"name": "visitor", "inverse": "visit", "prefer": {"Where": "BornPrecision"}}}]}}
  ]
})";

/// The issues of the small package after one piece of it was replaced, as lines of text without the
/// folder.
std::vector<std::string> broken(const std::string& piece, const std::string& with) {
    std::string content = small;
    const std::size_t at = content.find(piece);
    REQUIRE(at != std::string::npos);
    content.replace(at, piece.size(), with);
    const Folder folder(content);
    text::Issues issues;
    sources::read_data_package(folder.name(), issues);
    std::vector<std::string> result;
    for (const text::Issue& issue : issues) {
        CHECK(issue.severity == text::Severity::error);
        const std::string line = text::to_string(issue);
        REQUIRE(line.rfind(folder.name(), 0) == 0);
        result.push_back(line.substr(folder.name().size() + 1));
    }
    return result;
}

std::vector<std::string> words(const text::Node& list) {
    std::vector<std::string> result;
    for (const text::Node& item : list.items) {
        result.emplace_back(item.text);
    }
    return result;
}

bool holds(const std::vector<std::string>& list, const std::string& value) {
    return std::find(list.begin(), list.end(), value) != list.end();
}

/// Column names that a layout has, as the data package says.
std::vector<std::string> header(const DataPackage& package, const sources::Table& table,
                                const std::string& version) {
    std::vector<std::string> result;
    for (const auto& column : table.columns) {
        if (sources::is_in(package, column, version)) {
            result.push_back(column.name);
        }
    }
    return result;
}

}  // namespace

TEST_CASE("A data package gives tables, columns and keys") {
    const Folder folder(small);
    text::Issues issues;
    const DataPackage package = sources::read_data_package(folder.name(), issues);
    for (const text::Issue& issue : issues) {
        UNSCOPED_INFO(text::to_string(issue));
    }
    REQUIRE(issues.empty());
    CHECK(package.system == "s");
    CHECK(package.version == "1");
    CHECK(package.dialect.delimiter == ';');
    CHECK(package.dialect.quote == '\'');
    CHECK_FALSE(package.dialect.header);
    CHECK(package.file_name.groups == std::vector<std::string>{"table", "timestamp"});
    CHECK(package.file_name.timestamp_format == "yyyyMMdd");
    REQUIRE(package.tables.size() == 2);
    const auto& people = package.tables[0];
    CHECK(people.required);
    CHECK(people.deletion_is_out_of_scope);
    CHECK(people.key == std::vector<int>{0});
    CHECK(people.version_column == 5);
    CHECK(people.deleted_column == 6);
    CHECK(people.organisation_column == -1);
    CHECK(people.columns[0].type == ColumnType::guid);
    CHECK(people.columns[0].required);
    CHECK(people.columns[1].format == "dd MMM yyyy");
    CHECK(people.columns[1].precision_column == 2);
    CHECK(people.columns[3].type == ColumnType::date_time);
    CHECK(people.columns[3].format == "yyyy-MM-dd HH:mm:ss");
    CHECK(people.columns[3].omitted == "no use");
    CHECK(people.columns[4].optional == std::vector<std::string>{"2.0"});
    CHECK(people.find("HATT") == 4);
    CHECK(people.find("Hattt") == -1);
    CHECK(people.columns[1].location.line == 10);
    CHECK(package.find("PEOPLE") == 0);
    const auto& visits = package.tables[1];
    CHECK(visits.unused == "why not");
    CHECK(visits.organisation_column == 1);
    REQUIRE(visits.foreign_keys.size() == 1);
    CHECK(visits.foreign_keys[0].table == "people");
    CHECK(visits.foreign_keys[0].columns == std::vector<std::pair<int, int>>{{0, 0}});
    CHECK(visits.foreign_keys[0].prefer == std::vector<std::pair<int, int>>{{1, 2}});
    CHECK(visits.foreign_keys[0].inverse == "visit");
}

TEST_CASE("Mistakes in a data package are named with place and nearest name") {
    const auto one = [](const std::string& piece, const std::string& with,
                        const std::string& expected) {
        const auto issues = broken(piece, with);
        INFO(with);
        for (const auto& issue : issues) {
            UNSCOPED_INFO(issue);
        }
        CHECK(holds(issues, expected));
    };
    one(R"("type": "boolean")", R"("type": "bolean")",
        "datapackage.json:15:34: error: unknown type \"bolean\" of Gone; did you mean "
        "\"boolean\"?");
    one(R"("format": "uuid", "constraints")", R"("format": "guid", "constraints")",
        "datapackage.json:9:52: error: unknown format \"guid\" of Id; the only one known for a "
        "string is \"uuid\"");
    one(R"(%d %b %Y)", R"(%d %B %Y)",
        "datapackage.json:10:52: error: unknown pattern of Born; patterns are made of %Y %m %d %b "
        "%H %M %S, such as \"%Y-%m-%d\"");
    one(R"("primaryKey": "Id")", R"("primaryKey": "Idd")",
        "datapackage.json:16:24: error: people has no column \"Idd\"; did you mean \"Id\"?");
    one(R"("primaryKey": "Id")", R"("primarykey": "Id")",
        "datapackage.json:16:10: error: unknown entry \"primarykey\"; did you mean "
        "\"primaryKey\"?");
    one(R"("Hatt")", R"("born")",
        "datapackage.json:13:9: error: people.Hat: the name \"born\" already stands for the column "
        "Born; names and aliases are compared without regard to case");
    one(R"("1.1-")", R"("1.2-")",
        "datapackage.json:13:90: error: \"1.2-\" is no layout or range of layouts of this package; "
        "write \"5.0\", \"5.0-5.2\", \"8.0-\" or \"-5.2\" with layouts that \"versions\" lists");
    one(R"("precision": "BornPrecision")", R"("precision": "BornPrecison")",
        "datapackage.json:10:89: error: people has no column \"BornPrecison\"; did you mean "
        "\"BornPrecision\"?");
    one(R"("omitted": "no use")", R"("omitted": "")",
        "datapackage.json:12:100: error: \"omitted\" gives the reason why Seen goes nowhere");
    one(R"("resource": "people")", R"("resource": "peeple")",
        "datapackage.json:22:54: error: there is no table \"peeple\"; did you mean \"people\"?");
    one(R"({"Where": "BornPrecision"})", R"({"Were": "BornPrecision"})",
        "datapackage.json:23:86: error: visits has no column \"Were\"; did you mean \"Where\"?");
    one(R"("name": "visitor")", R"("name": "who")",
        "datapackage.json:22:23: error: the navigation \"who\" has the name of a column or of "
        "another navigation of visits");
    one(R"("groups": ["table", "timestamp"])", R"("groups": ["tables"])",
        "datapackage.json:5:82: error: unknown meaning \"tables\" of a group; did you mean "
        "\"table\"?");
    one(R"("groups": ["table", "timestamp"])", R"("groups": ["table"])",
        "datapackage.json:5:29: error: the pattern has 2 capture groups, but \"groups\" names 1");
    one(R"("system": "s", )", "", "datapackage.json:4:14: error: \"system\" is missing");
    one(R"("deletion": "out-of-scope")", R"("deletion": "maybe")",
        "datapackage.json:7:123: error: unknown \"deletion\"; the only one known is "
        "\"out-of-scope\"");
    one(R"({"name": "visits")", R"({"name": "People")",
        "datapackage.json:17:14: error: the table People stands twice");
    one(R"("header": false)", R"("header": "no")",
        "datapackage.json:3:61: error: \"header\" is true or false");
    one(R"("deleted": "Gone")", R"("deleted": {"Gome": "D"})",
        "datapackage.json:7:104: error: people has no column \"Gome\"; did you mean \"Gone\"?");
    one(R"("deleted": "Gone")", R"("deleted": {"Gone": "D", "Id": "D"})",
        "datapackage.json:7:103: error: \"deleted\" names one column and what it says, such as "
        "{\"ACTION\": \"D\"}");
    one(R"("unused": "why not", )", R"("order": {"1.2": []}, "unused": "why not", )",
        "datapackage.json:17:46: error: there is no layout \"1.2\"; did you mean \"1.0\"?");
    one(R"("unused": "why not", )", R"("order": {"1.1": ["Who"]}, "unused": "why not", )",
        "datapackage.json:17:53: error: the order of 1.1 lists 1 columns of visits, and the layout "
        "has 2, not all of them the same");
    one(R"("name": "Where", "type": "string")",
        R"("name": "Where", "type": "string", "linkway": {"fileName": "tabel"})",
        "datapackage.json:20:69: error: no group of the file name is \"tabel\"; did you mean "
        "\"table\"?");
    one(R"("name": "Who", "type": "string", "format": "uuid")",
        R"("name": "Who", "type": "string", "linkway": {"list": "|"})",
        "datapackage.json:22:23: error: the first columns of the foreign key \"visitor\" are those "
        "by which rows are searched: neither a list nor of the file's name");
    one(R"("name": "Turn", "type": "integer")",
        R"("name": "Turn", "type": "integer", "linkway": {"until": ","})",
        "datapackage.json:14:56: error: \"fileName\", \"list\", \"prefixes\" and \"until\" are for "
        "strings, and Turn is none");
    one(R"("name": "Where", "type": "string")",
        R"("name": "Where", "type": "string", "linkway": {"list": "||"})",
        "datapackage.json:20:65: error: \"list\" is the one ASCII character between two values");
    one(R"("name": "Where", "type": "string")",
        R"("name": "Where", "type": "string", "linkway": {"case": "lower"})",
        "datapackage.json:20:65: error: \"case\" is \"upper\", and for strings");
    one(R"("name": "Where", "type": "string")",
        R"("name": "Where", "type": "string", "linkway": {"noTime": "00:00:00"})",
        "datapackage.json:20:67: error: \"noTime\" is for a datetime, and Where is none");
    one(R"("inverse": "visit", )", R"("many": true, )",
        "datapackage.json:23:63: error: \"many\" says of the \"inverse\" that it leads to many "
        "rows");
    const std::string system = R"("system": "s", )";
    one(system, system + R"("encoding": "latin-1", )",
        "datapackage.json:4:42: error: \"encoding\" is utf-8 or windows-1252");
    const std::string manifest = R"("manifest": {"resource": "visits", "table": "Where", )"
                                 R"("delta": "Where", "from": "Where", "to": "Were", )"
                                 R"("format": "yyyyMMdd_HHmm"}, )";
    one(system, system + manifest, "datapackage.json:4:124: error: visits has no column \"Were\"");
    one(system, system + R"("manifest": {"resource": "visit"}, )",
        "datapackage.json:4:42: error: there is no table \"visit\"; did you mean \"visits\"?");
    CHECK(broken(R"("version": "1",)", R"("version": 1,)").size() == 1);
    CHECK(broken("^([a-z]+)", "^([a-z+)").size() == 1);
}

TEST_CASE("What is no data package is refused") {
    text::Issues issues;
    CHECK(sources::read_data_package("/nowhere/at/all", issues).tables.empty());
    REQUIRE(issues.size() == 1);
    CHECK(issues[0].code == "not-found");
    for (
        const std::string content :
        {"", "[]", "{", R"({"resources": 1})",
         R"({"resources": [1, {"schema": {"fields": [2]}}, {"name": "a", "schema": {"fields": [{}], "foreignKeys": [3, {}]}}]})"}) {
        const Folder folder(content);
        text::Issues found;
        sources::read_data_package(folder.name(), found);
        CHECK_FALSE(found.empty());
    }
}

TEST_CASE("The EMIS data package holds the whole file set") {
    const DataPackage package = emis();
    CHECK(package.system == "emis");
    CHECK(package.tables.size() == 21);
    std::set<std::string> required;
    for (const auto& table : package.tables) {
        INFO(table.name);
        CHECK(table.columns.size() <= 64);
        CHECK((table.unused.empty() ? table.required || table.name == "Admin_Location"
                                    : !table.required));
        CHECK((table.version_column >= 0) == (table.name != "Agreements_SharingOrganisation"));
        if (table.required) {
            required.insert(table.name);
        }
        // Codes of rows that are read must be said to go somewhere or why not; the rest is covered
        // by "unused".
        for (const auto& column : table.columns) {
            CHECK_FALSE(column.title.empty());
        }
    }
    CHECK(required ==
          std::set<std::string>{"Admin_Patient", "Admin_Organisation", "Admin_UserInRole",
                                "Agreements_SharingOrganisation", "CareRecord_Observation",
                                "CareRecord_ObservationReferral", "Coding_ClinicalCode"});
    const auto& observation =
        package.tables[static_cast<std::size_t>(package.find("carerecord_observation"))];
    std::vector<std::string> key;
    for (const int column : observation.key) {
        key.push_back(observation.columns[static_cast<std::size_t>(column)].name);
    }
    CHECK(key == std::vector<std::string>{"PatientGuid", "ObservationGuid", "OrganisationGuid"});
    CHECK(observation.columns[static_cast<std::size_t>(observation.find("EffectiveDate"))]
              .precision_column == observation.find("EffectiveDatePrecision"));
    const auto& patient = package.tables[static_cast<std::size_t>(package.find("Admin_Patient"))];
    CHECK(patient.deletion_is_out_of_scope);
    CHECK(patient.find("ExternalUsusalGPOrganisation") ==
          patient.find("ExternalUsualGPOrganisation"));
    CHECK(patient.find("PersonGUID") == patient.find("PersonGuid"));
    CHECK(patient.find("DateofDeactivation") == patient.find("DateOfDeactivation"));
    CHECK(patient.find("DateofDeactivation") >= 0);
    for (const std::string name :
         {"CareRecord_Diary", "Prescribing_DrugRecord", "Prescribing_IssueRecord"}) {
        const auto& table = package.tables[static_cast<std::size_t>(package.find(name))];
        CHECK(table.find("ClinicanUserInRoleGuid") == table.find("ClinicianUserInRoleGuid"));
        CHECK(table.find("ClinicanUserInRoleGuid") >= 0);
    }
}

TEST_CASE("Every column list of the ingestion code is recognised as its version") {
    std::ifstream in(LINKWAY_SOURCE_DIR "/../shared/facts/gp-export-columns.json",
                     std::ios::binary);
    if (!in) {
        WARN("the column lists are not beside this checkout: skipped");
        return;
    }
    const std::string content{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    const auto lists = text::parse_json(content, "gp-export-columns.json");
    REQUIRE(lists);
    const DataPackage package = emis();
    std::size_t columns = 0;
    for (const text::Member& entry : lists->root().find("emis")->find("tables")->members) {
        const int index = package.find(entry.name);
        INFO(entry.name);
        REQUIRE(index >= 0);
        const auto& table = package.tables[static_cast<std::size_t>(index)];
        std::vector<std::string> named;
        for (const text::Node& layout : entry.value.items) {
            for (const std::string& version : words(*layout.find("versions"))) {
                named.push_back(version);
            }
        }
        for (const text::Node& layout : entry.value.items) {
            const auto names = words(*layout.find("columns"));
            for (const std::string& name : names) {
                INFO(name);
                CHECK(table.find(name) >= 0);
                ++columns;
            }
            const auto found = sources::matching_versions(package, table, names);
            for (const std::string& version : words(*layout.find("versions"))) {
                INFO(version);
                // The lists end with 5.4; "any" is every version up to it that has no list of its
                // own.
                const std::vector<std::string> known = {"5.0", "5.1", "5.2", "5.3", "5.4"};
                CHECK(std::any_of(known.begin(), known.end(), [&](const std::string& each) {
                    return holds(found, each) &&
                           (version == "any" ? !holds(named, each) : each == version);
                }));
            }
        }
    }
    CHECK(columns > 400);
}

TEST_CASE("Layouts are told apart by their headers") {
    const DataPackage package = emis();
    for (const auto& table : package.tables) {
        for (const std::string& version : package.versions) {
            INFO(table.name << " " << version);
            CHECK(holds(sources::matching_versions(package, table, header(package, table, version)),
                        version));
        }
    }
    const auto versions = [&](const std::string& name, const std::string& version) {
        const auto& table = package.tables[static_cast<std::size_t>(package.find(name))];
        return sources::matching_versions(package, table, header(package, table, version));
    };
    using List = std::vector<std::string>;
    CHECK(versions("Admin_Patient", "5.1") == List{"5.0", "5.1", "5.2"});
    CHECK(versions("CareRecord_Consultation", "5.0") == List{"5.0"});
    CHECK(versions("Coding_ClinicalCode", "8.0") == List{"5.4", "7.1", "8.0", "8.1", "8.2", "8.3"});
    CHECK(versions("CareRecord_Observation", "7.1") == List{"7.1"});
    CHECK(versions("CareRecord_Observation", "8.3") == List{"8.3"});
    CHECK(versions("CareRecord_Observation", "8.1") == List{"8.0", "8.1", "8.2", "8.3"});
    CHECK(versions("Appointment_Slot", "8.2") == List{"8.2", "8.3"});
    CHECK(versions("Prescribing_DrugRecord", "8.0") ==
          List{"5.1", "5.2", "5.3", "5.4", "7.1", "8.0"});
}

TEST_CASE("Matching tolerates strangers, order and case, but not a missing key") {
    const DataPackage package = emis();
    const auto& table =
        package.tables[static_cast<std::size_t>(package.find("CareRecord_Observation"))];
    auto names = header(package, table, "7.1");
    std::reverse(names.begin(), names.end());
    std::transform(names.begin(), names.end(), names.begin(), [](std::string name) {
        std::transform(name.begin(), name.end(), name.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        return name;
    });
    names.push_back("SomethingNew");
    CHECK(sources::matching_versions(package, table, names) == std::vector<std::string>{"7.1"});
    // The published listing of 8.2 lacks AssociatedText; real files have it.
    auto listed = header(package, table, "8.2");
    listed.erase(std::remove(listed.begin(), listed.end(), "AssociatedText"), listed.end());
    CHECK(holds(sources::matching_versions(package, table, listed), "8.2"));
    listed.erase(std::remove(listed.begin(), listed.end(), "ObservationGuid"), listed.end());
    CHECK(sources::matching_versions(package, table, listed).empty());
}

TEST_CASE("File names of every era give table, sequence, time and feed") {
    const DataPackage package = emis();
    Poco::RegularExpression pattern(package.file_name.pattern,
                                    Poco::RegularExpression::RE_CASELESS);
    const std::string guid = "45E7CD20-EE37-41AB-90D6-DC9D4B03D102";
    using List = std::vector<std::string>;
    const auto parts = [&](const std::string& name) {
        List found;
        return pattern.split(name, found) == 0 ? List{} : List(found.begin() + 1, found.end());
    };
    CHECK(parts("291_Admin_Patient_20150211164536_" + guid + ".csv") ==
          List{"", "291", "", "Admin_Patient", "20150211164536", guid});
    CHECK(parts("373783-374080_Coding_DrugCode_20150211164536_" + guid + ".csv") ==
          List{"", "373783", "374080", "Coding_DrugCode", "20150211164536", guid});
    CHECK(parts("bulk_95047_Admin_Patient_20231017043213_f95ee3af-ee37-41ab-90d6-dc9d4b03d102.CSV")
              .at(5) == "f95ee3af-ee37-41ab-90d6-dc9d4b03d102");
    CHECK(parts("bulk_95047_Admin_Patient_20231017043213_" + guid + ".csv").at(0) == "bulk");
    CHECK(parts("delta2_7_Audit_PatientAudit_20231017043213_" + guid + ".csv").at(1) == "7");
    CHECK(parts("291_Admin_Patient_2015021116453_" + guid + ".csv").empty());
    CHECK(parts("Admin_Patient_20150211164536_" + guid + ".csv").empty());
    CHECK(parts("291_Admin_Patient_20150211164536_" + guid + ".csv.bak").empty());
}
