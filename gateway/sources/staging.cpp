#include "sources/staging.h"

#include <algorithm>
#include <memory_resource>

#include "evaluation.h"

namespace linkway::sources {

namespace {

using text::Severity;
using text::Status;

constexpr const char* not_an_event = "not coded as a social prescribing event";
constexpr const char* not_referred_to = "no social prescribing event refers to it";

}  // namespace

Staging::Staging(const SystemMapping& mapping, Inventory& inventory, StagingOptions options)
    : mapping_(mapping),
      inventory_(inventory),
      options_(std::move(options)),
      sets_(mapping.package().tables.size()) {
    for (const TableFile& file : inventory_.files) {
        FileAccount account;
        account.file = file.file.display;
        account.table = mapping.package().tables[static_cast<std::size_t>(file.table)].name;
        if (!file.layouts.empty()) {
            account.layout = file.layouts.front();
            if (file.layouts.size() > 1) {
                account.layout += "-" + file.layouts.back();
            }
        }
        accounts_.push_back(std::move(account));
    }
    scanned_.resize(inventory_.files.size());
    absorbed_.resize(inventory_.files.size());
}

Staging::~Staging() = default;

RowSet& Staging::make_set(int table) {
    auto& set = sets_[static_cast<std::size_t>(table)];
    if (!set) {
        set = std::make_unique<RowSet>(mapping_.graph(), table);
    }
    return *set;
}

/// Scans one file; rows that do not pass the filters are booked under `passed_over`.
Status Staging::scan(std::uint32_t index, Selection selection, const std::string& passed_over,
                     const RowSink& sink, bool account) {
    const TableFile& file = inventory_.files[index];
    const Table& table = mapping_.package().tables[static_cast<std::size_t>(file.table)];
    ScanRequest request;
    request.file = &file.file;
    request.options = &options_.input;
    request.dialect = mapping_.package().dialect;
    request.any_of = std::move(selection.any_of);
    request.test = std::move(selection.test);
    request.count_only = !sink;
    request.threads = options_.threads;
    if (table.version_column >= 0 &&
        file.columns[static_cast<std::size_t>(table.version_column)] >= 0) {
        request.watch_column = static_cast<std::uint32_t>(
            file.columns[static_cast<std::size_t>(table.version_column)]);
    }
    if (options_.progress) {
        request.progress = [this](std::uint64_t bytes, std::uint64_t rows) {
            options_.progress(bytes_ + bytes, rows_ + rows);
        };
    }
    const auto bad = [&](const BadRecord& record) {
        if (!account) {
            return;
        }
        const std::string reason(text::to_string(record.defect));
        ++accounts_[index].rejected[reason];
        std::string message = "the record cannot be read: " + reason;
        if (record.fields_found != record.fields_expected) {
            message += " (" + std::to_string(record.fields_found) + " fields, " +
                       std::to_string(record.fields_expected) + " expected)";
        }
        issues_.push_back({{Severity::error,
                            "structure",
                            message,
                            {file.file.display, record.line, 0, {}},
                            "correct the record in the source and send it again"},
                           record.number,
                           table.name,
                           record.key});
    };
    std::vector<std::string_view> cells;
    const auto with_name = [&](const ScannedRow& row) {
        if (file.from_name.empty()) {
            return sink(row, file, index);
        }
        cells.assign(row.cells.begin(), row.cells.end());
        cells.insert(cells.end(), file.from_name.begin(), file.from_name.end());
        ScannedRow longer = row;
        longer.cells = cells;
        sink(longer, file, index);
    };
    auto totals = scan_table(request, file.header, with_name, bad);
    if (!totals) {
        failed_batch_ = file.batch;
        return std::move(totals).issue();
    }
    bytes_ += totals->bytes;
    rows_ += totals->rows;
    if (account) {
        FileAccount& booked = accounts_[index];
        scanned_[index] = true;
        booked.bytes = totals->bytes;
        booked.rows = totals->rows + totals->bad;
        const std::uint64_t others = totals->rows - (request.count_only ? 0 : totals->passed);
        if (others > 0 && !passed_over.empty()) {
            booked.not_relevant[passed_over] += others;
        }
        versions_differ_ = versions_differ_ || totals->watched_differs;
    }
    return {};
}

/// Visits the files of a table that are applied, oldest batch first.
Status Staging::each_file(int table, const std::function<Status(std::uint32_t)>& visit) {
    for (const Batch& batch : inventory_.batches) {
        if (!batch.held.empty()) {
            continue;
        }
        for (const std::size_t index : batch.files) {
            if (inventory_.files[index].table == table && !inventory_.files[index].applied_rows) {
                if (Status status = visit(static_cast<std::uint32_t>(index))) {
                    return status;
                }
            }
        }
    }
    return {};
}

void Staging::reject(Row& row, const std::string& code, int column, const std::string& message) {
    row.fate = Fate::rejected;
    const Table& table = row.set().definition();
    const std::string field =
        column < 0 ? "" : table.columns[static_cast<std::size_t>(column)].name;
    ++accounts_[row.file].rejected[message];
    issues_.push_back({{Severity::error,
                        code,
                        message,
                        {accounts_[row.file].file, row.line, 0, field},
                        "correct the entry in the source and send it again"},
                       row.number,
                       table.name,
                       row.key()});
}

/// Keeps a row and tells at once whether its key is sound and its practice's batch is applied.
Row* Staging::keep(RowSet& set, const ScannedRow& scanned, const TableFile& file,
                   std::uint32_t index) {
    Row& row = set.add(scanned, file.columns);
    row.file = index;
    row.batch = file.batch;
    for (const int column : set.definition().key) {
        if (row.cell(column).empty()) {
            reject(
                row, "required", column,
                "the key column is " + std::string(row.is_broken(column) ? "malformed" : "empty"));
            return nullptr;
        }
    }
    if (const auto hold = holds_.find({row.batch, std::string(row.organisation())});
        hold != holds_.end()) {
        row.fate = Fate::held;
        row.reason = hold->second;
        return nullptr;
    }
    return &row;
}

Status Staging::run() {
    using Step = Status (Staging::*)();
    const std::vector<Step> alone = {&Staging::apply_gates,         &Staging::brake_mass_deletes,
                                     &Staging::find_lookups,        &Staging::find_events,
                                     &Staging::find_other_versions, &Staging::fetch_referenced,
                                     &Staging::count_the_rest};
    const std::vector<Step> with_state = {&Staging::apply_gates,    &Staging::brake_mass_deletes,
                                          &Staging::absorb,         &Staging::mark_absent,
                                          &Staging::count_the_rest, &Staging::derive};
    for (const Step step : options_.state == nullptr ? alone : with_state) {
        if (Status status = (this->*step)()) {
            return status;
        }
    }
    link();
    return {};
}

void Staging::link() {
    std::vector<RowSet*> all;
    for (const auto& set : sets_) {
        all.push_back(set.get());
    }
    for (std::size_t t = 0; t < sets_.size(); ++t) {
        if (sets_[t]) {
            sets_[t]->link(mapping_.navigations()[t], all);
        }
    }
}

/// Reads the lookup table and keeps the rows that stand for events.
Status Staging::find_lookups() {
    const EventRules& rules = mapping_.events();
    if (rules.lookup < 0) {
        return {};
    }
    const Navigation& way =
        mapping_.graph().navigations(rules.table)[static_cast<std::size_t>(rules.lookup)];
    const int key = way.columns.front().second;
    RowSet& set = make_set(way.table);
    RowSet probe(mapping_.graph(), way.table);
    Status failed = each_file(way.table, [&](std::uint32_t index) {
        const int position = inventory_.files[index].columns[static_cast<std::size_t>(key)];
        return scan(index, {}, "",
                    [&](const ScannedRow& scanned, const TableFile& file, std::uint32_t at) {
                        known_.insert(scanned.cells[static_cast<std::size_t>(position)]);
                        probe.clear();
                        const Row& row = probe.add(scanned, file.columns);
                        if (!Evaluation().is_empty(*rules.lookup_kind, row)) {
                            if (Row* kept = keep(set, scanned, file, at)) {
                                relevant_.insert(kept->cell(key));
                            }
                        } else {
                            ++accounts_[at].not_relevant[not_an_event];
                        }
                    });
    });
    if (!failed) {
        settle(way.table);
    }
    return failed;
}

Status Staging::find_events() {
    const EventRules& rules = mapping_.events();
    RowSet& set = make_set(rules.table);
    versions_differ_ = false;
    std::uint32_t files = 0;
    Status failed = each_file(rules.table, [&](std::uint32_t index) {
        ++files;
        const TableFile& file = inventory_.files[index];
        Selection selection;
        int position = -1;
        if (rules.lookup < 0) {
            selection.test = kind_test(file);
        } else {
            const Navigation& way =
                mapping_.graph().navigations(rules.table)[static_cast<std::size_t>(rules.lookup)];
            position = file.columns[static_cast<std::size_t>(way.columns.front().first)];
            if (position < 0) {
                return scan(index, {}, "the file has no code column", nullptr);
            }
            selection.any_of.push_back(
                {static_cast<std::uint32_t>(position), &relevant_, false, &known_});
        }
        return scan(
            index, std::move(selection), not_an_event,
            [&](const ScannedRow& scanned, const TableFile& from, std::uint32_t at) {
                Row* row = keep(set, scanned, from, at);
                if (row == nullptr || position < 0) {
                    return;
                }
                if (!known_.contains(scanned.cells[static_cast<std::size_t>(position)])) {
                    row->fate = Fate::held;
                    row->reason =
                        "its code is not in the lookup table yet: send the coding file that has it";
                }
            });
    });
    // A table without versions may say several things of a key in one file: the last counts.
    versions_differ_ = versions_differ_ || files > 1 || set.definition().version_column < 0;
    return failed;
}

/// Asks whether a row with such cells is an event, where that hangs on its cells alone.
CellTest Staging::kind_test(const TableFile& file) {
    const EventRules& rules = mapping_.events();
    if (rules.kind_columns.empty()) {
        return {};
    }
    CellTest test;
    for (const int column : rules.kind_columns) {
        const int position = file.columns[static_cast<std::size_t>(column)];
        if (position >= 0) {
            test.columns.push_back(static_cast<std::uint32_t>(position));
        }
    }
    test.passes = [this, &file, columns = test.columns](std::span<const std::string_view> asked) {
        std::vector<std::string_view> cells(file.header.columns.size() + file.from_name.size());
        for (std::size_t i = 0; i < columns.size(); ++i) {
            cells[columns[i]] = asked[i];
        }
        const std::lock_guard lock(probe_mutex_);
        const EventRules& events = mapping_.events();
        if (!probe_) {
            probe_ = std::make_unique<RowSet>(mapping_.graph(), events.table);
        }
        probe_->clear();
        ScannedRow row;
        row.cells = cells;
        return !Evaluation().is_empty(*events.kind, probe_->add(row, file.columns));
    };
    return test;
}

/// The key column that tells most kept rows apart: it selects best. What the file's name says
/// selects nothing.
int Staging::telling_column(const RowSet& set) const {
    int column = -1;
    std::size_t most = 0;
    for (const int candidate : set.definition().key) {
        std::unordered_set<std::string_view> values;
        for (const Row& row : set.rows()) {
            values.insert(row.cell(candidate));
        }
        const bool in_file =
            set.definition().columns[static_cast<std::size_t>(candidate)].file_name.empty();
        if (in_file && values.size() > most) {
            most = values.size();
            column = candidate;
        }
    }
    return column;
}

/// Rows of a kept key that no longer (or not yet) say what makes them an event: corrections and
/// deletions.
Status Staging::find_other_versions() {
    const EventRules& rules = mapping_.events();
    RowSet& set = *this->set(rules.table);
    if (versions_differ_ && rules.is_selective()) {
        const int column = telling_column(set);
        std::set<std::pair<std::uint32_t, std::uint64_t>> kept;
        KeySet keys;
        std::unordered_set<std::string> whole_keys;
        for (const Row& row : set.rows()) {
            kept.emplace(row.file, row.number);
            if (row.fate == Fate::pending) {
                keys.insert(row.cell(column));
                whole_keys.insert(row.key());
            }
        }
        // One column selects; ids that are a practice's own come again with others.
        RowSet probe(mapping_.graph(), rules.table);
        if (keys.size() > 0) {
            const bool guid =
                set.definition().columns[static_cast<std::size_t>(column)].type == ColumnType::guid;
            Status failed = each_file(rules.table, [&](std::uint32_t index) {
                const int position =
                    inventory_.files[index].columns[static_cast<std::size_t>(column)];
                return scan(
                    index, {{{static_cast<std::uint32_t>(position), &keys, guid, nullptr}}, {}}, "",
                    [&](const ScannedRow& scanned, const TableFile& file, std::uint32_t at) {
                        probe.clear();
                        if (kept.count({at, scanned.number}) == 0 &&
                            whole_keys.count(probe.add(scanned, file.columns).key()) != 0) {
                            --accounts_[at].not_relevant[not_an_event];
                            keep(set, scanned, file, at);
                        }
                    },
                    false);
            });
            if (failed) {
                return failed;
            }
        }
    }
    settle(rules.table);
    return {};
}

/// Settles a table's rows and notes which keys of other tables they ask for.
void Staging::settle(int table) {
    RowSet& set = *this->set(table);
    set.settle();
    for (const int index : mapping_.navigations()[static_cast<std::size_t>(table)]) {
        const Navigation& way =
            mapping_.graph().navigations(table)[static_cast<std::size_t>(index)];
        const auto& [here, there] = way.columns.front();
        KeySet& keys = demands_[{way.table, there}];
        for (const Row* row : set.living()) {
            if (const std::string_view key = row->cell(here); !key.empty()) {
                keys.insert(key);
            }
        }
    }
}

/// Tables in an order in which each comes after those that refer to it; in a ring, one is read
/// whole.
Status Staging::fetch_referenced() {
    const std::size_t count = sets_.size();
    for (;;) {
        int ready = -1;
        int ring = -1;
        for (std::size_t t = 0; t < count && ready < 0; ++t) {
            if (sets_[t] || !mapping_.is_needed(static_cast<int>(t))) {
                continue;
            }
            bool waits = false;
            for (std::size_t from = 0; from < count; ++from) {
                for (const int index : mapping_.navigations()[from]) {
                    const Navigation& way = mapping_.graph().navigations(
                        static_cast<int>(from))[static_cast<std::size_t>(index)];
                    waits = waits || (way.table == static_cast<int>(t) && !sets_[from]);
                }
            }
            (waits ? ring : ready) = static_cast<int>(t);
        }
        const int table = ready >= 0 ? ready : ring;
        if (table < 0) {
            return {};
        }
        if (Status failed = fetch(table)) {
            return failed;
        }
    }
}

std::vector<CellFilter> Staging::demanded(int table, std::uint32_t file) {
    std::vector<CellFilter> filters;
    for (const auto& [where, keys] : demands_) {
        const int position =
            where.first == table
                ? inventory_.files[file].columns[static_cast<std::size_t>(where.second)]
                : -1;
        if (position >= 0) {
            const Column& column = mapping_.package()
                                       .tables[static_cast<std::size_t>(table)]
                                       .columns[static_cast<std::size_t>(where.second)];
            filters.push_back({static_cast<std::uint32_t>(position), &keys,
                               column.type == ColumnType::guid, nullptr});
        }
    }
    return filters;
}

Status Staging::fetch(int table) {
    RowSet& set = make_set(table);
    bool ring = false;
    for (std::size_t from = 0; from < sets_.size(); ++from) {
        for (const int index : mapping_.navigations()[from]) {
            const Navigation& way = mapping_.graph().navigations(
                static_cast<int>(from))[static_cast<std::size_t>(index)];
            ring =
                ring || (way.table == table && (!sets_[from] || static_cast<int>(from) == table));
        }
    }
    Status failed = each_file(table, [&](std::uint32_t index) {
        std::vector<CellFilter> filters = ring ? std::vector<CellFilter>{} : demanded(table, index);
        if (filters.empty() && !ring) {
            return scan(index, {}, not_referred_to, nullptr);
        }
        return scan(index, {std::move(filters), {}}, not_referred_to,
                    [&](const ScannedRow& scanned, const TableFile& file, std::uint32_t at) {
                        keep(set, scanned, file, at);
                    });
    });
    if (!failed) {
        settle(table);
    }
    return failed;
}

/// Every row of every file is accounted for, also of files that nothing reads.
Status Staging::count_the_rest() {
    for (std::uint32_t index = 0; index < inventory_.files.size(); ++index) {
        if (scanned_[index]) {
            continue;
        }
        const TableFile& file = inventory_.files[index];
        const Batch& batch = inventory_.batches[file.batch];
        if (file.applied_rows) {
            accounts_[index].rows = *file.applied_rows;
            accounts_[index].not_relevant["the same file was applied before"] = *file.applied_rows;
            continue;
        }
        if (!batch.held.empty()) {
            if (!file.header.columns.empty() && !scan(index, {}, "", nullptr)) {
                accounts_[index].held["the batch is held"] +=
                    accounts_[index].rows - accounts_[index].accounted();
            }
            failed_batch_.reset();  // it is held already
            continue;
        }
        const Table& table = mapping_.package().tables[static_cast<std::size_t>(file.table)];
        if (Status failed = scan(index, {}, "table not used: " + table.unused, nullptr)) {
            return failed;
        }
    }
    return {};
}

}  // namespace linkway::sources
