// What a person does about rows and resources that could not be used.
//
// An item of a table is its header and row as they came; one without a table is a FHIR resource.
// Once edited it is played again: rows as a small delta of the same table and feed through the
// intake, so that they arrive like any other row; resources are validated and stored. What fails
// again stays, with the new reason.
#pragma once

#include <string>
#include <vector>

#include "intake/intake.h"

namespace linkway::intake {

/// Items that wait (or are in that state), by intake, file and line. A look that needs nothing but
/// the store, also of a service that runs.
text::Result<std::vector<store::Quarantined>> quarantined(store::Store& store,
                                                          const store::QuarantineQuery& query = {});
/// Issue "not-found": there is none of that id, which may be cut short as long as it is clear.
text::Result<store::Quarantined> find_quarantined(store::Store& store, const std::string& id);

class Quarantine {
  public:
    /// `intake` outlives it.
    explicit Quarantine(Intake& intake) : intake_(intake) {}

    /// Puts other content in its place, which must still read as what it is: a header as it was and
    /// rows with as many cells, or JSON of a resource. Issue: it does not, or was replayed already.
    text::Status edit(const std::string& id, const std::string& content);
    /// It is of no use any more; stays visible as discarded.
    text::Status discard(const std::string& id);

    struct Outcome {
        std::string id;
        bool replayed = false;
        std::string reason;  ///< OperationOutcome, when it was not
    };
    /// Plays items again and works them off before it returns. Those of one file go together.
    /// Issue: one of them can't be played (no content, replayed before), then none is.
    text::Result<std::vector<Outcome>> replay(const std::vector<std::string>& ids);

  private:
    text::Status replay_rows(const std::vector<store::Quarantined>& items);
    text::Status replay_resource(store::Quarantined item);
    text::Status change(store::Quarantined item);
    text::Status check(const store::Quarantined& item, const std::string& content) const;

    Intake& intake_;
};

}  // namespace linkway::intake
