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
    const Row* owner = entries.follow(entries.rows()[0], 0);
    REQUIRE(owner != nullptr);
    CHECK(owner->cell(1) == "here");
    CHECK(entries.follow(entries.rows()[1], 0) == nullptr);
    CHECK(owners.follow(*owner, 0) == &entries.rows()[0]);
    CHECK(entries.rows()[0].id.size() == 36);
    CHECK(entries.rows()[0].id != entries.rows()[1].id);
}
