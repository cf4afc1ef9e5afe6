// The units that FHIRPath must know by itself: calendar words, and the UCUM codes in daily clinical
// use.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "decimal.h"

namespace linkway::fhirpath {

/// Factors by which amounts in two units become amounts in one common unit.
struct CommonUnit {
    Decimal first;
    Decimal second;
};

/// Nothing when the two do not measure the same, or are unknown and differ. Calendar years and
/// months are as long as the UCUM ones only for equivalence.
std::optional<CommonUnit> common_unit(std::string_view first, std::string_view second,
                                      bool equivalence);

/// The unit of a product or quotient: "m" and "s" give "m.s" or "m/s". Nothing for units that are
/// not known, and for calendar words.
std::optional<std::string> joined_unit(std::string_view first, std::string_view second,
                                       bool quotient);

/// "days" to "day"; anything but a calendar word in the plural stays.
std::string_view singular_unit(std::string_view unit);

}  // namespace linkway::fhirpath
