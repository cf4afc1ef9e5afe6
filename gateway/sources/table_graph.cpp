#include "sources/table_graph.h"

namespace linkway::sources {

namespace {

fhirpath::ValueKind kind_of(ColumnType type) {
    switch (type) {
        case ColumnType::integer:
            return fhirpath::ValueKind::integer;
        case ColumnType::number:
            return fhirpath::ValueKind::decimal;
        case ColumnType::boolean:
            return fhirpath::ValueKind::boolean;
        case ColumnType::date:
            return fhirpath::ValueKind::date;
        case ColumnType::time:
            return fhirpath::ValueKind::time;
        case ColumnType::date_time:
            return fhirpath::ValueKind::date_time;
        case ColumnType::string:
        case ColumnType::guid:
            break;
    }
    return fhirpath::ValueKind::string;
}

std::vector<std::pair<int, int>> reversed(const std::vector<std::pair<int, int>>& columns) {
    std::vector<std::pair<int, int>> result;
    for (const auto& [here, there] : columns) {
        result.emplace_back(there, here);
    }
    return result;
}

}  // namespace

TableGraph::TableGraph(const DataPackage& package)
    : package_(package), navigations_(package.tables.size()) {
    for (std::size_t here = 0; here < package.tables.size(); ++here) {
        for (const ForeignKey& key : package.tables[here].foreign_keys) {
            const int there = package.find(key.table);
            if (there < 0 || key.columns.empty()) {
                continue;  // reported when the package was read
            }
            navigations_[here].push_back({key.name, there, key.columns, key.prefer, false});
            if (!key.inverse.empty()) {
                navigations_[static_cast<std::size_t>(there)].push_back(
                    {key.inverse, static_cast<int>(here), reversed(key.columns),
                     reversed(key.prefer), key.many});
            }
        }
    }
    for (const Table& table : package.tables) {
        types_.emplace_back();
        types_.back().name = table.name;
    }
    for (std::size_t i = 0; i < package.tables.size(); ++i) {
        auto& fields = types_[i].fields;
        for (const Column& column : package.tables[i].columns) {
            fields.push_back({column.name, kind_of(column.type), nullptr, false});
        }
        for (const Navigation& navigation : navigations_[i]) {
            fields.push_back({navigation.name, fhirpath::ValueKind::record,
                              &types_[static_cast<std::size_t>(navigation.table)],
                              navigation.many});
        }
    }
}

int TableGraph::table_of(const fhirpath::RecordType* type) const {
    for (std::size_t i = 0; i < types_.size(); ++i) {
        if (&types_[i] == type) {
            return static_cast<int>(i);
        }
    }
    return -1;
}

}  // namespace linkway::sources
