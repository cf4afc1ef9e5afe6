// Staging over a staging store: every row that something may refer to goes in; what comes out is
// the patients whose events this run bears on.
#include <algorithm>

#include "evaluation.h"
#include "sources/staging.h"
#include "state.h"

namespace linkway::sources {

namespace {

using text::Severity;
using text::Status;

constexpr const char* not_an_event = "not coded as a social prescribing event";
constexpr const char* not_referred_to = "no social prescribing event refers to it";
constexpr const char* as_before = "says what an earlier extract said";

/// Of files up to this size each row is looked up in the store; for larger ones it is quicker to
/// fetch the keys of all stored events.
constexpr std::uint64_t small_file = std::uint64_t{4} << 20;

}  // namespace

Origin Staging::origin(const Row& row) const {
    if (is_of_this_run(row)) {
        const TableFile& file = inventory_.files[row.file];
        return {file.file.display, inventory_.batches[file.batch].extracted};
    }
    const auto& [display, extracted] = origins_[row.file - inventory_.files.size()];
    return {display, extracted};
}

/// Takes the files' rows into the store: those of the lookup first, by which events are known.
Status Staging::absorb() {
    std::vector<std::uint32_t> batches;
    for (const TableFile& file : inventory_.files) {
        batches.push_back(file.batch);
    }
    options_.state->rows().begin(options_.state->ledger().first(), std::move(batches));
    const EventRules& rules = mapping_.events();
    int lookup = -1;
    if (rules.lookup >= 0) {
        lookup =
            mapping_.graph().navigations(rules.table)[static_cast<std::size_t>(rules.lookup)].table;
        if (Status failed = absorb_table(lookup)) {
            return failed;
        }
    }
    if (Status failed = absorb_events()) {
        return failed;
    }
    for (int table = 0; table < static_cast<int>(sets_.size()); ++table) {
        const bool is_gate = sets_[static_cast<std::size_t>(table)] != nullptr;
        if (table == lookup || table == rules.table || is_gate || !mapping_.is_needed(table)) {
            continue;
        }
        if (Status failed = absorb_table(table)) {
            return failed;
        }
    }
    return options_.state->database().failed();
}

Status Staging::absorb_table(int table) {
    RowSet probe(mapping_.graph(), table);
    return each_file(table, [&](std::uint32_t index) {
        return scan(index, {}, "",
                    [&](const ScannedRow& scanned, const TableFile& file, std::uint32_t at) {
                        absorb_row(probe, scanned, file, at);
                    });
    });
}

void Staging::absorb_row(RowSet& probe, const ScannedRow& scanned, const TableFile& file,
                         std::uint32_t index) {
    probe.clear();
    FileAccount& account = accounts_[index];
    const Row* row = keep(probe, scanned, file, index);
    if (row == nullptr) {
        const Row& held = probe.rows().front();
        if (held.fate == Fate::held) {
            account.held_back = true;
            ++account.held[std::string(held.reason)];
            issues_.push_back({{Severity::error,
                                "incomplete",
                                "held: " + std::string(held.reason),
                                {account.file, held.line, 0, {}},
                                {}},
                               held.number,
                               account.table,
                               held.key()});
        }
        return;
    }
    const std::int64_t first = options_.state->ledger().first();
    const Put put = options_.state->rows().put(*row, first + index);
    if (row->is_deleted()) {
        ++account.deleted;
    } else if (put.stale) {
        ++account.superseded;
    } else if (put.unchanged) {
        ++account.not_relevant[as_before];
    } else {
        ++absorbed_[index];
    }
    if (put.displaced) {
        const auto at = static_cast<std::size_t>(*put.displaced - first);
        --absorbed_[at];
        ++accounts_[at].superseded;
    }
}

/// Passes rows whose lookup row stands for an event, and those whose lookup row never came.
CellTest Staging::lookup_test(const TableFile& file) {
    const EventRules& rules = mapping_.events();
    const Navigation& way =
        mapping_.graph().navigations(rules.table)[static_cast<std::size_t>(rules.lookup)];
    const int here = way.columns.front().first;
    const int position = file.columns[static_cast<std::size_t>(here)];
    CellTest test;
    test.columns = {static_cast<std::uint32_t>(position)};
    test.passes = [this, &file, here, position](std::span<const std::string_view> asked) {
        std::vector<std::string_view> cells(file.header.columns.size() + file.from_name.size());
        cells[static_cast<std::size_t>(position)] = asked.front();
        const std::lock_guard lock(probe_mutex_);
        if (!probe_) {
            probe_ = std::make_unique<RowSet>(mapping_.graph(), mapping_.events().table);
        }
        probe_->clear();
        ScannedRow row;
        row.cells = cells;
        return may_be_event(probe_->add(row, file.columns).cell(here));
    };
    return test;
}

bool Staging::may_be_event(std::string_view lookup_key) {
    const EventRules& rules = mapping_.events();
    const Navigation& way =
        mapping_.graph().navigations(rules.table)[static_cast<std::size_t>(rules.lookup)];
    const int there = way.columns.front().second;
    bool known = false;
    StoredRow stored;
    for (const std::int64_t id : options_.state->rows().find(way.table, there, lookup_key)) {
        if (!options_.state->rows().load(id, stored) || stored.table != way.table ||
            stored.deleted || stored.cells[static_cast<std::size_t>(there)] != lookup_key) {
            continue;
        }
        known = true;
        RowSet probe(mapping_.graph(), way.table);
        if (!Evaluation().is_empty(*rules.lookup_kind,
                                   probe.restore(stored.cells, stored.broken))) {
            return true;
        }
    }
    return !known && !lookup_key.empty();
}

Status Staging::absorb_events() {
    const EventRules& rules = mapping_.events();
    make_set(rules.table);
    RowSet probe(mapping_.graph(), rules.table);
    std::set<std::pair<std::uint32_t, std::uint64_t>> absorbed;
    Status failed = each_file(rules.table, [&](std::uint32_t index) {
        const TableFile& file = inventory_.files[index];
        Selection selection;
        if (rules.lookup < 0) {
            selection.test = kind_test(file);
        } else {
            const Navigation& way =
                mapping_.graph().navigations(rules.table)[static_cast<std::size_t>(rules.lookup)];
            if (file.columns[static_cast<std::size_t>(way.columns.front().first)] < 0) {
                return scan(index, {}, "the file has no code column", nullptr);
            }
            selection.test = lookup_test(file);
        }
        return scan(index, std::move(selection), not_an_event,
                    [&](const ScannedRow& scanned, const TableFile& from, std::uint32_t at) {
                        const std::lock_guard lock(probe_mutex_);  // the test asks the store too
                        absorbed.emplace(at, scanned.number);
                        absorb_row(probe, scanned, from, at);
                    });
    });
    return failed || !rules.is_selective() ? failed : absorb_other_versions(absorbed);
}

/// Rows of a stored key that no longer (or not yet) say what makes them an event: corrections and
/// deletions.
Status Staging::absorb_other_versions(
    const std::set<std::pair<std::uint32_t, std::uint64_t>>& absorbed) {
    const int table = mapping_.events().table;
    RowSet probe(mapping_.graph(), table);
    return each_file(table, [&](std::uint32_t index) {
        const TableFile& file = inventory_.files[index];
        KeySet keys;
        Selection selection;
        if (file.file.size > small_file) {
            selection.any_of = stored_keys(file, keys);
        }
        return scan(
            index, std::move(selection), "",
            [&](const ScannedRow& scanned, const TableFile& from, std::uint32_t at) {
                if (absorbed.count({at, scanned.number}) != 0) {
                    return;
                }
                probe.clear();
                if (options_.state->rows().find_key(probe.add(scanned, from.columns)) != 0) {
                    --accounts_[at].not_relevant[not_an_event];
                    absorb_row(probe, scanned, from, at);
                }
            },
            false);
    });
}

/// The stored events' content of the key column that tells most of them apart.
std::vector<CellFilter> Staging::stored_keys(const TableFile& file, KeySet& keys) {
    const Table& table =
        mapping_.package().tables[static_cast<std::size_t>(mapping_.events().table)];
    int best = -1;
    for (const int column : table.key) {
        const Column& definition = table.columns[static_cast<std::size_t>(column)];
        if (!definition.file_name.empty()) {
            continue;  // what the file's name says selects nothing
        }
        KeySet candidate;
        options_.state->rows().each_event([&](const StoredRow& row) {
            candidate.insert(row.cells[static_cast<std::size_t>(column)]);
        });
        if (best < 0 || candidate.size() > keys.size()) {
            best = column;
            keys = std::move(candidate);
        }
    }
    const int position = best < 0 ? -1 : file.columns[static_cast<std::size_t>(best)];
    if (position < 0) {
        return {};
    }
    const bool guid = table.columns[static_cast<std::size_t>(best)].type == ColumnType::guid;
    return {{static_cast<std::uint32_t>(position), &keys, guid, nullptr}};
}

Status Staging::derive() {
    RowStore& rows = options_.state->rows();
    std::vector<std::int64_t> affected = rows.affected();
    for (const std::int64_t record : options_.state->identity().news()) {
        const auto events = events_about(record);
        affected.insert(affected.end(), events.begin(), events.end());
    }
    bring_together(affected);
    // What nothing led to waits in the store.
    for (std::size_t i = 0; i < absorbed_.size(); ++i) {
        if (absorbed_[i] > 0) {
            accounts_[i].not_relevant[not_referred_to] += absorbed_[i];
        }
    }
    return options_.state->database().failed();
}

Status Staging::recall(std::string_view resource_type, std::string_view id) {
    RowStore& rows = options_.state->rows();
    StoredRow stored;
    const std::int64_t found =
        options_.state->put_out().find(resource_type, [&](std::int64_t record) {
            return rows.load(record, stored) && RowSet(mapping_.graph(), stored.table)
                                                        .restore(stored.cells, stored.broken)
                                                        .derived_id() == id;
        });
    make_set(mapping_.events().table);
    if (found != 0) {
        bring_together(events_about(found));
    }
    link();
    return options_.state->database().failed();
}

/// The row itself when it is one, else those that lead to it.
std::vector<std::int64_t> Staging::events_about(std::int64_t record) {
    RowStore& rows = options_.state->rows();
    StoredRow stored;
    return rows.load(record, stored) && stored.table == mapping_.events().table
               ? std::vector<std::int64_t>{record}
               : rows.events_of(record);
}

/// The events, all others of their patients, and what they lead to.
void Staging::bring_together(const std::vector<std::int64_t>& affected) {
    RowStore& rows = options_.state->rows();
    load_all(affected);
    std::vector<std::int64_t> events;
    const int subject = mapping_.events().subject_table;
    if (subject >= 0 && set(subject) != nullptr) {
        for (const Row& row : set(subject)->rows()) {
            const auto of_patient = rows.events_of(row.stored);
            events.insert(events.end(), of_patient.begin(), of_patient.end());
        }
    }
    load_all(events);
    for (const auto& each : sets_) {
        if (each) {
            each->settle();
        }
    }
}

void Staging::load_all(const std::vector<std::int64_t>& events) {
    for (const std::int64_t id : events) {
        load(id);
        while (!unfollowed_.empty()) {
            Row& row = *unfollowed_.back();
            unfollowed_.pop_back();
            follow_links(row);
        }
    }
}

/// A stored row as one of this run's; null when it was taken away and is no event.
Row* Staging::load(std::int64_t id) {
    const auto [found, fresh] = loaded_.try_emplace(id, nullptr);
    StoredRow stored;
    if (!fresh || !options_.state->rows().load(id, stored)) {
        return found->second;
    }
    const Table& table = mapping_.package().tables[static_cast<std::size_t>(stored.table)];
    const bool out_of_scope =
        stored.deleted && table.deletion_is_out_of_scope && stored.source != 0;
    const bool gone = stored.deleted && !out_of_scope;
    const bool is_part = stored.absent && stored.table != mapping_.events().table &&
                         stored.table != mapping_.events().subject_table;
    if (is_part || (gone && stored.table != mapping_.events().table)) {
        return nullptr;
    }
    Row& row = make_set(stored.table).restore(stored.cells, stored.broken);
    row.stored = id;
    row.number = stored.number;
    row.line = stored.line;
    row.repaired_encoding = stored.repaired_encoding;
    row.no_longer_fed = out_of_scope || stored.absent;
    const std::int64_t first = options_.state->ledger().first();
    if (stored.source >= first && !gone) {
        row.file = static_cast<std::uint32_t>(stored.source - first);
        row.batch = inventory_.files[row.file].batch;
        --absorbed_[row.file];  // what becomes of it is booked with the row
    } else {
        const auto next = static_cast<std::uint32_t>(inventory_.files.size() + origins_.size());
        const auto [origin, is_new] = origin_of_.try_emplace(stored.source, next);
        if (is_new) {
            origins_.push_back(options_.state->ledger().origin(stored.source));
        }
        row.file = origin->second;
    }
    row.fate = gone ? Fate::deleted : Fate::pending;
    found->second = &row;
    unfollowed_.push_back(&row);
    return &row;
}

/// Loads what a row refers to and notes that it does, come or not.
void Staging::follow_links(Row& row) {
    RowStore& rows = options_.state->rows();
    const int table = row.set().table();
    const EventRules& rules = mapping_.events();
    // Events are followed in the run that brings them: to note it again is a page of the store
    // read.
    const bool noted = table == rules.table && !is_of_this_run(row) && !rows.is_renewed();
    for (const int index : mapping_.navigations()[static_cast<std::size_t>(table)]) {
        const Navigation& way =
            mapping_.graph().navigations(table)[static_cast<std::size_t>(index)];
        const auto& [here, there] = way.columns.front();
        const std::string_view value = row.cell(here);
        if (value.empty()) {
            continue;
        }
        if (!noted) {
            rows.link(row.stored, way.table, there, value);
        }
        bool found = false;
        for (const std::int64_t id : rows.find(way.table, there, value)) {
            const Row* other = load(id);
            found = found || (other != nullptr && other->set().table() == way.table &&
                              other->cell(there) == value);
        }
        if (table == rules.table && index == rules.lookup && !found && row.fate == Fate::pending) {
            row.fate = Fate::held;
            row.reason =
                "its code is not in the lookup table yet: send the coding file that has it";
        }
    }
}

}  // namespace linkway::sources
