// The main job: an extract in, FHIR out, every row accounted for.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "sources/input.h"
#include "sources/reconciliation.h"
#include "sources/system_mapping.h"
#include "text/issue.h"

namespace linkway::sources {

enum class OutputFormat : std::uint8_t {
    ndjson,  ///< one file a resource type, for a Bulk Data import
    bundle,  ///< one transaction Bundle a patient, under bundles/
};

struct TranslateOptions {
    std::string input;
    std::string output;
    OutputFormat format = OutputFormat::ndjson;
    bool overwrite = false;
    std::string state;  ///< folder of the staging store; empty for a run that stands alone
    unsigned threads = 1;
    InputOptions access;
    double max_deleted_share = 0.2;
    std::set<std::string> include;  ///< exclusions lifted: "test-patients"
    std::map<std::string, std::string>
        policies;  ///< by check: "warn", "quarantine" or "reject" instead of the mapping's own
    std::function<void(std::uint64_t bytes, std::uint64_t rows, std::uint64_t bytes_in_all)>
        progress;
    /// Asked before anything is committed, with the folder that holds the output until it is put
    /// in place: an issue leaves output and staging store as they were.
    std::function<text::Status(const std::string& folder, const Reconciliation& reconciliation)>
        agree;
};

/// Translates the extract and writes the output folder, reconciliation.json included. The same
/// input gives the same bytes, in whatever order files are found and however many threads work. An
/// issue means that nothing was written.
///
/// With a staging store what earlier runs read is known, and only what changed since is put out.
/// The output is there before the store is committed: a run cut off between the two puts the same
/// out again.
text::Result<Reconciliation> translate(const SystemMapping& mapping,
                                       const TranslateOptions& options);

/// Systems about whose patients and referrals a run of another system over the same staging folder
/// found something out: which are the same. In alphabetical order; none where there is no folder.
text::Result<std::vector<std::string>> systems_with_news(const std::string& state);

/// Puts out what such news change, which translate() would with the system's next extract: as with
/// an input that brings nothing. options.input is not asked; options.state must hold a store.
text::Result<Reconciliation> translate_news(const SystemMapping& mapping,
                                            const TranslateOptions& options);

}  // namespace linkway::sources
