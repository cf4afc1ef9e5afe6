#include "sources/translate.h"

#include <algorithm>

#include "state.h"
#include "translator.h"

namespace linkway::sources {

namespace {

using text::Issue;
using text::Result;
using text::Severity;

/// Stages what can be applied; a batch with a file that turns out unreadable or wrongly signed is
/// held, and all begins again without it.
Result<std::unique_ptr<Staging>> stage(const SystemMapping& mapping, Inventory& inventory,
                                       const StagingOptions& options) {
    for (;;) {
        auto staging = std::make_unique<Staging>(mapping, inventory, options);
        const text::Status failed = staging->run();
        if (!failed) {
            return staging;
        }
        if (!staging->failed_batch()) {
            return *failed;
        }
        if (options.state != nullptr) {
            options.state->begin_again(mapping);
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

/// The export versions that fit every file, as a range.
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

std::string describe(const text::Issues& issues) {
    std::string all;
    for (const Issue& issue : issues) {
        if (issue.severity == Severity::error || issue.severity == Severity::fatal) {
            all += "\n  " + text::to_string(issue);
        }
    }
    return all;
}

}  // namespace

Result<Reconciliation> translate(const SystemMapping& mapping, const TranslateOptions& options) {
    auto input = open_input(options.input);
    if (!input) {
        return std::move(input).issue();
    }
    std::unique_ptr<State> state;
    if (!options.state.empty()) {
        auto opened = State::open(options.state, mapping);
        if (!opened) {
            return std::move(opened).issue();
        }
        state = std::move(opened).value();
    }
    Inventory inventory =
        take_inventory(std::move(input).value(), mapping.package(), options.access,
                       [&](const Batch& batch, const std::string& table) {
                           return state && state->ledger().has(batch, table);
                       });
    if (state) {
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
    auto output = OutputFolder::create(options.output, options.overwrite);
    if (!output) {
        return std::move(output).issue();
    }
    StagingOptions staging_options{
        options.access, options.threads, options.max_deleted_share, {}, state.get()};
    std::uint64_t total = 0;
    for (const TableFile& file : inventory.files) {
        total += file.file.size;
    }
    if (options.progress) {
        staging_options.progress = [&](std::uint64_t bytes, std::uint64_t rows) {
            options.progress(bytes, rows, total);
        };
    }
    auto staging = stage(mapping, inventory, staging_options);
    if (!staging) {
        return std::move(staging).issue();
    }
    Reconciliation reconciliation;
    reconciliation.system = mapping.package().system;
    reconciliation.mapping = mapping.package().version;
    reconciliation.layout = common_layout(inventory, mapping.package());
    reconciliation.unrecognised = inventory.unrecognised;
    std::size_t applied = 0;
    for (const Batch& batch : inventory.batches) {
        applied += batch.held.empty() ? 1U : 0U;
        if (!batch.held.empty()) {
            reconciliation.held_batches.emplace_back(batch.name(), batch.held);
        }
    }
    if (applied == 0) {
        return Issue{Severity::fatal,
                     "incomplete",
                     "no batch of the input can be applied" + describe(inventory.issues),
                     {options.input, 0, 0, {}},
                     "nothing was written"};
    }
    if (auto failed = Translator(**staging, options, **output).run(reconciliation)) {
        return *failed;
    }
    reconciliation.issues = inventory.issues;
    auto failed = (*output)->append("reconciliation.json", to_json(reconciliation) + "\n");
    if (!failed && state) {
        state->ledger().enter(inventory, (*staging)->accounts(), mapping.package());
        failed = state->database().failed();
    }
    if (!failed) {
        failed = (*output)->commit();
    }
    if (!failed && state) {
        failed = state->commit();
    }
    if (failed) {
        return *failed;
    }
    return reconciliation;
}

}  // namespace linkway::sources
