// The account of a run: what became of every row of every file.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "text/issue.h"

namespace linkway::sources {

/// Rows of one file. rows = translated + superseded + deleted + all of not_relevant, held and
/// rejected.
struct FileAccount {
    std::string file;
    std::string table;
    std::string layout;  ///< export version its header fits, e.g. "8.0-8.3"
    std::uint64_t bytes = 0;
    std::uint64_t rows = 0;
    std::uint64_t translated = 0;
    std::uint64_t superseded = 0;
    std::uint64_t deleted = 0;
    std::map<std::string, std::uint64_t> not_relevant;  ///< by reason
    std::map<std::string, std::uint64_t> held;
    std::map<std::string, std::uint64_t> rejected;
    bool held_back = false;  ///< a practice's rows were not applied: the file may be sent again

    std::uint64_t accounted() const;
};

/// A row with something wrong, for rejected.ndjson and warnings.ndjson. Never holds content beyond
/// the row's key.
struct RowIssue {
    text::Issue issue;  ///< location: file, physical line, field = column
    std::uint64_t row = 0;
    std::string table;
    std::string key;
};

struct Reconciliation {
    std::string system;
    std::string mapping;
    std::string layout;  ///< export versions that fit the headers of all files, e.g. "8.0-8.2";
                         ///< empty when none fits all
    std::vector<FileAccount> files;
    std::vector<std::string> unrecognised;
    std::vector<std::pair<std::string, std::string>> held_batches;  ///< batch, why
    std::map<std::string, std::uint64_t> resources;                 ///< written, by type
    std::map<std::string, std::uint64_t> quarantined;  ///< written to quarantine, by type
    std::uint64_t warnings = 0;
    text::Issues issues;

    FileAccount total() const;
    bool clean() const;  ///< nothing held, nothing rejected
};

/// The table printed at the end of a run: a line a file, reasons below it.
std::string to_table(const Reconciliation& reconciliation);

/// The same as JSON for machines.
std::string to_json(const Reconciliation& reconciliation);

}  // namespace linkway::sources
