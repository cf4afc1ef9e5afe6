// Steps of a plan in words, for people who ask what it does. Private to mapping.
#pragma once

#include <string>

#include "program.h"

namespace linkway::mapping {

/// "write Task.status <- %episode.taskStatus; required"
std::string in_words(const Plan::Program& program, const Step& step);

/// Canonical text of one of the program's expressions.
std::string in_words(const Plan::Program& program, int expression);

}  // namespace linkway::mapping
