// FHIR JSON as FHIR XML: what resource_xml_test.cpp reads back.
#pragma once

#include <string>

#include "text/node.h"

namespace linkway::fhir::testing {

/// The resource in XML, one line. The tree must be a valid resource with its members in any order.
std::string to_xml(const text::Node& resource);

}  // namespace linkway::fhir::testing
