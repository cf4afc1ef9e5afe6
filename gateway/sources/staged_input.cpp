#include "staged_input.h"

#include <algorithm>

namespace linkway::sources {

using text::Issue;
using text::Result;
using text::Severity;

std::string describe(const text::Issues& issues) {
    std::string all;
    for (const Issue& issue : issues) {
        if (issue.severity == Severity::error || issue.severity == Severity::fatal) {
            all += "\n  " + text::to_string(issue);
        }
    }
    return all;
}

Result<Inventory> read_inventory(const SystemMapping& mapping, const TranslateOptions& options,
                                 State* state) {
    auto input = open_input(options.input);
    if (!input) {
        return std::move(input).issue();
    }
    Inventory inventory =
        take_inventory(std::move(input).value(), mapping.package(), options.access,
                       state == nullptr ? EarlierRuns{} : state->ledger().runs());
    if (state != nullptr) {
        state->ledger().compare(inventory, options.access);
    }
    if (inventory.files.empty()) {
        return Issue{
            Severity::fatal,
            "not-found",
            "no " + mapping.package().title + " file was found" + describe(inventory.issues),
            {options.input, 0, 0, {}},
            "check the folder and --system"};
    }
    return inventory;
}

Result<std::unique_ptr<Staging>> stage(const SystemMapping& mapping, Inventory& inventory,
                                       const TranslateOptions& run, State* state) {
    StagingOptions options{run.access, run.threads, run.max_deleted_share, {}, state};
    std::uint64_t total = 0;
    for (const TableFile& file : inventory.files) {
        total += file.file.size;
    }
    if (run.progress) {
        options.progress = [&run, total](std::uint64_t bytes, std::uint64_t rows) {
            run.progress(bytes, rows, total);
        };
    }
    for (;;) {
        auto staging = std::make_unique<Staging>(mapping, inventory, options);
        const text::Status failed = staging->run();
        if (!failed) {
            return staging;
        }
        if (!staging->failed_batch()) {
            return *failed;
        }
        if (state != nullptr) {
            state->begin_again(mapping);
        }
        Batch& batch = inventory.batches[*staging->failed_batch()];
        inventory.issues.push_back(*failed);
        batch.held = text::to_string(*failed);
        for (Batch& later : inventory.batches) {
            if (later.held.empty() && later.feed == batch.feed &&
                later.timestamp > batch.timestamp) {
                later.held = "an earlier batch of the feed is held (" + batch.name() + ")";
            }
        }
    }
}

std::string common_layout(const Inventory& inventory, const DataPackage& package) {
    std::string first;
    std::string last;
    for (const std::string& version : package.versions) {
        const bool fits =
            std::all_of(inventory.files.begin(), inventory.files.end(), [&](const TableFile& file) {
                return std::find(file.layouts.begin(), file.layouts.end(), version) !=
                       file.layouts.end();
            });
        if (fits) {
            (first.empty() ? first : last) = version;
        }
    }
    return last.empty() ? first : first + "-" + last;
}

}  // namespace linkway::sources
