// Functions on codes that mappings use beside FHIRPath's own.
//
//   code.memberOf('ValueSet url' [, 'system'])  true when the value set holds the code (any system
//                                               when none is given); nothing when it can't be told
//   code.translate('ConceptMap url', 'system')  codes of the targets in file order; unmatched ones
//                                               are left out
//   code.subsumes('other code', 'system')       true when the code is the other or above it;
//                                               nothing when the system lacks one of the two
//   code.subsumedBy('other code', 'system')     the same the other way round
//   code.display('system')                      the preferred term, where a code file states one
//   text.isNhsNumber()                          ten digits with the right check digit
//   text.isConceptId()                          a SNOMED CT concept id with the right check digit
//   text.readCode()                             a Read v2 code made canonical ("8T09.-1" gives
//                                               "8T09.")
//   date.at(time)                               a dateTime in UK civil time; the date alone when
//                                               there is no time
#pragma once

#include <vector>

#include "fhirpath/expression.h"
#include "terminology/terminology.h"

namespace linkway::mapping {

/// The functions above over `terminology`, which must outlive every expression compiled with them.
/// An unknown value set or map is an issue when an expression is compiled, with the nearest url
/// known.
std::vector<fhirpath::Function> code_functions(const terminology::Terminology& terminology);

}  // namespace linkway::mapping
