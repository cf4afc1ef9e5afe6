// From what landed to resources in the store, through exactly what `linkway translate --state`
// does.
//
// A thing is kept by its hash and entered in the ledger (store::Intake) before anything else is
// done with it; only then is it taken out of the inbox. From there on the ledger says how far it
// has come, and after a kill at any instruction resume() goes on from there:
//
//   received    translated into work/<id>/<attempt>/. The output is in place before the staging
//               store is committed, and the ledger is written after both. So an attempt is never
//               written over: killed before the commit the next attempt gives the same again,
//               killed after it the next gives nothing; what all attempts gave, in their order, is
//               right in every case. What other systems say differently for it is a further
//               attempt each.
//   translated  applied in batches, each with how far it came in one transaction. A resource put
//               twice makes no second version.
//   done        row by row in quarantine what was rejected or held; what came is removed.
//   failed      nothing of it was stored; it lies in inbox/failed/ with the reason beside it.
//
// What cannot go on now (a full disk, a staging store in use) stays as it is and is tried again.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "intake/data_folder.h"
#include "intake/inbox.h"
#include "sources/replay.h"
#include "sources/system_mapping.h"
#include "sources/translate.h"
#include "store/store.h"

namespace linkway::intake {

/// The mappings in use, by system. Safe from any thread.
class Mappings {
  public:
    explicit Mappings(std::string folder) : folder_(std::move(folder)) {}

    using Mapping = std::shared_ptr<const sources::SystemMapping>;
    /// Loaded when first asked for. Issue: there is no such system, or its mapping has mistakes.
    text::Result<Mapping> get(const std::string& system);
    /// Loads those in use anew. With mistakes, which are returned, the ones in use stay.
    text::Issues reload();
    /// The systems that there are, in alphabetical order.
    std::vector<std::string> systems() const;

  private:
    std::string folder_;
    std::mutex mutex_;
    std::map<std::string, Mapping> loaded_;
};

/// Writes resources within a transaction; all or none of them.
using Apply = std::function<text::Status(store::Writer&, std::span<const store::Prepared>,
                                         const store::Change::Origin&)>;
/// What is wrong with a resource; one with an error is not stored but goes into quarantine.
using Validate = std::function<text::Issues(const text::Node& resource)>;

struct Ticket;  // raw.h

/// What the intake works with. Everything outlives it and is safe from any thread.
struct Parts {
    const DataFolder* folder = nullptr;
    store::Store* store = nullptr;
    Mappings* mappings = nullptr;
    std::function<store::Instant()> now;
    Validate validate;                             ///< empty: everything is valid
    Apply apply;                                   ///< empty: puts each
    std::function<void(const text::Issue&)> note;  ///< what happened, for the log; may be empty
};

struct Options {
    unsigned threads = 1;
    int keep_raw_days = 0;                  ///< how long what came is kept once it is done
    std::set<std::string> practices;        ///< ODS codes; empty: any
    std::size_t batch = 200;                ///< resources a transaction
    std::size_t most_quarantined = 10'000;  ///< rows of one intake that go into quarantine
    std::string gnupg_home;
    double max_deleted_share = 0.2;
    std::set<std::string> include;                ///< as of sources::TranslateOptions
    std::map<std::string, std::string> policies;  ///< likewise
};

/// Safe from any thread; things are worked on one after the other.
class Intake {
  public:
    explicit Intake(Parts parts, Options options = {});

    /// Keeps what lies complete in the inbox, enters it and takes it out; its id. The same content
    /// as of an intake that is done (and held nothing) is not worked on again: a note of the group
    /// "intake-again" says that it came. Issue "conflict": it changed meanwhile; it stays.
    text::Result<std::string> accept(const Arrival& arrival);
    /// The same for a file in raw/ that begins with ".incoming-" and is complete; it is moved away.
    /// Issue "not-found": there is no such system.
    text::Result<std::string> accept_upload(const std::string& system,
                                            const std::filesystem::path& file,
                                            const std::string& name);

    /// Keeps, enters and works off rows that are said again (quarantine.h).
    text::Status play(const Ticket& ticket, const std::vector<sources::ReplayFile>& files);

    /// Once before anything else: tidies up after a process that was killed.
    text::Status recover();
    /// Works on all that is not finished, oldest first. True when all that could be done was done;
    /// issues that only time can mend have been noted, and what comes after in that system waits.
    bool work_off();
    /// The same for one.
    text::Status work_off(const std::string& id);
    /// Removes what is kept no longer.
    void tidy();
    /// Makes work_off() return between two transactions; what is not finished is gone on with by
    /// the next process. Safe from any thread.
    void stop() noexcept { stopping_ = true; }

    const Parts& parts() const { return parts_; }
    const Options& options() const { return options_; }

  private:
    text::Status work_on(const std::string& id);
    text::Status enter(const std::string& id, const std::string& system, const std::string& name);
    text::Status translate(store::Intake& entry);
    void tell_other_systems(const store::Intake& entry);
    sources::TranslateOptions next_attempt(const std::filesystem::path& work) const;
    text::Status apply(store::Intake& entry);
    text::Status finish(store::Intake& entry);
    text::Status fail(store::Intake& entry, const text::Issues& reasons);
    text::Status move_to_failed(const store::Intake& entry);
    text::Status put(store::Intake& entry);
    void note(const text::Issue& issue) const;
    std::vector<store::Intake> unfinished();
    std::string time_of(const store::Intake& entry);
    bool is_begun(const store::Intake& entry) const;

    Parts parts_;
    Options options_;
    std::atomic<bool> stopping_{false};
    std::mutex working_;  // one thing at a time
    std::mutex keeping_;  // what comes again must not meet its own removal
    // By intake, of this process only:
    std::map<std::string, std::string> times_;     // of the first batch: the order of work
    std::map<std::string, store::Instant> later_;  // not to be tried again before
    std::map<std::string, std::string> waiting_;   // for an earlier batch of that system
};

/// The ledger's entry as JSON for who asks how far it has come.
std::string to_json(const store::Intake& intake);

}  // namespace linkway::intake
