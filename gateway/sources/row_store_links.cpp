// What refers to what: which events a change bears on, and how many patients a practice has.
#include <algorithm>

#include "row_store.h"

namespace linkway::sources {

/// Notes what hangs on a row whose content or presence changes, and takes away its links of before.
void RowStore::note_change(const StoredRow& old, const Row& row) {
    const auto table = static_cast<std::size_t>(old.table);
    const bool goes = row.is_deleted();
    for (const int column : targets_[table]) {
        const std::string_view before = old.cells[static_cast<std::size_t>(column)];
        touch(hash(old.table, column, before));
        if (!goes && row.cell(column) != before) {
            touch(hash(old.table, column, row.cell(column)));
        }
    }
    if (old.table == mapping_.events().table) {
        changed_events_.push_back(old.id);
    }
    for (const int index : mapping_.navigations()[table]) {
        const Navigation& way =
            mapping_.graph().navigations(old.table)[static_cast<std::size_t>(index)];
        const auto& [here, there] = way.columns.front();
        const std::string_view before = old.cells[static_cast<std::size_t>(here)];
        if (goes || before == row.cell(here)) {
            continue;
        }
        const std::int64_t at = hash(way.table, there, before);
        if (old.table == mapping_.events().table && way.table == mapping_.events().subject_table) {
            touch(at);  // the others of the patient whose event it is no longer
        }
        drop_referrer_.with(at, old.id).run();
    }
}

void RowStore::touch(std::int64_t hash) {
    if (!any_referrers_) {
        return;
    }
    find_referrer_.with(hash);
    while (find_referrer_.next()) {
        touched_.insert(find_referrer_.integer(0));
    }
}

void RowStore::link(std::int64_t id, int table, int column, std::string_view value) {
    add_referrer_.with(hash(table, column, value), id).run();
}

std::vector<std::int64_t> RowStore::affected() {
    std::vector<std::int64_t> events =
        walk(std::vector<std::int64_t>(touched_.begin(), touched_.end()));
    events.insert(events.end(), changed_events_.begin(), changed_events_.end());
    std::sort(events.begin(), events.end());
    events.erase(std::unique(events.begin(), events.end()), events.end());
    return events;
}

std::vector<std::int64_t> RowStore::events_of(std::int64_t id) {
    std::vector<std::int64_t> work;
    if (!load(id, scratch_)) {
        return work;
    }
    for (const int column : targets_[static_cast<std::size_t>(scratch_.table)]) {
        find_referrer_.with(
            hash(scratch_.table, column, scratch_.cells[static_cast<std::size_t>(column)]));
        while (find_referrer_.next()) {
            work.push_back(find_referrer_.integer(0));
        }
    }
    return walk(std::move(work));
}

/// The events among some rows and among all that lead to them, however far.
std::vector<std::int64_t> RowStore::walk(std::vector<std::int64_t> work) {
    std::vector<std::int64_t> events;
    std::unordered_set<std::int64_t> seen;
    StoredRow row;
    while (!work.empty()) {
        const std::int64_t id = work.back();
        work.pop_back();
        if (!seen.insert(id).second || !load(id, row)) {
            continue;
        }
        if (row.table == mapping_.events().table) {
            events.push_back(id);
        }
        for (const int column : targets_[static_cast<std::size_t>(row.table)]) {
            const std::string_view value = row.cells[static_cast<std::size_t>(column)];
            if (value.empty()) {
                continue;
            }
            find_referrer_.with(hash(row.table, column, value));
            while (find_referrer_.next()) {
                work.push_back(find_referrer_.integer(0));
            }
        }
    }
    return events;
}

void RowStore::each_living(int table, std::string_view feed,
                           const std::function<void(std::int64_t id, std::int64_t file)>& visit) {
    sqlite::Statement find(
        database_,
        "SELECT record.id, record.file FROM record"
        " JOIN layout ON layout.id = record.layout"
        " LEFT JOIN file ON file.id = record.file"  // those of this run are not there yet
        " WHERE layout.tbl = ? AND (feed = ? OR record.file >= ?) AND deleted = 0");
    find.with(std::string_view(mapping_.package().tables[static_cast<std::size_t>(table)].name),
              feed, first_file_);
    while (find.next()) {
        visit(find.integer(0), find.integer(1));
    }
}

void RowStore::mark_absent(std::int64_t id) {
    if (!load(id, scratch_)) {
        return;
    }
    const auto table = static_cast<std::size_t>(scratch_.table);
    for (const int column : targets_[table]) {
        touch(hash(scratch_.table, column, scratch_.cells[static_cast<std::size_t>(column)]));
    }
    if (scratch_.table == mapping_.events().table) {
        changed_events_.push_back(id);
    }
    if (const int organisation = mapping_.package().tables[table].organisation_column;
        organisation >= 0) {
        count(scratch_.table, scratch_.cells[static_cast<std::size_t>(organisation)], -1);
    }
    sqlite::Statement(database_, "UPDATE record SET deleted = 2 WHERE id = ?").with(id).run();
}

void RowStore::count(int table, std::string_view organisation, int by) {
    if (by != 0 && table == mapping_.events().subject_table) {
        counts_[std::string(organisation)] += by;
    }
}

std::int64_t RowStore::population(std::string_view organisation) {
    return population_.with(organisation).next() ? population_.integer(0) : 0;
}

void RowStore::flush() {
    sqlite::Statement add(database_,
                          "INSERT INTO population VALUES (?1, ?2)"
                          " ON CONFLICT (organisation) DO UPDATE SET living = living + ?2");
    for (const auto& [organisation, by] : counts_) {
        add.with(std::string_view(organisation), by).run();
    }
    counts_.clear();
}

}  // namespace linkway::sources
