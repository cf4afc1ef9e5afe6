// Files that are there whole or not at all, and stay. Private to delivery.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "text/issue.h"

namespace linkway::delivery {

/// Writes under a temporary name, flushes, renames; the folder is made where it is missing. Issue:
/// "no-store" for a full disk, else "exception".
text::Status write_durably(const std::filesystem::path& file, std::string_view content);

/// Moves a file into a folder beside it; one that is not there is no issue.
text::Status move_into(const std::filesystem::path& file, const std::string& folder);

}  // namespace linkway::delivery
