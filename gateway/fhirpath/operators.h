// The binding strength of FHIRPath's operators (N1, "Operator Precedence").
#pragma once

#include <string_view>

namespace linkway::fhirpath {

inline constexpr int unary_level = 11;
inline constexpr int postfix_level = 12;

/// 1 (implies, loosest) to 10 (times, tightest); 0 for what is no binary operator. All group from
/// the left.
int binary_level(std::string_view name);

}  // namespace linkway::fhirpath
