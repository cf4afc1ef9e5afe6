#include "sources/row.h"

#include <map>
#include <random>

#include "catch.h"

using namespace linkway::sources;

namespace {

/// Two tables: Entry (Id, Owner, Version, Deleted, Day, Known) refers to Owner (Id, Place).
DataPackage package() {
    const auto column = [](std::string name, ColumnType type, std::string format = {}) {
        Column result;
        result.name = std::move(name);
        result.type = type;
        result.format = std::move(format);
        return result;
    };
    DataPackage result;
    result.system = "test";
    Table entry;
    entry.name = "Entry";
    entry.columns = {column("Id", ColumnType::guid),
                     column("Owner", ColumnType::string),
                     column("Version", ColumnType::integer),
                     column("Deleted", ColumnType::boolean),
                     column("Day", ColumnType::date, "yyyy-MM-dd"),
                     column("Known", ColumnType::string)};
    entry.columns[4].precision_column = 5;
    entry.key = {0};
    entry.version_column = 2;
    entry.deleted_column = 3;
    ForeignKey key;
    key.name = "owner";
    key.inverse = "entry";
    key.table = "Owner";
    key.columns = {{1, 0}};
    entry.foreign_keys = {key};
    Table owner;
    owner.name = "Owner";
    owner.columns = {column("Id", ColumnType::string), column("Place", ColumnType::string)};
    owner.key = {0};
    result.tables = {entry, owner};
    return result;
}

Row& add(RowSet& set, std::vector<std::string_view> cells, std::uint64_t number = 1) {
    std::vector<int> columns(cells.size());
    for (std::size_t i = 0; i < cells.size(); ++i) {
        columns[i] = static_cast<int>(i);
    }
    ScannedRow row;
    row.number = number;
    row.cells = cells;
    return set.add(row, columns);
}

const char* const guid = "0F1E2D3C-0000-4000-8000-000000000001";

}  // namespace

TEST_CASE("GUIDs come in many spellings and mean one") {
    CHECK(normal_guid("{0f1e2d3c-0000-4000-8000-000000000001}") == guid);
    CHECK(normal_guid(" 0F1E2D3C-0000-4000-8000-000000000001 ") == guid);
    CHECK(normal_guid("0F1E2D3C-0000-4000-8000-000000000001junk") == guid);
    CHECK(normal_guid("0F1E2D3C-0000-4000-8000-00000000000").empty());
    CHECK(normal_guid("0F1E2D3C00004000-8000-0000-000000000001").empty());
    CHECK(normal_guid("ZF1E2D3C-0000-4000-8000-000000000001").empty());
    CHECK(normal_guid("").empty());
}

TEST_CASE("cells are converted by their column's type; what breaks it stays raw") {
    const DataPackage tables = package();
    const TableGraph graph(tables);
    RowSet set(graph, 0);
    const Row& good =
        add(set, {"{0f1e2d3c-0000-4000-8000-000000000001}", "o", "7", "TRUE", "2024-05-06", "YM"});
    CHECK(good.cell(0) == guid);
    CHECK(good.version == 7);
    CHECK(good.is_true(3));
    CHECK(good.cell(4) == "2024-05");
    CHECK(good.broken == 0);
    const Row& bad = add(set, {guid, "o", "seven", "perhaps", "2024-02-30", "YMD"});
    CHECK(bad.cell(2).empty());
    CHECK(bad.raw(4) == "2024-02-30");
    CHECK(bad.is_broken(4));
    CHECK(bad.is_broken(3));
    CHECK_FALSE(bad.is_broken(0));
    CHECK_FALSE(bad.is_broken(-1));
    CHECK(add(set, {guid, "o", "1", "", "2024-05-06", "U"}).cell(4).empty());
}

TEST_CASE("of the versions of a key the latest lives, in whatever order they came") {
    const DataPackage tables = package();
    const TableGraph graph(tables);
    std::mt19937 random(11);
    for (int round = 0; round < 200; ++round) {
        RowSet set(graph, 0);
        std::map<std::string, std::pair<long, bool>>
            latest;  // by owner, which stands for the key here
        const std::size_t count = 1 + random() % 12;
        std::vector<std::string> versions;
        for (std::size_t i = 0; i < count; ++i) {
            versions.push_back(std::to_string(i * 3 + 1));
        }
        std::shuffle(versions.begin(), versions.end(), random);
        for (std::size_t i = 0; i < count; ++i) {
            const std::string key =
                "0F1E2D3C-0000-4000-8000-00000000000" + std::to_string(random() % 3);
            const bool deleted = random() % 4 == 0;
            add(set, {key, "o", versions[i], deleted ? "true" : "false", "", ""}, i + 1);
            auto& best = latest[key];
            if (std::stol(versions[i]) > best.first) {
                best = {std::stol(versions[i]), deleted};
            }
        }
        set.settle();
        std::size_t living = 0;
        for (const auto& [key, best] : latest) {
            living += best.second ? 0U : 1U;
        }
        CHECK(set.living().size() == living);
        for (const Row* row : set.living()) {
            CHECK(row->version == latest.at(std::string(row->cell(0))).first);
        }
        for (const Row& row : set.rows()) {
            CHECK((row.fate == Fate::pending || row.fate == Fate::superseded ||
                   row.fate == Fate::deleted));
        }
    }
}

