// The record of every access: one FHIR AuditEvent a line, chained by hash.
//
//   audit/<node>/2026-11-23.ndjson     a file a day (UTC), never changed but at its end
//   audit/<node>/head                  the last line known to be on disk
//   audit/<node>/2026-11-23.ndjson.torn  what a power cut left of a line, kept aside
//
// A line is {"seq":n,"previous":"<hash>","hash":"<hash>","event":{...}}; its hash is the SHA-256 of
// the line without the member "hash", "previous" that of the line before, also over midnight. The
// very first has 64 zeros there.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/instant.h"
#include "access/interaction.h"
#include "text/issue.h"

namespace linkway::access {

/// http://hl7.org/fhir/audit-event-outcome.
enum class Outcome : std::uint8_t {
    success = 0,
    minor_failure = 4,    ///< refused: the client's mistake
    serious_failure = 8,  ///< it failed
    major_failure = 12,   ///< the service cannot go on
};

/// What happened. Nothing in it may be patient data but the id of a resource.
struct AuditEntry {
    Instant recorded = 0;
    Interaction interaction = Interaction::read;
    Outcome outcome = Outcome::success;
    std::string client;        ///< client id; empty for who is not known
    std::string ods;           ///< of its organisation; may be empty
    std::string practitioner;  ///< who opened a page, as the link says; may be empty
    std::string address;       ///< network address the request came from
    std::string resource;      ///< "Task/1b2c", or the type alone; else left out
    std::string query;    ///< of a search, as in the URL: only names of parameters are kept of it
    std::string detail;   ///< what else to say: "token", "record page", a reason; may be empty
    std::string request;  ///< request id, as in the logs; may be empty
};

/// The AuditEvent (R4) of an entry, compact JSON.
std::string to_audit_event(const AuditEntry& entry, std::string_view node);

/// "status&patient&_count" of "status=active&patient=Patient/1&_count=5". A name that is no
/// parameter's, such as a value that stands alone, becomes "-".
std::string parameter_names(std::string_view query);

/// Appends to the chain of one node. Thread-safe; one for a folder (the store's lock sees to that).
class AuditLog {
  public:
    /// Opens `folder`/`node`, making it when needed. What a power cut tore off the last file goes
    /// to its .torn file, and a line of the chain says so. When lines are missing that were known
    /// to be on disk the chain goes on from the one that should be there, so that verifying goes on
    /// finding the gap. `node` is letters, digits and "-".
    static text::Result<std::unique_ptr<AuditLog>> open(const std::string& folder,
                                                        const std::string& node, Instant now);
    ~AuditLog();
    AuditLog(const AuditLog&) = delete;
    AuditLog& operator=(const AuditLog&) = delete;

    /// Returns when the line has been written: it outlives the process, not yet the machine. Lines
    /// of several threads go in one write. Issue (code "no-store"): it could not be written, e.g.
    /// the disk is full; the chain is as it was and later appends may succeed.
    text::Status append(const AuditEntry& entry);

    /// Returns when everything appended before is on disk. One fdatasync serves all that wait.
    text::Status sync();

    /// To be called every 100 ms or so: syncs when something has waited that long.
    text::Status tick(Instant now);

    /// Lines in the chain so far.
    std::uint64_t lines() const;

  private:
    struct State;
    explicit AuditLog(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// Where a chain is broken.
struct AuditBreak {
    std::string file;
    std::uint64_t line = 0;
    std::string what;  ///< a sentence
};

/// What was found in one node's folder.
struct AuditReport {
    std::string folder;
    std::uint64_t files = 0;
    std::uint64_t lines = 0;           ///< that could be read, up to the first break
    std::string first, last;           ///< "recorded" of the first and last of them
    std::uint64_t torn = 0;            ///< files with what power cuts left
    std::optional<AuditBreak> broken;  ///< the first break
};

/// Verifies the chain in a node's folder, or those in all folders of `folder`. Found are lines
/// that were changed, removed, inserted or moved, and lines removed from the end, back to the last
/// sync that `head` knows of.
///
/// Not found, because no secret goes into a hash: a chain rewritten from some line to its end by
/// somebody who may write to the folder and changes `head` as well; lines removed from the end
/// together with a change of `head`; a folder removed as a whole. Copies of `head` kept elsewhere
/// (it is one short line) make all three visible.
///
/// Issue: the folder cannot be read or holds no audit files.
text::Result<std::vector<AuditReport>> verify_audit(const std::string& folder);

}  // namespace linkway::access
