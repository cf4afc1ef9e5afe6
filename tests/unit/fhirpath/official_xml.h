// Just enough XML for the official FHIRPath suite and its FHIR inputs. Not for untrusted text.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace linkway::fhirpath::testing {

struct XmlElement {
    std::string name;
    std::vector<std::pair<std::string, std::string>> attributes;
    std::vector<XmlElement> children;
    std::string text;    ///< character data of this element alone
    std::string source;  ///< as written, for the xhtml of a narrative

    std::string attribute(std::string_view wanted) const;
};

/// The document element. Throws std::runtime_error on what it cannot read.
XmlElement read_xml(std::string_view text);

/// A FHIR resource in XML as JSON text, by the R4 definitions.
std::string fhir_xml_to_json(const XmlElement& resource);

}  // namespace linkway::fhirpath::testing
