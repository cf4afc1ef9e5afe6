// Made-up exports in the exact format of a GP system, for trying Linkway out, testing it and
// measuring it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "sources/data_package.h"
#include "text/issue.h"

namespace linkway::sample {

/// Observations of an average patient: in life (about 390 MB for 1,000 patients), and unless told
/// otherwise (about 17 MB). All other tables keep their proportion to this one, except the events
/// of social prescribing, which are as frequent per patient as in life whatever the density.
inline constexpr unsigned full_density = 550;
inline constexpr unsigned default_density = 22;

/// What was written.
struct SampleReport {
    std::uint64_t bytes = 0;
    std::uint64_t patients = 0;
    std::uint64_t social_prescribing_patients = 0;  ///< with any code of social prescribing
    std::map<std::string, std::uint64_t> rows;      ///< data records of each table, broken ones too
    std::map<std::string, std::uint64_t>
        defects;  ///< how often each known defect was made; all of defect_names() when they are on
};

struct SampleProgress {
    std::uint64_t patients_done = 0;
    std::uint64_t patients = 0;
    std::uint64_t bytes = 0;
};

struct SampleOptions {
    std::string system = "emis";
    std::uint64_t patients = 1000;
    std::uint64_t seed = 1;
    bool defects = false;    ///< make every defect of defect_names() at a plausible rate; EMIS only
    std::string layout;      ///< one of the data package's versions; empty for the usual one
    unsigned practices = 0;  ///< 0: one for each 5,000 patients begun
    unsigned observations_per_patient = default_density;
    std::function<void(const SampleProgress&)>
        progress;  ///< called a few times a second at most, from the calling thread
    SampleReport* report = nullptr;  ///< filled when set
};

/// Writes one whole batch into `out_folder`, which must not exist yet or be empty. The same seed
/// and options give the same bytes on every machine. Memory does not grow with the number of
/// patients; NHS numbers (all of the 999 test range) repeat beyond 900,000 of them. On failure
/// (unknown system or layout, folder in use, disk full) nothing is left behind: files are written
/// beside the folder and moved when complete.
text::Status write_sample(const SampleOptions& options, const sources::DataPackage& package,
                          const std::string& out_folder);

/// Names of the defects that `defects` switches on, e.g. "missing-final-line-end".
std::vector<std::string> defect_names();

}  // namespace linkway::sample
