// What a folder is, before anyone commits to a run: every row is read and judged as in a run, and
// nothing is written.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sources/reconciliation.h"
#include "sources/system_mapping.h"
#include "sources/translate.h"
#include "text/issue.h"

namespace linkway::sources {

/// All files of one table.
struct TableInspection {
    std::string name;
    std::size_t files = 0;
    std::uint64_t rows = 0;
    std::string encoding;  ///< "ASCII", "UTF-8" or "Windows-1252"; of several files all that occur
    bool byte_order_mark = false;
    bool required = false;  ///< without it nothing of a batch is applied
    bool used = false;      ///< the mapping reads it
};

struct BatchInspection {
    std::string name;
    std::string extracted;  ///< FHIR dateTime; empty when the file names say none
    std::size_t files = 0;
    std::string held;  ///< why it would not be applied; empty when it would
};

/// A practice with patients in the input.
struct PracticeInspection {
    std::string key;  ///< as in the organisation column
    std::string ods_code;
    std::string name;
    std::uint64_t referrals = 0;
};

/// Events of one kind.
struct EventInspection {
    std::uint64_t count = 0;
    std::string first;  ///< FHIR date; empty when none has one
    std::string last;
};

struct Inspection {
    std::string system;
    std::string title;    ///< "EMIS Web"
    std::string mapping;  ///< "emis/2026.11"
    std::uint64_t bytes = 0;
    Reconciliation reconciliation;
    std::vector<BatchInspection> batches;
    std::vector<TableInspection> tables;  ///< those with files, then missing ones, as declared
    std::vector<PracticeInspection> practices;
    std::map<std::string, EventInspection> events;  ///< by kind: "referred", "seen", ...
    std::uint64_t patients = 0;                     ///< with an event
    std::map<std::string, std::uint64_t>
        defects;  ///< what is wrong with rows that matter, and how often
};

/// The system whose file names and layouts fit most files of the input; empty when none fits any.
/// Reads headers only.
std::string recognise(const std::string& input, const std::string& mappings,
                      const InputOptions& options);

/// Looks through the input as translate() would. An issue when nothing of it can be read.
text::Result<Inspection> inspect(const SystemMapping& mapping, const TranslateOptions& options);

std::string to_text(const Inspection& inspection);
std::string to_json(const Inspection& inspection);

}  // namespace linkway::sources
