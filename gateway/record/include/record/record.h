// Entries for the record: what a link worker did, from FHIR resources back to rows that a
// practice's system, or a person, can file. The rows are Linkway's own, because no GP system takes
// entries in bulk; mappings/record says what they are:
//
//   views/entry/*.yaml    ViewDefinitions, one a resource type: the entries
//   views/patient/*.yaml  whose they are: of the resource that an entry's "patient" refers to
//   views/author/*.yaml   who made them: of the one that its "author" refers to
//   <target>.json         a data package with one table; each column's "linkway": {"from":
//                         "patient.nhs_number"} names a column of the views, its "format" how a
//                         date is written, "constraints" whether an entry may lack it,
//                         "expected": true that one which does is named in a warning;
//                         "linkway": {"ownEntries": SYSTEM} of the package names the identifiers
//                         of what stands in that record already
//   text.yaml             the message back as a document, one for each referral
//
// The columns that views of entries must have: kind, action, patient and author (references),
// episode, date, code (of a SNOMED CT concept), term, in_record. Two more come of themselves:
// "key", the id of the entry, "Observation/ob1" or for the second entry of that resource
// "Observation/ob1#2"; and "date_precision", day, month or year: as much of "date" as is known.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mapping/view.h"
#include "text/issue.h"
#include "text/node.h"

namespace linkway::record {

/// A row of the views, by column; "patient." and "author." before what was joined. Absent is empty.
using Entry = std::map<std::string, std::string, std::less<>>;

struct Column {
    std::string name;
    std::string from;     ///< column of the views
    std::string pattern;  ///< of a date or time, in the letters of text/temporal.h; empty for text
    bool is_time = false;
    bool required = false;
    bool expected = false;  ///< an entry may lack it, with a warning
};

/// A heading of the message and the kinds of entry under it.
struct Section {
    std::string title;
    std::vector<std::string> kinds;
    std::string none;      ///< said when there are no such entries; empty leaves the heading out
    std::string withheld;  ///< said when there may be more than could be filed; needed by `none`
    bool first_and_last = false;  ///< of each code the first and the last entry only
};

/// What entries become. Either a table or a document.
struct Target {
    std::string name;  ///< "emis"
    std::string version;
    std::string own_entries;  ///< system of the identifiers of what stands in the record already
    std::vector<Column> columns;
    std::string title;  ///< of the document
    std::vector<Section> sections;

    bool is_document() const { return !sections.empty(); }
};

struct RecordMapping {
    Target target;
    std::vector<mapping::View> entries, patients, authors;
};

/// The targets that `folder` (mappings/record) has.
std::vector<std::string> targets(const std::string& folder);

/// Reads views and target. Every mistake is appended; nothing is returned when there was an error.
std::optional<RecordMapping> load(const std::string& folder, const std::string& target,
                                  text::Issues& issues);

/// What a resource is held for.
enum class Use : std::uint8_t {
    entry,    ///< to make entries of, unless its identifiers say that it stands in the record
    news,     ///< to make entries of even then: what it says was said elsewhere
    context,  ///< for others to refer to
};

/// Resources to make entries of, all held in memory, and what can't be one.
class Resources {
  public:
    /// Keeps a copy. A second one of the same type and id is an issue. `full_url` is what a Bundle
    /// calls it, empty outside of one.
    void add(const text::Node& resource, const text::Location& at, std::string_view full_url,
             Use use = Use::entry);
    void refuse(text::Issue issue) { issues_.push_back(std::move(issue)); }

    struct Held {
        std::string type, id;
        text::Location at;
        text::Document document;
        Use use = Use::entry;
    };
    const std::vector<Held>& all() const { return all_; }
    const text::Issues& issues() const { return issues_; }
    /// By its Bundle's fullUrl, "Type/id", "urn:uuid:id" or a url that ends in Type/id; null when
    /// not held.
    const Held* find(std::string_view reference) const;

  private:
    std::vector<Held> all_;
    std::map<std::string, std::size_t, std::less<>> by_reference_;
    text::Issues issues_;
};

/// What became of the resources of a type: their numbers add up.
struct Account {
    std::uint64_t resources = 0;
    std::uint64_t with_entries = 0;
    std::map<std::string, std::uint64_t> not_for_the_record;  ///< by reason
    std::map<std::string, std::uint64_t> rejected;            ///< by reason
    std::map<std::string, std::uint64_t> warnings;            ///< by reason; of those with entries
};

struct Report {
    std::string target;
    std::uint64_t entries = 0;
    std::map<std::string, Account> types;
    text::Issues issues;  ///< errors: what was rejected or could not be read; and warnings

    bool clean() const { return !text::has_errors(issues); }
};
std::string to_json(const Report& report);
std::string to_table(const Report& report);

/// The entries in the order in which they are written; what could not be one is in the report.
std::vector<Entry> make(const RecordMapping& mapping, const Resources& resources, Report& report);
/// The rows as the target's file has them, with its header.
std::string to_csv(const Target& target, const std::vector<Entry>& entries);

/// What is told back about one referral, heading by heading.
struct Message {
    struct Line {
        std::string date;  ///< "20 Nov 2025", or as much of it as is known
        std::string text;
        std::string by;  ///< who and in which role
    };
    struct Part {
        std::string title;
        std::string said;  ///< that there is none, or that there may be more; else empty
        std::vector<Line> lines;
    };
    std::string episode;
    std::string title;
    std::vector<std::pair<std::string, std::string>> head;  ///< "Name" and the like, with values
    std::vector<Part> parts;
};
/// A message for each referral, by episode; what could not be an entry is named in the report.
std::vector<Message> messages(const RecordMapping& mapping, const Resources& resources,
                              Report& report);
std::string to_text(const Message& message);
/// A document of its own, in British English: no scripts, nothing loaded, everything escaped.
std::string to_html(const Message& message);

/// Writes the folder `output`, whole or not at all: entries.csv, or a text file for each referral;
/// rejected.ndjson, warnings.ndjson and reconciliation.json. The same resources give the same
/// bytes, in whatever order they came. Issue: the folder can't be written.
text::Result<Report> write(const RecordMapping& mapping, const Resources& resources,
                           const std::string& output, bool overwrite);

}  // namespace linkway::record
