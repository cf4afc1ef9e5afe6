// Reads members of a FHIR resource, saying of each that is not as it should be what was expected.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tables.h"
#include "text/node.h"

namespace linkway::terminology {

class ElementReader {
  public:
    ElementReader(Terminology::Tables& tables, const text::Document& document, text::Issues& issues)
        : tables_(tables), document_(document), issues_(issues) {}

    Terminology::Tables& tables() { return tables_; }
    const text::Document& document() const { return document_; }

    /// The objects of an array member; none when it is absent or, with an issue, something else.
    std::span<const text::Node> list(const text::Node& parent, std::string_view name);
    /// The strings of an array member.
    std::vector<const text::Node*> strings(const text::Node& parent, std::string_view name);
    /// The text of a member that must be a string when it is there.
    std::string_view string(const text::Node& parent, std::string_view name);
    /// The same where the member must be there.
    std::string_view required(const text::Node& parent, std::string_view name,
                              std::string_view of_what);
    bool boolean(const text::Node& parent, std::string_view name, bool otherwise);
    /// Which of `choices` the member is; their number, with an issue, when it is none or absent.
    std::size_t choice(const text::Node& parent, std::string_view name,
                       const std::vector<std::string>& choices);
    /// The code of a concept, element or target under `system`, checked; empty, with an issue, when
    /// it is none.
    std::string_view code(const text::Node& node, std::string_view system, bool required = true);

    void report(const text::Node& node, std::string_view field, std::string code,
                std::string message, std::string suggestion = {},
                text::Severity severity = text::Severity::error);

  private:
    Terminology::Tables& tables_;
    const text::Document& document_;
    text::Issues& issues_;
};

/// Reads one parsed resource into the tables; what is sound of it is kept.
void read_resource(ElementReader& reader);

void read_value_set(ElementReader& reader, const text::Node& root, ValueSet& set);
void read_code_system(ElementReader& reader, const text::Node& root, CodeSystem& system);
void read_concept_map(ElementReader& reader, const text::Node& root, ConceptMap& map);

}  // namespace linkway::terminology
