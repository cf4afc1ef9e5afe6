#include "sources/data_package.h"

#include <algorithm>
#include <limits>

#include "version_range.h"

namespace linkway::sources {

namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

bool in_ranges(const DataPackage& package, const std::vector<std::string>& ranges,
               std::string_view version) {
    const auto at = std::find(package.versions.begin(), package.versions.end(), version);
    const auto index = static_cast<std::size_t>(at - package.versions.begin());
    return at != package.versions.end() &&
           std::any_of(ranges.begin(), ranges.end(), [&](const std::string& text) {
               const auto range = parse_version_range(text, package.versions);
               return range && range->first <= index && index <= range->last;
           });
}

/// How far a header is from one layout: columns it lacks and columns it should not have.
std::size_t distance(const DataPackage& package, const Table& table,
                     const std::vector<bool>& present, std::string_view version) {
    std::size_t result = 0;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const Column& column = table.columns[i];
        if (!column.file_name.empty()) {
            continue;
        }
        const bool expected = is_in(package, column, version);
        // The absence of an optional column tells nothing, its presence does.
        if (present[i] ? !expected : expected && !in_ranges(package, column.optional, version)) {
            ++result;
        }
    }
    return result;
}

}  // namespace

int Table::find(std::string_view column) const {
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const auto& aliases = columns[i].aliases;
        if (same(columns[i].name, column) ||
            std::any_of(aliases.begin(), aliases.end(),
                        [&](const std::string& alias) { return same(alias, column); })) {
            return static_cast<int>(i);
        }
    }
    return -1;
}

int DataPackage::find(std::string_view table) const {
    for (std::size_t i = 0; i < tables.size(); ++i) {
        if (same(tables[i].name, table)) {
            return static_cast<int>(i);
        }
    }
    return -1;
}

bool is_in(const DataPackage& package, const Column& column, std::string_view version) {
    return column.versions.empty() || in_ranges(package, column.versions, version);
}

std::vector<int> columns_in_order(const DataPackage& package, const Table& table,
                                  std::string_view version) {
    if (const auto found = table.orders.find(std::string(version)); found != table.orders.end()) {
        return found->second;
    }
    std::vector<int> result;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        if (table.columns[i].file_name.empty() && is_in(package, table.columns[i], version)) {
            result.push_back(static_cast<int>(i));
        }
    }
    return result;
}

std::vector<std::string> matching_versions(const DataPackage& package, const Table& table,
                                           const std::vector<std::string>& header) {
    std::vector<bool> present(table.columns.size());
    for (const std::string& name : header) {
        if (const int column = table.find(name); column >= 0) {
            present[static_cast<std::size_t>(column)] = true;
        }
    }
    for (const int key : table.key) {
        if (!present[static_cast<std::size_t>(key)] &&
            table.columns[static_cast<std::size_t>(key)].file_name.empty()) {
            return {};
        }
    }
    std::vector<std::string> result;
    std::size_t best = std::numeric_limits<std::size_t>::max();
    for (const std::string& version : package.versions) {
        const std::size_t d = distance(package, table, present, version);
        if (d < best) {
            best = d;
            result.clear();
        }
        if (d == best) {
            result.push_back(version);
        }
    }
    return result;
}

}  // namespace linkway::sources
