// The members of an object being written, when some are merged into it. Private to mapping.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace linkway::mapping {

/// Of members with the same name in `out` from `body` on (compact JSON of our own making: no
/// blanks, no bracket open), takes all but the last away.
void keep_last_members(std::string& out, std::size_t body);

/// The names of an object's members (`json` as above), as they are written between their quotes.
std::vector<std::string_view> member_names(std::string_view json);

}  // namespace linkway::mapping
