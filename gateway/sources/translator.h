// Staged rows to resources. Private to sources.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "mapping/plan.h"
#include "sources/event_record.h"
#include "sources/staging.h"
#include "sources/trace.h"
#include "sources/translate.h"

namespace linkway::sources {

class Translator {
  public:
    Translator(Staging& staging, const TranslateOptions& options);

    /// Takes bytes for a file of the output, in order; `whole` when no more will come for it.
    using Sink =
        std::function<text::Status(const std::string& file, std::string_view bytes, bool whole)>;

    /// Gives every resource, rejected.ndjson and warnings.ndjson to `output` and fills the
    /// reconciliation.
    text::Status run(Sink output, Reconciliation& reconciliation);

    /// After run(): the events that were translated, and what was wrong with rows that were.
    const std::vector<EventRecord*>& events() const { return living_; }
    const std::vector<RowIssue>& warnings() const { return warnings_; }

    /// Runs templates for one staged row again and tells of each step; writes nothing.
    std::vector<ResourceTrace> trace(const TraceRequest& request);

  private:
    /// What a template made of a row that is only wanted when something refers to it.
    struct Pulled {
        std::string json;
        std::vector<Demand> demands;
        text::Status failed;
        std::uint8_t wanted = 0;   // bit 0: for the output, bit 1: for quarantine
        std::uint8_t bundled = 0;  // the same: it is in a bundle that went out
    };
    /// The events of one patient at one practice, in key order.
    struct Group {
        std::size_t first = 0;
        std::size_t last = 0;
    };
    /// A resource inside a chunk's text.
    struct Piece {
        std::uint32_t templ = 0;
        std::size_t begin = 0;
        std::size_t end = 0;
        std::size_t group = 0;
        const Row* row = nullptr;
        bool quarantined = false;
    };
    struct GroupDemand {
        Demand demand;
        std::size_t group = 0;
        bool quarantined = false;
    };
    struct Chunk {
        std::string text;
        std::vector<Piece> pieces;
        std::vector<GroupDemand> demands;
        std::vector<RowIssue> issues;
    };
    class Worker;

    // From rows to events (translator.cpp).
    void classify();
    void classify_one(Worker& worker, EventRecord& event, std::vector<RowIssue>& issues);
    void apply_checks(Worker& worker, EventRecord& event, std::vector<RowIssue>& issues);
    void gather();

    // From events to what other feeds know too (translator_identity.cpp).
    void identify();
    std::string person_key(Worker& worker, const EventRecord& event) const;
    void referral_keys(Worker& worker, const EventRecord& event, const std::string& person,
                       std::vector<std::string>& keys) const;

    // From events to resources (translator.cpp).
    void pull();
    void spread_failures();
    Chunk translate_groups(std::size_t from, std::size_t to);
    void translate_group(Worker& worker, std::size_t group, Chunk& chunk);
    std::optional<std::size_t> attempt(Worker& worker, std::size_t group, Chunk& chunk,
                                       const std::vector<EventRecord*>& events);
    std::vector<EpisodeRecord> replay(const std::vector<EventRecord*>& events) const;

    // From one row to how its resources are made (translator_trace.cpp).
    ResourceTrace trace_template(Worker& worker, std::size_t templ, const Row& row);
    void trace_event(const EventRecord& event, const TraceRequest& request,
                     std::vector<ResourceTrace>& result);

    // From resources to files and accounts (translator_output.cpp).
    text::Status write(const Chunk& chunk, Reconciliation& reconciliation);
    text::Status write_pulled(Reconciliation& reconciliation);
    text::Status write_bundles(const Chunk& chunk, Reconciliation& reconciliation);
    std::vector<Demand> closure(std::vector<Demand> demands);
    void want(const Demand& demand, bool quarantined);
    bool is_new(std::uint32_t templ, const Row& row, bool quarantined, std::string_view json);
    text::Status take_back(Reconciliation& reconciliation);
    void mark_used();
    void tally(Reconciliation& reconciliation);
    text::Status write_issues(Reconciliation& reconciliation);

    Pulled* pulled(const Demand& demand);
    RowIssue row_issue(const Row& row, text::Severity severity, const std::string& code, int column,
                       const std::string& message) const;
    void set_source(SourceRecord& source, const Row& row) const;

    Staging& staging_;
    const SystemMapping& mapping_;
    const TranslateOptions& options_;
    Sink output_;
    std::string mapping_version_;
    std::deque<EventRecord> events_;
    std::vector<EventRecord*> living_;  // those that are translated, by practice, patient and key
    std::vector<bool> quarantined_;     // by Row::index of the event table
    std::vector<Group> groups_;
    std::map<const Row*, std::string> shared_episodes_;  // by the row that opened it here
    std::vector<std::vector<Pulled>> pulled_;            // by template, then Row::index
    std::vector<RowIssue> warnings_;
    std::vector<std::vector<bool>> read_columns_;  // by table: what the templates read
};

}  // namespace linkway::sources
