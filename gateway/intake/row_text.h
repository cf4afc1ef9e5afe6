// Rows of a table file as they stand there. Private to intake.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sources/data_package.h"
#include "sources/input.h"

namespace linkway::intake {

struct RowTexts {
    std::string header;  ///< the first record with its line end; empty in a file without header
    std::map<std::uint64_t, std::string> rows;  ///< by physical line, with their line ends
};

/// Reads the records that begin at those lines (ascending); in UTF-8, whatever the file is in. Of a
/// line that is not there nothing is given. Issue: the file can't be read to the last of them.
text::Result<RowTexts> read_rows(const sources::InputFile& file,
                                 const sources::InputOptions& access,
                                 const sources::DataPackage& package,
                                 const std::vector<std::uint64_t>& lines);

/// Back to Windows-1252; nothing when a letter has no place there.
std::optional<std::string> to_windows_1252(std::string_view utf8);

}  // namespace linkway::intake
