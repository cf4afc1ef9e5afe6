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
    auto output = OutputFolder::create(options.output, options.overwrite);
    if (!output) {
        return std::move(output).issue();
    }
    auto staging = stage(mapping, *inventory, options, state.get());
    if (!staging) {
        return std::move(staging).issue();
    }
    Reconciliation reconciliation;
    reconciliation.system = mapping.package().system;
    reconciliation.mapping = mapping.package().version;
    reconciliation.layout = common_layout(*inventory, mapping.package());
    reconciliation.unrecognised = inventory->unrecognised;
    bool any = false;  // an input that only waits for an earlier one is accounted for as well
    for (const Batch& batch : inventory->batches) {
        any = any || batch.held.empty() || batch.waits;
        if (!batch.held.empty()) {
            reconciliation.held_batches.emplace_back(batch.name(), batch.held);
        }
    }
    if (!any) {
        return Issue{Severity::fatal,
                     "incomplete",
                     "no batch of the input can be applied" + describe(inventory->issues),
                     {options.input, 0, 0, {}},
                     "nothing was written"};
    }
    const auto into_folder = [&](const std::string& file, std::string_view bytes, bool whole) {
        return whole ? (*output)->write(file, bytes) : (*output)->append(file, bytes);
    };
    if (auto failed = Translator(**staging, options).run(into_folder, reconciliation)) {
        return *failed;
    }
    reconciliation.issues = inventory->issues;
    auto failed = (*output)->append("reconciliation.json", to_json(reconciliation) + "\n");
    if (!failed && state) {
        state->ledger().enter(*inventory, (*staging)->accounts(), mapping.package());
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

}  // namespace linkway::sources
