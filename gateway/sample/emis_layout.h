// What the layouts of EMIS extracts look like from outside: order and spelling of columns, names of
// files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sources/data_package.h"

namespace linkway::sample {

/// Whether layout `a` is older than `b` in the package's order.
bool is_older(const sources::DataPackage& package, std::string_view a, std::string_view b);

/// Whether a batch of that layout has the table at all.
bool has_table(const sources::DataPackage& package, const sources::Table& table,
               std::string_view layout);

/// Columns of a table in the order of the file. With `misspelt`, as the real headers of that layout
/// spell them; the number of names that differ from the data package's is added to `slips`.
std::vector<std::string> layout_columns(const sources::DataPackage& package,
                                        const sources::Table& table, std::string_view layout,
                                        bool misspelt, std::uint64_t& slips);

/// Base name of a table's file. Up to 7.1 in five parts, from 8.0 with the leading word of a bulk
/// extract.
std::string layout_file_name(const sources::DataPackage& package, const sources::Table& table,
                             std::string_view layout, std::string_view sequence,
                             std::string_view timestamp, std::string_view feed);

}  // namespace linkway::sample