TEST_CASE("links lead both ways and to nothing where nothing is") {
    const DataPackage tables = package();
    const TableGraph graph(tables);
    RowSet entries(graph, 0);
    RowSet owners(graph, 1);
    add(entries, {guid, "a", "1", "", "", ""});
    add(entries, {"0F1E2D3C-0000-4000-8000-000000000002", "nobody", "1", "", "", ""}, 2);
    add(owners, {"a", "here"});
    entries.settle();
    owners.settle();
    RowSet* sets[] = {&entries, &owners};
    const int ways[] = {0};
    entries.link(ways, sets);
    owners.link(ways, sets);
    REQUIRE(entries.follow(entries.rows()[0], 0).size() == 1);
    const Row* owner = entries.follow(entries.rows()[0], 0).front();
    REQUIRE(owner != nullptr);
    CHECK(owner->cell(1) == "here");
    CHECK(entries.follow(entries.rows()[1], 0).empty());
    CHECK(owners.follow(*owner, 0).front() == &entries.rows()[0]);
    CHECK(entries.rows()[0].id.size() == 36);
    CHECK(entries.rows()[0].id != entries.rows()[1].id);
}

TEST_CASE("values are cut out of what stands around them, and some mean none") {
    DataPackage tables = package();
    auto& columns = tables.tables[0].columns;
    columns[1].prefixes = {":A:", ":EXT_A:"};
    columns[1].until = ",";
    columns[4].missing = {"9999", ""};
    const TableGraph graph(tables);
    RowSet set(graph, 0);
    const auto owner = [&](std::string_view cell) {
        return std::string(add(set, {guid, cell, "1", "", " 9999 ", "YMD"}).cell(1));
    };
    CHECK(owner("11") == "11");
    CHECK(owner(":A:11") == "11");
    CHECK(owner(" :EXT_A:77,3,4 ") == "77");
    CHECK(owner(":EXT_A: 77 , 3") == "77");
    CHECK(owner("A:11") == "A:11");
    CHECK(owner(":A:").empty());
    CHECK(owner(":A::A:1") == ":A:1");
    for (const Row& row : set.rows()) {
        CHECK(row.broken == 0);
        CHECK(row.cell(4).empty());
    }
}

TEST_CASE("a row is deleted by the word that its table has for it") {
    DataPackage tables = package();
    tables.tables[0].deleted_column = 5;
    tables.tables[0].deleted_value = "D";
    const TableGraph graph(tables);
    RowSet set(graph, 0);
    add(set, {guid, "o", "1", "", "", "I"}, 1);
    add(set, {guid, "o", "2", "", "", "D"}, 2);
    add(set, {"0F1E2D3C-0000-4000-8000-000000000002", "o", "1", "", "", "true"}, 3);
    set.settle();
    REQUIRE(set.living().size() == 1);
    CHECK(set.living()[0]->number == 3);
    CHECK(set.rows()[0].fate == Fate::superseded);
    CHECK(set.rows()[1].fate == Fate::deleted);
}

TEST_CASE("of rows of one batch in several files the last file's counts") {
    DataPackage tables = package();
    tables.tables[0].version_column = -1;
    const TableGraph graph(tables);
    RowSet set(graph, 0);
    add(set, {guid, "late", "", "", "", ""}, 1).file = 1;
    add(set, {guid, "early", "", "", "", ""}, 2).file = 0;
    set.settle();
    REQUIRE(set.living().size() == 1);
    CHECK(set.living()[0]->cell(1) == "late");
}

TEST_CASE("a link through a list agrees when one of its values does, from either side") {
    DataPackage tables = package();
    Table& entry = tables.tables[0];
    Table& owner = tables.tables[1];
    entry.columns[5].list = '|';
    entry.columns[4].precision_column = -1;
    owner.columns[1].type = ColumnType::string;
    entry.foreign_keys[0].columns = {{1, 0}, {5, 1}};
    const TableGraph graph(tables);
    const auto leads = [&](std::string_view links, std::string_view id) {
        RowSet entries(graph, 0);
        RowSet owners(graph, 1);
        add(entries, {guid, "p", "1", "", "", links});
        add(owners, {"p", id});
        entries.settle();
        owners.settle();
        RowSet* sets[] = {&entries, &owners};
        const int ways[] = {0};
        entries.link(ways, sets);
        owners.link(ways, sets);
        const bool there = !entries.follow(entries.rows()[0], 0).empty();
        CHECK(there == (!owners.follow(owners.rows()[0], 0).empty()));
        return there;
    };
    CHECK(leads("7", "7"));
    CHECK(leads("E1|7", "7"));
    CHECK(leads("7 | 8", "8"));
    CHECK(leads("|7|", "7"));
    CHECK_FALSE(leads("77|8", "7"));
    CHECK_FALSE(leads("E7", "7"));
    CHECK_FALSE(leads("", "7"));
    CHECK_FALSE(leads("", ""));
    CHECK_FALSE(leads("7||8", ""));
}
