// Reads event.yaml. Private to sources.
#pragma once

#include <string>
#include <string_view>

#include "mapping/template.h"
#include "sources/system_mapping.h"

namespace linkway::sources {

/// Fills `mapping.events_` from the content of event.yaml:
///
///   each: CareRecord_Observation
///   kind: "..."          code of the event kind, empty for rows that are no event; what is near
///                        social prescribing is kept out and counted apart
///   subject: "..."       the patient's row
///   date: "..."
///   linkWorker: "..."
///   inbound: "..."       whether the practice received it
///   person:  { nhsNumber: "...", birthDate: "..." }    by which other feeds know the patient
///   sameReferral: "..."  numbers that the referral has in other systems too
///   hold:    [ { each: Agreements_SharingOrganisation, if: "...", reason: "..." } ]
///   exclude: [ { if: "...", reason: "...", unless: "test-patients" } ]
///   checks:  [ { name: "...", that: "...", column: "Table.Column", message: "...", otherwise: warn
///   } ]
class EventReader {
  public:
    EventReader(SystemMapping& mapping, std::string_view content, std::string file,
                text::Issues& issues)
        : mapping_(mapping), content_(content), file_(std::move(file)), issues_(issues) {}

    void read();

  private:
    std::optional<fhirpath::Expression> expression(const text::Node& owner, std::string_view name,
                                                   const std::string& target, bool required,
                                                   int table = -1);
    std::string words(const text::Node& owner, std::string_view name, bool required);
    void known(const text::Node& object, const std::vector<std::string>& names);
    void fail(text::Location at, std::string message, std::string suggestion = {});
    int table_named(const text::Node& owner);
    void gate(const text::Node& item);
    void find_lookup();
    void find_kind_columns();

    SystemMapping& mapping_;
    std::string_view content_;
    std::string file_;
    text::Issues& issues_;
    const text::Document* document_ = nullptr;
    fhirpath::Environment environment_;
};

}  // namespace linkway::sources
