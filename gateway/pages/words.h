// States in plain words. Private to this folder.
#pragma once

#include <string_view>

namespace linkway::pages {

/// Where a referral stands: "In progress".
std::string_view standing(std::string_view task_status);
/// What happened when it came to stand there: "Work began"; empty for a state that nobody is told.
std::string_view moved_to(std::string_view task_status);
/// Where an action that was asked for stands: "Done".
std::string_view action_standing(std::string_view task_status);
bool is_over(std::string_view task_status);

}  // namespace linkway::pages
