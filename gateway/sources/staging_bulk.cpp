// What a bulk takes away: it has all that there is, and so ends what it lacks.
#include <algorithm>

#include "sources/staging.h"
#include "state.h"

namespace linkway::sources {

using text::Severity;
using text::Status;

/// The tables of which a bulk takes away what it lacks: events, patients, and what hangs on either,
/// directly or in turn. What these refer to (staff, codes) stays known.
std::vector<bool> Staging::replaced_by_bulk() const {
    const EventRules& rules = mapping_.events();
    const auto& tables = mapping_.package().tables;
    std::vector<bool> result(tables.size(), false);
    result[static_cast<std::size_t>(rules.table)] = true;
    if (rules.subject_table >= 0) {
        result[static_cast<std::size_t>(rules.subject_table)] = true;
    }
    for (bool changed = true; changed;) {
        changed = false;
        for (std::size_t t = 0; t < tables.size(); ++t) {
            const auto& keys = tables[t].foreign_keys;
            if (!result[t] && std::any_of(keys.begin(), keys.end(), [&](const ForeignKey& key) {
                    return result[static_cast<std::size_t>(mapping_.package().find(key.table))];
                })) {
                result[t] = changed = true;
            }
        }
    }
    return result;
}

/// A bulk has all that there is: a row that came through its feed and is not in it is fed no
/// longer. Why, it does not say, and so nothing is said to be wrong.
Status Staging::mark_absent() {
    const std::vector<bool> replaced = replaced_by_bulk();
    for (const Batch& batch : inventory_.batches) {
        for (const std::size_t index : batch.files) {
            const TableFile& file = inventory_.files[index];
            if (batch.held.empty() && file.bulk && !file.applied_rows &&
                mapping_.is_needed(file.table) && replaced[static_cast<std::size_t>(file.table)]) {
                mark_absent(file.table, batch);
            }
        }
    }
    return options_.state->database().failed();
}

/// Of one practice: which known rows a bulk lacks, and how many it has.
struct Staging::Presence {
    std::vector<std::int64_t> absent;
    std::size_t present = 0;
};

/// The known rows of a table by practice; what was held back says nothing, and its practice is not
/// among them.
std::map<std::string, Staging::Presence> Staging::presence(int table, const Batch& batch) {
    RowStore& rows = options_.state->rows();
    const auto number = static_cast<std::uint32_t>(&batch - inventory_.batches.data());
    const int column =
        mapping_.package().tables[static_cast<std::size_t>(table)].organisation_column;
    const std::int64_t first = options_.state->ledger().first();
    std::map<std::string, Presence> practices;
    StoredRow row;
    rows.each_living(table, batch.feed, [&](std::int64_t id, std::int64_t file) {
        const std::int64_t of_batch =
            file < first
                ? std::int64_t{-1}
                : std::int64_t{inventory_.files[static_cast<std::size_t>(file - first)].batch};
        if (of_batch >= 0 &&
            inventory_.batches[static_cast<std::size_t>(of_batch)].feed != batch.feed) {
            return;
        }
        Presence& practice =
            practices[column >= 0 && rows.load(id, row)
                          ? std::string(row.cells[static_cast<std::size_t>(column)])
                          : std::string()];
        if (of_batch >= number) {
            ++practice.present;
        } else {
            practice.absent.push_back(id);
        }
    });
    std::erase_if(practices, [&](const auto& each) {
        return holds_.count({number, each.first}) != 0;
    });
    return practices;
}

/// A bulk that lacks much of what is known is believed to be broken, and a practice that it says
/// nothing of to be forgotten, not emptied.
void Staging::mark_absent(int table, const Batch& batch) {
    const std::string& name = mapping_.package().tables[static_cast<std::size_t>(table)].name;
    const auto warn = [&](std::size_t absent, std::size_t all, const std::string& of) {
        inventory_.issues.push_back(
            {Severity::warning,
             "incomplete",
             "bulk " + batch.name() + " lacks " + std::to_string(absent) + " of " +
                 std::to_string(all) + " known rows of " + name + of + "; they stay as they are",
             {},
             "is the bulk whole? If it is, send it again with a higher --max-deleted"});
    };
    const auto practices = presence(table, batch);
    std::size_t absent = 0;
    std::size_t all = 0;
    for (const auto& [organisation, practice] : practices) {
        absent += practice.absent.size();
        all += practice.absent.size() + practice.present;
    }
    if (static_cast<double>(absent) > options_.max_deleted_share * static_cast<double>(all)) {
        return warn(absent, all, "");
    }
    for (const auto& [organisation, practice] : practices) {
        if (practice.present == 0 && options_.max_deleted_share < 1) {
            warn(practice.absent.size(), practice.absent.size(),
                 " of organisation " + organisation);
            continue;
        }
        for (const std::int64_t id : practice.absent) {
            options_.state->rows().mark_absent(id);
        }
    }
}

}  // namespace linkway::sources
