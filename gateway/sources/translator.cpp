#include "translator.h"

#include <algorithm>
#include <tuple>

#include "parallel.h"
#include "worker.h"

namespace linkway::sources {

namespace {

using text::Severity;
using text::Status;

constexpr std::size_t chunk_events = 512;

}  // namespace

Translator::Translator(Staging& staging, const TranslateOptions& options)
    : staging_(staging),
      mapping_(staging.mapping()),
      options_(options),
      mapping_version_(mapping_.package().system + "/" + mapping_.package().version) {
    const auto& tables = mapping_.package().tables;
    for (const Table& table : tables) {
        read_columns_.emplace_back(table.columns.size(), false);
    }
    for (const ColumnUse& use : mapping_.uses()) {
        read_columns_[static_cast<std::size_t>(use.table)][static_cast<std::size_t>(use.column)] =
            true;
    }
}

RowIssue Translator::row_issue(const Row& row, Severity severity, const std::string& code,
                               int column, const std::string& message) const {
    const Table& table = row.set().definition();
    return {{severity,
             code,
             message,
             {std::string(staging_.origin(row).display), row.line, 0,
              column < 0 ? "" : table.columns[static_cast<std::size_t>(column)].name},
             {}},
            row.number,
            table.name,
            row.key()};
}

void Translator::set_source(SourceRecord& source, const Row& row) const {
    const Origin origin = staging_.origin(row);
    source.file = origin.display;
    source.row = row.number;
    source.line = row.line;
    source.extracted = origin.extracted;
    source.system = mapping_.package().title;
    source.mapping = mapping_version_;
}

Status Translator::run(Sink output, Reconciliation& reconciliation) {
    output_ = std::move(output);
    classify();
    gather();
    identify();
    pull();
    spread_failures();
    Status failed;
    const std::size_t chunks = (groups_.size() + chunk_events - 1) / chunk_events;
    in_order(
        chunks, options_.threads,
        [&](std::size_t i) {
            return translate_groups(i * chunk_events,
                                    std::min(groups_.size(), (i + 1) * chunk_events));
        },
        [&](std::size_t, Chunk chunk) {
            for (RowIssue& issue : chunk.issues) {
                staging_.issues().push_back(std::move(issue));
            }
            if (!failed) {
                failed = options_.format == OutputFormat::ndjson
                             ? write(chunk, reconciliation)
                             : write_bundles(chunk, reconciliation);
            }
        });
    if (!failed) {
        failed = write_pulled(reconciliation);
    }
    if (!failed) {
        failed = take_back(reconciliation);
    }
    if (failed) {
        return failed;
    }
    mark_used();
    tally(reconciliation);
    return write_issues(reconciliation);
}

/// Says of each living row of the event table whether it is an event, whose, and whether anything
/// keeps it out.
void Translator::classify() {
    RowSet& set = *staging_.set(mapping_.events().table);
    quarantined_.assign(set.rows().size(), false);
    for (Row* row : set.living()) {
        if (row->fate == Fate::pending) {
            EventRecord& event = events_.emplace_back(mapping_.types().event);
            event.row = row;
        }
    }
    const std::size_t chunks = (events_.size() + chunk_events - 1) / chunk_events;
    in_order(
        chunks, options_.threads,
        [&](std::size_t i) {
            std::vector<RowIssue> issues;
            const auto worker = std::make_unique<Worker>(mapping_.types());
            for (std::size_t k = i * chunk_events;
                 k < std::min(events_.size(), (i + 1) * chunk_events); ++k) {
                classify_one(*worker, events_[k], issues);
            }
            return issues;
        },
        [&](std::size_t, std::vector<RowIssue> issues) {
            for (RowIssue& issue : issues) {
                (issue.issue.severity == Severity::warning ? warnings_ : staging_.issues())
                    .push_back(std::move(issue));
            }
        });
}

void Translator::classify_one(Worker& worker, EventRecord& event, std::vector<RowIssue>& issues) {
    const EventRules& rules = mapping_.events();
    Row& row =
        const_cast<Row&>(*event.row);  // rows belong to the staging; only their fate changes here
    const auto keep_out = [&](Fate fate, std::string_view reason) {
        row.fate = fate;
        row.reason = reason;
    };
    worker.begin(row);
    set_source(worker.source, row);
    const auto kind = worker.first(rules.kind);
    const auto known = kind ? referrals::entry_kind(kind->text) : std::nullopt;
    if (!known) {
        return keep_out(Fate::not_relevant,
                        kind && kind->text == referrals::near_social_prescribing
                            ? "coded as near social prescribing, which is kept apart"
                            : "not coded as a social prescribing event");
    }
    event.event.kind = *known;
    for (const Exclusion& exclusion : rules.exclusions) {
        if (options_.include.count(exclusion.unless) == 0 && worker.holds(exclusion.condition)) {
            return keep_out(Fate::not_relevant, exclusion.reason);
        }
    }
    const auto subject = worker.first(rules.subject);
    if (!subject || subject->kind != fhirpath::ValueKind::record) {
        return keep_out(Fate::held, "its patient is not in the input");
    }
    event.subject = static_cast<const Row*>(subject->record);
    if (const auto date = worker.first(rules.date)) {
        event.event.date = date->text;
    }
    event.event.key = row.id;
    const auto link_worker = worker.first(rules.link_worker);
    event.event.link_worker = link_worker && link_worker->boolean;
    const auto inbound = worker.first(rules.inbound);
    event.inbound = inbound && inbound->boolean;
    apply_checks(worker, event, issues);
}

void Translator::apply_checks(Worker& worker, EventRecord& event, std::vector<RowIssue>& issues) {
    Row& row = const_cast<Row&>(*event.row);
    for (const Check& check : mapping_.events().checks) {
        if (worker.holds(check.condition)) {
            continue;
        }
        const auto chosen = options_.policies.find(check.name);
        const std::string& policy =
            chosen == options_.policies.end() ? check.otherwise : chosen->second;
        // The column names the table it stands in: the event's own, or that of its patient.
        const std::size_t dot = check.column.find('.');
        const bool of_subject =
            check.column.substr(0, dot) == event.subject->set().definition().name;
        const Row& culprit = of_subject ? *event.subject : row;
        const int column = culprit.set().definition().find(check.column.substr(dot + 1));
        if (policy == "reject") {
            row.fate = Fate::rejected;
            row.reason = check.message;
            issues.push_back(
                row_issue(row, Severity::error, "value", of_subject ? -1 : column, check.message));
            return;
        }
        quarantined_[row.index()] = quarantined_[row.index()] || policy == "quarantine";
        issues.push_back(row_issue(culprit, Severity::warning, "value", column, check.message));
    }
}

/// Sorts the events by practice, patient and key, and groups them by patient.
void Translator::gather() {
    for (EventRecord& event : events_) {
        if (event.row->fate == Fate::pending) {
            living_.push_back(&event);
        }
    }
    std::sort(living_.begin(), living_.end(), [](const EventRecord* a, const EventRecord* b) {
        return std::tuple(a->row->organisation(), a->subject->id, a->row->id) <
               std::tuple(b->row->organisation(), b->subject->id, b->row->id);
    });
    for (std::size_t i = 0; i < living_.size();) {
        std::size_t end = i + 1;
        while (end < living_.size() && living_[end]->subject == living_[i]->subject) {
            ++end;
        }
        groups_.push_back({i, end});
        i = end;
    }
}

/// Runs the templates of rows that are wanted only when referred to, for every row staged: there
/// are none but those something may refer to.
void Translator::pull() {
    const auto& templates = mapping_.templates();
    pulled_.resize(templates.size());
    for (std::size_t t = 0; t < templates.size(); ++t) {
        RowSet* set = templates[t].on_event ? nullptr : staging_.set(templates[t].table);
        if (set == nullptr) {
            continue;
        }
        pulled_[t].resize(set->rows().size());
        const auto& living = set->living();
        const std::size_t chunks = (living.size() + chunk_events - 1) / chunk_events;
        in_order(
            chunks, options_.threads,
            [&](std::size_t i) {
                const auto worker = std::make_unique<Worker>(mapping_.types());
                for (std::size_t k = i * chunk_events;
                     k < std::min(living.size(), (i + 1) * chunk_events); ++k) {
                    Pulled& result = pulled_[t][living[k]->index()];
                    worker->begin(*living[k]);
                    set_source(worker->source, *living[k]);
                    auto applies = worker->runner.applies(templates[t].plan, worker->runtime);
                    if (!applies) {
                        result.failed = std::move(applies).issue();
                    } else if (!*applies) {
                        result.failed = text::Issue{Severity::error,
                                                    "business-rule",
                                                    "the template's condition leaves the row out",
                                                    {},
                                                    {}};
                    } else {
                        result.failed =
                            worker->runner.run(templates[t].plan, worker->runtime, result.json);
                    }
                    result.demands = worker->demands;
                }
                return 0;
            },
            [](std::size_t, int) {});
    }
}

Translator::Pulled* Translator::pulled(const Demand& demand) {
    auto& rows = pulled_[demand.templ];
    return rows.empty() ? nullptr : &rows[demand.row->index()];
}

/// A resource that refers to one that could not be made cannot be made either.
void Translator::spread_failures() {
    for (bool changed = true; changed;) {
        changed = false;
        for (auto& rows : pulled_) {
            for (Pulled& each : rows) {
                for (const Demand& demand : each.demands) {
                    const Pulled* other = pulled(demand);
                    if (!each.failed && other != nullptr && other->failed) {
                        each.failed = other->failed;
                        changed = true;
                    }
                }
            }
        }
    }
}

Translator::Chunk Translator::translate_groups(std::size_t from, std::size_t to) {
    Chunk chunk;
    const auto worker = std::make_unique<Worker>(mapping_.types());
    for (std::size_t group = from; group < to; ++group) {
        translate_group(*worker, group, chunk);
    }
    return chunk;
}

/// Translates a patient's events; one that fails is rejected and the others are replayed without
/// it.
void Translator::translate_group(Worker& worker, std::size_t group, Chunk& chunk) {
    std::vector<EventRecord*> events(
        living_.begin() + static_cast<std::ptrdiff_t>(groups_[group].first),
        living_.begin() + static_cast<std::ptrdiff_t>(groups_[group].last));
    const std::size_t text = chunk.text.size();
    const std::size_t pieces = chunk.pieces.size();
    const std::size_t demands = chunk.demands.size();
    while (const auto failed = attempt(worker, group, chunk, events)) {
        chunk.text.resize(text);
        chunk.pieces.resize(pieces);
        chunk.demands.resize(demands);
        events.erase(events.begin() + static_cast<std::ptrdiff_t>(*failed));
    }
}

/// The episodes of a patient's events, one an event, which then points to it.
std::vector<EpisodeRecord> Translator::replay(const std::vector<EventRecord*>& events) const {
    std::vector<referrals::Entry> facts;
    for (const EventRecord* event : events) {
        facts.push_back(event->event);
    }
    const referrals::Episodes replay = referrals::replay_entries(facts, mapping_.referral_rules());
    std::vector<EpisodeRecord> episodes(events.size(), EpisodeRecord(mapping_.types().episode));
    const auto id_of = [&](const Row& opener) -> std::string_view {
        const auto shared = shared_episodes_.find(&opener);
        return shared == shared_episodes_.end() ? opener.id : std::string_view(shared->second);
    };
    for (std::size_t i = 0; i < events.size(); ++i) {
        EpisodeRecord& episode = episodes[i];
        events[i]->episode = &episode;
        if (const auto& progress = replay.referrals[i]) {
            episode.opener = events[progress->episode]->row;
            episode.id = id_of(*episode.opener);
            episode.task_status = progress->task_status;
            episode.request_status = progress->request_status;
            episode.referral = events[i];
            for (const std::size_t each : progress->events) {
                episode.events.push_back(events[each]);
            }
            episode.decision = progress->decision ? events[*progress->decision] : nullptr;
            episode.link_worker = progress->link_worker ? events[*progress->link_worker] : nullptr;
        } else if (const auto referral = replay.belongs_to[i]) {
            episode.referral = events[*referral];
            episode.id = id_of(*events[replay.referrals[*referral]->episode]->row);
        }
    }
    return episodes;
}

/// Index of the first event whose resources could not be made, its row rejected; nothing when all
/// went well.
std::optional<std::size_t> Translator::attempt(Worker& worker, std::size_t group, Chunk& chunk,
                                               const std::vector<EventRecord*>& events) {
    const std::vector<EpisodeRecord> episodes = replay(events);
    for (std::size_t i = 0; i < events.size(); ++i) {
        const Row& row = *events[i]->row;
        const auto fail = [&](const text::Issue& issue) {
            Row& rejected = const_cast<Row&>(row);
            rejected.fate = Fate::rejected;
            rejected.reason = "its resources could not be made";
            chunk.issues.push_back(
                row_issue(row, Severity::error, issue.code, -1, text::to_string(issue)));
            return i;
        };
        worker.begin(row, events[i]);
        set_source(worker.source, row);
        for (std::size_t t = 0; t < mapping_.templates().size(); ++t) {
            const MappedTemplate& each = mapping_.templates()[t];
            if (!each.on_event) {
                continue;
            }
            auto applies = worker.runner.applies(each.plan, worker.runtime);
            if (!applies) {
                return fail(applies.issue());
            }
            if (!*applies) {
                continue;
            }
            const std::size_t begin = chunk.text.size();
            if (Status failed = worker.runner.run(each.plan, worker.runtime, chunk.text)) {
                return fail(*failed);
            }
            chunk.text += '\n';
            chunk.pieces.push_back({static_cast<std::uint32_t>(t), begin, chunk.text.size(), group,
                                    &row, quarantined_[row.index()]});
        }
        for (const Demand& demand : worker.demands) {
            const Pulled* other = pulled(demand);
            if (other != nullptr && other->failed) {
                return fail(*other->failed);
            }
            if (other != nullptr) {
                chunk.demands.push_back({demand, group, quarantined_[row.index()]});
            }
        }
        const_cast<Row&>(row).fate = Fate::translated;
    }
    return {};
}

}  // namespace linkway::sources
