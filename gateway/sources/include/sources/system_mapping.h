// Everything a GP system's folder under mappings/ says, read, checked and compiled: its data
// package, the event rules and the templates.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mapping/plan.h"
#include "mapping/template.h"
#include "referrals/rules.h"
#include "sources/data_package.h"
#include "sources/event_record.h"
#include "sources/reads.h"
#include "sources/table_graph.h"
#include "terminology/terminology.h"

namespace linkway::sources {

/// Slots of the variables every expression of a mapping may use.
enum Slot : std::size_t { row_slot = 0, source_slot = 1, event_slot = 2, episode_slot = 3 };

/// A reason that keeps an event's row out.
struct Exclusion {
    fhirpath::Expression condition;
    std::string reason;
    std::string unless;  ///< option of the run that lifts it ("test-patients"); empty for none
};

/// A question put to an event's row; what happens when the answer is no is the run's policy.
struct Check {
    std::string name;  ///< "nhs-number": also the option's name
    fhirpath::Expression condition;
    std::string column;     ///< "Admin_Patient.NhsNumber"
    std::string message;    ///< what is wrong and what to do
    std::string otherwise;  ///< warn, quarantine or reject
};

/// A table whose rows say whether a practice's feed is open (a sharing agreement). While `closed`
/// is true nothing of the batch is applied for that practice.
struct Gate {
    int table = -1;
    fhirpath::Expression closed;
    std::string reason;
};

/// event.yaml: which rows are events in a social prescribing episode, and what they say.
struct EventRules {
    std::string file;
    int table = -1;
    std::optional<fhirpath::Expression>
        kind;  ///< code of the event kind; a row without one is no event
    std::optional<fhirpath::Expression> subject;  ///< the patient's row; a row without one is held
    std::optional<fhirpath::Expression> date;
    std::optional<fhirpath::Expression> link_worker;
    std::optional<fhirpath::Expression> inbound;
    int subject_table = -1;  ///< the table `subject` leads to
    /// By both of which the patient is the same in another feed, and so the referral of one day.
    std::optional<fhirpath::Expression> nhs_number;
    std::optional<fhirpath::Expression> birth_date;
    /// Numbers that a referral has in other systems too.
    std::optional<fhirpath::Expression> same_referral;
    std::vector<Exclusion> exclusions;
    std::vector<Check> checks;
    std::vector<Gate> gates;

    /// When `kind` depends on one lookup row only (%row.code...): that navigation's index and
    /// `kind` as an expression over %row of the lookup table. Then the lookup table is searched
    /// first and the event table is scanned for its keys.
    int lookup = -1;
    std::optional<fhirpath::Expression> lookup_kind;

    /// When `kind` depends on cells of the row alone: their columns, by which the scan asks once
    /// for each content. Without these and without a lookup every row is kept and tried.
    std::vector<int> kind_columns;

    /// Rows that are no events by their code are told apart while scanning.
    bool is_selective() const { return lookup >= 0 || !kind_columns.empty(); }
};

struct MappedTemplate {
    mapping::Template source;
    mapping::Plan plan;
    int table = -1;  ///< that drives it; that of the event rules for "each: event"
    bool on_event = false;
};

/// Where a column's content goes.
struct ColumnUse {
    int table = -1;
    int column = -1;
    std::string target;  ///< "Patient.birthDate", "key", "link to Admin_Patient", ...
    text::Location at;
};

class SystemMapping {
  public:
    /// Reads `folder` (mappings/<system>), the code files beside it (`folder`/../codes) and the
    /// rules of referrals (`folder`/../referrals). All mistakes are appended; the mapping is usable
    /// only when none of them is an error. Files that could be read are checked even when others
    /// could not.
    static std::unique_ptr<SystemMapping> load(const std::string& folder, text::Issues& issues);

    const DataPackage& package() const { return package_; }
    const TableGraph& graph() const { return *graph_; }
    const EventRules& events() const { return events_; }
    const referrals::Rules& referral_rules() const { return *referral_rules_; }
    const EventTypes& types() const { return *types_; }
    const std::vector<MappedTemplate>& templates() const { return templates_; }

    /// The template that makes `resource_type` from rows of that table, or -1.
    int template_for(std::string_view resource_type, int table) const;

    /// Navigations of each table that anything reads, and whether any row of it is needed at all.
    const std::vector<std::vector<int>>& navigations() const { return navigations_; }
    bool is_needed(int table) const { return needed_[static_cast<std::size_t>(table)]; }

    /// The variables and functions that expressions over rows of that type may use; %event and
    /// %episode only where there is an event.
    fhirpath::Environment environment(const fhirpath::RecordType* row, bool with_event) const;

    /// Every use of every column, by the mapping itself and by the engine (keys, links, versions).
    const std::vector<ColumnUse>& uses() const { return uses_; }

    /// Columns that go nowhere and give no reason, as errors with their place in the data package.
    text::Issues uncovered() const;

  private:
    SystemMapping() = default;
    void read_events(const std::string& path, text::Issues& issues);
    void read_templates(const std::string& folder, text::Issues& issues);
    void compile(text::Issues& issues);
    void note(const fhirpath::Expr& expression, const std::vector<Root>& roots,
              const std::string& target, const text::Location& at, text::Issues& issues);
    void note_structure();
    std::vector<Root> roots(int table) const;

    friend class EventReader;

    DataPackage package_;
    std::unique_ptr<TableGraph> graph_;
    std::unique_ptr<EventTypes> types_;
    terminology::Terminology terminology_;
    std::unique_ptr<const referrals::Rules> referral_rules_;
    EventRules events_;
    std::vector<mapping::Template> sources_;
    std::vector<MappedTemplate> templates_;
    std::vector<std::pair<std::string, int>>
        declared_;  // what templates make, from which table; those with mistakes too
    std::vector<std::vector<int>> navigations_;
    std::vector<bool> needed_;
    std::vector<ColumnUse> uses_;
};

}  // namespace linkway::sources
