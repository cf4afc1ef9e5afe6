// The tables of a data package as FHIRPath sees them: columns as typed fields, foreign keys as
// navigation in both directions.
#pragma once

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "fhirpath/value.h"
#include "sources/data_package.h"

namespace linkway::sources {

/// A way from one table to another: a foreign key, or the inverse of one.
struct Navigation {
    std::string name;
    int table = -1;                            ///< index of the table it leads to
    std::vector<std::pair<int, int>> columns;  ///< (here, there): all must agree
    std::vector<std::pair<int, int>> prefer;   ///< (here, there): break ties
    bool many = false;                         ///< to all rows that agree, else to one
};

/// Record types and navigations of a package's tables; indices are those of DataPackage::tables.
/// Keeps a reference to the package. The fields of a table's type are its columns in package order,
/// then its navigations.
class TableGraph {
  public:
    explicit TableGraph(const DataPackage& package);
    TableGraph(const TableGraph&) = delete;
    TableGraph& operator=(const TableGraph&) = delete;

    const DataPackage& package() const { return package_; }
    const fhirpath::RecordType& type(int table) const {
        return types_[static_cast<std::size_t>(table)];
    }
    const std::vector<Navigation>& navigations(int table) const {
        return navigations_[static_cast<std::size_t>(table)];
    }

    /// Index of the table whose record type this is, or -1.
    int table_of(const fhirpath::RecordType* type) const;

  private:
    const DataPackage& package_;
    std::vector<std::vector<Navigation>> navigations_;
    std::deque<fhirpath::RecordType> types_;
};

}  // namespace linkway::sources
