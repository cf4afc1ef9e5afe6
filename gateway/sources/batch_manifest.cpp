#include "batch_manifest.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "text/temporal.h"

namespace linkway::sources {

namespace {

using text::Severity;

/// Rows of the manifest, by table. An issue when it can't be read to its end.
text::Status read_manifest(const TableFile& file, const DataPackage& package,
                           const InputOptions& options, Batch& batch) {
    const Manifest& manifest = *package.manifest;
    const auto cell = [&](const ScannedRow& row, int column) {
        const int position = file.columns[static_cast<std::size_t>(column)];
        return position < 0 ? std::string()
                            : std::string(row.cells[static_cast<std::size_t>(position)]);
    };
    ScanRequest request;
    request.file = &file.file;
    request.options = &options;
    request.dialect = package.dialect;
    auto scanned = scan_table(
        request, file.header,
        [&](const ScannedRow& row) {
            Coverage covers{cell(row, manifest.delta) == "Y", cell(row, manifest.from),
                            cell(row, manifest.to)};
            batch.timestamp = std::max(batch.timestamp, covers.to);
            const std::string name = cell(row, manifest.name);
            const int table = package.find(name);
            batch.covers[table < 0 ? name : package.tables[static_cast<std::size_t>(table)].name] =
                std::move(covers);
        },
        [](const BadRecord&) {});
    if (!scanned) {
        return std::move(scanned).issue();
    }
    if (const auto moment = text::parse_date_time(batch.timestamp, manifest.format)) {
        text::append_uk_date_time(batch.extracted, moment->date, moment->time);
    }
    return {};
}

void hold(Batch& batch, Inventory& inventory, std::string reason, std::string suggestion) {
    if (batch.held.empty()) {
        inventory.issues.push_back({Severity::error,
                                    "incomplete",
                                    "batch " + batch.name() + ": " + reason,
                                    {},
                                    std::move(suggestion)});
        batch.held = std::move(reason);
    }
}

/// The files that the manifest names and the mapping knows.
void check_files(const DataPackage& package, Batch& batch, Inventory& inventory) {
    std::set<int> present;
    for (const std::size_t index : batch.files) {
        present.insert(inventory.files[index].table);
    }
    for (const auto& [name, covers] : batch.covers) {
        const int table = package.find(name);
        if (table >= 0 && present.count(table) == 0) {
            hold(batch, inventory, "the manifest names " + name + ", and there is no such file",
                 "fetch the whole folder again");
        }
    }
}

/// What the manifest says of a file: a bulk has all that there is of its table.
void mark_bulks(const DataPackage& package, const Batch& batch, Inventory& inventory) {
    for (const std::size_t index : batch.files) {
        TableFile& file = inventory.files[index];
        const auto covers =
            batch.covers.find(package.tables[static_cast<std::size_t>(file.table)].name);
        file.bulk = covers != batch.covers.end() && !covers->second.delta;
    }
}

/// Tells where a table goes on later than it ended.
class Continuity {
  public:
    Continuity(const DataPackage& package, const EarlierRuns& earlier, Inventory& inventory)
        : package_(package), earlier_(earlier), inventory_(inventory) {}

    /// Holds the first batch after a gap that nothing bridges; false when there is none (more).
    bool hold_next() {
        ends_.clear();
        for (Batch& batch : inventory_.batches) {
            if (!batch.held.empty()) {
                continue;
            }
            for (const auto& [name, covers] : batch.covers) {
                std::string& end = end_of(batch.feed, name);
                if (is_read(name) && covers.delta && !end.empty() && covers.from > end &&
                    !is_bridged(batch, name)) {
                    hold(batch, inventory_,
                         name + " goes on at " + covers.from + ", but it last ended at " + end,
                         "send the batch that begins at " + end +
                             " and this one after it, or ask for a bulk of " + name);
                    batch.waits = true;
                    return true;
                }
            }
            for (const auto& [name, covers] : batch.covers) {
                std::string& end = end_of(batch.feed, name);
                end = std::max(end, covers.to);
            }
        }
        return false;
    }

  private:
    std::string& end_of(const std::string& feed, const std::string& table) {
        const auto [found, fresh] = ends_.try_emplace({feed, table});
        if (fresh && earlier_.covered_to) {
            found->second = earlier_.covered_to(feed, table);
        }
        return found->second;
    }
    bool is_read(const std::string& name) const {
        const int table = package_.find(name);
        return table >= 0 && package_.tables[static_cast<std::size_t>(table)].unused.empty();
    }
    bool is_bridged(const Batch& batch, const std::string& name) const {
        return std::any_of(
            inventory_.batches.begin(), inventory_.batches.end(), [&](const Batch& later) {
                const auto covers = later.covers.find(name);
                return &later > &batch && later.held.empty() && later.feed == batch.feed &&
                       covers != later.covers.end() && !covers->second.delta;
            });
    }

    const DataPackage& package_;
    const EarlierRuns& earlier_;
    Inventory& inventory_;
    std::map<std::pair<std::string, std::string>, std::string> ends_;  // by feed and table
};

}  // namespace

void apply_manifests(const DataPackage& package, const InputOptions& options,
                     const EarlierRuns& earlier, Inventory& inventory) {
    for (Batch& batch : inventory.batches) {
        const auto file = std::find_if(batch.files.begin(), batch.files.end(), [&](std::size_t i) {
            return inventory.files[i].table == package.manifest->table;
        });
        if (file == batch.files.end()) {
            // Sorted by its folder's name among the others.
            const InputFile& any = inventory.files[batch.files.front()].file;
            batch.timestamp =
                std::filesystem::path(any.container.empty() ? any.path : any.container)
                    .parent_path()
                    .filename()
                    .string();
            hold(batch, inventory,
                 "there is no " +
                     package.tables[static_cast<std::size_t>(package.manifest->table)].name +
                     ", which is written last: the batch may not be complete",
                 "wait for it, or fetch the whole folder again");
            continue;
        }
        if (const auto failed = read_manifest(inventory.files[*file], package, options, batch)) {
            inventory.issues.push_back(*failed);
            batch.held = "its manifest cannot be read";
        }
        check_files(package, batch, inventory);
        mark_bulks(package, batch, inventory);
    }
    std::stable_sort(inventory.batches.begin(), inventory.batches.end(),
                     [](const Batch& a, const Batch& b) { return a.timestamp < b.timestamp; });
    for (Continuity continuity(package, earlier, inventory); continuity.hold_next();) {
        // What bridged a gap before may be held now.
    }
}

}  // namespace linkway::sources
