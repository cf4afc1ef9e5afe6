// run.json in an output folder: what it was made from, so that questions can be answered later.
#pragma once

#include <map>
#include <set>
#include <string>

#include "sources/system_mapping.h"
#include "sources/translate.h"
#include "text/issue.h"

namespace linkway::sources {

inline constexpr const char* run_file = "run.json";

struct RunRecord {
    std::string system;   ///< "emis": the folder's name under mappings/
    std::string mapping;  ///< "emis/1.4": as Provenance names it
    std::string input;    ///< as seen from the output folder, so that both can move together
    std::string state;    ///< folder of the staging store, seen likewise; empty for none
    std::set<std::string> include;
    std::map<std::string, std::string> policies;
    double max_deleted_share = 0.2;
};

RunRecord run_record(const SystemMapping& mapping, const TranslateOptions& options);
std::string to_json(const RunRecord& record);

/// That of an output folder, its input as seen from here; an issue when there is none.
text::Result<RunRecord> read_run_record(const std::string& folder);

}  // namespace linkway::sources
