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
            batch.covers[cell(row, manifest.name)] = std::move(covers);
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

/// A table must go on where it ended, or before; a bulk begins anew.
void check_continuity(Batch& batch, std::map<std::string, std::string>& ends,
                      Inventory& inventory) {
    for (const auto& [name, covers] : batch.covers) {
        const auto last = ends.find(name);
        if (covers.delta && !covers.from.empty() && last != ends.end() &&
            covers.from > last->second) {
            hold(batch, inventory,
                 name + " goes on at " + covers.from + ", but it last ended at " + last->second,
                 "find the extract between, or ask for a bulk of it");
        }
    }
    if (!batch.held.empty()) {
        return;
    }
    for (const auto& [name, covers] : batch.covers) {
        std::string& end = ends[name];
        end = std::max(end, covers.to);
    }
}

}  // namespace

void apply_manifests(const DataPackage& package, const InputOptions& options,
                     Inventory& inventory) {
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
    }
    std::stable_sort(inventory.batches.begin(), inventory.batches.end(),
                     [](const Batch& a, const Batch& b) { return a.timestamp < b.timestamp; });
    std::map<std::string, std::string> ends;
    for (Batch& batch : inventory.batches) {
        check_continuity(batch, ends, inventory);
    }
}

}  // namespace linkway::sources
