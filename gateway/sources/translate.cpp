#include "sources/translate.h"

#include "sources/output.h"
#include "sources/run_record.h"
#include "staged_input.h"
#include "state.h"
#include "translator.h"

namespace linkway::sources {

using text::Issue;
using text::Result;
using text::Severity;

namespace {

/// From what the input holds to the folder and the store, both or neither; `state` may be null.
Result<Reconciliation> translate_inventory(const SystemMapping& mapping, Inventory& inventory,
                                           State* state, const TranslateOptions& options) {
    auto output = OutputFolder::create(options.output, options.overwrite);
    if (!output) {
        return std::move(output).issue();
    }
    auto staging = stage(mapping, inventory, options, state);
    if (!staging) {
        return std::move(staging).issue();
    }
    Reconciliation reconciliation;
    reconciliation.system = mapping.package().system;
    reconciliation.mapping = mapping.package().version;
    reconciliation.layout = common_layout(inventory, mapping.package());
    reconciliation.unrecognised = inventory.unrecognised;
    // An input that only waits for an earlier one is accounted for as well.
    bool any = inventory.batches.empty();
    for (const Batch& batch : inventory.batches) {
        any = any || batch.held.empty() || batch.waits;
        if (!batch.held.empty()) {
            reconciliation.held_batches.emplace_back(batch.name(), batch.held);
        }
    }
    if (!any) {
        return Issue{Severity::fatal,
                     "incomplete",
                     "no batch of the input can be applied" + describe(inventory.issues),
                     {options.input, 0, 0, {}},
                     "nothing was written"};
    }
    const auto into_folder = [&](const std::string& file, std::string_view bytes, bool whole) {
        return whole ? (*output)->write(file, bytes) : (*output)->append(file, bytes);
    };
    if (auto failed = Translator(**staging, options).run(into_folder, reconciliation)) {
        return *failed;
    }
    reconciliation.issues = inventory.issues;
    auto failed = (*output)->append("reconciliation.json", to_json(reconciliation) + "\n");
    if (!failed && state) {
        state->ledger().enter(inventory, (*staging)->accounts(), mapping.package());
        failed = state->database().failed();
    }
    if (!failed) {
        failed = (*output)->append(run_file, to_json(run_record(mapping, options)) + "\n");
    }
    if (!failed && options.agree) {
        failed = (*output)->finish();
        if (!failed) {
            failed = options.agree((*output)->temporary(), reconciliation);
        }
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

}  // namespace

Result<Reconciliation> translate(const SystemMapping& mapping, const TranslateOptions& options) {
    std::unique_ptr<State> state;
    if (!options.state.empty()) {
        auto opened = State::open(options.state, mapping);
        if (!opened) {
            return std::move(opened).issue();
        }
        state = std::move(opened).value();
    }
    auto inventory = read_inventory(mapping, options, state.get());
    if (!inventory) {
        return std::move(inventory).issue();
    }
    return translate_inventory(mapping, *inventory, state.get(), options);
}

Result<std::vector<std::string>> systems_with_news(const std::string& state) {
    return Identity::systems_with_news(State::identity_file(state));
}

Result<Reconciliation> translate_news(const SystemMapping& mapping,
                                      const TranslateOptions& options) {
    auto state = State::open_existing(options.state, mapping);
    if (!state) {
        return std::move(state).issue();
    }
    Inventory nothing;
    return translate_inventory(mapping, nothing, state->get(), options);
}

}  // namespace linkway::sources
