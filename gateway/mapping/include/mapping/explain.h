// A compiled template in words: what runs, in which order, for every row or resource.
#pragma once

#include <string>
#include <vector>

#include "mapping/plan.h"

namespace linkway::mapping {

/// One step of a plan.
struct ExplainedStep {
    std::string text;   ///< "12 write Task.status <- %episode.taskStatus"
    text::Location at;  ///< the line of the template it comes from
};

/// The condition, if any, and every step in order. Numbers are those that jumps name.
std::vector<ExplainedStep> explain(const Plan& plan);

/// The value sets, concept maps and code systems that the template's calls name as text: resolved
/// once, when the template is compiled. Each once, in order of their text.
std::vector<std::string> lookups(const Plan& plan);

}  // namespace linkway::mapping
