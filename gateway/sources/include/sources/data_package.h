// The shape of an export, read from mappings/<system>/datapackage.json (Frictionless Data Package,
// Table Schema). What the standard has no word for stands under "linkway" at the package, the
// resource (table) and the field (column):
//
//   package  "linkway": {"system": "emis", "title": "EMIS Web", "versions": ["5.0", ...],
//                        "fileName": {"pattern": "<PCRE>", "groups": ["sequenceFrom", "sequenceTo",
//                        "table", "timestamp", "feed", "bulk"], "delta": "INCREMENTAL"},
//                        "timestampFormat": "yyyyMMddHHmmss"}   (where "bulk" is not empty the file
//                        says all that there is, and what it lacks is fed no longer; "delta" is
//                        what the name of another may have in its place)
//            "encoding": "windows-1252" (UTF-8 else), "manifest": {"resource": "SRManifest",
//            "table": "FileName", "delta": "IsDelta", "from": ..., "to": ..., "format":
//            "yyyyMMdd_HHmm"} (a table that is written last and says what the others of its folder
//            hold)
//   resource "linkway": {"required": true, "organisation": "OrganisationGuid", "version":
//   "ProcessingId", "deleted": "Deleted", "deletion": "out-of-scope",
//                        "unused": "why no row of it is read",
//                        "order": {"1.0": ["ID", ...]}}   (columns of a file without header where
//                        that layout has them otherwise than as listed)
//            "deleted" names a boolean column, or another with what it then says: {"ACTION": "D"}
//   field    "linkway": {"aliases": ["ClinicanUserInRoleGuid"], "versions": ["5.0-5.2", "8.0-"],
//   "omitted": "why this column goes nowhere",
//                        "optional": ["8.0-"],                        (layouts of which some files
//                        lack it: its absence tells nothing there) "precision":
//                        "EffectiveDatePrecision",      (a date cut to what another column says: U
//                        none, Y, YM, YMD, YMDT) "fileName": "feed",    (not in the file: that
//                        group of the file's name) "list": "|",    (several values; a link agrees
//                        when one does) "prefixes": [":STAFF:"], "until": ","}   (what stands
//                        around a value)
//                        "case": "upper" (small letters mean the same), "noTime": "00:00:00"
//                        (a time of day that says that none is known)
//   field    "missingValues": ["9999"]: cells that say that nothing is known
//   foreignKeys[] "linkway": {"name": "patient", "inverse": "referral", "prefer":
//   {"OrganisationGuid": "OrganisationGuid"}}
//                 name: how templates navigate (%row.patient); inverse: the way back, one row,
//                 or with "many": true all of them;
//                 prefer: among several matches the one that agrees in these columns.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "text/csv.h"
#include "text/issue.h"

namespace linkway::sources {

enum class ColumnType : std::uint8_t {
    string,
    guid,
    integer,
    number,
    boolean,
    date,
    time,
    date_time
};

struct Column {
    std::string name;
    std::string title;  ///< what it means, in a few words
    ColumnType type = ColumnType::string;
    std::string format;  ///< pattern of dates and times in the letters of text/temporal.h, e.g.
                         ///< "yyyy-MM-dd" for the file's "%Y-%m-%d"
    std::vector<std::string> aliases;
    std::vector<std::string>
        versions;               ///< ranges "5.0-5.2", "8.0-", "8.1"; empty for every version
    std::string omitted;        ///< why it goes nowhere; empty when a mapping must use it
    int precision_column = -1;  ///< column that says how much of this date is known; -1 for none
    bool required = false;      ///< a row without it is rejected; "constraints": {"required": true}
    std::vector<std::string> optional;  ///< ranges of layouts of which some files lack it
    std::string file_name;              ///< group of the file's name that it is; empty for a cell
    char list = 0;                      ///< separates several values; 0 for a single one
    std::vector<std::string> missing;   ///< contents that mean the same as none
    std::vector<std::string> prefixes;  ///< one of these before the value is no part of it
    std::string until;                  ///< the value ends before this; empty when it ends the cell
    bool upper = false;   ///< small and capital letters mean the same: kept in capitals
    std::string no_time;  ///< a time of day that means "not known": only the date is kept
    text::Location location;
};

struct ForeignKey {
    std::string name;     ///< navigation from this table
    std::string inverse;  ///< navigation back from the other table; empty for none
    bool many = false;    ///< the way back leads to all rows, else to one at most
    std::string table;    ///< the table referred to
    std::vector<std::pair<int, int>> columns;  ///< (here, there): all must agree
    std::vector<std::pair<int, int>> prefer;   ///< (here, there): break ties
    text::Location location;
};

struct Table {
    std::string name;
    std::string title;
    std::vector<Column> columns;
    std::vector<int> key;  ///< columns of the primary key
    std::vector<ForeignKey> foreign_keys;
    bool required = false;                  ///< a batch without it is incomplete
    std::string unused;                     ///< why no row of it is read; empty when it is
    int organisation_column = -1;           ///< whose row it is
    int version_column = -1;                ///< higher replaces lower for the same key
    int deleted_column = -1;                ///< takes the key's row away when it says so:
    std::string deleted_value = "true";     ///< what it then says
    bool deletion_is_out_of_scope = false;  ///< "deletion": "out-of-scope": the row left the
                                            ///< extract, what it said was not wrong
    std::map<std::string, std::vector<int>>
        orders;  ///< by layout: columns of a file without header that has them in another order
    text::Location location;

    /// Index of the column of that name or alias, letters compared without case, or -1.
    int find(std::string_view column) const;
};

struct FileNameRule {
    std::string pattern;              ///< PCRE over the base name
    std::vector<std::string> groups;  ///< meaning of each capture group
    std::string timestamp_format;     ///< of the group "timestamp"
    std::string delta;  ///< what may stand in place of the group "bulk" in the name of a delta
};

/// A table that is written last into a folder of files whose names say no time: a row a table,
/// with whether it is a delta and which time it covers. Files of one folder are one batch.
struct Manifest {
    int table = -1;
    int name = -1;       ///< column: the table spoken of, without ".csv"
    int delta = -1;      ///< column: Y or N
    int from = -1;       ///< column: empty for a bulk
    int to = -1;         ///< column
    std::string format;  ///< of both times
};

struct DataPackage {
    std::string system;                 ///< "emis"
    std::string title;                  ///< "EMIS Web"
    std::string version;                ///< of the mapping, e.g. "2026.11"; goes into Provenance
    std::vector<std::string> versions;  ///< export layouts known, oldest first
    FileNameRule file_name;
    text::CsvDialect dialect;
    std::optional<Manifest> manifest;
    std::vector<Table> tables;

    int find(std::string_view table) const;  ///< index, letters compared without case, or -1
};

/// Reads `folder`/datapackage.json. Every mistake is appended with file, line and column: unknown
/// type, a key that names no column, two columns or aliases of one name. The package is usable only
/// if no error was appended.
DataPackage read_data_package(const std::string& folder, text::Issues& issues);

/// Whether a column stands in that layout.
bool is_in(const DataPackage& package, const Column& column, std::string_view version);

/// The columns that a file without header has in that layout, in order.
std::vector<int> columns_in_order(const DataPackage& package, const Table& table,
                                  std::string_view version);

/// The layouts of `package.versions` whose column set for `table` fits the header best (unknown
/// columns ignored), e.g. {"8.0", "8.1"}; empty when the header lacks a key column.
std::vector<std::string> matching_versions(const DataPackage& package, const Table& table,
                                           const std::vector<std::string>& header);

}  // namespace linkway::sources
