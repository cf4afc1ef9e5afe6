// What keeps a practice's batch from being applied: its sharing agreement, and deletions beyond
// belief.
#include <algorithm>
#include <unordered_set>

#include "evaluation.h"
#include "sources/staging.h"
#include "state.h"

namespace linkway::sources {

using text::Status;

/// A practice whose gate is closed (sharing agreement off) has nothing applied from that batch on,
/// until a later batch says that it is open again: a table without changes is sent with its header
/// only.
Status Staging::apply_gates() {
    for (const Gate& gate : mapping_.events().gates) {
        RowSet& set = make_set(gate.table);
        std::set<std::string> closed = closed_before(gate);
        for (std::uint32_t batch = 0; batch < inventory_.batches.size(); ++batch) {
            Status failed = each_file(gate.table, [&](std::uint32_t index) -> Status {
                if (inventory_.files[index].batch != batch) {
                    return {};
                }
                return scan(
                    index, {}, "",
                    [&](const ScannedRow& scanned, const TableFile& file, std::uint32_t at) {
                        read_gate(gate, set, scanned, file, at, closed);
                    });
            });
            if (failed) {
                return failed;
            }
            for (const std::string& organisation : closed) {
                holds_[{batch, organisation}] = gate.reason;
            }
        }
        remember_closed(gate, closed);
    }
    return {};
}

/// Practices whose gate an earlier run left closed.
std::set<std::string> Staging::closed_before(const Gate& gate) {
    std::set<std::string> closed;
    if (options_.state != nullptr) {
        sqlite::Statement all(options_.state->database(),
                              "SELECT organisation FROM closed WHERE gate = ?");
        all.with(std::string_view(gate.reason));
        while (all.next()) {
            closed.emplace(all.text(0));
        }
    }
    return closed;
}

void Staging::remember_closed(const Gate& gate, const std::set<std::string>& closed) {
    if (options_.state == nullptr) {
        return;
    }
    sqlite::Database& database = options_.state->database();
    sqlite::Statement(database, "DELETE FROM closed WHERE gate = ?")
        .with(std::string_view(gate.reason))
        .run();
    sqlite::Statement add(database, "INSERT INTO closed VALUES (?, ?)");
    for (const std::string& organisation : closed) {
        add.with(std::string_view(gate.reason), std::string_view(organisation)).run();
    }
}

void Staging::read_gate(const Gate& gate, RowSet& set, const ScannedRow& scanned,
                        const TableFile& file, std::uint32_t index, std::set<std::string>& closed) {
    Row* row = keep(set, scanned, file, index);
    if (row == nullptr) {
        return;
    }
    row->fate = Fate::not_relevant;
    row->reason = "read for the state of the feed only";
    if (Evaluation().test(gate.closed, *row)) {
        closed.emplace(row->organisation());
    } else {
        closed.erase(std::string(row->organisation()));
    }
}

/// Holds a practice's batch that would delete more of its patients than allowed. Only batches after
/// the first can: a bulk deletes nobody.
Status Staging::brake_mass_deletes() {
    const int table = mapping_.events().subject_table;
    if ((inventory_.batches.size() < 2 && options_.state == nullptr) || table < 0) {
        return {};
    }
    const Table& definition = mapping_.package().tables[static_cast<std::size_t>(table)];
    if (definition.deleted_column < 0 || definition.organisation_column < 0) {
        return {};
    }
    struct Practice {
        std::unordered_set<std::size_t> living;
        std::unordered_set<std::size_t> going;
        std::size_t before = 0;  // in the staging store; a bulk says them again, a delta does not

        std::size_t population() const { return std::max(before, living.size()); }
    };
    RowStore* stored = options_.state == nullptr ? nullptr : &options_.state->rows();
    std::map<std::string, Practice> practices;
    RowSet probe(mapping_.graph(), table);
    std::uint32_t batch = UINT32_MAX;
    const auto close_batch = [&] {
        for (auto& [organisation, practice] : practices) {
            std::size_t gone = 0;
            for (const std::size_t key : practice.going) {
                gone += practice.living.count(key);
            }
            const std::size_t population = practice.population();
            const bool held =
                population != 0 && static_cast<double>(gone) >
                                       options_.max_deleted_share * static_cast<double>(population);
            if (held) {
                holds_[{batch, organisation}] = "the delta would delete " + std::to_string(gone) +
                                                " of the practice's " + std::to_string(population) +
                                                " patients";
            } else {
                for (const std::size_t key : practice.going) {
                    practice.living.erase(key);
                }
                practice.before -= std::min(practice.before, gone);
            }
            practice.going.clear();
        }
    };
    Status failed = each_file(table, [&](std::uint32_t index) {
        if (inventory_.files[index].batch != batch) {
            close_batch();
            batch = inventory_.files[index].batch;
        }
        return scan(
            index, {}, "",
            [&](const ScannedRow& scanned, const TableFile& file, std::uint32_t) {
                probe.clear();
                const Row& row = probe.add(scanned, file.columns);
                const auto [found, fresh] = practices.try_emplace(std::string(row.organisation()));
                Practice& practice = found->second;
                if (fresh && stored != nullptr) {
                    practice.before = static_cast<std::size_t>(
                        std::max<std::int64_t>(0, stored->population(row.organisation())));
                }
                const std::size_t key = std::hash<std::string>()(row.key());
                if (row.is_deleted()) {
                    practice.going.insert(key);
                }
                if (!row.is_deleted() ||
                    (stored != nullptr && stored->is_living(stored->find_key(row)))) {
                    practice.living.insert(key);
                }
            },
            false);
    });
    close_batch();
    return failed;
}

}  // namespace linkway::sources
