// The text of the R4 tables, as compiled into the program. Private to fhir.
#pragma once

#include <string_view>

namespace linkway::fhir {

std::string_view types_table();
std::string_view elements_table();
std::string_view codes_table();
std::string_view invariants_table();
std::string_view search_table();

}  // namespace linkway::fhir
