// Which files of a SNOMED CT release (RF2) are read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "text/issue.h"

namespace linkway::terminology {

struct ReleaseFile {
    enum class Kind : std::uint8_t {
        concepts,
        relationships,
        preferences,  ///< of a language, among descriptions
        descriptions,
        refsets,       ///< of concepts, without further columns
        associations,  ///< from inactive concepts to others
    };
    Kind kind;
    std::string path;
};

/// The Snapshot files below the folder, in name order.
text::Result<std::vector<ReleaseFile>> find_release_files(const std::string& folder);

/// "20250101" of "sct2_Concept_Snapshot_INT_20250101.txt"; empty when there is none.
std::string_view release_date(std::string_view path);

}  // namespace linkway::terminology
