// What an input is made of: table files told apart by name and header, gathered into batches in the
// order of application.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sources/data_package.h"
#include "sources/input.h"
#include "sources/table_scan.h"

namespace linkway::sources {

/// One file of a table.
struct TableFile {
    InputFile file;
    int table = -1;
    std::uint32_t batch = 0;  ///< index into Inventory::batches
    TableHeader header;
    std::vector<int> columns;  ///< for each column of the data package its position in the file, or
                               ///< -1: not supplied
    std::vector<std::string> from_name;  ///< cells that every row has behind those of the file:
                                         ///< what the file's name says
    std::vector<std::string> layouts;    ///< export versions whose columns fit best
    bool bulk = false;                   ///< says of its feed all that there is, not what changed
    std::optional<std::uint64_t> applied_rows;  ///< how many it has, when an earlier run applied it
};

/// What a manifest says of a table: which time its file covers.
struct Coverage {
    bool delta = false;
    std::string from;  ///< as written; empty for a bulk
    std::string to;
};

/// What a system delivered at one time: bulk or delta.
struct Batch {
    std::string feed;       ///< sharing agreement or whatever the file names call it
    std::string timestamp;  ///< as in the file names
    std::string extracted;  ///< the same as a FHIR dateTime in UK time, or a date; empty when the
                            ///< name has none
    std::uint64_t sequence_from = 0;
    std::uint64_t sequence_to = 0;
    std::vector<std::size_t> files;          ///< indices into Inventory::files
    std::map<std::string, Coverage> covers;  ///< by table, where a manifest says so
    std::string held;                        ///< why none of it is applied; empty when it is
    bool waits = false;  ///< held only until an earlier one comes; it may then be sent again

    std::string name() const;  ///< for people: "291 of 2015-02-11T16:45:36+00:00"
};

/// Where a row came from, for provenance.
struct Origin {
    std::string_view display;    ///< of the file
    std::string_view extracted;  ///< of its batch
};

struct Inventory {
    std::vector<TableFile> files;           ///< in name order
    std::vector<Batch> batches;             ///< oldest first
    std::vector<std::string> unrecognised;  ///< files whose names are none of the system's
    text::Issues issues;  ///< missing tables, unreadable files, unknown columns, ...
};

/// What earlier runs know that bears on an input; empty functions where there were none.
struct EarlierRuns {
    /// Whether a file of that table came with the same batch.
    std::function<bool(const Batch&, const std::string& table)> has;
    /// Up to when a feed's table is covered, as its manifests say; empty when nobody said.
    std::function<std::string(const std::string& feed, const std::string& table)> covered_to;
};

/// Sorts an input by the data package's rules. A batch that lacks a required table or has a file
/// that can't be read is held, and so are the later batches of its feed.
Inventory take_inventory(Input input, const DataPackage& package, const InputOptions& options,
                         const EarlierRuns& earlier = {});

}  // namespace linkway::sources
